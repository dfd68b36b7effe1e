"""Two people press at the same moment: money is promised once, paid once, and no line gives more than it has.

The defences are row locks on PostgreSQL, one writer at a time on SQLite, and
conditional updates on both. The naive twin shows what happens without.
"""

import threading
from collections import Counter

import pytest
from sqlalchemy import select, update

from portal.campaigns.funds import fund_of
from portal.campaigns.models import Disbursement
from portal.campaigns.spending import (
    BudgetExceeded,
    DisbursementMovedOn,
    MoreThanHeld,
    approve_disbursement,
    get_disbursement,
)
from portal.db import session, transaction
from tests import cast
from tests.campaigns import stage
from tests.pledges.test_race import all_at_once

CROWD = 6


@pytest.fixture
def requests(app) -> tuple[str, list[str]]:
    """Return a campaign that holds 300 yuan, and six requests for 100 each."""
    with app.app_context():
        number = stage.opened()
        stage.give(number, 300_00)
        asker = stage.finance()
        return number, [stage.request(number, 100_00, by=asker) for _each in range(CROWD)]


def approved_of(app, public_ids):
    with app.app_context():
        query = select(Disbursement.state).where(Disbursement.public_id.in_(public_ids))
        return Counter(session().scalars(query))


def test_no_more_is_approved_at_once_than_the_fund_holds(app, requests):
    _number, public_ids = requests
    with app.app_context():
        moderators = [cast.moderator() for _each in range(CROWD)]

    def approve(number):
        try:
            approve_disbursement(moderators[number], public_ids[number])
        except MoreThanHeld:
            return False
        return True

    assert Counter(all_at_once(app, CROWD, approve)) == {True: 3, False: 3}
    assert approved_of(app, public_ids) == {"approved": 3, "requested": 3}


def test_looking_before_approving_promises_the_same_money_twice(app, requests):
    """The naive twin of approving: everybody looks what is free, then everybody approves."""
    number, public_ids = requests
    looked = threading.Barrier(CROWD, timeout=30)

    def approve_naively(index):
        free = fund_of(number).held_minor
        looked.wait()
        if free < 100_00:
            return False
        _set_approved(public_ids[index], cast_ids[index])
        return True

    with app.app_context():
        cast_ids = [cast.moderator().person_id for _each in range(CROWD)]
    assert Counter(all_at_once(app, CROWD, approve_naively)) == {True: CROWD}
    assert approved_of(app, public_ids) == {"approved": CROWD}


@transaction
def _set_approved(public_id, person_id):
    session().execute(
        update(Disbursement)
        .where(Disbursement.public_id == public_id)
        .values(state="approved", decided_by_id=person_id)
    )


def test_one_payment_is_made_once_however_many_press(app, requests):
    number, public_ids = requests
    with app.app_context():
        approve_disbursement(cast.moderator(), public_ids[0])
        payers = [stage.finance() for _each in range(CROWD)]

    def pay(index):
        try:
            stage.pay(public_ids[0], by=payers[index])
        except DisbursementMovedOn:
            return False
        return True

    assert Counter(all_at_once(app, CROWD, pay)) == {True: 1, False: CROWD - 1}
    with app.app_context():
        assert fund_of(number).disbursed_minor == 100_00
        assert get_disbursement(public_ids[0]).state == "paid"


def test_two_who_ask_at_once_do_not_both_get_the_rest_of_a_line(app):
    with app.app_context():
        number = stage.opened()
        askers = [stage.finance() for _each in range(CROWD)]

    def ask(index):
        try:
            stage.request(number, 150_00, by=askers[index], position=2)
        except BudgetExceeded:
            return False
        return True

    assert Counter(all_at_once(app, CROWD, ask)) == {True: 1, False: CROWD - 1}
