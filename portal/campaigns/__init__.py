"""The foundation's public fundraising campaigns. So far it only says that none is open.

May import the ground floor; giving and the ledger come with it later.
"""
