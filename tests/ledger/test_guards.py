"""The database itself refuses what would make the book wrong, whoever asks."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.db import database
from portal.ledger.queries import fund_statement
from portal.ledger.rules import Part, fund
from portal.ledger.service import open_fund, reverse_entry
from tests.ledger.book import FUND, give, new_reference, spend

HASH = "0" * 64
POSTING = "INSERT INTO ledger_postings (id, entry_sequence, account_id, amount_minor) VALUES ({}, {}, ({}), {})"
ENTRY = (
    "INSERT INTO ledger_entries (sequence, reference, kind, posted_on, currency, reverses, leaf_hash)"
    " VALUES ({}, '{}', '{}', '2026-11-23', '{}', {}, '" + HASH + "')"
)


def account(code, currency="CNY"):
    return f"SELECT id FROM ledger_accounts WHERE code = '{code}' AND currency = '{currency}'"


def by_hand(*statements):
    """Run statements as somebody with the database's own tools would, in one transaction."""
    with database().write_engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def posting(number, code, amount_minor, sequence=3, currency="CNY"):
    return POSTING.format(1_000 + number, sequence, account(code, currency), amount_minor)


def entry(sequence=3, reference="A" * 20, kind="gift", currency="CNY", reverses="NULL"):
    return ENTRY.format(sequence, reference, kind, currency, reverses)


RECEIVED, DISBURSED = fund(FUND, Part.RECEIVED), fund(FUND, Part.DISBURSED)
BALANCED = (posting(1, "clearing.sandbox", 500), posting(2, RECEIVED, -500))


@pytest.fixture
def two_entries(book):
    """Write a gift of 50 yuan and a disbursement of 30."""
    return give(5_000), spend(3_000)


def test_a_sound_entry_written_by_hand_is_taken(two_entries):
    by_hand(*BALANCED, entry())
    assert fund_statement(FUND).held_minor == 2_500
    assert give(100).sequence == 4


@pytest.mark.parametrize(
    ("fault", "statements"),
    [
        ("sum to zero", [posting(1, "clearing.sandbox", 500), posting(2, RECEIVED, -499), entry()]),
        ("at least two", [posting(1, "clearing.sandbox", 500), entry()]),
        ("at least two", [entry()]),
        ("without gaps", [entry(sequence=4)]),
        ("without gaps", [entry(sequence=2)]),
        ("written next", [posting(1, "clearing.sandbox", 500, sequence=2)]),
        ("written next", [posting(1, "clearing.sandbox", 500, sequence=4)]),
        ("one currency", [*BALANCED, entry(currency="USD")]),
        ("more than it holds", [posting(1, DISBURSED, 2_001), posting(2, "bank", -2_001), entry(kind="disbursement")]),
        ("names what it undoes", [*BALANCED, entry(kind="reversal")]),
        ("names what it undoes", [*BALANCED, entry(reverses="1")]),
        ("exact opposite", [*BALANCED, entry(kind="reversal", reverses="1")]),
        ("(?i)foreign key", [*BALANCED]),
        ("amount_not_zero", [posting(1, "clearing.sandbox", 0)]),
        ("not replaced", [posting(1, "clearing.sandbox", 500), posting(2, "clearing.sandbox", -500), entry()]),
        ("reverses_an_earlier_one", [*BALANCED, entry(kind="reversal", reverses="3")]),
    ],
)
def test_an_unsound_entry_is_refused(two_entries, fault, statements):
    with pytest.raises(IntegrityError, match=fault):
        by_hand(*statements)
    assert fund_statement(FUND).held_minor == 2_000
    assert give(100).sequence == 3


def test_an_entry_of_two_currencies_is_refused(two_entries):
    open_fund(FUND, "USD")
    mixed = (posting(1, "clearing.sandbox", 500), posting(2, RECEIVED, -500, currency="USD"))
    with pytest.raises(IntegrityError, match="one currency"):
        by_hand(*mixed, entry())


def test_a_reversal_is_undone_by_nobody_and_happens_once(two_entries):
    gift, _spending = two_entries
    reverse_entry(gift.reference, new_reference=new_reference())
    again = (posting(1, "clearing.sandbox", -5_000, 4), posting(2, RECEIVED, 5_000, 4))
    with pytest.raises(IntegrityError, match="not replaced"):
        by_hand(*again, entry(4, kind="reversal", reverses="1"))
    back = (posting(1, "clearing.sandbox", 5_000, 4), posting(2, RECEIVED, -5_000, 4))
    with pytest.raises(IntegrityError, match="no reversal"):
        by_hand(*back, entry(4, kind="reversal", reverses="3"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entries SET kind = 'refund' WHERE sequence = 1",
        "UPDATE ledger_entries SET posted_on = '2025-01-01'",
        "UPDATE ledger_postings SET amount_minor = amount_minor * 2",
        "UPDATE ledger_accounts SET fund = NULL, kind = 'bank', code = 'bank2' WHERE kind = 'received'",
        "DELETE FROM ledger_postings",
        "DELETE FROM ledger_entries",
        "DELETE FROM ledger_accounts",
        "DELETE FROM ledger_head",
        "DELETE FROM fund_holdings",
        "UPDATE ledger_head SET sequence = 1",
        "UPDATE ledger_head SET sequence = 3",
        "UPDATE ledger_head SET sequence = 2",
        "INSERT INTO ledger_head (id, sequence) VALUES (2, 0)",
        "UPDATE fund_holdings SET currency = 'USD'",
    ],
)
def test_what_is_written_stays(two_entries, statement):
    with pytest.raises(IntegrityError):
        by_hand(statement)
    assert (fund_statement(FUND).received_minor, fund_statement(FUND).held_minor) == (5_000, 2_000)


COPY_ENTRY = (
    "INSERT OR REPLACE INTO ledger_entries"
    " SELECT 3, reference, kind, posted_on, currency, NULL, leaf_hash FROM ledger_entries WHERE sequence = 1"
)

SIDE_DOORS = {
    "sqlite": [
        "INSERT OR REPLACE INTO ledger_postings (id, entry_sequence, account_id, amount_minor) VALUES (1, 3, 1, 7)",
        "UPDATE OR REPLACE ledger_postings SET amount_minor = 1",
        "INSERT OR REPLACE INTO ledger_head (id, sequence) VALUES (1, 0)",
        COPY_ENTRY,
    ],
    "postgresql": [
        "TRUNCATE ledger_postings, ledger_entries, ledger_nodes, ledger_checkpoints",
        "TRUNCATE ledger_accounts CASCADE",
        "TRUNCATE ledger_head",
        "INSERT INTO ledger_head (id, sequence) VALUES (1, 0) ON CONFLICT (id) DO UPDATE SET sequence = 0",
    ],
}


def test_side_doors_of_each_database_are_shut(two_entries, database_kind):
    for statement in SIDE_DOORS[database_kind]:
        with pytest.raises(IntegrityError):
            by_hand(statement)
    assert (fund_statement(FUND).received_minor, fund_statement(FUND).held_minor) == (5_000, 2_000)
