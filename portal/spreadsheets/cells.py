"""What a sheet is made of once it is read: cells with their kind, and rows of them. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from typing import NamedTuple

Value = str | int | float | bool | date | None


class CellKind(Enum):
    """What a cell holds."""

    EMPTY = auto()
    TEXT = auto()
    NUMBER = auto()
    DATE = auto()
    BOOLEAN = auto()
    FORMULA = auto()
    ERROR = auto()


class Cell(NamedTuple):
    """One cell; a formula keeps its text as value and is never computed, a date cell keeps its day."""

    value: Value
    kind: CellKind

    @property
    def is_formula(self) -> bool:
        """Tell whether the sheet would compute this cell."""
        return self.kind is CellKind.FORMULA

    @property
    def is_blank(self) -> bool:
        """Tell whether there is nothing to read in it."""
        return self.kind is CellKind.EMPTY or (self.kind is CellKind.TEXT and not str(self.value).strip())


EMPTY_CELL = Cell(None, CellKind.EMPTY)

Row = tuple[Cell, ...]


def text_cell(text: str) -> Cell:
    """Return a cell that holds a text, or nothing when the text is empty."""
    return Cell(text, CellKind.TEXT) if text else EMPTY_CELL


def cell_of(value: Value) -> Cell:
    """Return a cell for a plain value, as a form or a test has it."""
    if value is None or value == "":
        return EMPTY_CELL
    if isinstance(value, bool):
        return Cell(value, CellKind.BOOLEAN)
    if isinstance(value, int | float):
        return Cell(value, CellKind.NUMBER)
    if isinstance(value, datetime):
        return Cell(value.date(), CellKind.DATE)
    if isinstance(value, date):
        return Cell(value, CellKind.DATE)
    return Cell(value, CellKind.TEXT)


def column_letter(index: int) -> str:
    """Return the letters a spreadsheet shows above a column; `index` counts from 0."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a file, row 1 first; rows end at their last filled cell and may differ in length.

    `names` are the sheets a person may choose among, `likely_names` those of them that look like the list that was
    looked for; `hidden_names` were left aside.
    """

    name: str
    rows: tuple[Row, ...]
    names: tuple[str, ...] = ()
    hidden_names: tuple[str, ...] = ()
    likely_names: tuple[str, ...] = ()

    @property
    def other_likely_names(self) -> tuple[str, ...]:
        """The sheets of the file that look like the list too and were not read."""
        return tuple(name for name in self.likely_names if name != self.name)

    def row(self, number: int) -> Row:
        """Return a row by the number the spreadsheet shows; empty outside the sheet."""
        return self.rows[number - 1] if 1 <= number <= len(self.rows) else ()
