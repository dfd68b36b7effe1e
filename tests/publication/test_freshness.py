"""What is kept of public pages lives until something public changes, and not a moment longer."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from portal.db import session, transaction
from portal.outbox.models import Message
from portal.publication.freshness import MOST_KEPT, kept, public_version
from portal.publication.models import Publication
from portal.publication.service import set_availability, take_down
from portal.wishes.rules import WishState
from tests import cast


@pytest.fixture
def wish(app_context):
    return cast.wish(WishState.PUBLISHED)


@transaction
def do(statement):
    session().execute(statement)


def rise(act):
    before = public_version()
    act()
    return public_version() - before


def test_each_change_of_anything_public_is_counted_once(wish):
    number = wish.number
    assert rise(lambda: set_availability(number, "pledged")) == 1
    assert rise(lambda: take_down(number)) == 1
    assert rise(lambda: do(update(Publication).values(quantity=2))) == 1
    assert rise(lambda: do(delete(Publication))) == 1


def test_rows_added_by_hand_are_noticed_too(wish):
    row = session().scalars(select(Publication)).one()
    values = {column.key: getattr(row, column.key) for column in Publication.__mapper__.column_attrs}
    copy = values | {"number": "ZZZZZZZ", "id": values["id"] + 1}
    assert rise(lambda: do(insert(Publication).values(**copy))) == 1


def test_what_is_not_public_counts_nothing(wish):
    assert rise(lambda: do(delete(Message))) == 0
    assert rise(lambda: cast.wish(WishState.SUBMITTED)) == 0


def test_a_change_that_was_rolled_back_is_not_counted(wish):
    @transaction
    def fail():
        set_availability(wish.number, "pledged")
        raise LookupError

    def try_it():
        with pytest.raises(LookupError):
            fail()

    assert rise(try_it) == 0


def test_a_kept_answer_is_made_anew_after_a_change_and_after_midnight(wish, clock):
    made = []

    def make():
        made.append(1)
        return len(made)

    assert [kept("figures", make), kept("figures", make)] == [1, 1]
    set_availability(wish.number, "pledged")
    assert kept("figures", make) == 2
    clock.advance(timedelta(days=1))
    assert kept("figures", make) == 3


def test_strangers_cannot_fill_the_memory(app_context):
    for number in range(MOST_KEPT * 2):
        kept(number, dict)
    assert len(app_context.extensions["portal.publication.kept"][1]) <= MOST_KEPT


def test_what_a_transaction_makes_is_not_kept(app_context):
    transaction(lambda: kept("figures", lambda: 1))()
    assert kept("figures", lambda: 2) == 2
