"""Reads for the desk: what waits for a member of staff, and for how long."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, func, literal, or_, select, union_all

from portal import clock
from portal.accounts.rules import Actor, Role
from portal.admin.walking import late_parts
from portal.areas.models import ServiceCentre
from portal.audit.models import AuditEntry
from portal.campaigns.queries import said
from portal.counting import MOST_OF_A_PILE, Count, as_count
from portal.db import session
from portal.planning import Look, as_it_is, looked_at
from portal.publication.models import Publication, PublicationStatus
from portal.wishes.models import IS_CLIMBED, Wish
from portal.wishes.publishing import WRITABLE
from portal.wishes.rules import ESCALATION, STAYS, OnOverdue, WishState, escalates_to

TASK_ROLES: dict[WishState, frozenset[Role]] = {
    WishState.SUBMITTED: frozenset({Role.CENTRE_CLERK}),
    WishState.RETURNED: frozenset({Role.NEED_REPORTER, Role.CENTRE_CLERK}),
    WishState.VERIFIED: frozenset({Role.MODERATOR}),
    WishState.PUBLISHED: frozenset({Role.MODERATOR}),
    WishState.SUSPENDED: frozenset({Role.MODERATOR}),
    WishState.PLEDGED: frozenset({Role.CENTRE_CLERK}),
    WishState.PROCURING: frozenset({Role.CENTRE_CLERK}),
    WishState.RECEIVED: frozenset({Role.CENTRE_CLERK}),
    WishState.HANDED_OVER: frozenset({Role.CENTRE_CLERK}),
    WishState.CONFIRMED: frozenset({Role.MODERATOR}),
    WishState.REOPENED: frozenset({Role.CENTRE_CLERK}),
    WishState.REFERRED: frozenset({Role.CENTRE_CLERK}),
}
"""Who sees a state on the desk: its owner, and the clerk for those that a pledger or a family owns."""

ESCALATED = frozenset(state for state, stay in STAYS.items() if stay.on_overdue is OnOverdue.ESCALATE)
"""States in which an overdue wish climbs up to the administrators."""

WAITING_ONLY = frozenset({WishState.PUBLISHED, WishState.PLEDGED, WishState.PROCURING, WishState.HANDED_OVER})
"""States in which somebody outside is at work; they need staff only once they are overdue."""


@dataclass(frozen=True, slots=True)
class Task:
    """One pile of wishes on somebody's desk."""

    state: WishState
    count: Count
    overdue: int
    oldest_since: datetime | None


@dataclass(frozen=True, slots=True)
class DeskWish:
    """One wish that waits, as the desk lists it; no identity."""

    number: str
    item: str
    kind: str
    category: str
    state: WishState
    centre_name: str
    centre_name_en: str
    state_since: datetime
    deadline_at: datetime | None
    overdue_level: int
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class WaitingText:
    """A public text that waits for somebody else's yes."""

    id: int
    number: str
    item: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Act:
    """One entry of the audit trail as the desk shows it."""

    at: datetime
    action: str
    subject_kind: str
    subject_ref: str


def list_tasks(actor: Actor) -> list[Task]:
    """Return the piles on an actor's desk, in the order of a wish's way; empty piles are left out."""
    piles = _piles(actor)
    if not piles:
        return []
    late = _count_late(actor)
    rows = session().execute(union_all(*(_measure(state, is_in) for state, is_in in piles.items())))
    found = {
        state: Task(WishState(state), as_count(number, MOST_OF_A_PILE), late[state], oldest)
        for state, number, oldest in rows
        if number
    }
    return [found[state] for state in STAYS if state in found]


def list_waiting(actor: Actor, limit: int = 12) -> list[DeskWish]:
    """Return the wishes that need the actor most: own piles first, in them overdue ones, then the longest wait."""
    if not _piles(actor):
        return []
    is_late = or_(Wish.deadline_at <= clock.now(), IS_CLIMBED)
    order = (
        Wish.state.in_(WAITING_ONLY),
        Wish.overdue_level.desc(),
        is_late.desc(),
        Wish.state_since,
        Wish.number,
    )
    rows = session().execute(
        select(
            Wish.number,
            Wish.item,
            Wish.kind,
            Wish.category,
            Wish.state,
            ServiceCentre.name,
            ServiceCentre.name_en,
            Wish.state_since,
            Wish.deadline_at,
            Wish.overdue_level,
            is_late.label("late"),
        )
        .join(ServiceCentre, ServiceCentre.id == Wish.service_centre_id)
        .where(Wish.id.in_(_most_urgent(actor, limit)))
        .order_by(*order)
        .limit(limit)
    )
    return [
        DeskWish(number, item, kind, category, WishState(state), name, name_en, since, deadline, level, bool(late))
        for number, item, kind, category, state, name, name_en, since, deadline, level, late in rows
    ]


