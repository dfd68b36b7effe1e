"""The append-only trail of what staff did: who, what, when, before, after; never identity in clear.

Imports the ground floor only.
"""
