"""Desk pages: audit."""