def list_texts_to_approve(actor: Actor, limit: int) -> Iterator[WaitingText]:
    """Yield the first texts that others wrote and a moderator may decide on, the oldest first."""
    rows = session().execute(
        select(Publication.id, Publication.number, Publication.item, Publication.item_en, Publication.written_at)
        .join(Wish, Wish.number == Publication.number)
        .where(
            Publication.status == PublicationStatus.WRITTEN,
            Publication.written_by_id != actor.person_id,
            looked_at(Wish.state).in_(WRITABLE),
        )
        .order_by(Publication.id)
        .limit(limit)
    )
    for row in rows:
        yield WaitingText(row.id, row.number, said(row, "item"), row.written_at)


def list_latest_acts(actor: Actor, limit: int = 8) -> list[Act]:
    """Return what the actor did last, newest first."""
    rows = session().execute(
        select(AuditEntry.at, AuditEntry.action, AuditEntry.subject_kind, AuditEntry.subject_ref)
        .where(AuditEntry.person_id == actor.person_id, AuditEntry.action != "person.sign_in")
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(limit)
    )
    return [Act(*row) for row in rows]


def _piles(actor: Actor, at_state: Look = as_it_is, at_centre: Look = as_it_is) -> dict[WishState, ColumnElement[bool]]:
    """Return for each pile on an actor's desk which wishes are in it; the rest says how they are looked at."""
    piles: dict[WishState, ColumnElement[bool]] = {}
    for state, roles in TASK_ROLES.items():
        parts: list[ColumnElement[bool]] = []
        if held := [role for role in roles if actor.has_role(role)]:
            parts.append(and_(at_state(Wish.state) == state, *_is_for(actor, held, at_centre)))
        if actor.has_role(Role.ADMINISTRATOR) and state in ESCALATED and not _sees_all(actor, held):
            parts.append(and_(at_state(Wish.state) == state, *_has_climbed_to_the_top(state)))
        if parts:
            piles[state] = or_(*parts)
    return piles


def _is_for(actor: Actor, held: list[Role], at_centre: Look) -> list[ColumnElement[bool]]:
    parts: list[ColumnElement[bool]] = []
    centres = actor.centres_of(*held)
    if held == [Role.NEED_REPORTER]:
        parts.append(looked_at(Wish.filed_by_id) == actor.person_id)
    if centres is not None:
        parts.append(at_centre(Wish.service_centre_id).in_(centres))
    return parts


def _sees_all(actor: Actor, held: list[Role]) -> bool:
    return bool(held) and held != [Role.NEED_REPORTER] and actor.centres_of(*held) is None


def _has_climbed_to_the_top(state: WishState) -> list[ColumnElement[bool]]:
    """Match overdue wishes that have climbed to the administrators, because nobody below moved them."""
    level = next(level for level in range(len(ESCALATION) + 1) if escalates_to(state, level) == ESCALATION[-1])
    return [IS_CLIMBED, Wish.overdue_level >= level]


def _climbed(actor: Actor) -> dict[WishState, ColumnElement[bool]]:
    """Return which wishes of each pile have climbed, looked at by the index of those in the order of their urgency."""
    return {state: and_(IS_CLIMBED, is_in) for state, is_in in _piles(actor, at_centre=looked_at).items()}


def _is_due(actor: Actor) -> ColumnElement[bool]:
    """Match the few wishes in an actor's piles whose first climb comes with the next tick."""
    return and_(late_parts()[1].where, or_(*_piles(actor, looked_at, looked_at).values()))


def _measure(state: WishState, is_in: ColumnElement[bool]) -> Select[Any]:
    """Return the query for how many wishes are in a pile, as far as is counted, and since when the oldest waits."""
    oldest_first = select(Wish.state_since).where(is_in).order_by(Wish.state_since).limit(MOST_OF_A_PILE + 1).subquery()
    columns: list[Any] = [literal(state.value), func.count(), func.min(oldest_first.c.state_since)]
    return select(*columns).select_from(oldest_first)


def _most_urgent(actor: Actor, limit: int) -> CompoundSelect[Any]:
    """Return the query for the first late wishes, and the first ones of each pile that is not waited for only."""
    wait = (Wish.state_since, Wish.number)
    climbed = [
        select(Wish.id).where(is_in).order_by(Wish.overdue_level.desc(), *wait) for is_in in _climbed(actor).values()
    ]
    is_waited_for = Wish.state.in_(WAITING_ONLY)
    due = select(Wish.id).where(_is_due(actor)).order_by(is_waited_for, looked_at(Wish.state_since), Wish.number)
    own = [
        select(Wish.id).where(is_in).order_by(*wait)
        for state, is_in in _piles(actor).items()
        if state not in WAITING_ONLY
    ]
    return union_all(*(select(each.limit(limit).subquery()) for each in (*climbed, due, *own)))


def _count_late(actor: Actor) -> Counter[WishState]:
    climbed = [select(literal(state.value), func.count()).where(is_in) for state, is_in in _climbed(actor).items()]
    due = select(Wish.state, func.count()).where(_is_due(actor)).group_by(looked_at(Wish.state))
    late: Counter[WishState] = Counter()
    for state, number in session().execute(union_all(*climbed, due)):
        late[WishState(state)] += number
    return late
