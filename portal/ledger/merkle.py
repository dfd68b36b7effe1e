"""The Merkle tree of RFC 6962: hashes, root, inclusion and consistency proofs; pure.

A tree is given by its size and by a function that reads the hash of a complete
subtree: level 0 are the leaves, and the node at a level and position stands
over the two at twice its position one level below.
"""

from collections.abc import Callable, Iterator
from functools import reduce
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()

Read = Callable[[int, int], bytes]
"""From the level and position of a complete subtree to its hash."""


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of one leaf (RFC 6962, 2.1)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash over two subtrees (RFC 6962, 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def root_hash(size: int, read: Read) -> bytes:
    """Return the root of the first `size` leaves (RFC 6962, 2.1)."""
    return _range_hash(0, size, read) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, read: Read) -> list[bytes]:
    """Return what leads from a leaf to the root of the first `size` leaves, from below (RFC 6962, 2.1.1).

    Raises IndexError when the leaf lies beyond them.
    """
    if not 0 <= index < size:
        raise IndexError(index)
    return _path(index, 0, size, read)


def consistency_proof(old: int, new: int, read: Read) -> list[bytes]:
    """Return what shows that the first `new` leaves begin with the first `old` (RFC 6962, 2.1.2).

    Raises IndexError when there is nothing to show.
    """
    if not 0 < old <= new:
        raise IndexError(old)
    return _subproof(old, 0, new, read, is_known=True)


def new_nodes(old: int, new: int, read: Read) -> Iterator[tuple[int, int, bytes]]:
    """Yield level, position and hash of every inner node that is complete once a tree has grown, level by level."""
    level = 1
    while new >> level:
        for position in range(old >> level, new >> level):
            yield level, position, node_hash(read(level - 1, 2 * position), read(level - 1, 2 * position + 1))
        level += 1


class RightEdge:
    """The tree over leaves that come one after the other; keeps only the hashes that the next ones need."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add the hash of one more leaf."""
        size = self.size
        while size & 1:
            leaf = node_hash(self._edge.pop(), leaf)
            size >>= 1
        self._edge.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self._edge:
            return EMPTY_ROOT
        return reduce(lambda right, left: node_hash(left, right), reversed(self._edge))


def _range_hash(start: int, end: int, read: Read) -> bytes:
    size = end - start
    level = size.bit_length() - 1
    if size == 1 << level:
        return read(level, start >> level)
    middle = start + _split(size)
    return node_hash(_range_hash(start, middle, read), _range_hash(middle, end, read))


def _split(size: int) -> int:
    """Return the largest power of two below a size."""
    return 1 << ((size - 1).bit_length() - 1)


def _path(index: int, start: int, end: int, read: Read) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, read), _range_hash(middle, end, read)]
    return [*_path(index, middle, end, read), _range_hash(start, middle, read)]


def _subproof(old: int, start: int, end: int, read: Read, *, is_known: bool) -> list[bytes]:
    if old == end:
        return [] if is_known else [_range_hash(start, end, read)]
    middle = start + _split(end - start)
    if old <= middle:
        return [*_subproof(old, start, middle, read, is_known=is_known), _range_hash(middle, end, read)]
    return [*_subproof(old, middle, end, read, is_known=False), _range_hash(start, middle, read)]
