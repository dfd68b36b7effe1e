"""Who signs in: people, organisations, roles with their areas, the second factor.

May import areas, outbox, audit and the ground floor; never households or wishes.
"""
