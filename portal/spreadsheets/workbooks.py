"""Reads the sheets of an .xlsx file that was looked over before; computes nothing and follows no link.

Drives the parser row by row, so that neither the size a sheet declares nor a
far-away cell costs memory, and formulas are recognised but never worked out.
"""

import io
import warnings
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet._reader import WorkSheetParser

from portal.spreadsheets.cells import EMPTY_CELL, Cell, CellKind, Row, Sheet
from portal.spreadsheets.refusals import Refusal, SheetLimits, SheetRefused

HEAD_ROWS = 30
"""How many rows are looked at to tell which sheet of a file is meant."""

_PROGRESS_EVERY = 500
_LINE_ESCAPES = ("_x000D_", "_x000A_", "_x0009_")

Fit = Callable[[tuple[Row, ...]], float]
Progress = Callable[[int, int], None]


class _Parser(WorkSheetParser):
    """The library's parser of one sheet, without its costly translation of shared formulas."""

    def parse_formula(self, element: Any) -> str:
        """Return a mark instead of the formula; what it says does not matter here."""
        return "="


def read_workbook(
    data: bytes,
    limits: SheetLimits,
    fit: Fit | None = None,
    name: str | None = None,
    progress: Progress | None = None,
) -> Sheet:
    """Return one sheet: the one named, else the visible one that `fit` rates highest.

    Raises SheetRefused.
    """
    with warnings.catch_warnings():
        # The parser's warnings may quote a cell, and a cell may hold a family's telephone number.
        warnings.simplefilter("ignore")
        try:
            book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            try:
                return _read_book(book, limits, fit, name, progress)
            finally:
                book.close()
        except SheetRefused:
            raise
        except Exception:  # A damaged workbook makes the parser raise almost anything.
            raise SheetRefused(Refusal.DAMAGED) from None


