"""No wish can get stuck: every state has an owner, a deadline, and something that happens when it passes."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from portal.accounts.models import Organisation
from portal.accounts.rules import FAMILY, SYSTEM, Role
from portal.clock import LOCAL_ZONE
from portal.db import session, transaction
from portal.outbox.models import Message
from portal.ticks import tick
from portal.wishes.clocks import ask_for_rescue, escalate_overdue
from portal.wishes.models import Wish, WishEvent
from portal.wishes.reminding import remind_families
from portal.wishes.rules import STAYS, WishAction, WishState
from portal.wishes.service import add_event, get_wish_by_id, move_wish
from tests import cast
from tests.handover import stage

CLAIMED = {WishState.PLEDGED, WishState.PROCURING}


def a_wish(state, **details):
    """Return a wish in a state as its verbs leave it: with a pledge where somebody claimed it."""
    return stage.claimed(state, **details)[0] if state in CLAIMED else cast.wish(state, **details)


@pytest.fixture
def staff(app_context):
    """One of each role that deadlines climb to."""
    return {role: cast.person(role) for role in (Role.CENTRE_CLERK, Role.MODERATOR, Role.ADMINISTRATOR)}


def messages(kind=None):
    rows = session().scalars(select(Message).order_by(Message.id)).all()
    return [row for row in rows if kind in (None, row.kind)]


@pytest.mark.parametrize("kind", ["goods", "service"])
@pytest.mark.parametrize("state", STAYS)
def test_no_wish_gets_stuck(staff, clock, state, kind):
    wish = a_wish(state, kind=kind)
    assert STAYS[state].owner
    assert wish.deadline_at > clock.now()
    for _passing in range(6):
        before = get_wish_by_id(wish.id)
        seen = (before.state, before.deadline_at, _event_count(wish))
        clock.set(before.deadline_at + timedelta(seconds=1))
        tick()
        after = get_wish_by_id(wish.id)
        assert _event_count(wish) > seen[2], "the passing of a deadline leaves no trace"
        assert after.deadline_at > clock.now()
        assert after.state != seen[0] or after.deadline_at > seen[1]
    assert messages()


def _event_count(wish):
    return session().scalar(select(func.count()).select_from(WishEvent).where(WishEvent.wish_id == wish.id))


def test_nothing_happens_before_the_deadline(staff, clock):
    for state in STAYS:
        a_wish(state)
    assert escalate_overdue() == ask_for_rescue() == 0
    clock.set(min(session().scalars(select(Wish.deadline_at))) - timedelta(seconds=1))
    assert escalate_overdue() == ask_for_rescue() == 0


def test_an_overdue_task_climbs_from_clerk_to_moderator_to_administrator(staff, clock):
    wish = cast.wish(WishState.SUBMITTED)
    told = []
    for _passing in range(4):
        clock.set(get_wish_by_id(wish.id).deadline_at + timedelta(seconds=1))
        escalate_overdue()
        told.append(messages("overdue")[-1].receiver)
    assert told == [staff[role].email for role in (Role.MODERATOR, *[Role.ADMINISTRATOR] * 3)]
    assert get_wish_by_id(wish.id).overdue_level == 4


def test_where_a_role_is_empty_the_next_one_up_hears(app_context, clock):
    administrator = cast.person(Role.ADMINISTRATOR)
    wish = cast.wish(WishState.RETURNED)
    clock.set(wish.deadline_at + timedelta(seconds=1))
    escalate_overdue()
    assert [message.receiver for message in messages("overdue")] == [administrator.email]


def test_a_person_hears_of_many_wishes_in_one_mail(staff, clock):
    wishes = [cast.wish(WishState.RETURNED) for _ in range(5)]
    clock.set(wishes[0].deadline_at + timedelta(seconds=1))
    assert escalate_overdue() == 5
    [mail] = messages("overdue")
    assert all(wish.number in mail.body for wish in wishes)


def test_mails_to_staff_name_number_and_state_only(staff, clock):
    wishes = [a_wish(state) for state in STAYS]
    clock.advance(timedelta(days=200))
    escalate_overdue()
    ask_for_rescue()
    text = "\n".join(message.body for message in messages() if message.channel == "mail")
    assert wishes[0].number in text
    for secret in (cast.FAMILY_NAME, cast.FAMILY_PHONE, cast.FAMILY_ADDRESS, cast.GUARDIAN, cast.REASON, "双肩书包"):
        assert secret not in text


def test_a_family_that_does_not_answer_is_reminded_once(staff, clock):
    wish = cast.wish(WishState.HANDED_OVER)
    handed_over_at, deadline_at = wish.state_since, wish.deadline_at
    clock.set(handed_over_at + (deadline_at - handed_over_at) / 2 - timedelta(seconds=1))
    assert remind_families() == 0
    clock.set(at_hour(clock.now() + timedelta(days=1), 23))
    assert remind_families() == 0, "nobody is woken"
    clock.set(at_hour(clock.now() + timedelta(days=1), 8))
    assert remind_families() == 1
    for _passing in range(3):
        clock.set(at_hour(get_wish_by_id(wish.id).deadline_at, 9))
        assert (escalate_overdue(), remind_families()) == (1, 0)
    [message] = messages("family_reminder")
    assert (message.channel, message.receiver) == ("sms", cast.FAMILY_PHONE)
    assert wish.item not in message.body


def at_hour(at, hour):
    return at.astimezone(LOCAL_ZONE).replace(hour=hour, minute=0)


def test_a_family_that_gets_its_wish_anew_is_reminded_anew_and_one_that_answered_never(staff, clock):
    wish, answered = cast.wish(WishState.HANDED_OVER), cast.wish(WishState.HANDED_OVER)
    clock.advance(timedelta(days=9))
    move_wish(answered.id, WishAction.CONFIRM, FAMILY)
    assert remind_families() == 1
    move_wish(wish.id, WishAction.COMPLAIN, FAMILY)
    move_wish(wish.id, WishAction.FIND, cast.clerk())
    move_wish(wish.id, WishAction.HAND_OVER, cast.clerk())
    assert remind_families() == 0
    clock.advance(timedelta(days=9))
    assert remind_families() == 1


def test_an_unclaimed_wish_looks_for_rescue_and_stays_open(staff, clock):
    ready, busy = cast.person(), cast.person()
    cast.organisation(member=ready)
    _decline_rescue(cast.organisation("不想被问", "91370212MA3C00002X", member=busy))
    wish = cast.wish(WishState.PUBLISHED)
    for passing in (1, 2):
        clock.set(get_wish_by_id(wish.id).deadline_at + timedelta(seconds=1))
        assert ask_for_rescue() == 1
        assert len(messages("rescue")) == passing
    assert {message.receiver for message in messages("rescue")} == {ready.email}
    assert f"/wishes/{wish.number}" in messages("rescue")[0].body
    assert messages("rescue_moderator")[0].receiver == staff[Role.MODERATOR].email
    assert get_wish_by_id(wish.id).state == "published"


@transaction
def _decline_rescue(organisation):
    session().get_one(Organisation, organisation.id).is_asked_for_rescue = False


def _at_once(app, work):
    """Run the same work in two threads at the same moment."""
    barrier = threading.Barrier(2)
    failures = []

    def run():
        with app.app_context():
            try:
                work(barrier)
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def _overdue_wishes(app, clock):
    with app.app_context():
        for role in (Role.CENTRE_CLERK, Role.MODERATOR, Role.ADMINISTRATOR):
            cast.person(role)
        cast.organisation(member=cast.person())
        wishes = [cast.wish(state) for state in (*STAYS, *STAYS) if state not in CLAIMED]
    clock.advance(timedelta(days=40))
    return wishes


def _escalations(app):
    with app.app_context():
        rows = session().execute(
            select(WishEvent.wish_id, func.count())
            .where(WishEvent.action.in_(("escalate", "ask_rescue")))
            .group_by(WishEvent.wish_id)
        )
        return dict(rows.all())


def test_two_ticks_at_once_have_the_effect_of_one(app, clock):
    wishes = _overdue_wishes(app, clock)

    def run(barrier):
        barrier.wait()
        escalate_overdue()
        ask_for_rescue()
        remind_families()

    _at_once(app, run)
    assert _escalations(app) == {wish.id: 1 for wish in wishes}
    with app.app_context():
        keys = session().scalars(select(Message.dedupe_key)).all()
        told = session().scalars(select(Message.receiver).where(Message.kind == "rescue")).all()
    assert len(keys) == len(set(keys))
    assert len(told) == 1


def test_without_the_condition_two_ticks_would_do_it_twice(app, clock):
    """The negative control: the same work that looks first and then writes what it saw."""
    wishes = _overdue_wishes(app, clock)

    @transaction
    def write(wish_id):
        session().execute(update(Wish).where(Wish.id == wish_id).values(overdue_level=Wish.overdue_level + 1))
        add_event(wish_id, "escalate", "submitted", "submitted", SYSTEM)

    def run(barrier):
        due = session().scalars(select(Wish.id).where(Wish.deadline_at <= clock.now())).all()
        barrier.wait()
        for wish_id in due:
            write(wish_id)

    _at_once(app, run)
    assert _escalations(app) == {wish.id: 2 for wish in wishes}
