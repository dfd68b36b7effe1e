"""Whoever tries stolen cards is slowed down; whoever shares an address with them still gives."""

import pytest
from sqlalchemy import select

from portal.db import session
from portal.giving.models import Gift
from portal.giving.throttling import FAILURES_OF_A_MAIL, FAILURES_OF_A_METHOD, FAILURES_OF_A_RANGE, range_hash
from portal.throttle.service import count_try
from tests.campaigns import stage as campaigns
from tests.giving import stage
from tests.pledges.letterbox import letters, link_in


@pytest.fixture
def number(app):
    """Return an open campaign."""
    with app.app_context():
        return campaigns.opened()


def fill(visitor, number, email, status=200):
    visitor.open(f"/campaigns/{number}/give")
    return visitor.submit({"other_amount": "10", "email": email}, form="give", status=status)


def fail(visitor, number, email, card="4242"):
    fill(visitor, number, email)
    visitor.submit({"card": card}, form="sandbox", button="fail")


def test_a_mail_address_that_fails_too_often_waits(new_visitor, number):
    for _try in range(FAILURES_OF_A_MAIL.tries // 2):
        fail(new_visitor(), number, "tester@example.org", "4242")
        fail(new_visitor(), number, "tester@example.org", "5555")
    page = fill(new_visitor(), number, "tester@example.org", status=429)
    assert int(page.headers["Retry-After"]) > 0


def test_a_card_that_fails_too_often_makes_its_neighbours_confirm_and_its_user_wait(new_visitor, number):
    for turn in range(FAILURES_OF_A_METHOD.tries):
        fail(new_visitor(), number, f"tester{turn}@example.org")
    assert "到邮箱里继续" in fill(new_visitor(), number, "honest@example.org")
    fill(new_visitor(), number, "tester0@example.org", status=429)


def test_behind_a_shared_address_an_honest_donor_gives_by_one_click_more(app, new_visitor, number):
    with app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        for _failure in range(FAILURES_OF_A_RANGE.tries):
            count_try(FAILURES_OF_A_RANGE, range_hash())
    honest = new_visitor()
    page = fill(honest, number, "honest@example.org")
    assert "到邮箱里继续" in page
    [letter] = letters(app, "honest@example.org")
    honest.open(link_in(letter))
    assert state_of(app) == "intended", "opening alone does nothing"
    honest.submit(button="继续付款")
    assert "谢谢您" in honest.submit(form="sandbox", button="succeed")


def state_of(app):
    with app.app_context():
        return session().scalar(select(Gift.state))


def test_many_who_succeed_behind_one_address_are_never_asked(app, new_visitor, number):
    for turn in range(12):
        fill(new_visitor(), number, f"guest{turn}@example.org")
    with app.app_context():
        for turn in range(30):
            stage.give(number, 1_000, email=f"giver{turn}@example.org")
    assert "演示付款页" in fill(new_visitor(), number, "one-more@example.org")
