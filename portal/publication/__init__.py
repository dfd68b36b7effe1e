"""The one door from sealed to public: composes, checks, approves and withdraws what everybody may read.

Knows a wish by its number only; imports neither households nor wishes' tables.
"""
