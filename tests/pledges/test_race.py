"""Many want the same wish at the same moment: one gets it, the others are told, nothing breaks.

The defences are the conditional update of the wish's state and the partial
unique index on live pledges. The naive twin below shows what happens without.
"""

import threading
from collections import Counter

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from portal import clock as portal_clock
from portal.accounts.rules import PLEDGER
from portal.db import database, session, transaction
from portal.pledges.clocks import release_overdue
from portal.pledges.contacts import read_contact
from portal.pledges.models import LIVE_STATES, Pledge
from portal.pledges.promising import WishesTaken, confirm_promise, make_promise
from portal.pledges.rules import Pledger
from portal.pledges.service import begin_procuring, extend_pledge
from portal.wishes.models import Wish, WishEvent
from portal.wishes.rules import WrongState
from portal.wishes.service import get_wish
from tests.pledges.letterbox import kinds

CROWD = 50


def all_at_once(app, count, act):
    """Let `count` threads, each with connections of its own, act at the same moment; return what each got."""
    barrier = threading.Barrier(count, timeout=30)
    outcomes = [None] * count

    def run(number):
        with app.app_context():
            barrier.wait()
            outcomes[number] = act(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def live_pledges(app, number):
    with app.app_context():
        wish_id = get_wish(number).id
        return session().scalar(
            select(func.count(Pledge.id)).where(Pledge.wish_id == wish_id, Pledge.state.in_(LIVE_STATES))
        )


def claim(numbers, take_free=True):
    def act(number):
        pledger = Pledger(read_contact(f"guest{number}@example.org"))
        try:
            return make_promise(PLEDGER, pledger, numbers, take_free=take_free).taken
        except WishesTaken:
            return ()

    return act


def test_fifty_people_want_the_last_wish_and_one_gets_it(app, publish):
    number = publish()
    outcomes = all_at_once(app, CROWD, claim([number]))
    assert Counter(outcomes) == {(number,): 1, (): CROWD - 1}
    assert live_pledges(app, number) == 1
    assert kinds(app) == ["confirm"]


def test_two_lists_in_opposite_order_never_share_a_wish(app, publish):
    numbers = [publish() for _number in range(4)]
    outcomes = all_at_once(app, 12, lambda number: claim(numbers[:: 1 if number % 2 else -1])(number))
    taken = [number for outcome in outcomes for number in outcome]
    assert sorted(taken) == sorted(numbers)


def test_all_or_nothing_leaves_nothing_half_taken(app, publish):
    numbers = [publish() for _number in range(3)]
    outcomes = all_at_once(app, 8, lambda number: claim(numbers[number % 2 :], take_free=False)(number))
    winners = [outcome for outcome in outcomes if outcome]
    assert len(winners) == 1
    with app.app_context():
        assert session().scalar(select(func.count(Pledge.id))) == len(winners[0])


@pytest.fixture
def naive_claims(app, publish, pledge):
    """Return a function that lets eight naive claims race and returns how many won.

    The naive twin looks whether the wish is free and then takes it, in two
    steps; everybody looks before anybody takes.
    """
    _wish_id, some_pledge = pledge()
    with app.app_context():
        promise_id = session().get_one(Pledge, some_pledge).promise_id
    number = publish()

    def claim_naively(index):
        wish = get_wish(number)
        looked.wait()
        if wish.state != "published":
            return False
        try:
            take(wish.id, index)
        except IntegrityError:
            return False
        return True

    @transaction
    def take(wish_id, index):
        at = portal_clock.now()
        session().execute(update(Wish).where(Wish.id == wish_id).values(state="pledged"))
        session().add(
            Pledge(
                public_id=f"NAIVE{index}",
                promise_id=promise_id,
                wish_id=wish_id,
                state="pledged",
                state_since=at,
                attempt=1,
                created_at=at,
            )
        )
        session().flush()

    looked = threading.Barrier(8, timeout=30)
    return lambda: sum(all_at_once(app, 8, claim_naively))


def test_without_either_defence_many_win(app, naive_claims):
    name = "uq_pledges_live_wish"
    with app.app_context(), database().write_engine.begin() as connection:
        connection.execute(text(f"DROP INDEX {name}"))
    try:
        assert naive_claims() == 8
    finally:
        with app.app_context(), database().write_engine.begin() as connection:
            connection.execute(text("DELETE FROM pledges WHERE public_id LIKE 'NAIVE%'"))
            next(index for index in Pledge.__table__.indexes if index.name == name).create(connection)


def test_the_index_alone_lets_one_win(naive_claims):
    assert naive_claims() == 1


def test_clocks_in_parallel_release_and_tell_once(app, clock, pledge):
    pledge("goods", "goods")
    clock.set(clock.now().replace(month=12, day=9))
    assert sum(all_at_once(app, 4, lambda _number: release_overdue())) == 2
    assert kinds(app) == ["confirm", "pledged", "lapsed", "blocked"]


def test_a_button_pressed_by_many_at_once_has_one_effect(app, pledge):
    wish_id, pledge_id = pledge()

    def press(number):
        try:
            begin_procuring(PLEDGER, pledge_id) if number % 2 else extend_pledge(PLEDGER, pledge_id)
        except WrongState:
            return False
        return True

    assert sum(all_at_once(app, 8, press)) >= 5
    with app.app_context():
        moves = session().scalars(select(WishEvent.action).where(WishEvent.wish_id == wish_id)).all()
        assert moves.count("procure") == 1
        assert session().get_one(Pledge, pledge_id).extended_at is not None
    assert kinds(app) == ["confirm", "pledged", "procuring"]


def test_a_link_opened_by_many_at_once_confirms_once(app, publish):
    number = publish()
    with app.app_context():
        made = make_promise(PLEDGER, Pledger(read_contact("lin@example.org")), [number])
    all_at_once(app, 6, lambda _number: confirm_promise(made.public_id))
    assert kinds(app) == ["confirm", "pledged"]


def test_a_form_sent_twice_at_once_makes_one_promise(app, publish):
    number = publish()
    pledger = Pledger(read_contact("lin@example.org"))
    made = all_at_once(
        app, 6, lambda _number: make_promise(PLEDGER, pledger, [number], public_id="SAMEFORM00").public_id
    )
    assert set(made) == {"SAMEFORM00"}
    assert kinds(app) == ["confirm"]
