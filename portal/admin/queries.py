"""Reads for the desk: what waits for a member of staff, and for how long."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from portal import clock
from portal.accounts.rules import Actor, Role
from portal.areas.models import ServiceCentre
from portal.audit.models import AuditEntry
from portal.campaigns.queries import said
from portal.db import session
from portal.publication.models import Publication, PublicationStatus
from portal.wishes.models import Wish
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
    count: int
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
    scope = _scope(actor)
    if scope is None:
        return []
    late = case((or_(Wish.deadline_at <= clock.now(), Wish.overdue_level > 0), 1), else_=0)
    rows = session().execute(
        select(Wish.state, func.count(), func.sum(late), func.min(Wish.state_since)).where(scope).group_by(Wish.state)
    )
    found = {
        WishState(state): Task(WishState(state), count, int(overdue), oldest) for state, count, overdue, oldest in rows
    }
    return [found[state] for state in STAYS if state in found]


def list_waiting(actor: Actor, limit: int = 12) -> list[DeskWish]:
    """Return the wishes that need the actor most: own piles first, in them overdue ones, then the longest wait."""
    scope = _scope(actor)
    if scope is None:
        return []
    late = or_(Wish.deadline_at <= clock.now(), Wish.overdue_level > 0)
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
            late.label("late"),
        )
        .join(ServiceCentre, ServiceCentre.id == Wish.service_centre_id)
        .where(scope, or_(late, Wish.state.not_in(WAITING_ONLY)))
        .order_by(Wish.state.in_(WAITING_ONLY), Wish.overdue_level.desc(), late.desc(), Wish.state_since, Wish.number)
        .limit(limit)
    )
    return [
        DeskWish(number, item, kind, category, WishState(state), name, name_en, since, deadline, level, bool(is_late))
        for number, item, kind, category, state, name, name_en, since, deadline, level, is_late in rows
    ]


def list_texts_to_approve(actor: Actor) -> Iterator[WaitingText]:
    """Yield the texts that others wrote and a moderator may decide on, the oldest first."""
    rows = session().scalars(
        select(Publication)
        .where(
            Publication.status == PublicationStatus.WRITTEN,
            Publication.written_by_id != actor.person_id,
            Publication.number.in_(select(Wish.number).where(Wish.state.in_(WRITABLE))),
        )
        .order_by(Publication.written_at, Publication.id)
        .limit(200)
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


def _scope(actor: Actor) -> ColumnElement[bool] | None:
    """Return the condition for wishes on an actor's desk, or None when none can be."""
    parts: list[ColumnElement[bool]] = []
    if actor.has_role(Role.ADMINISTRATOR):
        parts.append(_has_climbed())
    for state, roles in TASK_ROLES.items():
        held = [role for role in roles if actor.has_role(role)]
        if not held:
            continue
        centres = actor.centres_of(*held)
        part: Any = Wish.state == state
        if centres is not None:
            part = and_(part, Wish.service_centre_id.in_(centres))
        if held == [Role.NEED_REPORTER]:
            part = and_(part, Wish.filed_by_id == actor.person_id)
        parts.append(part)
    return or_(*parts) if parts else None


def _has_climbed() -> ColumnElement[bool]:
    """Match overdue wishes that have climbed to the administrators, because nobody below moved them."""
    levels = {state: _levels_to_the_top(state) for state in ESCALATED}
    return or_(*(and_(Wish.state == state, Wish.overdue_level >= level) for state, level in levels.items()))


def _levels_to_the_top(state: WishState) -> int:
    return next(level for level in range(len(ESCALATION) + 1) if escalates_to(state, level) == ESCALATION[-1])
