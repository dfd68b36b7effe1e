"""What may stand in the book, and the one text of an entry that is hashed."""

from datetime import date
from typing import Any

import pytest

from portal.ledger.rules import (
    LARGEST_MINOR,
    AccountName,
    AccountUnknown,
    Line,
    LinesUnfit,
    Part,
    ReferenceUnfit,
    check_currency,
    check_lines,
    check_reference,
    clearing,
    fund,
    leaf_bytes,
    read_code,
    reversed_lines,
)

WHOLE_FLOAT: Any = 1.0
BALANCED = (Line("bank", 100), Line("clearing.stripe", -100))


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("bank", AccountName("bank")),
        (clearing("stripe"), AccountName("clearing")),
        (clearing("bank_transfer"), AccountName("clearing")),
        (fund("7K2M9P4R1T", Part.FEES), AccountName("fees", "7K2M9P4R1T")),
    ],
)
def test_code_says_what_the_account_is(code, name):
    assert read_code(code) == name


@pytest.mark.parametrize(
    "code",
    [
        "",
        "cash",
        "bank.",
        "bank.cny",
        "clearing",
        "clearing.",
        "clearing.Stripe",
        "clearing.a.b",
        "fund.7K2M9P4R1T",
        "fund.7K2M9P4R1T.spent",
        "fund.7k2m.fees",
        "fund..fees",
        "fund.张三三三.fees",
        "fund.7K2M9P4R1T.fees\n",
    ],
)
def test_other_codes_are_no_accounts(code):
    with pytest.raises(AccountUnknown):
        read_code(code)


def test_lines_that_balance_come_back_in_order():
    assert check_lines(BALANCED[::-1]) == BALANCED


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [Line("bank", 0)],
        [Line("bank", 100)],
        [Line("bank", 100), Line("clearing.stripe", -99)],
        [Line("bank", 0), Line("clearing.stripe", 0)],
        [Line("bank", 100), Line("bank", -100)],
        [Line("bank", WHOLE_FLOAT), Line("clearing.stripe", -WHOLE_FLOAT)],
        [Line("bank", True), Line("clearing.stripe", -1)],
        [Line("bank", LARGEST_MINOR + 1), Line("clearing.stripe", -LARGEST_MINOR - 1)],
    ],
)
def test_lines_that_make_no_entry_are_refused(lines):
    with pytest.raises(LinesUnfit):
        check_lines(lines)


@pytest.mark.parametrize("reference", ["", "GIFT-17", "ZHANG3", "0" * 19, "0" * 21, "I" * 20, "a" * 20, "０" * 20])
def test_reference_that_could_say_something_is_refused(reference):
    with pytest.raises(ReferenceUnfit):
        check_reference(reference)


@pytest.mark.parametrize("currency", ["", "cny", "RMBY", "元", "CN"])
def test_currency_is_an_iso_code(currency):
    with pytest.raises(ValueError, match="currency"):
        check_currency(currency)


def test_reversed_lines_undo():
    assert reversed_lines(BALANCED) == (Line("bank", -100), Line("clearing.stripe", 100))


def test_the_hashed_text_of_an_entry_never_changes():
    """Published proofs hang on every byte of it."""
    leaf = leaf_bytes(
        sequence=7,
        posted_on=date(2026, 11, 23),
        kind="gift",
        reference="0123456789ABCDEFGHJK",
        currency="CNY",
        lines=[Line("fund.7K2M9P4R1T.received", -5000), Line("clearing.sandbox", 5000)],
        reverses=None,
    )
    assert leaf == (
        b'{"currency":"CNY","kind":"gift","posted_on":"2026-11-23","postings":['
        b'{"account":"clearing.sandbox","amount_minor":5000},'
        b'{"account":"fund.7K2M9P4R1T.received","amount_minor":-5000}],'
        b'"reference":"0123456789ABCDEFGHJK","reverses":null,"sequence":7}'
    )
