"""The staff desk: what waits, what is overdue, tables, exports, people, settings, audit search.

May import every room.
"""
