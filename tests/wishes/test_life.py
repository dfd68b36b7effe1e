"""The life of a wish as a table: who may take which arrow, and that nothing else moves."""

from collections import deque

import pytest
from sqlalchemy import select

from portal.accounts.rules import FAMILY, PLEDGER, SYSTEM, Actor, ActorKind, Grant, NotAllowed, Role
from portal.audit.models import AuditEntry
from portal.db import session
from portal.limits.service import get_limits
from portal.publication.models import Publication
from portal.wishes.models import WishEvent
from portal.wishes.rules import (
    END_STATES,
    MOVES,
    STAYS,
    WishAction,
    WishState,
    WrongState,
    actions_for,
    deadline_of,
    next_state,
)
from portal.wishes.service import AVAILABILITY, get_wish_by_id, move_wish
from tests import cast
from tests.wishes.arrows import ARROWS

HERE, ELSEWHERE = 1, 2
HANDS = {
    "reporter": Actor(ActorKind.STAFF, 1, frozenset({Grant(Role.NEED_REPORTER, HERE)})),
    "clerk": Actor(ActorKind.STAFF, 2, frozenset({Grant(Role.CENTRE_CLERK, HERE)})),
    "moderator": Actor(ActorKind.STAFF, 3, frozenset({Grant(Role.MODERATOR)})),
    "finance": Actor(ActorKind.STAFF, 4, frozenset({Grant(Role.FINANCE)})),
    "supervisor": Actor(ActorKind.STAFF, 5, frozenset({Grant(Role.SUPERVISOR)})),
    "administrator": Actor(ActorKind.STAFF, 6, frozenset({Grant(Role.ADMINISTRATOR)})),
    "strange clerk": Actor(ActorKind.STAFF, 7, frozenset({Grant(Role.CENTRE_CLERK, ELSEWHERE)})),
    "pledger": PLEDGER,
    "family": FAMILY,
    "clock": SYSTEM,
}


@pytest.mark.parametrize("hand", HANDS)
@pytest.mark.parametrize("state", list(WishState))
def test_each_hand_may_do_what_the_table_says_and_nothing_else(state, hand):
    allowed = {action: to for (origin, action), (to, hands) in ARROWS.items() if origin is state and hand in hands}
    assert set(actions_for(state, HANDS[hand], HERE)) == set(allowed)
    for action in WishAction:
        if action in allowed:
            assert next_state(state, action, HANDS[hand], HERE) is allowed[action]
        else:
            with pytest.raises(NotAllowed if (state, action) in MOVES else WrongState):
                next_state(state, action, HANDS[hand], HERE)


def test_from_everywhere_a_wish_can_come_to_an_end():
    leads = {state: {move.to for (origin, _action), move in MOVES.items() if origin is state} for state in WishState}
    for state in STAYS:
        assert _reachable(state, leads) & END_STATES, state


def test_every_state_is_reached_by_some_way():
    leads = {state: {move.to for (origin, _action), move in MOVES.items() if origin is state} for state in WishState}
    assert _reachable(WishState.SUBMITTED, leads) == set(WishState)


def _reachable(start, leads):
    seen, waiting = {start}, deque([start])
    while waiting:
        for state in leads[waiting.popleft()] - seen:
            seen.add(state)
            waiting.append(state)
    return seen


def test_the_ends_have_no_way_out_and_no_deadline(app_context, clock):
    assert {WishState.CLOSED, WishState.REJECTED, WishState.WITHDRAWN} == END_STATES
    for state in END_STATES:
        assert not [origin for origin, _action in MOVES if origin is state]
        assert deadline_of(state, clock.now(), get_limits()) is None


def test_a_family_may_withdraw_from_everywhere_before_the_hand_over():
    withdrawable = {state for state, action in MOVES if action is WishAction.WITHDRAW}
    assert withdrawable == set(STAYS) - {WishState.HANDED_OVER, WishState.CONFIRMED}


@pytest.mark.parametrize(("state", "action"), MOVES)
def test_a_move_leaves_state_deadline_event_and_trail(app_context, clock, state, action):
    wish = cast.wish(state)
    to, hands = ARROWS[state, action]
    actor = _somebody(sorted(hands)[0])
    if to is WishState.PUBLISHED and state not in AVAILABILITY:
        cast.publish(wish)
    assert move_wish(wish.id, action, actor, note="一句话") is to
    moved = get_wish_by_id(wish.id)
    assert (moved.state, moved.version, moved.overdue_level) == (to, 1, 0)
    assert moved.deadline_at == deadline_of(to, clock.now(), get_limits())
    event = session().scalars(select(WishEvent).order_by(WishEvent.id.desc())).first()
    assert (event.action, event.from_state, event.to_state, event.actor_kind) == (action, state, to, actor.kind)
    trail = session().scalars(select(AuditEntry.action).where(AuditEntry.subject_ref == wish.number)).all()
    assert trail == ([f"wish.{action}"] if actor.kind is ActorKind.STAFF else [])


def _somebody(hand):
    makers = {"clerk": cast.clerk, "moderator": cast.moderator}
    return makers[hand]() if hand in makers else HANDS[hand]


@pytest.mark.parametrize(("state", "action"), [pair for pair in MOVES if pair[0] in AVAILABILITY])
def test_the_public_page_follows_every_move(app_context, state, action):
    wish = cast.wish(state)
    to, hands = ARROWS[state, action]
    move_wish(wish.id, action, _somebody(sorted(hands)[0]))
    text = session().scalars(select(Publication)).one()
    assert text.status == ("live" if to in AVAILABILITY else "withdrawn")
    if to in AVAILABILITY:
        assert text.availability == AVAILABILITY[to]


@pytest.mark.parametrize("action", [WishAction.PUBLISH, WishAction.RESUME])
def test_without_an_approved_text_no_wish_becomes_public(app_context, action):
    wish = cast.wish(WishState.VERIFIED if action is WishAction.PUBLISH else WishState.SUSPENDED)
    assert move_wish(wish.id, action, cast.moderator()) is WishState.SUSPENDED


def test_a_move_that_is_not_in_the_table_changes_nothing(app_context):
    wish = cast.wish(WishState.SUBMITTED)
    with pytest.raises(WrongState):
        move_wish(wish.id, WishAction.CLOSE, cast.moderator())
    assert get_wish_by_id(wish.id).version == 0
    assert len(session().scalars(select(WishEvent)).all()) == 1


def test_a_hand_from_another_centre_moves_nothing(app_context):
    wish = cast.wish(WishState.SUBMITTED)
    with pytest.raises(NotAllowed):
        move_wish(wish.id, WishAction.VERIFY, cast.clerk(cast.centre("北山服务中心")))
    assert get_wish_by_id(wish.id).state == "submitted"
