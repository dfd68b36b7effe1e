"""Desk pages: messages."""
