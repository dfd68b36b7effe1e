"""The life of a pledge as a table; the histories nobody thought of are in tests/journeys/test_lives.py."""

from datetime import timedelta

import pytest

from portal.limits.rules import Limits
from portal.pledges.models import LIVE_STATES, PledgeState
from portal.pledges.rules import (
    END_STATES,
    MOVES,
    PledgeAction,
    due_after_refusal,
    due_after_sending,
    extended_due,
    half_time,
    may_extend,
    next_pledge_state,
)
from portal.wishes.rules import WrongState
from portal.workdays import end_of_day, last_day
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
