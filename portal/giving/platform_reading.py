"""Reads the designated platform's table of totals: campaign, day, amount, number of gifts; takes no guesses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from flask_babel import lazy_gettext

from portal.giving.sheet_values import WORDING, CellWrong, read_day, read_minor, text_of
from portal.spreadsheets.cells import Row
from portal.spreadsheets.columns import ColumnMapping, Heading, find_columns, rate_head
from portal.spreadsheets.problems import FieldWrong, Problem
from portal.spreadsheets.reading import open_sheet
from portal.spreadsheets.refusals import SheetLimits
from portal.spreadsheets.tidying import fold

LIMITS = SheetLimits(max_rows=5_000)
MOST_GIFTS = 10_000_000

HEADINGS = (
    Heading(
        "campaign", lazy_gettext("项目"), ("备案编号", "项目备案编号", "项目编号", "filing number"), is_required=True
    ),
    Heading("given_on", lazy_gettext("日期"), ("捐赠日期", "统计日期", "日期", "date"), is_required=True),
    Heading("amount", lazy_gettext("金额"), ("捐赠金额", "筹款金额", "金额", "amount"), is_required=True),
    Heading("gifts", lazy_gettext("笔数"), ("捐赠笔数", "捐款笔数", "笔数", "gifts"), is_required=True),
)


class TotalsProblem(Problem):
    """Something in a table of totals that cannot be taken."""

    wording: ClassVar[Mapping[str, Any]] = WORDING | {
        "no_columns": lazy_gettext("要有备案编号、日期、金额、笔数四列。"),
        "no_campaign": lazy_gettext("没有这个备案编号的项目。"),
        "no_number": lazy_gettext("没有看懂笔数。"),
        "said_twice": lazy_gettext("同一个项目的同一天在表里有两行，数目不一样。"),
    }
    labels: ClassVar[Mapping[str, Any]] = {heading.field: heading.label for heading in HEADINGS}


class TotalsUnclear(Exception):
    """A table of totals has places that cannot be taken, so nothing of it was taken."""

    def __init__(self, problems: list[TotalsProblem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class DayTotal:
    """What a campaign received on one day."""

    amount_minor: int
    gifts: int


def read_totals(
    data: bytes, filename: str, numbers: Mapping[str, str], today: date
) -> dict[tuple[str, date], DayTotal]:
    """Return the totals by campaign and day; `numbers` knows campaigns by their folded filing and public numbers.

    Raises SheetRefused, TotalsUnclear.
    """
    sheet = open_sheet(data, filename, LIMITS, fit=lambda rows: rate_head(rows, HEADINGS))
    columns = find_columns(sheet.rows, HEADINGS)
    if not columns.is_complete:
        raise TotalsUnclear([TotalsProblem(0, None, None, "no_columns")])
    totals: dict[tuple[str, date], DayTotal] = {}
    problems = []
    for place, row in enumerate(sheet.rows[columns.header_row :], start=columns.header_row + 1):
        if all(cell.is_blank for cell in row):
            continue
        try:
            key, total = _read(columns, row, numbers, today)
            if totals.setdefault(key, total) != total:
                raise CellWrong("given_on", "said_twice")
        except CellWrong as wrong:
            letter = columns.letter_of(wrong.field)
            problems.append(TotalsProblem.of(place, letter, wrong.field, FieldWrong(wrong.code)))
    if problems:
        raise TotalsUnclear(problems)
    return totals


def _read(
    columns: ColumnMapping, row: Row, numbers: Mapping[str, str], today: date
) -> tuple[tuple[str, date], DayTotal]:
    number = numbers.get(fold(text_of(columns.cell(row, "campaign"))))
    if number is None:
        raise CellWrong("campaign", "no_campaign")
    amount = columns.cell(row, "amount")
    minor = read_minor(amount, "amount")
    if minor < 0 or amount.is_blank:
        raise CellWrong("amount", "no_amount")
    gifts = text_of(columns.cell(row, "gifts"))
    if not gifts.isascii() or not gifts.isdigit() or len(gifts) > 8 or int(gifts) > MOST_GIFTS:
        raise CellWrong("gifts", "no_number")
    if (minor > 0) != (int(gifts) > 0):
        raise CellWrong("gifts", "no_number")
    return (number, read_day(columns.cell(row, "given_on"), "given_on", today)), DayTotal(minor, int(gifts))
