"""Desk pages: areas."""
