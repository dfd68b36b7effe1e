"""The foundation's public fundraising campaigns: filed, shown, accounted for, and paid out of.

May import the ground floor, accounts, the ledger, and of wishes only what is
public; never households. What it shows of gifts comes from giving, which is
built on this room and hands it in.
"""
