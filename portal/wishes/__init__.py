"""The life of a micro-wish: its states, owners, deadlines and history.

May import accounts, areas, households and publication. Its public pages read
publication only.
"""
