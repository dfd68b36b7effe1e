"""The life of a pledge as a table, and histories nobody thought of."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.accounts.rules import PLEDGER
from portal.db import session, transaction
from portal.limits.rules import Limits
from portal.pledges.clocks import release_overdue, remind_pledgers
from portal.pledges.contacts import read_contact
from portal.pledges.models import LIVE_STATES, Pledge, PledgeState
from portal.pledges.pledgers import PledgerBlocked
from portal.pledges.promising import HoldExpired, WishesTaken, confirm_promise, make_promise
from portal.pledges.queries import find_live_pledge
from portal.pledges.rules import (
    END_STATES,
    MOVES,
    PledgeAction,
    Pledger,
    due_after_refusal,
    due_after_sending,
    extended_due,
    half_time,
    may_extend,
    next_pledge_state,
)
from portal.pledges.service import (
    begin_procuring,
    cancel_pledge,
    end_pledge_of_wish,
    extend_pledge,
    mark_fulfilled,
    mark_received,
    mark_refused,
    propose_times,
    say_sent,
)
from portal.wishes.rules import WishAction, WishState, WrongState
from portal.wishes.service import get_wish, get_wish_by_id, move_wish
from portal.workdays import end_of_day, last_day
from tests import cast
from tests.plumbing.clocks import MONDAY_MORNING

LIMITS = Limits()
LIFE = """
held       confirm -> pledged, expire -> expired, cancel -> cancelled, end -> ended
pledged    procure -> procuring, cancel -> cancelled, lapse -> lapsed, receive -> received, refuse -> procuring, end -> ended
procuring  cancel -> cancelled, lapse -> lapsed, receive -> received, refuse -> procuring, fulfil -> fulfilled, end -> ended
received   refuse -> procuring, fulfil -> fulfilled, end -> ended
"""  # noqa: E501 (one state in one line)


def arrows():
    for line in LIFE.strip().splitlines():
        state, _, rest = line.partition(" ")
        for arrow in rest.split(","):
            action, _, after = arrow.strip().partition(" -> ")
            yield PledgeState(state), PledgeAction(action), PledgeState(after)


@pytest.mark.parametrize("state", PledgeState)
@pytest.mark.parametrize("action", PledgeAction)
def test_exactly_the_arrows_of_the_table_exist(state, action):
    expected = {(origin, taken): after for origin, taken, after in arrows()}
    if (state, action) in expected:
        assert next_pledge_state(state, action) == expected[state, action]
    else:
        with pytest.raises(WrongState):
            next_pledge_state(state, action)


def test_every_state_leads_to_an_end_and_ends_lead_nowhere():
    assert set(PledgeState) - set(LIVE_STATES) == END_STATES
    assert not END_STATES & {state for state, _action in MOVES}
    assert all(
        any(state is origin and after in END_STATES for (origin, _), after in MOVES.items()) for state in LIVE_STATES
    )


def test_deadlines_end_with_a_day_and_move_by_working_days():
    friday = end_of_day(MONDAY_MORNING.date() + timedelta(days=4))
    assert last_day(friday).isoformat() == "2026-11-27"
    assert last_day(extended_due(friday, LIMITS)).isoformat() == "2026-12-04"
    assert last_day(due_after_sending(friday, MONDAY_MORNING, LIMITS)).isoformat() == "2026-11-30"
    far = end_of_day(MONDAY_MORNING.date() + timedelta(days=30))
    assert due_after_sending(far, MONDAY_MORNING, LIMITS) == far
    assert due_after_refusal(far, MONDAY_MORNING, LIMITS) == far
    assert last_day(due_after_refusal(None, MONDAY_MORNING, LIMITS)).isoformat() == "2026-11-30"


def test_half_time_lies_in_the_middle_and_never_before_the_start():
    day = timedelta(days=1)
    assert half_time(MONDAY_MORNING, MONDAY_MORNING + 4 * day) == MONDAY_MORNING + 2 * day
    assert half_time(MONDAY_MORNING, MONDAY_MORNING - 4 * day) == MONDAY_MORNING


@pytest.mark.parametrize(
    ("state", "is_extended", "days_left", "may"),
    [
        ("pledged", False, 1, True),
        ("procuring", False, 1, True),
        ("procuring", True, 1, False),
        ("procuring", False, 0, False),
        ("procuring", False, -1, False),
        ("held", False, 1, False),
        ("received", False, 1, False),
        ("lapsed", False, 1, False),
    ],
)
def test_an_extension_is_one_and_before_the_deadline(state, is_extended, days_left, may):
    due_at = MONDAY_MORNING + timedelta(days=days_left)
    extended_at = MONDAY_MORNING if is_extended else None
    assert may_extend(PledgeState(state), due_at, extended_at, MONDAY_MORNING) is may


WAITS = {"half an hour": timedelta(minutes=30), "two days": timedelta(days=2), "six days": timedelta(days=6)}
OFTEN = ("pledge", "confirm", "begin", "tick")
SELDOM = ("extend", "sent", "times", "cancel", "receive", "refuse", "hand_over", "fulfil", "withdraw", *WAITS)


class Story:
    """One wish and whoever pledges it, told act by act; acts that cannot be now are refused and change nothing."""

    def __init__(self, clock):
        self.clock = clock
        self.clerk = cast.clerk()
        self.wish_id = cast.wish(WishState.PUBLISHED).id
        self.promises = []
        self.guests = 0

    def tell(self, act):
        with suppress(WrongState, HoldExpired, WishesTaken, PledgerBlocked):
            self._tell(act)
        self.check()

    def _tell(self, act):
        if act in ("half an hour", "two days", "six days"):
            self.clock.advance(
                {"half an hour": timedelta(minutes=30), "two days": timedelta(days=2)}.get(act, timedelta(days=6))
            )
        elif act == "tick":
            release_overdue()
            remind_pledgers()
        elif act == "pledge":
            self.guests += 1
            pledger = Pledger(read_contact(f"guest{self.guests}@example.org"))
            made = make_promise(PLEDGER, pledger, [get_wish_by_id(self.wish_id).number])
            self.promises.append(made.public_id)
        elif act == "confirm" and self.promises:
            confirm_promise(self.promises[-1])
        elif act == "withdraw":
            self._withdraw()
        elif (live := find_live_pledge(self.wish_id)) is not None:
            self._tell_of(live.pledge_id, act)

    def _tell_of(self, pledge_id, act):
        verbs = {
            "begin": lambda: begin_procuring(PLEDGER, pledge_id),
            "extend": lambda: extend_pledge(PLEDGER, pledge_id),
            "sent": lambda: say_sent(PLEDGER, pledge_id, "SF102938"),
            "times": lambda: propose_times(PLEDGER, pledge_id, "周六"),
            "cancel": lambda: cancel_pledge(PLEDGER, pledge_id),
            "receive": lambda: self._receive(pledge_id),
            "refuse": lambda: self._refuse(pledge_id),
            "hand_over": lambda: move_wish(self.wish_id, WishAction.HAND_OVER, self.clerk),
            "fulfil": lambda: mark_fulfilled(self.wish_id),
        }
        if act in verbs:
            verbs[act]()

    @transaction
    def _receive(self, pledge_id):
        move_wish(self.wish_id, WishAction.RECEIVE, self.clerk)
        mark_received(pledge_id)

    @transaction
    def _refuse(self, pledge_id):
        due_at = self.clock.now() + timedelta(days=5)
        move_wish(self.wish_id, WishAction.REFUSE, self.clerk, deadline_at=due_at)
        mark_refused(pledge_id, "不合适", due_at)

    @transaction
    def _withdraw(self):
        move_wish(self.wish_id, WishAction.WITHDRAW, self.clerk)
        end_pledge_of_wish(self.wish_id, "withdrawn")

    def check(self):
        """Hold wish and pledges to what must be true at any moment."""
        wish = get_wish_by_id(self.wish_id)
        session().refresh(wish)
        pledges = session().scalars(select(Pledge).where(Pledge.wish_id == self.wish_id)).all()
        for pledge in pledges:
            session().refresh(pledge)
        live = [pledge for pledge in pledges if pledge.state in LIVE_STATES]
        assert len(live) <= 1
        if wish.state in ("pledged", "procuring"):
            [pledge] = live
            assert pledge.state == ("procuring" if wish.state == "procuring" else pledge.state)
            assert pledge.state in ("held", "pledged", "procuring")
            assert wish.deadline_at == pledge.due_at
        elif wish.state == "received":
            assert [pledge.state for pledge in live] == ["received"] or pledges[-1].state == "fulfilled"
        elif wish.state in ("published", "withdrawn"):
            assert not live
        assert all(pledge.due_at is None and pledge.ended_at for pledge in pledges if pledge.state in END_STATES)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.sampled_from(OFTEN * 2 + SELDOM), min_size=4, max_size=16))
def test_no_history_loses_or_doubles_a_pledge(app, clock, acts):
    with app.app_context():
        clock.set(MONDAY_MORNING)
        story = Story(clock)
        for act in acts:
            story.tell(act)
        clock.advance(timedelta(days=60))
        release_overdue()
        story.check()
        assert get_wish(get_wish_by_id(story.wish_id).number).state not in ("pledged", "procuring") or _has_times(story)


def _has_times(story):
    """Tell whether the centre has to arrange something; then nothing lapses on the pledger."""
    live = find_live_pledge(story.wish_id)
    return live is not None and (live.proposed_times or live.appointment_at)
