"""Desk pages: limits."""
