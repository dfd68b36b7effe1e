"""Brings written text into one form for looking at it closely, and keeps the way back to the original. Pure."""

import unicodedata
from dataclasses import dataclass

_LOOK_ALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0458\u0455\u04bb\u0501\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0405\u0406"
    "\u03bf\u03b1\u03c1\u03bd\u03b9\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
    "aeopcxyijshdABEKMHOPCTXSIoapviABEZHIKMNOPTYX",
)
"""Cyrillic and Greek letters that nobody tells from Latin ones by looking."""

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
        for plain in unicodedata.normalize("NFKC", char.translate(_LOOK_ALIKES)):
            if unicodedata.category(plain) in _DROPPED and plain not in "\n\t":
                continue
            out.append(plain)
            starts.append(position)
            ends.append(position + 1)
    return Folded("".join(out), tuple(starts), tuple(ends))
