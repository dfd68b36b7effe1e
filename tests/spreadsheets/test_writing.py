"""Exports in which nothing is evaluated, proven by opening them again."""

import csv
import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask_babel import lazy_gettext
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from portal.spreadsheets.writing import disarm, stream_csv, write_xlsx

ARMED = [
    "=1+1",
    '=HYPERLINK("http://example.org")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    " =1",
    "\u3000=1",
    "\u200b=1",
    "\ufeff=1",
    "\x00=1",
    "=cmd|' /C calc'!A0",
]
SIGNS = frozenset("=+-@＝＋－＠﹦﹢﹣﹫\t\r\n")


def csv_rows(*rows, headers=("栏",)):
    """Return what a program reads from the CSV of these rows."""
    text = b"".join(stream_csv(headers, rows)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def xlsx_sheet(*rows, title="表", headers=("栏",)):
    """Return the sheet that is read from the XLSX of these rows."""
    stream = io.BytesIO()
    write_xlsx(stream, title, headers, rows)
    return load_workbook(stream).active


@pytest.mark.parametrize("text", ARMED)
def test_text_that_would_be_computed_is_disarmed_in_csv(text):
    assert csv_rows([text])[1][0].startswith("'")


@pytest.mark.parametrize("text", ["书包", "a=b", "3-5个", "", "12", "1e5", "（+）"])
def test_harmless_text_is_left_as_it_is(text):
    assert disarm(text) == text


@pytest.mark.parametrize("text", ARMED)
def test_text_stays_text_in_xlsx(text):
    cell = xlsx_sheet([text])["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert cell.value.strip() == re.sub("[\x00\ufeff]", lambda m: "" if m[0] == "\x00" else m[0], text).strip()


def test_headers_are_treated_like_any_text():
    assert csv_rows(headers=("=1+1",))[0][0] == "'=1+1"
    assert xlsx_sheet(headers=("=1+1",))["A1"].data_type == "s"


def test_csv_begins_with_the_mark_by_which_programs_know_chinese():
    assert b"".join(stream_csv(["姓名"], [])) == b'\xef\xbb\xbf"\xe5\xa7\x93\xe5\x90\x8d"\r\n'


def test_csv_quotes_every_text_so_that_no_program_splits_it_elsewhere():
    assert b"".join(stream_csv(["a"], [["x;=1+1"]])).endswith(b'"x;=1+1"\r\n')


def test_numbers_days_and_moments_keep_their_meaning():
    values = [-5, Decimal("16.80"), date(2026, 11, 23), datetime(2026, 11, 23, 1, 5, tzinfo=UTC), None]
    assert csv_rows(values)[1] == ["-5", "16.80", "2026-11-23", "2026-11-23 09:05", ""]
    row = next(xlsx_sheet(values, headers="abcde").iter_rows(min_row=2))
    assert [str(cell.value) for cell in row] == ["-5", "16.8", "2026-11-23 00:00:00", "2026-11-23 09:05:00", "None"]
    assert [cell.data_type for cell in row] == ["n", "n", "d", "d", "n"]


def test_numbers_without_a_value_are_written_as_words():
    assert csv_rows([float("nan")])[1] == ["nan"]
    assert xlsx_sheet([float("inf")])["A2"].value == "inf"


def test_translated_text_is_written_in_the_readers_language():
    assert csv_rows([lazy_gettext("物品")])[1] == ["物品"]
    assert xlsx_sheet([lazy_gettext("物品")])["A2"].value == "物品"


def test_csv_comes_in_pieces_while_rows_still_arrive():
    taken = []
    rows = ([taken.append(number) or number] for number in range(1_000))
    stream = stream_csv(["n"], rows)
    next(stream)
    assert len(taken) < 1_000
    assert len(b"".join(stream).splitlines()) > 700


@pytest.mark.parametrize("title", ["心愿/清单:2026*?[x]", "", "'", "很长" * 30, "=1"])
def test_any_title_makes_a_sheet(title):
    assert 0 < len(xlsx_sheet(["x"], title=title).title) <= 31


@given(st.text())
def test_no_text_at_all_is_evaluated_in_csv(text):
    read = csv_rows([text, "end"])
    assert read[1][-1] == "end"
    assert read[1][0][:1] not in SIGNS
    assert read[1][0].lstrip("'").strip() in {text.strip(), text.lstrip("'").strip()} or not text.isprintable()


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_no_text_at_all_is_evaluated_in_xlsx(texts):
    row = next(xlsx_sheet(texts, headers=["h"] * len(texts)).iter_rows(min_row=2, max_col=len(texts)))
    assert all(cell.data_type in {"s", "n"} for cell in row)
    assert all(cell.value is None or isinstance(cell.value, str) for cell in row)
    assert all((cell.value or "") == text for cell, text in zip(row, texts, strict=True) if text.isprintable())
