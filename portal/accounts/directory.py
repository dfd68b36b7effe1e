"""Lists people and organisations for the desk, searched, filtered and page by page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from portal.accounts.models import Organisation, OrganisationStatus, Person, RoleGrant
from portal.accounts.rules import SECOND_FACTOR_ROLES, Grant, Role
from portal.db import session

PAGE_SIZE = 50
NO_ROLE = "none"


@dataclass(frozen=True, slots=True)
class PeopleFilters:
    """Whom to look for; an empty field lets everybody in. `role` may be NO_ROLE, `state` enabled or disabled."""

    q: str = ""
    role: str = ""
    service_centre_id: int | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody who signs in, as administrators see them."""

    id: int
    name: str
    email: str
    is_enabled: bool
    grants: tuple[Grant, ...]
    has_second_factor: bool
    last_signed_in_at: datetime | None
    created_at: datetime

    @property
    def needs_second_factor(self) -> bool:
        """Tell whether a role of theirs asks for the second factor."""
        return any(grant.role in SECOND_FACTOR_ROLES for grant in self.grants)


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """A member of staff as somebody who signs in, and whether a role of theirs asks for a second factor they lack."""

    id: int
    name: str
    email: str
    created_at: datetime
    lacks_second_factor: bool


@dataclass(frozen=True, slots=True)
class OrganisationLine:
    """An organisation as staff see it in a list."""

    id: int
    name: str
    uscc: str
    kind: str
    status: OrganisationStatus
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class Directory:
    """Some lines, and the ids from which the neighbouring pages go on (None where there are none)."""

    lines: tuple[Any, ...]
    newer: int | None
    older: int | None


def list_people(filters: PeopleFilters, *, after: int | None = None, before: int | None = None) -> Directory:
    """Return a page of people in the order they were added."""
    query = select(Person).where(*_people_conditions(filters))
    return _page(query, Person.id, after, before, _person_line)


def iterate_people(filters: PeopleFilters) -> Iterator[PersonLine]:
    """Yield all people one looks for, in the order they were added."""
    query = select(Person).where(*_people_conditions(filters)).order_by(Person.id)
    # Only the result comes in pieces: a cursor on the server would need a transaction, which reads do not open.
    yield from map(_person_line, session().scalars(query).yield_per(200))


def list_staff() -> list[StaffAccount]:
    """Return everybody who may sign in and holds a role, in the order they were added."""
    held = exists().where(RoleGrant.person_id == Person.id)
    is_bare = and_(Person.second_factor_enrolled_at.is_(None), held.where(RoleGrant.role.in_(SECOND_FACTOR_ROLES)))
    columns = Person.id, Person.name, Person.email, Person.created_at, is_bare.label("lacks_second_factor")
    rows = session().execute(select(*columns).where(Person.is_enabled.is_(True), held).order_by(Person.id))
    return [StaffAccount(id_, name, email, at, bool(lacks)) for id_, name, email, at, lacks in rows]


def get_person_line(person_id: int) -> PersonLine | None:
    """Return one person, or None."""
    person = session().get(Person, person_id)
    return _person_line(person) if person else None


def find_ids_by_name(q: str) -> frozenset[int]:
    """Return the people whose name or mail address holds a text."""
    return frozenset(session().scalars(select(Person.id).where(_holds(q))))


def list_organisations(
    q: str = "", status: str = "", *, after: int | None = None, before: int | None = None
) -> Directory:
    """Return a page of organisations in the order they were registered."""
    return _page(_organisations(q, status), Organisation.id, after, before, _organisation_line)


def iterate_organisations(q: str = "", status: str = "") -> Iterator[OrganisationLine]:
    """Yield all organisations one looks for, in the order they were registered."""
    yield from map(_organisation_line, session().scalars(_organisations(q, status).order_by(Organisation.id)))


def _organisations(q: str, status: str) -> Select[Any]:
    query = select(Organisation)
    if q:
        query = query.where(
            or_(
                Organisation.name.contains(q, autoescape=True),
                Organisation.uscc.contains(q.upper(), autoescape=True),
            )
        )
    if status:
        query = query.where(Organisation.status == status)
    return query


def _page(query: Select[Any], key: Any, after: int | None, before: int | None, line: Any) -> Directory:
    if before is not None:
        rows = session().scalars(query.where(key < before).order_by(key.desc()).limit(PAGE_SIZE + 1)).all()
        chosen, has_newer, has_older = rows[:PAGE_SIZE][::-1], len(rows) > PAGE_SIZE, True
    else:
        if after is not None:
            query = query.where(key > after)
        rows = session().scalars(query.order_by(key).limit(PAGE_SIZE + 1)).all()
        chosen, has_newer, has_older = rows[:PAGE_SIZE], after is not None, len(rows) > PAGE_SIZE
    return Directory(
        lines=tuple(line(row) for row in chosen),
        newer=chosen[0].id if chosen and has_newer else None,
        older=chosen[-1].id if chosen and has_older else None,
    )


def _people_conditions(filters: PeopleFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.q:
        conditions.append(_holds(filters.q))
    if filters.role == NO_ROLE:
        conditions.append(~exists().where(RoleGrant.person_id == Person.id))
    elif filters.role or filters.service_centre_id is not None:
        conditions.append(_has_grant(filters))
    if filters.state:
        conditions.append(Person.is_enabled == (filters.state == "enabled"))
    return conditions


def _has_grant(filters: PeopleFilters) -> ColumnElement[bool]:
    found = exists().where(RoleGrant.person_id == Person.id)
    if filters.role:
        found = found.where(RoleGrant.role == filters.role)
    if filters.service_centre_id is not None:
        found = found.where(RoleGrant.service_centre_id == filters.service_centre_id)
    return found


def _holds(q: str) -> ColumnElement[bool]:
    return or_(Person.name.contains(q, autoescape=True), Person.email.contains(q.lower(), autoescape=True))


def _person_line(person: Person) -> PersonLine:
    grants = sorted(person.actor.grants, key=lambda grant: (list(Role).index(grant.role), grant.service_centre_id or 0))
    return PersonLine(
        id=person.id,
        name=person.name,
        email=person.email,
        is_enabled=person.is_enabled,
        grants=tuple(grants),
        has_second_factor=person.second_factor_enrolled_at is not None,
        last_signed_in_at=person.last_signed_in_at,
        created_at=person.created_at,
    )


def _organisation_line(row: Organisation) -> OrganisationLine:
    return OrganisationLine(row.id, row.name, row.uscc, row.kind, OrganisationStatus(row.status), row.registered_at)
