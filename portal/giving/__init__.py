"""Gifts of money: the intent, the payment at a gateway, refunds, disputes, confirmations and official receipts.

May import campaigns, the ledger, the ground floor and, of wishes, what is
public; never households. A
provider is called outside of transactions only, and what it says is posted in
the same transaction as the gift it belongs to.
"""
