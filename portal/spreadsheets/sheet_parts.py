"""Hears the rows of one sheet, and the shared texts and styles they refer to; computes nothing.

Keeps only filled cells within the limits, so neither a sheet's declared size
nor empty, far-away or endless cells cost memory.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from openpyxl.styles.numbers import is_date_format, is_timedelta_format

from portal.spreadsheets.cells import EMPTY_CELL, Cell, CellKind, Row
from portal.spreadsheets.refusals import Refusal, SheetLimits, SheetRefused
from portal.spreadsheets.xml_stream import Enough

_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)})
"""Date formats that files name by number only; those of Chinese programs among them (ECMA-376 part 1, 18.8.30)."""

_DAY_ZERO, _DAY_ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)
_FIRST_SOUND_SERIAL, _LAST_SERIAL = 61, 2_958_465
_LONGEST_NUMBER = 64
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_SPAN = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})")
_LINE_ESCAPE = re.compile(r"_x00(?:0[9ADad])_")


class SharedTexts:
    """Hears the texts that cells refer to by number; readings for pronunciation are left out."""

    def __init__(self, limits: SheetLimits) -> None:
        self.texts: list[str] = []
        self._limits = limits
        self._pieces: list[str] = []
        self._characters = 0
        self._is_open = False
        self._phonetic = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Hear that an element begins."""
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._phonetic += 1
        elif name == "t":
            self._is_open = not self._phonetic

    def end(self, name: str) -> None:
        """Hear that an element ends."""
        if name == "si":
            self.texts.append(_unescaped("".join(self._pieces)))
        elif name == "rPh":
            self._phonetic -= 1
        elif name == "t":
            self._is_open = False

    def text(self, text: str) -> None:
        """Hear text between tags."""
        if self._is_open:
            self._characters += len(text)
            if self._characters > self._limits.max_characters:
                raise SheetRefused(Refusal.TOO_MUCH_TEXT)
            self._pieces.append(text)


