"""Moves wishes through their life; every move is one conditional update with its event in one transaction."""

from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.orm.attributes import set_committed_value

from portal import clock
from portal.accounts.rules import SYSTEM, Actor, ActorKind
from portal.audit import service as audit
from portal.db import changed_rows, execute_made, session, transaction
from portal.limits.service import get_limits
from portal.publication import service as publication
from portal.publication.models import Availability
from portal.wishes.models import Wish, WishEvent
from portal.wishes.rules import STAYS, WishAction, WishState, WrongState, deadline_of, escalates_to, next_state

AVAILABILITY = {
    WishState.PUBLISHED: Availability.OPEN,
    WishState.PLEDGED: Availability.PLEDGED,
    WishState.PROCURING: Availability.PLEDGED,
    WishState.RECEIVED: Availability.PLEDGED,
    WishState.REOPENED: Availability.PLEDGED,
    WishState.HANDED_OVER: Availability.FULFILLED,
    WishState.CONFIRMED: Availability.FULFILLED,
    WishState.CLOSED: Availability.FULFILLED,
}
"""What the public sees of a wish's state. A state that is not here takes the public text down."""

_WISHES, _EVENTS = cast("Table", Wish.__table__), cast("Table", WishEvent.__table__)
_MOVED = ("state", "state_since", "deadline_at", "overdue_level", "version", "open_since", "closed_at")
_SWAP = (
    update(_WISHES)
    .where(
        _WISHES.c.id == bindparam("same_id"),
        _WISHES.c.state == bindparam("same_state"),
        _WISHES.c.version == bindparam("same_version"),
    )
    .values({name: bindparam(name) for name in _MOVED})
)
_NEXT_STEP = select(func.coalesce(func.max(_EVENTS.c.sequence), 0) + 1).where(_EVENTS.c.wish_id == bindparam("wish_id"))
_ADD_EVENT = insert(_EVENTS).values(
    {name: bindparam(name) for name in _EVENTS.c.keys() if name not in ("id", "sequence")}  # noqa: SIM118 (columns)
    | {"sequence": _NEXT_STEP.scalar_subquery()}
)


class WishNotFound(LookupError):
    """There is no such wish."""


def get_wish(number: str) -> Wish:
    """Return a wish by its public number.

    Raises WishNotFound.
    """
    wish = session().scalar(select(Wish).where(Wish.number == number))
    if wish is None:
        raise WishNotFound(number)
    return wish


def get_wish_by_id(wish_id: int) -> Wish:
    """Return a wish by its key.

    Raises WishNotFound.
    """
    wish = session().get(Wish, wish_id)
    if wish is None:
        raise WishNotFound(wish_id)
    return wish


@transaction
def move_wish(
    wish_id: int,
    action: WishAction,
    actor: Actor,
    *,
    note: str | None = None,
    deadline_at: datetime | None = None,
) -> WishState:
    """Take one arrow of the life cycle and return the new state.

    The update holds only if nobody moved the wish meanwhile. `deadline_at`
    replaces the state's usual deadline. Staff moves enter the audit trail.

    Raises WrongState (also for the loser of a race), NotAllowed, WishNotFound.
    """
    wish = get_wish_by_id(wish_id)
    before = WishState(wish.state)
    after = next_state(before, action, actor, wish.service_centre_id)
    at = clock.now()
    _swap_state(wish, before, after, at, deadline_at or deadline_of(after, at, get_limits()))
    add_event(wish.id, action, before, after, actor, note=note)
    if actor.kind is ActorKind.STAFF:
        audit.record(
            actor, f"wish.{action}", "wish", wish.number, before={"state": before}, after={"state": after, "note": note}
        )
    return _follow_in_public(wish, before, after)


def _swap_state(wish: Wish, before: WishState, after: WishState, at: datetime, deadline_at: datetime | None) -> None:
    values = {
        "state": after,
        "state_since": at,
        "deadline_at": deadline_at,
        "overdue_level": 0,
        "version": wish.version + 1,
        "open_since": at if after is WishState.PUBLISHED and wish.open_since is None else wish.open_since,
        "closed_at": at if after is WishState.CLOSED else wish.closed_at,
    }
    stands = {"same_id": wish.id, "same_state": before, "same_version": wish.version}
    if execute_made(_SWAP, values | stands).rowcount != 1:
        raise WrongState(f"{before} was left meanwhile")
    for name, value in values.items():
        set_committed_value(wish, name, value)


def add_event(
    wish_id: int, action: str, before: str | None, after: str, actor: Actor, *, note: str | None = None
) -> None:
    """Add one step to a wish's history; call inside a transaction."""
    step = {
        "wish_id": wish_id,
        "action": action,
        "from_state": before,
        "to_state": after,
        "actor_kind": actor.kind,
        "person_id": actor.person_id,
        "note": note,
        "at": clock.now(),
    }
    execute_made(_ADD_EVENT, step)


def _follow_in_public(wish: Wish, before: WishState, after: WishState) -> WishState:
    """Let the public text follow; a wish that returns to the pool without one is set aside for a moderator."""
    availability = AVAILABILITY.get(after)
    if availability is None:
        if before in AVAILABILITY:
            publication.take_down(wish.number)
        return after
    if after is WishState.PUBLISHED and not publication.is_live(wish.number):
        return move_wish(wish.id, WishAction.SUSPEND, SYSTEM)
    publication.set_availability(wish.number, availability)
    return after


@transaction
def set_deadline(wish_id: int, deadline_at: datetime) -> None:
    """Give the present state of a wish another deadline and make it no longer overdue."""
    wish = get_wish_by_id(wish_id)
    wish.deadline_at, wish.overdue_level = deadline_at, 0


@transaction
def escalate_wish(wish_id: int, seen_deadline_at: datetime, next_deadline_at: datetime) -> str | None:
    """Raise an overdue wish by one level and return the role to tell.

    Does nothing and returns None when another tick was first.
    """
    wish = get_wish_by_id(wish_id)
    changed = changed_rows(
        update(Wish)
        .where(Wish.id == wish_id, Wish.deadline_at == seen_deadline_at)
        .values(deadline_at=next_deadline_at, overdue_level=Wish.overdue_level + 1)
        .execution_options(synchronize_session=False)
    )
    if changed != 1 or WishState(wish.state) not in STAYS:
        return None
    session().refresh(wish)
    add_event(wish_id, "escalate", wish.state, wish.state, SYSTEM)
    return escalates_to(WishState(wish.state), wish.overdue_level)
