"""SEALED: who asks. Identities are encrypted, consent is dated per use, every read is logged.

Public rooms never import this room; what is public was copied out by publication.
"""
