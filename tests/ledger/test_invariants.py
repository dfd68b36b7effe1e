"""Every invariant of the ledger holds for a sound book, and finds the fault it is there for."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from portal import clock as portal_clock
from portal.books import list_invariants
from portal.db import session, transaction
from portal.ledger.invariants import INVARIANTS
from portal.ledger.log import sign_checkpoint
from portal.ledger.models import GoodsLine, HoursLine
from portal.ledger.service import reverse_entry
from tests.ledger.bare_tables import Undo, look_at
from tests.ledger.book import FUND, OTHER_FUND, chargeback, give, new_reference, spend, transfer

BY_NAME = {invariant.name: invariant for invariant in INVARIANTS}

UNDO_LINE = (
    "INSERT INTO {0}_register (id, reference, wish_number, category, {1}, entered_on, reverses_id)"
    " SELECT id + 1, 'b', wish_number, category, {2}, entered_on, id FROM {0}_register"
)
COPY_ENTRY = "INSERT INTO ledger_entries (sequence, reference, kind, posted_on, currency, reverses, leaf_hash) SELECT "
A_HASH = "replace(leaf_hash, substr(leaf_hash, 1, 4), 'beef')"
NEW_ENTRY = COPY_ENTRY + "{}, {}, {}, posted_on, 'CNY', {}, " + A_HASH + " FROM ledger_entries WHERE sequence = 1"

# The book: 1 gift, 2 gift elsewhere, 3 disbursement, 4 transfer, 5 gift, 6 reversal of 5, 7 chargeback, 8 gift.
FAULTS = {
    "entries_balance": ["UPDATE ledger_postings SET amount_minor = amount_minor + 1 WHERE id = 1"],
    "entries_have_two_sides": ["DELETE FROM ledger_postings WHERE entry_sequence = 8"],
    "postings_are_sealed": ["DELETE FROM ledger_entries WHERE sequence = 8"],
    "postings_have_accounts": ["DELETE FROM ledger_accounts WHERE code = 'bank'"],
    "amounts_are_not_zero": ["UPDATE ledger_postings SET amount_minor = 0 WHERE entry_sequence = 8"],
    "accounts_once_an_entry": ["UPDATE ledger_postings SET account_id = 1 WHERE entry_sequence = 8"],
    "one_currency": ["UPDATE ledger_entries SET currency = 'USD' WHERE sequence = 8"],
    "numbers_have_no_gaps": ["DELETE FROM ledger_entries WHERE sequence = 2"],
    "head_is_the_last": ["UPDATE ledger_head SET sequence = 7"],
    "references_are_unique": [
        "UPDATE ledger_entries SET reference = (SELECT o.reference FROM ledger_entries o WHERE o.sequence = 1)"
    ],
    "references_say_nothing": ["UPDATE ledger_entries SET reference = 'ZHANG SAN, TEL 139OI' WHERE sequence = 8"],
    "kinds_are_known": ["UPDATE ledger_entries SET kind = 'present' WHERE sequence = 8"],
    "reversals_name_what_they_undo": ["UPDATE ledger_entries SET reverses = NULL WHERE sequence = 6"],
    "reversals_happen_once": [NEW_ENTRY.format(9, "'AAAAAAAAAAAAAAAAAAAA'", "'reversal'", 5)],
    "reversals_are_exact": [
        "UPDATE ledger_postings SET amount_minor = 2 * amount_minor WHERE entry_sequence = 6",
    ],
    "accounts_fit_their_codes": ["UPDATE ledger_accounts SET kind = 'fees' WHERE kind = 'refunded'"],
    "accounts_are_unique": ["UPDATE ledger_accounts SET code = 'bank' WHERE code = 'clearing.sandbox'"],
    "funds_have_all_parts": [f"DELETE FROM ledger_accounts WHERE code = 'fund.{FUND}.matching'"],
    "holdings_are_the_postings": [f"UPDATE fund_holdings SET held_minor = held_minor + 1 WHERE fund = '{FUND}'"],
    "holdings_and_funds_match": [f"DELETE FROM fund_holdings WHERE fund = '{OTHER_FUND}'"],
    "funds_spend_what_they_hold": [
        "UPDATE ledger_postings SET amount_minor = 1000 * amount_minor WHERE entry_sequence = 3",
    ],
    "goods_reversals_are_exact": [UNDO_LINE.format("goods", "quantity", -3)],
    "hours_reversals_are_exact": [UNDO_LINE.format("hours", "minutes", -4)],
    "leaf_hashes_are_whole": [
        "UPDATE ledger_entries SET leaf_hash = (SELECT o.leaf_hash FROM ledger_entries o WHERE o.sequence = 1)"
    ],
    "inner_hashes_are_complete": ["DELETE FROM ledger_nodes WHERE level = 1 AND position = 2"],
    "checkpoints_only_grow": ["UPDATE ledger_checkpoints SET tree_size = 9 WHERE id = 1"],
    "checkpoints_have_no_gaps": ["DELETE FROM ledger_checkpoints WHERE id = 1"],
    "days_have_one_checkpoint": ["UPDATE ledger_checkpoints SET is_daily = FALSE"],
    "entries_are_signed_for": ["UPDATE ledger_entries SET posted_on = '2026-11-21' WHERE sequence = 8"],
    "entries_are_as_posted": ["UPDATE ledger_entries SET posted_on = '2026-11-24' WHERE sequence = 2"],
    "inner_hashes_are_right": ["UPDATE ledger_nodes SET hash = (SELECT o.hash FROM ledger_nodes o WHERE o.level = 2)"],
    "checkpoints_are_right": ["UPDATE ledger_checkpoints SET note = replace(note, '7', '6') WHERE tree_size = 7"],
}
"""For each invariant the fault to plant, by somebody who has set the guards aside."""


@pytest.fixture
def sound_book(book):
    """Write a book with every kind of history, signed up to its seventh entry."""
    give(50_000)
    give(7_000, OTHER_FUND)
    spend(20_000)
    sign_checkpoint()
    transfer(1_000)
    mistaken = give(3_000)
    reverse_entry(mistaken.reference, new_reference=new_reference())
    chargeback(40_000)
    sign_checkpoint()
    give(900)
    add_lines()
    return book


@transaction
def add_lines():
    values = {"reference": "a", "wish_number": "ABCDEFG", "category": "books", "entered_on": portal_clock.today()}
    session().add_all((GoodsLine(quantity=2, **values), HoursLine(minutes=5, **values)))


def broken():
    return {invariant.name for invariant in INVARIANTS if invariant.find_broken()}


def test_a_sound_book_breaks_no_invariant(sound_book, clock):
    assert broken() == set()
    clock.advance(timedelta(days=1))
    assert broken() == set()


def test_an_empty_book_breaks_no_invariant(book):
    assert broken() == set()


def test_every_invariant_has_its_planted_fault():
    assert BY_NAME.keys() == FAULTS.keys() | {"guards_are_on_duty"}
    assert len(BY_NAME) == len(INVARIANTS)
    assert set(INVARIANTS) <= set(list_invariants())


def test_tables_without_guards_are_sound_but_for_the_guards(sound_book):
    assert look_at((), broken) == {"guards_are_on_duty"}


def test_every_planted_fault_is_found(sound_book):
    for name, statements in FAULTS.items():
        found = look_at(statements, BY_NAME[name].find_broken)
        assert found is not None, name
        assert found.count >= len(found.examples) >= 1
    assert broken() == set(), "every fault was taken back"


def test_an_entry_that_nobody_signs_for_is_found_after_two_days(sound_book, clock):
    clock.advance(timedelta(days=1))
    assert BY_NAME["entries_are_signed_for"].find_broken() is None
    clock.advance(timedelta(days=1))
    assert BY_NAME["entries_are_signed_for"].find_broken().examples == ("8",)


GUARDS_OFF = {
    "sqlite": {
        "ledger_postings_no_update": "DROP TRIGGER ledger_postings_no_update",
        "ledger_entries_seal": "DROP TRIGGER ledger_entries_seal",
        "fund_holdings_no_delete": "DROP TRIGGER fund_holdings_no_delete",
    },
    "postgresql": {
        "ledger_postings_open": "ALTER TABLE ledger_postings DISABLE TRIGGER ledger_postings_open",
        "ledger_entries_seal": "DROP TRIGGER ledger_entries_seal ON ledger_entries",
        "ledger_head_follows": "CREATE OR REPLACE FUNCTION ledger_head_follows() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN NEW; END $$",
    },
}


def test_a_guard_off_duty_is_found(book, database_kind):
    for name, statement in GUARDS_OFF[database_kind].items():
        found = []

        @transaction
        def send_off(statement=statement, found=found):
            session().execute(text(statement))
            found.append(BY_NAME["guards_are_on_duty"].find_broken())
            raise Undo

        with pytest.raises(Undo):
            send_off()
        assert found[0].examples == (name,)
