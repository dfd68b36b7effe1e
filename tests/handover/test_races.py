"""Two hands at once have the effect of one; the second is told that things moved on."""

import threading

import pytest
from sqlalchemy import func, select, update

from portal.accounts.rules import FAMILY
from portal.db import session, transaction
from portal.handover.models import Acknowledgement, Delivery, Receipt
from portal.handover.rules import Answer, Through
from portal.handover.service import acknowledge, hand_over, receive_goods
from portal.outbox.models import Message
from portal.wishes.models import Wish
from portal.wishes.rules import WrongState
from portal.wishes.service import get_wish_by_id
from tests.handover import stage


def _at_once(app, works):
    """Run works side by side from one moment on; return how many were refused as too late."""
    barrier = threading.Barrier(len(works))
    refused, faults = [], []

    def run(work):
        with app.app_context():
            barrier.wait()
            try:
                work()
            except WrongState:
                refused.append(work)
            except Exception as error:
                faults.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    return len(refused)


def _count(app, table):
    with app.app_context():
        return session().scalar(select(func.count()).select_from(table))


def test_two_clerks_receive_the_same_goods_and_one_does(app):
    with app.app_context():
        wish, _pledge = stage.claimed()
        clerks = [stage.clerk_of(wish) for _ in range(4)]
    works = [lambda clerk=clerk: receive_goods(clerk, wish.id, stage.ALL_WELL) for clerk in clerks]
    assert _at_once(app, works) == 3
    assert (_count(app, Receipt), _count(app, Delivery), _count(app, Message)) == (1, 1, 2)


def test_two_counters_hand_over_once(app):
    with app.app_context():
        wish = stage.arrived()
        clerks = [stage.clerk_of(wish) for _ in range(4)]
    code = stage.pick_up(app, wish)
    works = [lambda clerk=clerk: hand_over(clerk, wish.id, code=code) for clerk in clerks]
    assert _at_once(app, works) == 3
    assert stage.state_of(app, wish) == "handed_over"


def test_a_family_that_presses_twice_answers_once(app):
    with app.app_context():
        wish = stage.handed_over()
    works = [lambda: acknowledge(FAMILY, wish.id, Answer.RECEIVED, Through.CODE)] * 2
    assert _at_once(app, works) == 1
    assert _count(app, Acknowledgement) == 1


def test_without_the_condition_both_clerks_would_receive(app):
    """The negative control: look first, then write whatever was seen."""
    with app.app_context():
        wish, pledge = stage.claimed()
        clerks = [stage.clerk_of(wish) for _ in range(2)]
    looked = threading.Barrier(2)

    @transaction
    def write(clerk):
        session().execute(update(Wish).where(Wish.id == wish.id).values(state="received"))
        session().add(
            Receipt(
                wish_id=wish.id,
                pledge_id=pledge.id,
                outcome="received",
                item_matches=True,
                is_new=True,
                is_safe=True,
                person_id=clerk.person_id,
                at=wish.created_at,
            )
        )

    def receive(clerk):
        state = get_wish_by_id(wish.id).state
        looked.wait()
        if state == "procuring":
            write(clerk)

    _at_once(app, [lambda clerk=clerk: receive(clerk) for clerk in clerks])
    assert _count(app, Receipt) == 2


@pytest.mark.parametrize("late", ["receive", "hand_over"])
def test_who_comes_late_changes_nothing(app_context, late):
    wish = stage.handed_over()
    works = {
        "receive": lambda: receive_goods(stage.clerk_of(wish), wish.id, stage.ALL_WELL),
        "hand_over": lambda: hand_over(stage.clerk_of(wish), wish.id, is_signed=True),
    }
    with pytest.raises(WrongState):
        works[late]()
    assert get_wish_by_id(wish.id).state == "handed_over"
