"""Finds personal data in Chinese and English text, and says what to write in its place.

Pure: no database, no clock, no page. Imports the ground floor only.
"""
