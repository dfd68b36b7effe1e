"""Desk pages of one wish.

Split by the lead: the list, its bulk actions and its exports are in `wish_list.py`, the clerk's verification (verbs
in `portal/wishes/verification.py`, queue, forms) in `verification.py`. This module keeps admin.show_wish.
"""
