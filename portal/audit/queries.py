"""Searches the audit trail, newest first, page by page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, select, tuple_

from portal.audit.models import AuditEntry
from portal.clock import LOCAL_ZONE
from portal.counting import distinct_values
from portal.db import session
from portal.planning import looked_at

PAGE_SIZE = 50
EXPORT_PIECE = 1000


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """What to look for; an empty field looks for everything. Days are days in China, both included."""

    person_ids: frozenset[int] | None = None
    action: str = ""
    subject_kind: str = ""
    subject_ref: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One act; `before` and `after` hold what changed, identities masked."""

    id: int
    at: datetime
    person_id: int | None
    action: str
    subject_kind: str
    subject_ref: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some lines, and the line ids from which the neighbouring pages go on (None where there are none)."""

    lines: tuple[AuditLine, ...]
    newer: int | None
    older: int | None


_COLUMNS = (
    AuditEntry.id,
    AuditEntry.at,
    AuditEntry.person_id,
    AuditEntry.action,
    AuditEntry.subject_kind,
    AuditEntry.subject_ref,
    AuditEntry.before,
    AuditEntry.after,
)

_PLACE = tuple_(AuditEntry.at, AuditEntry.id)


def search_audit(
    filters: AuditFilters, *, older_than: int | None = None, newer_than: int | None = None, limit: int = PAGE_SIZE
) -> AuditPage:
    """Return a page of what matches, newest first, on one side of a line when its id is given."""
    query = select(*_COLUMNS).where(*_conditions(filters))
    if newer_than is not None:
        newer = query.where(_place_of(newer_than) < _PLACE)
        rows = _fetch(newer.order_by(AuditEntry.at, AuditEntry.id), limit + 1)
        lines, has_newer, has_older = rows[:limit][::-1], len(rows) > limit, True
    else:
        if older_than is not None:
            query = query.where(_place_of(older_than) > _PLACE)
        rows = _fetch(query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()), limit + 1)
        lines, has_newer, has_older = rows[:limit], older_than is not None, len(rows) > limit
    return AuditPage(
        lines=tuple(lines),
        newer=lines[0].id if lines and has_newer else None,
        older=lines[-1].id if lines and has_older else None,
    )


def iterate_audit(filters: AuditFilters) -> Iterator[AuditLine]:
    """Yield everything that matches, newest first, without holding it all."""
    older_than: int | None = None
    while True:
        page = search_audit(filters, older_than=older_than, limit=EXPORT_PIECE)
        yield from page.lines
        if page.older is None:
            return
        older_than = page.older


def list_known_actions() -> list[str]:
    """Return every action the trail holds, in alphabetical order."""
    return list(distinct_values(AuditEntry.action))


def list_known_subject_kinds() -> list[str]:
    """Return every kind of subject the trail holds, in alphabetical order."""
    return list(distinct_values(AuditEntry.subject_kind))


def _place_of(line_id: int) -> ColumnElement[Any]:
    at = select(AuditEntry.at).where(AuditEntry.id == line_id).scalar_subquery()
    return tuple_(at, literal(line_id))


def _fetch(query: Select[Any], limit: int) -> list[AuditLine]:
    return [AuditLine(*row) for row in session().execute(query.limit(limit))]


def _conditions(filters: AuditFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    # One person or act has an index in the order of the list. Several have none, so the list is walked along instead.
    if filters.person_ids is not None:
        one = next(iter(filters.person_ids)) if len(filters.person_ids) == 1 else None
        is_theirs = looked_at(AuditEntry.person_id).in_(filters.person_ids)
        conditions.append(is_theirs if one is None else AuditEntry.person_id == one)
    if filters.action:
        conditions.append(AuditEntry.action == filters.action)
    if filters.subject_kind:
        kind = AuditEntry.subject_kind if filters.subject_ref else looked_at(AuditEntry.subject_kind)
        conditions.append(kind == filters.subject_kind)
    if filters.subject_ref:
        conditions.append(AuditEntry.subject_ref == filters.subject_ref)
    if filters.since:
        conditions.append(AuditEntry.at >= _start_of(filters.since))
    if filters.until:
        conditions.append(AuditEntry.at < _start_of(filters.until + timedelta(days=1)))
    return conditions


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL_ZONE)
