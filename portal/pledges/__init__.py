"""Promises: who takes a wish, until when, and what becomes of it.

May import wishes, publication, accounts, areas and outbox; never households.
"""
