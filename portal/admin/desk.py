"""Desk pages: desk."""
