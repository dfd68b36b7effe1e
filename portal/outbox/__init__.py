"""Mail and short messages: written in the transaction that causes them, sent afterwards, retried, never doubled.

Imports the ground floor only.
"""