class DateStyles:
    """Hears the styles; `indexes` are those whose numbers are days."""

    def __init__(self) -> None:
        self.indexes: set[int] = set()
        self._date_formats = set(_BUILT_IN_DATES)
        self._is_in_cell_styles = False
        self._count = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Hear that an element begins."""
        if name == "numFmt":
            self._learn_format(int(attributes.get("numFmtId", "0")), attributes.get("formatCode", ""))
        elif name == "cellXfs":
            self._is_in_cell_styles = True
        elif name == "xf" and self._is_in_cell_styles:
            if int(attributes.get("numFmtId", "0")) in self._date_formats:
                self.indexes.add(self._count)
            self._count += 1

    def _learn_format(self, number: int, code: str) -> None:
        if is_date_format(code) and not is_timedelta_format(code):
            self._date_formats.add(number)
        else:
            self._date_formats.discard(number)

    def end(self, name: str) -> None:
        """Hear that an element ends."""
        if name == "cellXfs":
            self._is_in_cell_styles = False

    def text(self, text: str) -> None:
        """Hear text between tags; styles have none."""


class SheetRows:
    """Hears one sheet: `rows` by the number the sheet shows, and `spans`, the cells merged downwards."""

    def __init__(
        self,
        texts: list[str],
        date_styles: set[int],
        limits: SheetLimits,
        *,
        counts_from_1904: bool = False,
        last_row: int | None = None,
        on_row: Callable[[int, int], None] | None = None,
    ) -> None:
        self.rows: dict[int, Row] = {}
        self.spans: list[tuple[int, int, int]] = []
        self._texts, self._date_styles, self._limits = texts, date_styles, limits
        self._day_zero = _DAY_ZERO_1904 if counts_from_1904 else _DAY_ZERO
        self._last_row, self._on_row = last_row, on_row
        self._declared_rows = self._characters = 0
        self._row = self._column = 0
        self._cells: dict[int, Cell] = {}
        self._columns = _ColumnNumbers()
        self._type, self._style, self._is_formula = "n", "0", False
        self._listens, self._phonetic = False, 0
        self._pieces: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Hear that an element begins."""
        if name == "c":
            self._start_cell(attributes)
        elif name in {"v", "t"}:
            self._listens = not self._phonetic
        elif name == "f":
            self._is_formula = True
        elif name == "row":
            self._start_row(attributes)
        elif name == "rPh":
            self._phonetic += 1
        elif name == "mergeCell":
            self._note_span(attributes.get("ref", ""))
        elif name == "dimension":
            found = _SPAN.fullmatch(attributes.get("ref", ""))
            self._declared_rows = min(int(found.group(4)), self._limits.max_rows) if found else 0

    def end(self, name: str) -> None:
        """Hear that an element ends."""
        if name == "c":
            self._end_cell()
        elif name in {"v", "t"}:
            self._listens = False
        elif name == "row":
            self._end_row()
        elif name == "rPh":
            self._phonetic -= 1

    def text(self, text: str) -> None:
        """Hear text between tags."""
        if self._listens:
            self._count(len(text))
            self._pieces.append(text)

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
        self._column, self._cells = 0, {}
        if self._last_row and self._row > self._last_row:
            raise Enough

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        found = _REFERENCE.fullmatch(attributes.get("r", ""))
        self._column = self._columns[found.group(1)] if found else self._column + 1
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "0")
        self._is_formula, self._pieces = False, []

    def _end_cell(self) -> None:
        if not self._pieces and not self._is_formula:
            return
        cell = self._made_cell("".join(self._pieces))
        if cell.is_blank:
            return
        if self._column > self._limits.max_columns:
            raise SheetRefused(Refusal.TOO_MANY_COLUMNS, limit=self._limits.max_columns)
        self._cells[self._column] = cell

    def _made_cell(self, written: str) -> Cell:
        if self._is_formula:
            return Cell(None, CellKind.FORMULA)
        if self._type == "s":
            shared = self._texts[int(written)]
            self._count(len(shared))
            return self._text_cell(shared)
        if self._type in {"inlineStr", "str"}:
            return self._text_cell(_unescaped(written))
        if self._type == "b":
            return Cell(written.strip() in {"1", "true"}, CellKind.BOOLEAN)
        if self._type == "e":
            return Cell(None, CellKind.ERROR)
        if self._type == "d":
            return Cell(date.fromisoformat(written[:10]), CellKind.DATE)
        return self._number_cell(written.strip())

    def _text_cell(self, text: str) -> Cell:
        if len(text) > self._limits.max_cell_characters:
            raise SheetRefused(Refusal.TOO_MUCH_TEXT)
        return Cell(text, CellKind.TEXT)

    def _number_cell(self, written: str) -> Cell:
        if len(written) > _LONGEST_NUMBER:
            raise SheetRefused(Refusal.DAMAGED)
        if not written:
            return EMPTY_CELL
        number = int(written) if written.lstrip("-").isdecimal() else float(written)
        is_day = int(self._style) in self._date_styles and _FIRST_SOUND_SERIAL <= number <= _LAST_SERIAL
        if not is_day:
            return Cell(number, CellKind.NUMBER)
        days = min(int(number), (date.max - self._day_zero).days)
        return Cell(self._day_zero + timedelta(days=days), CellKind.DATE)

    def _end_row(self) -> None:
        if not self._cells:
            return
        if self._row > self._limits.max_rows:
            raise SheetRefused(Refusal.TOO_MANY_ROWS, limit=self._limits.max_rows)
        if self._row < 1 or self._row in self.rows:
            raise SheetRefused(Refusal.DAMAGED)
        cells = self._cells
        self.rows[self._row] = tuple(cells.get(column, EMPTY_CELL) for column in range(1, max(cells) + 1))
        if self._on_row:
            self._on_row(len(self.rows), max(len(self.rows), self._declared_rows))

    def _count(self, characters: int) -> None:
        self._characters += characters
        if self._characters > self._limits.max_characters:
            raise SheetRefused(Refusal.TOO_MUCH_TEXT)

    def _note_span(self, reference: str) -> None:
        found = _SPAN.fullmatch(reference)
        if found and found.group(1) == found.group(3):
            self.spans.append((self._columns[found.group(1)], int(found.group(2)), int(found.group(4))))


class _ColumnNumbers(dict[str, int]):
    """Column numbers by their letters, from 1, each worked out once."""

    def __missing__(self, letters: str) -> int:
        number = 0
        for letter in letters:
            number = number * 26 + ord(letter) - ord("A") + 1
        self[letters] = number
        return number


def _unescaped(text: str) -> str:
    """Return a text with the file format's own spelling of line ends and tabs turned into spaces."""
    return _LINE_ESCAPE.sub(" ", text) if "_x00" in text else text
