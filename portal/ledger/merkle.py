"""Hashes of the log as RFC 6962 defines them; pure."""

from hashlib import sha256


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of one leaf (RFC 6962, 2.1)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash over two subtrees (RFC 6962, 2.1)."""
    return sha256(b"\x01" + left + right).digest()
