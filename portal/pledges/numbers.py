"""Reads wish numbers out of a pasted list, whatever stands between them; pure."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from portal.codes import WISH_NUMBER_LENGTH, CodeMistyped, read_wish_number, tidy

LONGEST_TEXT = 20_000
_ADDRESS = re.compile(r"https?://\S*?/wishes/([^\s/?#]+)\S*")
_PIECE = re.compile(r"[0-9A-Za-z]+(?:-[0-9A-Za-z]+)*")
_LIST_MARK = re.compile(r"\d{1,3}")


class Mistake(StrEnum):
    """What is wrong with a number somebody typed."""

    LENGTH = "length"
    CHECK = "check"


@dataclass(frozen=True)
class Mistyped:
    """A piece of the list that is no wish number, as it was typed."""

    text: str
    mistake: Mistake


@dataclass(frozen=True)
class NumbersRead:
    """The numbers of a list in its order, each once, and what could not be read."""

    numbers: tuple[str, ...]
    mistyped: tuple[Mistyped, ...]


def read_numbers(text: str) -> NumbersRead:
    """Read a pasted list: any separators, addresses of wishes, list marks such as `1.`, numbers written in groups."""
    wide = unicodedata.normalize("NFKC", text[:LONGEST_TEXT])
    pieces = _join_groups(_PIECE.findall(_ADDRESS.sub(r" \1 ", wide)))
    numbers: dict[str, None] = {}
    mistyped: dict[Mistyped, None] = {}
    for piece in pieces:
        try:
            numbers[read_wish_number(piece)] = None
        except CodeMistyped:
            if not _LIST_MARK.fullmatch(piece):
                mistyped[Mistyped(piece, _mistake(piece))] = None
    return NumbersRead(tuple(numbers), tuple(mistyped))


def _join_groups(pieces: list[str]) -> list[str]:
    """Put together a number that was written as two groups with a space between them."""
    joined: list[str] = []
    for piece in pieces:
        if joined and len(joined[-1]) == 4 and len(piece) == WISH_NUMBER_LENGTH - 4 and _is_number(joined[-1] + piece):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def _is_number(text: str) -> bool:
    try:
        read_wish_number(text)
    except CodeMistyped:
        return False
    return True


def _mistake(piece: str) -> Mistake:
    return Mistake.CHECK if len(tidy(piece)) == WISH_NUMBER_LENGTH else Mistake.LENGTH
