"""The clocks of pledges: holds, deadlines, reminders, pauses, and contacts that are forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.accounts.rules import PLEDGER
from portal.db import session, transaction
from portal.pledges.clocks import forget_pledgers, release_overdue, remind_pledgers
from portal.pledges.contacts import read_contact
from portal.pledges.models import Pledge, PledgerBlock, Promise
from portal.pledges.pledgers import PledgerBlocked
from portal.pledges.promising import make_promise
from portal.pledges.rules import Pledger
from portal.pledges.service import (
    begin_procuring,
    cancel_pledge,
    extend_pledge,
    mark_received,
    propose_times,
    say_sent,
)
from portal.wishes.rules import WishAction, WrongState
from portal.wishes.service import get_wish_by_id, move_wish
from tests import cast
from tests.pledges.letterbox import kinds, letters

DAY = timedelta(days=1)


@pytest.fixture
def now(app, clock):
    """Return a function that moves the clock on and runs the clocks of pledges twice; it returns the first counts."""

    def now(by):
        clock.advance(by)
        with app.app_context():
            counts = release_overdue(), remind_pledgers()
            assert (release_overdue(), remind_pledgers()) == (0, 0), "a second run moves nothing"
        return counts

    return now


def states(app, wish_id):
    with app.app_context():
        wish = get_wish_by_id(wish_id)
        pledge = session().scalars(select(Pledge).where(Pledge.wish_id == wish_id).order_by(Pledge.id.desc())).first()
        return wish.state, pledge.state


def test_a_hold_expires_after_its_minutes_and_is_no_lapse(app, now, pledge):
    wish_id, _pledge_id = pledge(is_confirmed=False)
    assert now(timedelta(minutes=29)) == (0, 0)
    assert now(timedelta(minutes=1)) == (1, 0)
    assert states(app, wish_id) == ("published", "expired")
    assert kinds(app) == ["confirm"], "a contact nobody confirmed hears nothing more"


def test_who_does_not_contact_the_centre_is_reminded_once_and_lapses(app, now, pledge):
    wish_id, _pledge_id = pledge()
    assert now(3 * DAY) == (0, 0)
    assert now(DAY) == (0, 1)
    assert now(DAY) == (0, 0)
    assert now(2 * DAY) == (0, 0), "the last day is in time"
    assert now(DAY) == (1, 0)
    assert states(app, wish_id) == ("published", "lapsed")
    assert kinds(app) == ["confirm", "pledged", "reminder", "lapsed"]


def test_who_does_not_deliver_is_reminded_once_more_and_lapses(app, now, pledge):
    wish_id, pledge_id = pledge()
    now(4 * DAY)
    with app.app_context():
        begin_procuring(PLEDGER, pledge_id)
    assert now(5 * DAY) == (0, 0)
    assert now(3 * DAY) == (0, 1)
    assert now(10 * DAY) == (1, 0)
    assert states(app, wish_id) == ("published", "lapsed")
    assert kinds(app) == ["confirm", "pledged", "reminder", "procuring", "reminder", "lapsed"]


def test_an_extension_holds_off_the_clock_and_is_reminded_of(app, now, pledge):
    wish_id, pledge_id = pledge()
    now(6 * DAY)
    with app.app_context():
        extend_pledge(PLEDGER, pledge_id)
    assert now(3 * DAY) == (0, 0)
    assert now(2 * DAY) == (0, 1)
    assert states(app, wish_id) == ("pledged", "pledged")


def test_a_parcel_said_to_be_sent_is_waited_for_and_then_lapses(app, now, pledge):
    wish_id, pledge_id = pledge()
    with app.app_context():
        begin_procuring(PLEDGER, pledge_id)
    now(14 * DAY)
    with app.app_context():
        say_sent(PLEDGER, pledge_id, "SF1029384756")
    now(6 * DAY)
    assert states(app, wish_id) == ("procuring", "procuring")
    now(2 * DAY)
    assert states(app, wish_id) == ("published", "lapsed")


def test_a_thing_waits_for_no_appointment_and_lapses(app, now, pledge):
    wish_id, pledge_id = pledge()
    with app.app_context(), pytest.raises(WrongState):
        propose_times(PLEDGER, pledge_id, "周六上午")
    assert now(8 * DAY) == (1, 0)
    assert states(app, wish_id) == ("published", "lapsed")


def test_a_service_is_not_sent_and_gains_no_days_for_the_post(app, pledge):
    _wish_id, pledge_id = pledge("service")
    with app.app_context():
        before = session().get_one(Pledge, pledge_id).due_at
        with pytest.raises(WrongState):
            say_sent(PLEDGER, pledge_id, "SF1029384756")
        row = session().get_one(Pledge, pledge_id, populate_existing=True)
        assert (row.state, row.due_at, row.parcel_number) == ("pledged", before, None)


def test_what_the_centre_has_received_never_lapses(app, now, pledge):
    wish_id, pledge_id = pledge()
    with app.app_context():
        move_wish(wish_id, WishAction.RECEIVE, cast.clerk())
        mark_received(pledge_id)
    assert now(100 * DAY) == (0, 0)
    assert states(app, wish_id) == ("received", "received")


def test_many_wishes_of_one_promise_make_one_letter_each_time(app, now, pledge):
    pledge("goods", "goods", "service")
    assert now(4 * DAY) == (0, 3)
    assert now(4 * DAY) == (3, 0)
    assert kinds(app) == ["confirm", "pledged", "reminder", "lapsed", "blocked"]
    assert "3 个心愿" in letters(app)[2].body


def lapse(now, pledge, **who):
    pledge(**who)
    now(8 * DAY)


def try_to_pledge(app, publish, contact="lin@example.org", **who):
    number = publish()
    with app.app_context():
        return make_promise(PLEDGER, Pledger(read_contact(contact), **who), [number])


def test_two_lapses_pause_a_pledger_ninety_days(app, clock, now, pledge, publish):
    lapse(now, pledge)
    try_to_pledge(app, publish)
    now(timedelta(hours=1))
    lapse(now, pledge)
    with pytest.raises(PledgerBlocked) as refused:
        try_to_pledge(app, publish)
    assert (refused.value.until - clock.now()).days == 90
    assert kinds(app)[-1] == "blocked"
    try_to_pledge(app, publish, contact="other@example.org")
    clock.advance(91 * DAY)
    try_to_pledge(app, publish)


def test_the_pause_is_said_kindly_with_its_end(app, visitor, now, pledge, publish):
    pledge("goods", "goods")
    now(8 * DAY)
    visitor.open(f"/pledges/new?wish={publish()}")
    page = visitor.submit({"contact": "LIN@example.org", "agree": True}, form="promise", status=409)
    assert "2027年3月1日前（含当天）请先不要认领新的心愿" in page


def test_lapses_before_a_pause_are_paid_for(app, clock, now, pledge):
    pledge("goods", "goods", "goods")
    now(8 * DAY)
    clock.advance(91 * DAY)
    lapse(now, pledge)
    with app.app_context():
        assert len(session().scalars(select(PledgerBlock)).all()) == 1


def test_lapses_of_an_organisation_do_not_pause_its_members(app, now, publish):
    with app.app_context():
        person = cast.person()
        organisation = cast.organisation(member=person)
    for_it = {"person_id": person.id, "organisation_id": organisation.id}
    for _time in range(2):
        try_to_pledge(app, publish, contact=person.email, **for_it)
    now(8 * DAY)
    with pytest.raises(PledgerBlocked):
        try_to_pledge(app, publish, contact=person.email, **for_it)
    try_to_pledge(app, publish, contact=person.email, person_id=person.id)


def test_cancelled_and_expired_pledges_do_not_count(app, clock, now, pledge, publish):
    for _time in range(3):
        _wish_id, pledge_id = pledge()
        with app.app_context():
            cancel_pledge(PLEDGER, pledge_id)
        pledge(is_confirmed=False)
        now(timedelta(hours=1))
    try_to_pledge(app, publish)


def test_a_wish_left_pledged_without_a_pledge_comes_back(app, now, pledge):
    wish_id, pledge_id = pledge()
    with app.app_context():

        @transaction
        def lose():
            session().execute(update(Pledge).where(Pledge.id == pledge_id).values(state="ended"))

        lose()
    assert now(9 * DAY) == (1, 0)
    with app.app_context():
        assert get_wish_by_id(wish_id).state == "published"


def test_contacts_are_forgotten_in_time(app, clock, now, pledge):
    pledge(is_confirmed=False)
    _wish_id, pledge_id = pledge(contact="kept@example.org")
    with app.app_context():
        say_sent(PLEDGER, pledge_id, "SF1029384756")
        assert forget_pledgers() == 0
    now(2 * DAY)
    with app.app_context():
        assert forget_pledgers() == 1, "who never confirmed is forgotten after a day"
        cancel_pledge(PLEDGER, pledge_id)
    clock.advance(179 * DAY)
    with app.app_context():
        assert forget_pledgers() == 0
    clock.advance(2 * DAY)
    with app.app_context():
        assert forget_pledgers() == 1
        assert {promise.contact for promise in session().scalars(select(Promise))} == {None}
        assert session().get_one(Pledge, pledge_id).parcel_number is None
        assert forget_pledgers() == 0
