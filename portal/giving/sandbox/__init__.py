"""A small payment provider of its own, for demos and tests: its store, its pay page, its signed messages.

Knows nothing of gifts. Its store is a file apart from the portal's database,
so that what it says can be held against the ledger.
"""
