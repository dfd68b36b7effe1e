"""Many post at the same moment: no entry is lost, no number is missing, no fund pays out what it does not hold."""

import threading
from collections import Counter

from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError

from portal.db import database, session, transaction
from portal.ledger.models import Entry, LedgerAccount, LedgerHead, Posting
from portal.ledger.queries import fund_statement
from portal.ledger.service import AlreadyReversed, FundShort, ReferenceReused, reverse_entry
from tests.ledger.book import FUND, OTHER_FUND, all_at_once, give, new_reference, open_funds, spend, transfer

CROWD = 12


def sequences():
    return list(session().scalars(select(Entry.sequence).order_by(Entry.sequence)))


def test_every_gift_of_a_crowd_is_booked_without_a_gap(app):
    with app.app_context():
        open_funds()
    gifts = 8

    def act(number):
        return [give(1_000 + number, OTHER_FUND if number % 3 else FUND).sequence for _gift in range(gifts)]

    posted = [number for numbers in all_at_once(app, CROWD, act) for number in numbers]
    with app.app_context():
        assert sorted(posted) == sequences() == list(range(1, CROWD * gifts + 1))
        assert session().scalar(select(LedgerHead.sequence)) == CROWD * gifts
        held = fund_statement(FUND).held_minor + fund_statement(OTHER_FUND).held_minor
        assert held == sum(gifts * (1_000 + number) for number in range(CROWD))


def test_the_last_money_of_a_fund_is_spent_once(app):
    with app.app_context():
        open_funds()
        give(10_000)

    def act(number):
        try:
            transfer(6_000) if number % 2 else spend(6_000)
        except FundShort:
            return False
        return True

    assert Counter(all_at_once(app, CROWD, act)) == {True: 1, False: CROWD - 1}
    with app.app_context():
        assert fund_statement(FUND).held_minor == 4_000


def test_transfers_both_ways_never_lock_each_other_out(app):
    with app.app_context():
        open_funds()
        give(50_000)
        give(50_000, OTHER_FUND)

    def act(number):
        ends = (FUND, OTHER_FUND) if number % 2 else (OTHER_FUND, FUND)
        return [transfer(100, *ends) for _time in range(4)]

    assert all(all_at_once(app, CROWD, act))
    with app.app_context():
        assert fund_statement(FUND).held_minor == fund_statement(OTHER_FUND).held_minor == 50_000


def test_one_reference_is_one_entry_however_many_post_it(app):
    with app.app_context():
        open_funds()
        reference = new_reference()

    def act(number):
        try:
            return give(5_000 if number < CROWD // 2 else 6_000, reference=reference).sequence
        except ReferenceReused:
            return None

    assert Counter(all_at_once(app, CROWD, act)) == {1: CROWD // 2, None: CROWD // 2}
    with app.app_context():
        assert sequences() == [1]


def test_an_entry_is_undone_once(app):
    with app.app_context():
        open_funds()
        reference = give(5_000).reference
        undoings = [new_reference() for _number in range(CROWD)]

    def act(number):
        try:
            return reverse_entry(reference, new_reference=undoings[number]).sequence
        except AlreadyReversed:
            return None

    assert Counter(all_at_once(app, CROWD, act)) == {2: 1, None: CROWD - 1}
    with app.app_context():
        assert fund_statement(FUND).held_minor == 0


def test_without_the_lock_on_the_head_many_take_the_same_number(app):
    """The naive twin reads the last number, and writes the next one in a transaction of its own."""
    with app.app_context():
        open_funds()
        give(5_000)
    looked = threading.Barrier(4, timeout=30)

    def act(number):
        taken = session().scalar(select(func.max(Entry.sequence))) + 1
        looked.wait()
        try:
            write(taken, f"{number:020d}")
        except IntegrityError:
            return None
        return taken

    @transaction
    def write(taken, reference):
        accounts = session().scalars(select(LedgerAccount.id).where(LedgerAccount.fund == FUND).limit(2)).all()
        session().execute(
            insert(Posting),
            [
                {"entry_sequence": taken, "account_id": account, "amount_minor": amount}
                for account, amount in zip(accounts, (7, -7), strict=True)
            ],
        )
        values = {
            "sequence": taken,
            "reference": reference,
            "kind": "gift",
            "posted_on": session().get_one(Entry, 1).posted_on,
            "currency": "CNY",
            "leaf_hash": "0" * 64,
        }
        session().execute(insert(Entry).values(values))

    outcomes = all_at_once(app, 4, act)
    assert Counter(outcomes) == {2: 1, None: 3}, "the database lets one of them through"
    with app.app_context():
        assert sequences() == [1, 2]


def test_no_posting_slips_into_an_entry_that_is_sealed_meanwhile(app):
    """A stranger writes to the number that a poster is about to seal, and commits after it."""
    with app.app_context():
        open_funds()
        give(5_000)
        statement = text(
            "INSERT INTO ledger_postings (id, entry_sequence, account_id, amount_minor)"
            " SELECT 1000 + id, 2, id, 9 FROM ledger_accounts WHERE code = 'bank' OR kind = 'fees'"
        )
        posted, done = threading.Event(), threading.Event()

        @transaction
        def post_slowly():
            give(700)
            posted.set()
            done.wait(0.3)

        def stranger():
            with app.app_context():
                posted.wait()
                try:
                    database().run(lambda: session().execute(statement))
                except IntegrityError:
                    outcome.append("refused")
                finally:
                    done.set()

        outcome = []
        thread = threading.Thread(target=stranger)
        thread.start()
        post_slowly()
        thread.join()
        assert outcome == ["refused"]
        assert session().scalar(select(func.count(Posting.id)).where(Posting.entry_sequence == 2)) == 2
