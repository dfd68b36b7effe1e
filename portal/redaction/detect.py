"""Marks what looks like personal data in a text, in Chinese and in English. Pure; it suggests, people decide.

Looks at the text in its one form, so that full-width digits, spaces and
invisible characters hide nothing, and answers with offsets in the original.
"""

import re
from collections.abc import Iterator

from portal.redaction.conditions import find_conditions
from portal.redaction.folding import Folded, fold
from portal.redaction.marks import CERTAIN_KINDS, NOBODY, KnownIdentity, Mark, MarkKind, without_overlaps
from portal.redaction.numbers import find_numbers
from portal.redaction.people import find_people
from portal.redaction.places import find_places

_PLACE_NAME = re.compile(r"([\u4e00-\u9fff]{2,6}?)(?:花园|社区|小区|新苑|家园|苑|村|庄|路|街|巷|胡同|街道|公寓|大院)")
_NOT_A_WORD = re.compile(r"\W+")
_SHORTEST_NUMBER = 7


def detect(text: str, known: KnownIdentity = NOBODY) -> list[Mark]:
    """Return what looks like personal data, by place and without overlaps.

    `known` is the identity of the household the text speaks of; its words are
    certain wherever they occur, however they are spaced.
    """
    folded = fold(text)
    marks = [_mark(folded, kind, start, end) for kind, start, end in _looks(folded.text)]
    return without_overlaps([*_known_marks(folded, known), *marks])


def blocks_approval(marks: list[Mark]) -> bool:
    """Tell whether a text must be changed before anybody may approve it."""
    return any(mark.is_certain for mark in marks)


def _looks(text: str) -> Iterator[tuple[MarkKind, int, int]]:
    yield from find_numbers(text)
    yield from find_places(text)
    yield from find_conditions(text)
    for start, end in find_people(text):
        yield MarkKind.PERSON, start, end


def _mark(folded: Folded, kind: MarkKind, start: int, end: int, *, is_known: bool = False, sure: bool = False) -> Mark:
    begin, stop = folded.origin(start, end)
    return Mark(begin, stop, kind, is_certain=sure or kind in CERTAIN_KINDS, is_known=is_known)


def _known_marks(folded: Folded, known: KnownIdentity) -> Iterator[Mark]:
    """Yield where words of the household stand; a given name alone is marked but not certain."""
    for name in known.names:
        plain = _plain(name)
        for start, end in _occurrences(folded.text, plain, shortest=2):
            yield _mark(folded, MarkKind.PERSON, start, end, is_known=True, sure=True)
        for given in (plain[1:], plain[2:]):
            for start, end in _occurrences(folded.text, given, shortest=2):
                yield _mark(folded, MarkKind.PERSON, start, end, is_known=True)
    for number in known.numbers:
        kind = MarkKind.ID_CARD if len(_plain(number)) in (15, 18) else MarkKind.PHONE
        for start, end in _occurrences(folded.text, _plain(number), shortest=_SHORTEST_NUMBER):
            yield _mark(folded, kind, start, end, is_known=True, sure=True)
    for address in known.addresses:
        for place in {match.group() for match in _PLACE_NAME.finditer(fold(address).text)}:
            for start, end in _occurrences(folded.text, place, shortest=3):
                yield _mark(folded, MarkKind.ADDRESS, start, end, is_known=True)


def _plain(word: str) -> str:
    return _NOT_A_WORD.sub("", fold(word).text)


def _occurrences(text: str, word: str, *, shortest: int) -> Iterator[tuple[int, int]]:
    if len(word) < shortest:
        return
    spaced = r"[\s·.-]{0,2}".join(re.escape(char) for char in word)
    for match in re.finditer(spaced, text, re.IGNORECASE):
        yield match.span()
