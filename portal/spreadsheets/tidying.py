"""Text as it should have been typed: ordinary digits and letters, single spaces, nothing invisible. Pure."""

import re
import unicodedata
from collections.abc import Iterator

_SKIPPED = (range(0x3400, 0xA000), range(0xAC00, 0xD7A4), range(0xD800, 0xF900))
_FURTHER = (range(0x1D400, 0x1D800), range(0x1FBF0, 0x1FBFA), range(0xE0000, 0xE01F0))
_INVISIBLE_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_SPACES = re.compile(r"\s+")


def _characters() -> Iterator[str]:
    for code in range(0x10000):
        if not any(code in span for span in _SKIPPED):
            yield chr(code)
    for span in _FURTHER:
        yield from map(chr, span)


def _replacement(char: str) -> str | None:
    """Return what a character becomes in a tidy text, or None when it stays."""
    category = unicodedata.category(char)
    if char.isspace():
        return " "
    if category in {"Cc", "Cf"} or char in _INVISIBLE_LETTERS or unicodedata.name(char, "").startswith("VARIATION SEL"):
        return ""
    if category == "Nd":
        return str(unicodedata.digit(char))
    if category in {"Lu", "Ll", "Lt"}:
        return unicodedata.normalize("NFKC", char)
    return None


_TIDIED = {
    ord(char): new
    for char in _characters()
    if (new := _replacement(char)) is not None and new != char and not char.isascii()
} | {code: " " if chr(code).isspace() else "" for code in (*range(0x20), 0x7F)}


def tidy(text: str) -> str:
    """Return a text with ordinary digits and letters, single spaces and no invisible or direction-turning characters.

    Chinese punctuation stays as it was written.
    """
    return " ".join(text.translate(_TIDIED).split())


def fold(text: str) -> str:
    """Return the form in which two spellings of one thing are equal: no spaces, no letter case, no wide forms."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text.translate(_TIDIED))).casefold()
