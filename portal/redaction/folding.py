"""Brings written text into one form for looking at it closely, and keeps the way back to the original. Pure."""

import unicodedata
from dataclasses import dataclass

_DROPPED = {"Cf", "Cc", "Mn", "Me", "Cs", "Co"}


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in its one form, and where each of its characters came from in the original."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original that a span of the folded text came from."""
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> Folded:
    """Return a text in compatibility form: full-width letters narrow, invisible and combining signs gone, case kept."""
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for position, char in enumerate(text):
        if unicodedata.category(char) in _DROPPED and char not in "\n\t":
            continue
        for plain in unicodedata.normalize("NFKC", char):
            if unicodedata.category(plain) in _DROPPED and plain not in "\n\t":
                continue
            out.append(plain)
            starts.append(position)
            ends.append(position + 1)
    return Folded("".join(out), tuple(starts), tuple(ends))
