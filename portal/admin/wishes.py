"""Desk pages: wishes."""
