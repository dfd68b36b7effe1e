"""Reads days and amounts out of the cells of a spreadsheet, and refuses what is not one of them for sure. Pure."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import lazy_gettext

from portal.giving.amounts import AmountUnclear, read_amount
from portal.spreadsheets.cells import Cell, CellKind
from portal.spreadsheets.tidying import tidy

WORDING: dict[str, Any] = {
    "formula": lazy_gettext("这一格是公式。请改成数值再导入。"),
    "no_day": lazy_gettext("没有看懂日期。"),
    "future": lazy_gettext("日期在今天之后。"),
    "no_amount": lazy_gettext("没有看懂金额。"),
}

_DAY = re.compile(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?")
_DASHES = ("-", "—", "--")


class CellWrong(ValueError):
    """A cell cannot be taken; `code` says why, in WORDING or the words of who reads it."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(code)
        self.field, self.code = field, code


def text_of(cell: Cell) -> str:
    """Return what stands in a cell as tidy text; a whole number without its point."""
    if cell.kind is CellKind.NUMBER and isinstance(cell.value, float) and cell.value.is_integer():
        return str(int(cell.value))
    return tidy(str(cell.value)) if cell.value is not None else ""


def read_day(cell: Cell, field: str, today: date) -> date:
    """Return the day in a cell.

    Raises CellWrong.
    """
    found = _DAY.match(text_of(cell))
    try:
        day = cell.value if isinstance(cell.value, date) else date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if cell.is_formula or day is None or day.year < 2000:
        raise CellWrong(field, "formula" if cell.is_formula else "no_day")
    if day > today:
        raise CellWrong(field, "future")
    return day


def read_minor(cell: Cell, field: str) -> int:
    """Return the fen in a cell; 0 where it is blank, a dash or nought.

    Raises CellWrong.
    """
    text = text_of(cell)
    if cell.is_formula:
        raise CellWrong(field, "formula")
    if cell.is_blank or text in _DASHES:
        return 0
    try:
        if cell.kind is CellKind.NUMBER:
            fen = Decimal(repr(cell.value)) * 100
            if fen != fen.to_integral_value():
                raise AmountUnclear
            return int(fen)
        is_below = text.startswith(("-", "－", "−"))
        return -read_amount(text[1:]) if is_below else read_amount(text.removeprefix("+"))
    except (AmountUnclear, InvalidOperation, OverflowError, ValueError):
        raise CellWrong(field, "no_amount") from None
