"""Finds which column holds what, whatever the order and names of columns, and lets a person correct it. Pure.

A room brings its headings: fields, the names people give them, and which of
them a list cannot do without.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from portal.spreadsheets.cells import EMPTY_CELL, Cell, CellKind, Row, column_letter
from portal.spreadsheets.tidying import fold, tidy

HEADER_SEARCH_ROWS = 20
FEWEST_HEADINGS = 3
"""Fewer recognised columns than this do not make a header row."""

EXACT, WITHOUT_UNIT, CONTAINED, ALIKE = 1.0, 0.95, 0.7, 0.6
CHOSEN = 1.0
CERTAIN_FROM = 0.9
_ALIKE_FROM = 0.8
_LONGEST_HEADER = 40

_BRACKETED = re.compile(r"[(\[【〔{].*?[)\]】〕}]")
_ORNAMENT = re.compile(r"[*★☆:：?？_\-—·.,，、/\\]")


@dataclass(frozen=True, slots=True)
class Heading:
    """One field of a list: its name in code, its label for people, and the column names that mean it."""

    field: str
    label: Any
    aliases: tuple[str, ...]
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """The column a field is read from; `index` counts from 0, `confidence` from 0 to 1."""

    index: int
    header: str
    confidence: float

    @property
    def letter(self) -> str:
        """The letters above the column."""
        return column_letter(self.index)

    @property
    def is_certain(self) -> bool:
        """Tell whether nobody needs to look at it."""
        return self.confidence >= CERTAIN_FROM


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """How the columns of one sheet are read. `header_row` is the number the sheet shows, 0 when none was found."""

    headings: tuple[Heading, ...]
    header_row: int
    headers: tuple[str, ...]
    matches: Mapping[str, ColumnMatch]

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields a list cannot do without and that no column holds."""
        return tuple(h.field for h in self.headings if h.is_required and h.field not in self.matches)

    @property
    def is_complete(self) -> bool:
        """Tell whether rows can be read."""
        return self.header_row > 0 and not self.missing

    @property
    def uncertain(self) -> tuple[str, ...]:
        """The fields whose column was guessed and should be looked at."""
        return tuple(field for field, match in self.matches.items() if not match.is_certain)

    @property
    def unread(self) -> tuple[tuple[str, str], ...]:
        """The columns nobody reads, as letters and header."""
        read = {match.index for match in self.matches.values()}
        return tuple((column_letter(i), text) for i, text in enumerate(self.headers) if text and i not in read)

    def letter_of(self, field: str) -> str | None:
        """Return the letters above a field's column, None when no column holds it."""
        match = self.matches.get(field)
        return match.letter if match else None

    def cell(self, row: Row, field: str) -> Cell:
        """Return a field's cell in a row; an empty one when the row ends before it or no column holds it."""
        match = self.matches.get(field)
        return row[match.index] if match and match.index < len(row) else EMPTY_CELL

    def with_choice(self, field: str, index: int | None) -> "ColumnMapping":
        """Return the mapping with a field read from another column, or from none; who had that column loses it.

        Raises ValueError for an unknown field or a column the header row does not have.
        """
        if field not in {heading.field for heading in self.headings}:
            raise ValueError("unknown field")
        if index is not None and not 0 <= index < len(self.headers):
            raise ValueError("no such column")
        kept = {name: m for name, m in self.matches.items() if name != field and m.index != index}
        if index is not None:
            kept[field] = ColumnMatch(index, self.headers[index], CHOSEN)
        return replace(self, matches=kept)

    def to_dict(self) -> dict[str, int]:
        """Return the choice as a small dictionary for a hidden field: header row, and column by field."""
        return {"header_row": self.header_row} | {str(field): match.index for field, match in self.matches.items()}


