"""The books are checked on a clock and on command; `/readyz` says what the last check found."""

from datetime import timedelta

import pytest

from portal import ticks
from portal.books import EVERY_MINUTES, SHARE, check_books_when_due, list_invariants
from portal.ledger.checks import KEEP_DAYS, STALE_HOURS, find_last_check, record_check
from tests.ledger.book import give, open_funds, without_guards

FAULT = "UPDATE ledger_postings SET amount_minor = amount_minor + 1 WHERE id = 1"
MEND = "UPDATE ledger_postings SET amount_minor = amount_minor - 1 WHERE id = 1"


@pytest.fixture
def some_book(app):
    """Write two gifts."""
    with app.app_context():
        open_funds()
        give()
        give()


def test_the_clock_checks_every_ten_minutes(app, some_book, clock):
    with app.app_context():
        assert find_last_check() is None
        assert check_books_when_due() == 0
        first = find_last_check()
        assert (first.invariants, first.broken) == (len(list_invariants()), {})
        clock.advance(timedelta(minutes=EVERY_MINUTES, seconds=-1))
        check_books_when_due()
        assert find_last_check() == first
        clock.advance(timedelta(seconds=1))
        check_books_when_due()
        assert find_last_check().checked_at == clock.now()


def test_a_long_check_is_made_less_often(app, some_book, clock):
    with app.app_context():
        record_check(1, 60.0, {})
        clock.advance(timedelta(seconds=SHARE * 60 - 1))
        check_books_when_due()
        assert find_last_check().seconds == 60
        clock.advance(timedelta(seconds=1))
        check_books_when_due()
        assert find_last_check().seconds < 60


def test_a_clock_set_back_puts_no_check_off(app, some_book, clock):
    with app.app_context():
        check_books_when_due()
        clock.advance(timedelta(days=-3))
        check_books_when_due()
        assert find_last_check().checked_at == clock.now()


def test_old_outcomes_are_forgotten(app, clock):
    with app.app_context():
        record_check(1, 0.1, {"old": 1})
        clock.advance(timedelta(days=KEEP_DAYS + 1))
        record_check(1, 0.1, {})
        without_guards("UPDATE books_checks SET invariants = 2 WHERE invariants = 1")
        assert find_last_check().invariants == 2


def test_what_breaks_is_logged_by_name_and_count_only(app, some_book, caplog):
    with app.app_context():
        without_guards(FAULT)
        assert check_books_when_due() > 1
    assert "books: entries_balance broken by 1 rows" in caplog.text
    assert "sandbox" not in caplog.text


def test_a_tick_signs_before_it_checks(app, some_book):
    with app.app_context():
        moved = ticks.tick()
        assert (moved["checkpoints_signed"], moved["invariants_broken"]) == (1, 0)
        without_guards(FAULT)
        assert ticks.tick()["checkpoints_signed"] == 0, "nothing new, nothing to sign"
        give()
        assert ticks.tick()["checkpoints_signed"] == 1, "the changed entry was signed before, as it was"


def test_readyz_says_what_the_last_check_found(app, some_book, clock, client):
    def ready():
        answer = client.get("/readyz")
        return answer.status_code, answer.text

    assert ready() == (200, "ok\n")
    with app.app_context():
        without_guards(FAULT)
        assert ready()[0] == 200, "it reads the last outcome and checks nothing itself"
        check_books_when_due()
    status, said = ready()
    assert (status, "portal ledger check" in said) == (503, True)
    assert "sandbox" not in said
    with app.app_context():
        without_guards(MEND)
        clock.advance(timedelta(minutes=EVERY_MINUTES))
        check_books_when_due()
    assert ready() == (200, "ok\n")
    clock.advance(timedelta(hours=STALE_HOURS, seconds=1))
    assert ready()[0] == 503
