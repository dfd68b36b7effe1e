"""A strict twin of the part of Stripe that the portal uses, spoken to over HTTP; written from Stripe's documents.

It refuses every parameter the pinned version does not have, keeps idempotency
keys as Stripe does, and is an enemy on demand.
"""
