"""Wishes that the foundation buys: paid for by a donor's gift for that wish, or rescued out of the Wish Fund.

May import giving, campaigns, pledges, publication, of wishes what is public,
and the floors below; never households. The foundation takes a wish as any
pledger does, so no wish is ever promised twice.
"""
