"""The invented district: people, wishes in all states, and the stand-ins that show messages.

May import every room; does nothing outside a demo.
"""
