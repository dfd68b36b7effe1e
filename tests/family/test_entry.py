"""The family's door: a code that forgives how it is typed and tells a guesser nothing."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from portal.codes import grouped, new_family_code
from portal.db import session, transaction
from portal.sealing import keyed_hash
from portal.wishes.models import Wish
from portal.wishes.rules import WishState
from tests import cast
from tests.handover import stage

MISS = "没有心愿用这个码"
SLIP = "打错或漏了一个字"


@pytest.fixture
def wish(app):
    with app.app_context():
        return cast.wish(WishState.PUBLISHED)


@pytest.fixture
def code(app, wish):
    with app.app_context():
        return stage.family_code(wish)


def enter(visitor, code, status=200):
    visitor.open("/family")
    return visitor.submit({"code": code}, status=status)


@pytest.mark.parametrize("write", [str, str.lower, grouped, " ".join, lambda code: f" {code}　"])
def test_a_code_opens_however_it_is_typed(visitor, wish, code, write):
    page = enter(visitor, write(code))
    assert page.address == "/family/wish"
    assert wish.item in page


def test_letters_that_look_like_digits_may_be_typed_for_them(app, visitor, wish):
    with app.app_context():
        code = next(each for each in iter(new_family_code, "") if {"0", "1"} <= set(each))
        _give(wish, code)
    assert enter(visitor, code.replace("0", "O").replace("1", "I")).address == "/family/wish"
    assert enter(visitor, code.replace("0", "o").replace("1", "l")).address == "/family/wish"


@transaction
def _give(wish, code):
    session().get_one(Wish, wish.id).family_code_hash = keyed_hash("family-code", code)


def test_a_slip_of_the_finger_is_told_kindly_and_costs_no_try(visitor, code):
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    for _ in range(30):
        page = enter(visitor, wrong)
    assert SLIP in page
    assert wrong in page.html
    assert enter(visitor, code).address == "/family/wish"


def test_every_miss_gets_the_same_page(app, visitor, code, wish):
    with app.app_context():
        replaced = stage.family_code(wish)
        former = code
        unknown = [new_family_code() for _ in range(3)]
    pages = {_without_tokens(enter(visitor, each).html) for each in (former, *unknown)}
    assert len(pages) == 1
    assert MISS in pages.pop()
    assert enter(visitor, replaced).address == "/family/wish"


def _without_tokens(html):
    return re.sub(r'value="[^"]{40,}"', "", html)


def test_a_miss_asks_the_database_the_same_questions_whatever_was_typed(app, visitor, code, wish):
    with app.app_context():
        stage.family_code(wish)
        first, unknown = new_family_code(), new_family_code()
    enter(visitor, first)
    assert _questions_of(app, visitor, unknown) == _questions_of(app, visitor, code)


def _questions_of(app, visitor, code):
    """Return the statements that one try causes."""
    visitor.open("/family")
    seen = []
    engines = [app.extensions["portal.database"].read_engine, app.extensions["portal.database"].write_engine]

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    visitor.submit({"code": code})
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    return seen


def test_guessing_from_one_address_range_is_stopped(app, visitor, code):
    with app.app_context():
        guesses = [new_family_code() for _ in range(21)]
    for guess in guesses[:20]:
        assert MISS in enter(visitor, guess)
    answer = enter(visitor, guesses[20], status=429)
    assert int(answer.headers["Retry-After"]) > 0
    enter(visitor, code, status=429)


def test_families_who_type_well_do_not_shut_each_other_out(visitor, code):
    for _ in range(25):
        assert enter(visitor, code).address == "/family/wish"


def test_the_code_is_in_no_address_log_or_cookie(app, visitor, code, caplog):
    enter(visitor, code)
    assert code not in visitor.page.address
    assert code not in caplog.text
    with visitor.client.session_transaction() as kept:
        assert code not in str(dict(kept))


def test_after_half_an_hour_the_code_is_asked_for_again(clock, visitor, code, wish):
    enter(visitor, code)
    clock.advance(timedelta(minutes=31))
    page = visitor.open("/family/wish")
    assert page.address == "/family"
    assert wish.item not in page


def test_a_replaced_code_ends_a_visit_under_way(app, visitor, code, wish):
    enter(visitor, code)
    with app.app_context():
        stage.family_code(wish)
    assert visitor.open("/family/wish").address == "/family"


def test_leaving_closes_the_page_on_a_shared_device(visitor, code):
    enter(visitor, code)
    visitor.submit(form="/leave")
    assert visitor.open("/family/wish").address == "/family"


@pytest.mark.parametrize("page", ["", "/answer", "/collect", "/contact", "/consents", "/withdraw"])
def test_nothing_opens_without_a_code(visitor, page):
    assert visitor.open(f"/family/wish{page}").address == "/family"


def test_the_pages_are_not_kept_by_browsers(visitor, code):
    assert visitor.open("/family").headers["Cache-Control"] == "no-store"
    assert enter(visitor, code).headers["Cache-Control"] == "no-store"


def test_the_last_visit_is_shown_so_that_a_strange_one_is_noticed(clock, visitor, code):
    assert "这是第一次打开" in enter(visitor, code)
    clock.advance(timedelta(days=2))
    assert "上一次打开是2026/11/23 09:00" in enter(visitor, code)
