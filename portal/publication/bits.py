"""Sets of places in a list as whole numbers: the n-th bit says whether the n-th place belongs. Pure.

To intersect and to count a hundred thousand places this way takes microseconds.
"""

from collections.abc import Iterable, Iterator

Bits = int

_WINDOW = 4096


def bits_of(places: Iterable[int], size: int) -> Bits:
    """Return the set of some places in a list of a size."""
    octets = bytearray(size // 8 + 1)
    for place in places:
        octets[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(octets, "little")


def up_to(size: int) -> Bits:
    """Return the set of the first places."""
    return (1 << size) - 1


def open_gap(bits: Bits, place: int, is_in: bool) -> Bits:
    """Return the set after something was put into the list at a place, itself in the set or not."""
    return ((bits >> place) << (place + 1)) | (is_in << place) | (bits & up_to(place))


def close_gap(bits: Bits, place: int) -> Bits:
    """Return the set after what stood at a place was taken out of the list."""
    return ((bits >> (place + 1)) << place) | (bits & up_to(place))


def first_places(bits: Bits, count: int) -> list[int]:
    """Return the first places of a set in their order, as many as asked for."""
    return [place for place, _ in zip(_rising(bits), range(count), strict=False)]


def last_places(bits: Bits, count: int) -> list[int]:
    """Return the last places of a set in their order, as many as asked for."""
    found: list[int] = []
    while bits and len(found) < count:
        found.append(bits.bit_length() - 1)
        bits ^= 1 << found[-1]
    return found[::-1]


def _rising(bits: Bits) -> Iterator[int]:
    """Yield the places of a set; jumps to the next one, then works on a few bits instead of on all."""
    base = 0
    while bits:
        gap = (bits & -bits).bit_length() - 1
        bits >>= gap
        base += gap
        window = bits & up_to(_WINDOW)
        while window:
            lowest = window & -window
            yield base + lowest.bit_length() - 1
            window ^= lowest
        bits >>= _WINDOW
        base += _WINDOW
