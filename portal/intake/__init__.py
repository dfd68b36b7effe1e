"""How wishes come in: spreadsheets of a community, and the form a grid worker fills in for a family.

May import households, wishes, areas, spreadsheets and the floors below.
"""
