"""Reads a bank's statement, whatever its columns are called; refuses what it cannot be sure of."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from flask_babel import lazy_gettext

from portal.giving.sheet_values import WORDING, CellWrong, read_day, read_minor, text_of
from portal.spreadsheets.cells import CellKind, Row, Sheet
from portal.spreadsheets.columns import ColumnMapping, Heading, find_columns, rate_head
from portal.spreadsheets.problems import FieldWrong, Problem
from portal.spreadsheets.reading import open_sheet
from portal.spreadsheets.refusals import SheetLimits

LIMITS = SheetLimits(max_rows=5_000)
LARGEST_MINOR = 10**13
"""A hundred billion yuan, far above any line of a foundation."""

HEADINGS = (
    Heading("booked_on", lazy_gettext("日期"), ("交易日期", "记账日期", "入账日期", "交易时间", "日期", "date")),
    Heading("came", lazy_gettext("收入"), ("收入金额", "贷方发生额", "贷方金额", "存入金额", "收入", "贷方", "credit")),
    Heading("went", lazy_gettext("支出"), ("支出金额", "借方发生额", "借方金额", "支取金额", "支出", "借方", "debit")),
    Heading("amount", lazy_gettext("金额"), ("交易金额", "发生额", "金额", "amount")),
    Heading(
        "payer", lazy_gettext("对方户名"), ("对方户名", "对方名称", "对方账户名称", "付款人", "payer", "counterparty")
    ),
    Heading("memo", lazy_gettext("附言"), ("附言", "摘要", "用途", "备注", "交易附言", "memo", "reference")),
    Heading(
        "serial", lazy_gettext("流水号"), ("交易流水号", "流水号", "交易编号", "业务编号", "serial", "transactionid")
    ),
    Heading("balance", lazy_gettext("余额"), ("账户余额", "余额", "balance")),
)

_TOTAL = re.compile("合计|总计|小计|total", re.IGNORECASE)


class StatementProblem(Problem):
    """Something in a statement that cannot be read for sure."""

    wording: ClassVar[Mapping[str, Any]] = WORDING | {
        "two_amounts": lazy_gettext("收入和支出都有数，不知道是哪一个。"),
        "no_columns": lazy_gettext("没有找到日期和金额的列。请保留银行文件的表头。"),
    }
    labels: ClassVar[Mapping[str, Any]] = {heading.field: heading.label for heading in HEADINGS}


class StatementUnclear(Exception):
    """A statement has places that cannot be read for sure, so nothing of it was taken."""

    def __init__(self, problems: list[StatementProblem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line: above zero money came in."""

    booked_on: date
    amount_minor: int
    payer: str
    memo: str
    serial: str
    balance: str


def read_statement(data: bytes, filename: str, today: date) -> list[StatementLine]:
    """Return the lines of a statement in their order.

    Raises SheetRefused, StatementUnclear.
    """
    sheet = open_sheet(data, filename, LIMITS, fit=lambda rows: rate_head(rows, HEADINGS))
    columns = find_columns(sheet.rows, HEADINGS)
    if "booked_on" not in columns.matches or not {"came", "went", "amount"} & columns.matches.keys():
        raise StatementUnclear([StatementProblem(0, None, None, "no_columns")])
    lines, problems = [], []
    for number, row in _rows(sheet, columns):
        try:
            lines.append(_line(columns, row, today))
        except CellWrong as wrong:
            letter = columns.letter_of(wrong.field)
            problems.append(StatementProblem.of(number, letter, wrong.field, FieldWrong(wrong.code)))
    if problems:
        raise StatementUnclear(problems)
    return lines


def _rows(sheet: Sheet, columns: ColumnMapping) -> Iterator[tuple[int, Row]]:
    """Yield the rows below the headings that are not blank and not a sum of others."""
    for number, row in enumerate(sheet.rows[columns.header_row :], start=columns.header_row + 1):
        is_blank = all(columns.cell(row, field).is_blank for field in ("booked_on", "came", "went", "amount"))
        is_total = not columns.cell(row, "booked_on").value or _TOTAL.search(text_of(columns.cell(row, "booked_on")))
        if not is_blank and not (is_total and any(_TOTAL.search(text_of(cell)) for cell in row)):
            yield number, row


def _line(columns: ColumnMapping, row: Row, today: date) -> StatementLine:
    for field in columns.matches:
        if columns.cell(row, field).is_formula:
            raise CellWrong(field, "formula")
    return StatementLine(
        booked_on=read_day(columns.cell(row, "booked_on"), "booked_on", today),
        amount_minor=_amount(columns, row),
        payer=text_of(columns.cell(row, "payer")),
        memo=_memo(columns, row),
        serial=text_of(columns.cell(row, "serial")),
        balance=text_of(columns.cell(row, "balance")),
    )


def _amount(columns: ColumnMapping, row: Row) -> int:
    came, went = _minor(columns, row, "came"), _minor(columns, row, "went")
    if came and went:
        raise CellWrong("came", "two_amounts")
    minor = came - went if came or went else _minor(columns, row, "amount")
    if not minor or abs(minor) > LARGEST_MINOR:
        raise CellWrong("amount" if "amount" in columns.matches else "came", "no_amount")
    return minor


def _minor(columns: ColumnMapping, row: Row, field: str) -> int:
    return read_minor(columns.cell(row, field), field)


def _memo(columns: ColumnMapping, row: Row) -> str:
    """Return all words of a row that are no amount, day or name: banks put the donor's reference in any of them."""
    others = {match.index for field, match in columns.matches.items() if field not in ("memo",)}
    words = [text_of(cell) for index, cell in enumerate(row) if index not in others and cell.kind is CellKind.TEXT]
    return " ".join(word for word in words if word)[:500]
