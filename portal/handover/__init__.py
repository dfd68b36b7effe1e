"""The counter: goods come in by a drop-off code and go out by a pick-up code, neither side learning the other.

May import wishes, pledges, households, outbox and the floors below.
"""
