"""Brings written text into one form for searching and for looking at it closely. Pure.

Knows nothing of wishes. Every form keeps the way back to the original, so that
what is found can be shown where it stands.
"""

import re
import unicodedata
from dataclasses import dataclass

LONGEST_QUERY = 100
MOST_WORDS = 8

_BREAKS = re.compile(r"[\s,，、。;；/|+]+")
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


def fold_for_search(text: str) -> str:
    """Return a text as it is stored for searching and as it is searched for: folded, small letters, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", fold(text).text).casefold().split())


def search_words(query: str) -> tuple[str, ...]:
    """Return the words somebody looks for, each of which must occur; at most MOST_WORDS of them."""
    words = _BREAKS.split(fold_for_search(query[:LONGEST_QUERY]))
    return tuple(dict.fromkeys(word for word in words if word))[:MOST_WORDS]
