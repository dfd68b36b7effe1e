"""Reads for the staff's list of wishes: filtered, within the actor's areas, paged by key. Never an identity."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select

from portal import clock
from portal.accounts.rules import Actor, Role
from portal.areas.models import ServiceCentre
from portal.db import UtcDateTime, session
from portal.wishes.kinds import Category, WishKind
from portal.wishes.models import Wish
from portal.wishes.rules import WishState

PAGE_SIZE = 50
DISTRICT_READERS = (Role.MODERATOR, Role.SUPERVISOR, Role.ADMINISTRATOR)
SORTS = {"waiting": Wish.state_since, "deadline": Wish.deadline_at, "filed": Wish.created_at}


@dataclass(frozen=True, slots=True)
class ListFilters:
    """What the list is narrowed to; None or empty means everything."""

    text: str = ""
    state: WishState | None = None
    centre_id: int | None = None
    kind: WishKind | None = None
    category: Category | None = None
    import_id: int | None = None
    is_overdue: bool = False
    sort: str = "waiting"

    @property
    def chosen(self) -> int:
        """How many of the folded filters are in use."""
        return sum(map(bool, (self.state, self.centre_id, self.kind, self.category, self.import_id, self.is_overdue)))

    @property
    def column(self) -> Any:
        """The column the list is sorted by."""
        return SORTS[self.sort.removeprefix("-")]

    @property
    def is_descending(self) -> bool:
        """Whether the newest comes first."""
        return self.sort.startswith("-")


@dataclass(frozen=True, slots=True)
class ListedWish:
    """One line of the list."""

    number: str
    item: str
    size: str | None
    quantity: int
    total_minor: int
    kind: WishKind
    category: Category
    state: WishState
    centre_name: str
    centre_name_en: str
    reported_on: date
    created_at: datetime
    state_since: datetime
    deadline_at: datetime | None
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class WishPage:
    """One page of the list and where the next begins."""

    wishes: list[ListedWish]
    total: int
    next_mark: str | None


def read_filters(query: Any) -> ListFilters:
    """Return the filters an address names; what is unknown in it is passed over."""
    sort = query.get("sort", "waiting")
    return ListFilters(
        text=query.get("q", "").strip()[:80],
        state=_member(WishState, query.get("state")),
        centre_id=_key_in(query.get("centre", "")),
        kind=_member(WishKind, query.get("kind")),
        category=_member(Category, query.get("category")),
        import_id=_key_in(query.get("list", "")),
        is_overdue=query.get("overdue") == "1",
        sort=sort if sort.removeprefix("-") in SORTS else "waiting",
    )


def list_wishes(actor: Actor, filters: ListFilters, after: str | None = None) -> WishPage:
    """Return one page of the wishes an actor may see."""
    conditions = _conditions(actor, filters)
    total = session().scalar(select(func.count()).select_from(Wish).where(*conditions)) or 0
    mark = _read_mark(after)
    query = _columns().where(*conditions).order_by(*_order(filters)).limit(PAGE_SIZE + 1)
    if mark is not None:
        query = query.where(_beyond(filters, *mark))
    rows = session().execute(query).all()
    wishes = [_listed(row) for row in rows[:PAGE_SIZE]]
    return WishPage(wishes, total, _write_mark(filters, wishes[-1]) if len(rows) > PAGE_SIZE else None)


def every_wish(actor: Actor, filters: ListFilters) -> Iterator[ListedWish]:
    """Yield all wishes an actor may see under the filters, for an export."""
    query = _columns().where(*_conditions(actor, filters)).order_by(*_order(filters))
    for row in session().execute(query).yield_per(500):
        yield _listed(row)


def centres_seen(actor: Actor) -> frozenset[int] | None:
    """Return the service centres whose wishes an actor sees; None means all."""
    if actor.has_role(*DISTRICT_READERS):
        return None
    return actor.centres_of(Role.CENTRE_CLERK, Role.NEED_REPORTER)


def _conditions(actor: Actor, filters: ListFilters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [_seen_by(actor)]
    for column, value in (
        (Wish.state, filters.state),
        (Wish.service_centre_id, filters.centre_id),
        (Wish.kind, filters.kind),
        (Wish.category, filters.category),
        (Wish.import_id, filters.import_id),
    ):
        if value is not None:
            found.append(column == value)
    if filters.is_overdue:
        found.append(_is_late())
    if filters.text:
        found.append(or_(Wish.item.contains(filters.text, autoescape=True), Wish.number == filters.text.upper()))
    return found


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    """Return which wishes an actor sees: all, those of their centres, or as a reporter those they filed."""
    if actor.has_role(*DISTRICT_READERS):
        return Wish.id.is_not(None)
    clerk_at = actor.centres_of(Role.CENTRE_CLERK)
    own = Wish.filed_by_id == actor.person_id
    return own if clerk_at is not None and not clerk_at else or_(own, _at(clerk_at))


def _at(centres: frozenset[int] | None) -> ColumnElement[bool]:
    return Wish.id.is_not(None) if centres is None else Wish.service_centre_id.in_(centres)


def _is_late() -> ColumnElement[bool]:
    return or_(Wish.deadline_at <= clock.now(), Wish.overdue_level > 0)


def _columns() -> Any:
    return select(
        Wish.id,
        Wish.number,
        Wish.item,
        Wish.size,
        Wish.quantity,
        Wish.unit_price_minor,
        Wish.kind,
        Wish.category,
        Wish.state,
        ServiceCentre.name,
        ServiceCentre.name_en,
        Wish.reported_on,
        Wish.created_at,
        Wish.state_since,
        Wish.deadline_at,
        Wish.overdue_level,
    ).join(ServiceCentre, ServiceCentre.id == Wish.service_centre_id)


def _listed(row: Any) -> ListedWish:
    late = row.overdue_level > 0 or (row.deadline_at is not None and row.deadline_at <= clock.now())
    return ListedWish(
        number=row.number,
        item=row.item,
        size=row.size,
        quantity=row.quantity,
        total_minor=row.quantity * row.unit_price_minor,
        kind=WishKind(row.kind),
        category=Category(row.category),
        state=WishState(row.state),
        centre_name=row.name,
        centre_name_en=row.name_en,
        reported_on=row.reported_on,
        created_at=row.created_at,
        state_since=row.state_since,
        deadline_at=row.deadline_at,
        is_overdue=late,
    )


FAR_AHEAD = datetime(9000, 1, 1, tzinfo=clock.LOCAL_ZONE)
"""Where wishes without a deadline stand when the list is sorted by it: at the end of the way, after all others."""


def _key(filters: ListFilters) -> Any:
    return (
        func.coalesce(filters.column, literal(FAR_AHEAD, UtcDateTime))
        if filters.sort.endswith("deadline")
        else filters.column
    )


def _order(filters: ListFilters) -> tuple[Any, ...]:
    key = _key(filters)
    return (key.desc(), Wish.number.desc()) if filters.is_descending else (key, Wish.number)


def _beyond(filters: ListFilters, at: datetime, number: str) -> ColumnElement[bool]:
    key = _key(filters)
    if filters.is_descending:
        return or_(key < at, and_(key == at, Wish.number < number))
    return or_(key > at, and_(key == at, Wish.number > number))


def _write_mark(filters: ListFilters, last: ListedWish) -> str:
    values = {"waiting": last.state_since, "deadline": last.deadline_at or FAR_AHEAD, "filed": last.created_at}
    at = values[filters.sort.removeprefix("-")]
    return base64.urlsafe_b64encode(f"{at.isoformat()} {last.number}".encode()).decode()


def _read_mark(text: str | None) -> tuple[datetime, str] | None:
    try:
        moment, _, number = base64.urlsafe_b64decode(text or "").decode("ascii").partition(" ")
        at = datetime.fromisoformat(moment)
    except (ValueError, binascii.Error):
        return None
    return (at, number) if number and at.tzinfo is not None else None


def _key_in(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _member(kind: Any, value: str | None) -> Any:
    return kind(value) if value in set(kind) else None
