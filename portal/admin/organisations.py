"""Desk pages: organisations."""
