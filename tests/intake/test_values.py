"""Single cells: quantities, money, days, consent, in the many ways people write them."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.intake.values import (
    plain_text,
    read_consent,
    read_date,
    read_money,
    read_optional,
    read_optional_consent,
    read_quantity,
)
from portal.spreadsheets.cells import Cell, CellKind, cell_of
from portal.spreadsheets.problems import FieldWrong

DAY = date(2026, 9, 10)


def wrong(read, value):
    """Return the code with which a value is refused."""
    with pytest.raises(FieldWrong) as caught:
        read(value if isinstance(value, Cell) else cell_of(value))
    return caught.value.code


@pytest.mark.parametrize(
    ("written", "quantity"),
    [
        (1, 1),
        (3.0, 3),
        ("2", 2),
        ("２", 2),
        (" 3 ", 3),
        ("1个", 1),
        ("2 套", 2),
        ("３ 双", 3),
        ("1.0", 1),
        ("10本", 10),
        ("+2", 2),
        ("99", 99),
    ],
)
def test_whole_numbers_with_or_without_a_unit_are_quantities(written, quantity):
    assert read_quantity(cell_of(written)) == quantity


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("一个", "quantity_word"),
        ("两", "quantity_word"),
        ("若干", "quantity_word"),
        ("1千", "quantity_word"),
        ("1-2", "quantity_word"),
        ("1个2套", "quantity_word"),
        ("1e3", "quantity_word"),
        (True, "quantity_word"),
        (DAY, "quantity_word"),
        ("无", "missing"),
        ("-1", "quantity_negative"),
        ("－1", "quantity_negative"),
        ("−1个", "quantity_negative"),
        (-5, "quantity_negative"),
        (0, "quantity_zero"),
        ("0个", "quantity_zero"),
        (1.5, "quantity_fraction"),
        ("2.5", "quantity_fraction"),
        (100, "quantity_large"),
        ("9" * 9, "quantity_large"),
        ("9" * 30, "quantity_word"),
        (float("inf"), "quantity_word"),
        (float("nan"), "quantity_word"),
        ("=1", "formula"),
        (Cell(None, CellKind.FORMULA), "formula"),
        (Cell(None, CellKind.ERROR), "cell_error"),
    ],
)
def test_words_and_impossible_numbers_are_no_quantities(written, code):
    assert wrong(read_quantity, written) == code


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        (168, 16_800),
        (168.5, 16_850),
        (0, 0),
        ("168", 16_800),
        ("168元", 16_800),
        ("168.00 元", 16_800),
        ("¥168", 16_800),
        ("￥１６８．５０", 16_850),
        ("1,680.00", 168_000),
        ("1，680", 168_000),
        ("人民币168元整", 16_800),
        ("RMB 168", 16_800),
        ("168块", 16_800),
        ("45元/个", 4_500),
        ("168.", 16_800),
        ("168.000", 16_800),
        ("-0", 0),
        (0.07, 7),
        (1.1 + 2.2, 330),
        (19.99 * 3, 5_997),
    ],
)
def test_amounts_become_whole_fen(written, fen):
    assert read_money(cell_of(written)) == fen


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("两百", "money_word"),
        ("约200元", "money_word"),
        ("100-200", "money_word"),
        ("1万", "money_word"),
        ("1,68", "money_word"),
        ("1.680,00", "money_word"),
        ("12元5角", "money_word"),
        ("1e2", "money_word"),
        (DAY, "money_word"),
        (True, "money_word"),
        (float("inf"), "money_word"),
        ("", "missing"),
        (-5, "money_negative"),
        ("-5元", "money_negative"),
        ("￥-5", "money_negative"),
        ("－5", "money_negative"),
        ("-￥0.01", "money_negative"),
        ("168.005", "money_decimals"),
        (168.005, "money_decimals"),
    ],
)
def test_words_and_impossible_amounts_are_refused(written, code):
    assert wrong(read_money, written) == code


@given(st.integers(min_value=0, max_value=99_999_999))
def test_no_fen_is_ever_lost_between_a_cell_and_the_books(fen):
    yuan = Decimal(fen) / 100
    assert read_money(cell_of(float(yuan))) == fen
    assert read_money(cell_of(f"{yuan:.2f}元")) == fen
    assert read_money(cell_of(f"￥{yuan:,.2f}")) == fen


@pytest.mark.parametrize(
    "written",
    [
        DAY,
        "2026-09-10",
        "2026-9-10",
        "2026/9/10",
        "2026.9.10",
        "2026年9月10日",
        "2026 年 9 月 10 日",
        "２０２６－０９－１０",
        "20260910",
        20260910,
        46275,
        46275.4,
        "46275",
        "2026-09-10 00:00:00",
        "2026-09-10 08:30",
        "2026-09-10T08:30:00",
        "2026/9/10\u200b",
        "2026年9月10号",
        "2026-9-10 星期四",
        "2026年9月10日（周四）",
        "2026-09-10T08:30:00Z",
        "2026/9/10 上午8:30",
    ],
)
def test_days_are_understood_in_the_usual_spellings(written):
    assert read_date(cell_of(written)) == DAY


@pytest.mark.parametrize(
    "written",
    [
        "2026-13-45",
        "2026-02-30",
        "20260231",
        "2026年9月",
        "9月10日",
        "26-9-10",
        "9/10/2026",
        "昨天",
        "1926-09-10",
        date(1999, 12, 31),
        date(2101, 1, 1),
        3,
        999999,
        True,
        "2026-9-10 至 2026-9-12",
    ],
)
def test_days_that_do_not_exist_or_may_mean_several_are_refused(written):
    assert wrong(read_date, written) == "date_wrong"


@pytest.mark.parametrize(
    "written",
    ["是", "同意", "√", "✓", "Y", "y", "Yes", "ＹＥＳ", "TRUE", True, 1, "1", " 是。", "愿意", "☑是 □否", "是☑否□"],
)
def test_yes_is_understood(written):
    assert read_consent(cell_of(written)) is True


@pytest.mark.parametrize(
    "written", ["否", "不同意", "□是 ☑否", "×", "X", "N", "no", "False", False, 0, "不", "不愿意", "✗"]
)
def test_no_is_understood_and_is_an_answer(written):
    assert read_consent(cell_of(written)) is False


@pytest.mark.parametrize(
    "written", ["也许", "待定", "电话同意待签字", "？", "无", "-", "是/否", 2, "□是 □否", "☑是 ☑否"]
)
def test_unclear_answer_is_never_taken_for_a_yes(written):
    assert wrong(read_consent, written) == "consent_unclear"


def test_silence_is_no_answer():
    assert wrong(read_consent, None) == "consent_missing"
    assert wrong(read_consent, " \u200b") == "consent_missing"
    assert read_optional_consent(cell_of(None)) is None
    assert read_optional_consent(cell_of("/")) is None
    assert wrong(read_optional_consent, "也许") == "consent_unclear"


@pytest.mark.parametrize("mark", ["无", "暂无", "/", "-", "——", "N/A", "none", " "])
def test_marks_for_nothing_are_nothing(mark):
    assert read_optional(cell_of(mark), 10) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [(15000001408, "15000001408"), (15000001408.0, "15000001408"), (DAY, "2026-09-10"), ("'0532", "0532")],
)
def test_any_cell_can_be_read_as_text(value, text):
    assert plain_text(cell_of(value)) == text


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.dates()))
def test_no_cell_breaks_a_reader(value):
    for read in (read_quantity, read_money, read_date, read_consent):
        with suppress(FieldWrong):
            read(cell_of(value))
