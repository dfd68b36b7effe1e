"""Writes lists as CSV and XLSX in which text stays text: nothing a spreadsheet program would evaluate. Pure.

Numbers and dates stay numbers and dates; every text is written as one,
whatever it begins with.
"""

import csv
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from portal.clock import LOCAL_ZONE
from portal.spreadsheets.cells import column_letter

Value = Any
"""None, a number, a day, an aware moment, or anything that reads as text."""

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_BYTE_ORDER_MARK = "\ufeff"
_EVALUATED = frozenset("=+-@\t\r\n")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORBIDDEN_IN_TITLE = re.compile(r"[\\*?:/\[\]'\x00-\x1f]")
_LONGEST_TITLE, _LONGEST_TEXT = 31, 32_767
_NARROWEST, _WIDEST = 8, 48
_ROWS_PER_PIECE = 200


def stream_csv(headers: Sequence[Value], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """Yield a CSV file in pieces, marked as UTF-8 so that spreadsheet programs read Chinese.

    Every text is quoted, so that no program splits it at its own separator,
    and a text that a program would compute gets an apostrophe in front.
    """
    buffer = io.StringIO(newline="")
    buffer.write(_BYTE_ORDER_MARK)
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow([_csv_value(value) for value in headers])
    for number, row in enumerate(rows, start=1):
        writer.writerow([_csv_value(value) for value in row])
        if number % _ROWS_PER_PIECE == 0:
            yield _take(buffer)
    yield _take(buffer)


def _take(buffer: io.StringIO) -> bytes:
    piece = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return piece


def _csv_value(value: Value) -> Value:
    if value is None:
        return ""
    return value if _is_number(value) else disarm(_as_text(value))


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float | Decimal) and math.isfinite(value)


def disarm(text: str) -> str:
    """Return a text with an apostrophe in front where a spreadsheet program might take it for a formula.

    Looks past spaces and invisible characters, which some programs drop, and
    at the wide forms of the signs.
    """
    first = next((char for char in text if not _is_dropped(char)), "")
    begins = {text[:1], unicodedata.normalize("NFKC", first)[:1]}
    return f"'{text}" if begins & _EVALUATED else text


def _is_dropped(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in {"Cf", "Cc"}


def _as_text(value: Value) -> str:
    if isinstance(value, datetime):
        return _local(value).isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return _FORBIDDEN.sub("", str(value))[:_LONGEST_TEXT]


def _local(moment: datetime) -> datetime:
    """Return an aware moment as a clock on the wall in China shows it; neither format knows time zones."""
    return moment.astimezone(LOCAL_ZONE).replace(tzinfo=None)


def write_xlsx(stream: BinaryIO, title: str, headers: Sequence[Value], rows: Iterable[Sequence[Value]]) -> None:
    """Write an .xlsx file with one sheet, its headings kept in view.

    Texts are stored as texts and marked so that they stay texts when
    somebody edits them; rows are written as they come and not kept.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_FORBIDDEN_IN_TITLE.sub(" ", _as_text(title)).strip()[:_LONGEST_TITLE] or "1")
    sheet.freeze_panes = "A2"
    for index, header in enumerate(headers):
        column = sheet.column_dimensions[column_letter(index)]
        column.width = min(max(_NARROWEST, 2 * len(str(header)) + 4), _WIDEST)
    bold, wrapped = Font(bold=True), Alignment(vertical="top", wrap_text=True)
    sheet.append([_xlsx_cell(sheet, header, font=bold) for header in headers])
    for row in rows:
        sheet.append([_xlsx_cell(sheet, value, alignment=wrapped) for value in row])
    book.save(stream)


def _xlsx_cell(sheet: Any, value: Value, **style: Any) -> Any:
    is_plain = value is None or isinstance(value, date) or _is_number(value)
    text = "" if is_plain else _as_text(value)
    if isinstance(value, datetime):
        value = _local(value)
    cell = WriteOnlyCell(sheet, value if is_plain else text or None)
    if text:
        # The library takes a text with an equals sign for a formula, so the type is set after the value.
        cell.data_type = "s"
        cell.quotePrefix = True
    for name, setting in style.items():
        setattr(cell, name, setting)
    return cell
