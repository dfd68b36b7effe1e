"""Reads invented rows as a list would, for the tests of intake's rules."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from portal.intake.columns import read_columns
from portal.intake.lists import ListReport, read_list
from portal.intake.places import AreaIndex
from portal.intake.rules import RowReading, WishRow, read_row
from portal.limits.rules import Limits
from portal.spreadsheets.cells import Sheet, cell_of
from tests.spreadsheets.samples import DISTRICT, HEADERS, TODAY, as_grid, id_number, wish_line

AREAS = AreaIndex(DISTRICT)
LIMITS = Limits()
FURTHER = {
    "guardian_phone": "监护人电话",
    "kind": "心愿类型",
    "consent_share": "同意告知送达人",
    "consent_photo": "同意拍照",
}
ALL_HEADERS = HEADERS | FURTHER
ADULT = wish_line(3, name="江明远", id_number=id_number(date(1950, 3, 7), 1), guardian=None, gender="男")
CHILD_ID = id_number(date(2015, 5, 5), 2)


def sheet_of(lines: Sequence[Mapping[str, Any]], headers: Mapping[str, str] = ALL_HEADERS) -> Sheet:
    """Return a sheet with a title, headings and these rows; the first row has number 3."""
    return Sheet("名单", tuple(tuple(map(cell_of, row)) for row in as_grid(lines, headers)))


def read_lines(*lines: Mapping[str, Any], headers: Mapping[str, str] = ALL_HEADERS) -> ListReport:
    """Return what a list of these rows comes to."""
    sheet = sheet_of(lines, headers)
    return read_list(sheet, read_columns(sheet), AREAS, LIMITS, TODAY)


def read(**changes: Any) -> RowReading:
    """Return what the row of one adult comes to, with some cells changed."""
    sheet = sheet_of([ADULT | changes])
    return read_row(3, sheet.row(3), read_columns(sheet), AREAS, LIMITS, TODAY)


def wish(**changes: Any) -> WishRow:
    """Return the wish of a row that can be read."""
    reading = read(**changes)
    assert reading.wish, [problem.message for problem in reading.problems]
    return reading.wish


def codes(**changes: Any) -> list[tuple[str, str]]:
    """Return the problems of a changed row as field and code, after checking that each can be told to a person."""
    problems = read(**changes).problems
    for problem in problems:
        assert problem.row == 3
        assert problem.message
        assert "%(" not in problem.message
    return [(str(problem.field), problem.code) for problem in problems]