def _read_book(book: Any, limits: SheetLimits, fit: Fit | None, name: str | None, progress: Progress | None) -> Sheet:
    visible = {sheet.title: sheet for sheet in book.worksheets if sheet.sheet_state == "visible"}
    hidden = tuple(sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible")
    if name is not None and name not in visible:
        raise SheetRefused(Refusal.NO_SUCH_SHEET)
    chosen = name if name is not None else _best_name(visible, limits, fit)
    rows = _read_rows(visible[chosen], limits, progress)
    if not rows:
        raise SheetRefused(Refusal.EMPTY)
    return Sheet(chosen, rows, tuple(visible), hidden)


def _best_name(visible: dict[str, Any], limits: SheetLimits, fit: Fit | None) -> str:
    if not visible:
        raise SheetRefused(Refusal.EMPTY)
    if len(visible) == 1:
        return next(iter(visible))
    heads = {title: _head(sheet, limits) for title, sheet in visible.items()}
    filled = {title: head for title, head in heads.items() if head} or heads
    return max(filled, key=lambda title: fit(filled[title])) if fit else next(iter(filled))


def _head(sheet: Any, limits: SheetLimits) -> tuple[Row, ...]:
    """Return the filled rows among the first ones; what is too wide counts when the sheet is read in earnest."""
    rows: list[Row] = []
    with sheet._get_source() as source:
        for number, cells in _parser_of(sheet, source).parse():
            if number > HEAD_ROWS:
                break
            if row := _row(cell for cell in cells if cell["column"] <= limits.max_columns):
                rows.append(row)
    return tuple(rows)


def _parser_of(sheet: Any, source: Any) -> Any:
    book = sheet.parent
    return _Parser(
        source,
        sheet._shared_strings,
        epoch=book.epoch,
        date_formats=book._date_formats,
        timedelta_formats=book._timedelta_formats,
    )


def _read_rows(sheet: Any, limits: SheetLimits, progress: Progress | None) -> tuple[Row, ...]:
    expected = min(sheet.max_row or 0, limits.max_rows)
    rows: dict[int, Row] = {}
    characters = 0
    with sheet._get_source() as source:
        parser = _parser_of(sheet, source)
        for number, row in _filled_rows(parser):
            if number in rows or number < 1:
                raise SheetRefused(Refusal.DAMAGED)
            _check_row(number, row, limits)
            rows[number] = row
            characters += sum(len(cell.value) for cell in row if isinstance(cell.value, str))
            if characters > limits.max_characters:
                raise SheetRefused(Refusal.TOO_MUCH_TEXT)
            if progress and len(rows) % _PROGRESS_EVERY == 0:
                progress(len(rows), max(len(rows), expected))
        _fill_merged(rows, parser.merged_cells, limits)
    if progress and rows:
        progress(len(rows), len(rows))
    return tuple(rows.get(number, ()) for number in range(1, max(rows, default=0) + 1))


def _filled_rows(parser: Any) -> Iterator[tuple[int, Row]]:
    for number, cells in parser.parse():
        if row := _row(cells):
            yield number, row


def _check_row(number: int, row: Row, limits: SheetLimits) -> None:
    if number > limits.max_rows:
        raise SheetRefused(Refusal.TOO_MANY_ROWS, limit=limits.max_rows)
    if len(row) > limits.max_columns:
        raise SheetRefused(Refusal.TOO_MANY_COLUMNS, limit=limits.max_columns)
    if any(isinstance(cell.value, str) and len(cell.value) > limits.max_cell_characters for cell in row):
        raise SheetRefused(Refusal.TOO_MUCH_TEXT)


def _row(cells: Iterable[dict[str, Any]]) -> Row:
    """Return a row up to its last cell that holds something; a cell far to the right costs only its own column."""
    filled = {cell["column"]: made for cell in cells if not (made := _cell(cell)).is_blank}
    return tuple(filled.get(column, EMPTY_CELL) for column in range(1, max(filled, default=0) + 1))


def _cell(cell: dict[str, Any]) -> Cell:
    value, data_type = cell["value"], cell["data_type"]
    if value is None:
        return EMPTY_CELL
    if data_type == "s":
        return Cell(_unescaped(value), CellKind.TEXT)
    if data_type == "f":
        return Cell(None, CellKind.FORMULA)
    if data_type == "e":
        return Cell(None, CellKind.ERROR)
    if isinstance(value, bool):
        return Cell(value, CellKind.BOOLEAN)
    if isinstance(value, datetime):
        return Cell(value.date(), CellKind.DATE)
    if isinstance(value, date):
        return Cell(value, CellKind.DATE)
    if isinstance(value, int | float):
        return Cell(value, CellKind.NUMBER)
    return Cell(str(value), CellKind.TEXT)


def _unescaped(text: str) -> str:
    """Return a text with the file format's own spelling of line ends and tabs turned into spaces."""
    if "_x00" in text:
        for escape in _LINE_ESCAPES:
            text = text.replace(escape, " ")
    return text


def _fill_merged(rows: dict[int, Row], merged: Any, limits: SheetLimits) -> None:
    """Repeat the value of cells merged downwards in each row they span, as a reader of the sheet understands it."""
    budget = limits.max_rows * limits.max_columns
    for span in merged.mergeCell if merged else ():
        first, last = span.min_row, min(span.max_row, max(rows, default=0))
        if span.min_col != span.max_col or last <= first or span.min_col > limits.max_columns:
            continue
        budget -= last - first
        if budget < 0:
            raise SheetRefused(Refusal.BOMB)
        top = rows.get(first, ())
        if span.min_col <= len(top):
            for number in range(first + 1, last + 1):
                if number in rows:
                    rows[number] = _with_cell(rows[number], span.min_col - 1, top[span.min_col - 1])


def _with_cell(row: Row, index: int, cell: Cell) -> Row:
    """Return a row in which an empty cell is filled; a filled one stays."""
    if index < len(row) and not row[index].is_blank:
        return row
    padded = row + (EMPTY_CELL,) * (index + 1 - len(row))
    return (*padded[:index], cell, *padded[index + 1 :])
