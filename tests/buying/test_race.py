"""Pledgers and donors who pay want the same wish at the same moment: one of them gets it, whoever it is.

The defences are those of pledges: the conditional update of the wish's state
and the partial unique index on live pledges. Without them several get it.
"""

import threading

import pytest
from sqlalchemy import func, select, text

from portal.accounts.rules import PLEDGER
from portal.db import database, session
from portal.giving.models import Gift
from portal.giving.neighbours import WishNotFree
from portal.pledges import promising
from portal.pledges.contacts import read_contact
from portal.pledges.models import LIVE_STATES, Pledge
from portal.pledges.promising import WishesTaken, make_promise
from portal.pledges.rules import Pledger
from portal.publication.models import Publication
from portal.wishes.rules import WrongState
from portal.wishes.service import get_wish, move_wish
from tests.buying import stage
from tests.pledges.test_race import all_at_once

CROWD = 12


@pytest.fixture
def number(app):
    """Return the number of a published wish, with an open Wish Fund."""
    with app.app_context():
        stage.fund()
        return stage.wish().number


def want(number):
    """Return an act by which every second one pays and the others pledge; it returns who got the wish."""

    def act(index):
        mail = f"guest{index}@example.org"
        try:
            if index % 2:
                stage.reserve(number, email=mail)
            else:
                make_promise(PLEDGER, Pledger(read_contact(mail)), [number])
        except (WishesTaken, WishNotFree):
            return None
        return index

    return act


def live_pledges(app, number):
    with app.app_context():
        query = select(func.count(Pledge.id)).where(Pledge.wish_id == get_wish(number).id)
        return session().scalar(query.where(Pledge.state.in_(LIVE_STATES)))


def test_pledgers_and_donors_compete_for_one_unit(app, number):
    winners = [index for index in all_at_once(app, CROWD, want(number)) if index is not None]
    assert len(winners) == 1
    assert live_pledges(app, number) == 1
    with app.app_context():
        assert session().scalar(select(func.count(Gift.id))) == winners[0] % 2


def test_without_the_defences_a_pledger_and_a_donor_both_get_it(app, number, monkeypatch):
    looked = threading.Barrier(2, timeout=30)

    def take_anyway(*args, **kwargs):
        try:
            return move_wish(*args, **kwargs)
        except WrongState:
            return None

    def look_and_want(index):
        # Both see the wish free before either takes it.
        looked.wait()
        return want(number)(index)

    monkeypatch.setattr(promising, "move_wish", take_anyway)
    monkeypatch.setattr("portal.buying.service.find_buyable", _as_seen_free)
    name = "uq_pledges_live_wish"
    with app.app_context(), database().write_engine.begin() as connection:
        connection.execute(text(f"DROP INDEX {name}"))
    try:
        assert all_at_once(app, 2, look_and_want) == [0, 1]
        assert live_pledges(app, number) == 2
    finally:
        with app.app_context(), database().write_engine.begin() as connection:
            connection.execute(text("DELETE FROM purchases"))
            connection.execute(text("DELETE FROM pledges"))
            next(index for index in Pledge.__table__.indexes if index.name == name).create(connection)


def _as_seen_free(number):
    """Return the public wish as it was before anybody took it."""
    return session().scalar(select(Publication).where(Publication.number == number))
