"""The family's own page: how the wish stands and what they may say to it, by a secret code, never signing in.

May import handover, pledges, wishes, households, publication, outbox and the floors below.
"""
