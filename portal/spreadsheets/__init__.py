"""Spreadsheets in and out: refuses dangerous files before parsing, finds columns, writes exports nothing evaluates.

Imports no other room and knows nothing of wishes or areas; they bring their own headings and wording.
"""
