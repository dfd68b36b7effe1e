"""The family's own page: how the wish stands and what they may say to it, by a secret code, never signing in.

May import wishes, handover, households, outbox and the floors below.
"""