def find_columns(rows: Sequence[Row], headings: Sequence[Heading], header_row: int | None = None) -> ColumnMapping:
    """Return how a sheet's columns are best read, below any title rows; `header_row` when a person pointed at it."""
    known = _KnownNames(headings)
    if header_row is None:
        header_row = _best_row(rows, known)
    headers = _texts(rows[header_row - 1]) if 1 <= header_row <= len(rows) else ()
    return ColumnMapping(tuple(headings), header_row if headers else 0, headers, _matches(headers, known))


def restore_columns(rows: Sequence[Row], headings: Sequence[Heading], data: Mapping[str, Any]) -> ColumnMapping:
    """Return the mapping that to_dict wrote, for the same sheet.

    Raises ValueError when the data does not fit the sheet or the headings.
    """
    if not all(isinstance(value, int) for value in data.values()):
        raise ValueError("not a mapping of columns")
    mapping = replace(find_columns(rows, headings, data.get("header_row", 0)), matches={})
    for field, index in data.items():
        if field != "header_row":
            mapping = mapping.with_choice(field, index)
    return mapping


def rate_head(rows: Sequence[Row], headings: Sequence[Heading]) -> float:
    """Return how much the first rows of a sheet look like a list with these headings; 0 means not at all."""
    known = _KnownNames(headings)
    return max((_rate(_texts(row), known) for row in rows[:HEADER_SEARCH_ROWS]), default=0.0)


class _KnownNames:
    """The folded column names of a set of headings."""

    def __init__(self, headings: Iterable[Heading]) -> None:
        self.names = [(_plain(alias), heading.field) for heading in headings for alias in heading.aliases]
        self.exact = dict(reversed(self.names))

    def meaning(self, header: str) -> tuple[float, str] | None:
        """Return what a header most likely means, as confidence and field; None when it means nothing known."""
        whole, bare = _plain(header), _plain(_BRACKETED.sub("", fold(header)))
        for text, confidence in ((whole, EXACT), (bare, WITHOUT_UNIT)):
            if text in self.exact:
                return confidence, self.exact[text]
        if not bare or len(bare) > _LONGEST_HEADER:
            return None
        contained = [(len(name), field) for name, field in self.names if _is_telling(name) and name in bare]
        if contained:
            return CONTAINED, max(contained)[1]
        alike = [(SequenceMatcher(None, name, bare).ratio(), field) for name, field in self.names]
        best, field = max(alike, default=(0.0, ""))
        return (ALIKE, field) if best >= _ALIKE_FROM else None


def _is_telling(name: str) -> bool:
    """Tell whether a name means something inside a longer header; two Latin letters may be part of any word."""
    return len(name) > (4 if name.isascii() else 1)


def _plain(text: str) -> str:
    return _ORNAMENT.sub("", fold(text))


def _texts(row: Row) -> tuple[str, ...]:
    return tuple(tidy(str(cell.value)) if cell.kind is CellKind.TEXT else "" for cell in row)


def _matches(headers: Sequence[str], known: _KnownNames) -> dict[str, ColumnMatch]:
    """Give each field its most certain column, the leftmost of equals; a column serves one field."""
    meanings = ((index, known.meaning(text)) for index, text in enumerate(headers) if text)
    found = sorted((-meaning[0], index, meaning[1]) for index, meaning in meanings if meaning)
    matches: dict[str, ColumnMatch] = {}
    for confidence, index, field in found:
        matches.setdefault(field, ColumnMatch(index, headers[index], -confidence))
    return matches


def _rate(headers: Sequence[str], known: _KnownNames) -> float:
    matches = _matches(headers, known)
    return sum(match.confidence for match in matches.values()) if len(matches) >= FEWEST_HEADINGS else 0.0


def _best_row(rows: Sequence[Row], known: _KnownNames) -> int:
    """Return the number of the row that looks most like headings, the first of equals; 0 when none does."""
    rates = [_rate(_texts(row), known) for row in rows[:HEADER_SEARCH_ROWS]]
    best = max(rates, default=0.0)
    return rates.index(best) + 1 if best else 0
