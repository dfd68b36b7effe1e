"""Reads for the staff's list of wishes: filtered, within the actor's areas, paged by key. Never an identity."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, true, union_all

from portal import clock
from portal.accounts.rules import Actor, Role
from portal.admin.walking import FAR_AHEAD, Mark, Part, Way, late_parts
from portal.areas.models import ServiceCentre
from portal.counting import Count, count_rows
from portal.db import UtcDateTime, session
from portal.planning import Look, as_it_is, looked_at
from portal.wishes.kinds import Category, WishKind
from portal.wishes.models import ITEMS, Wish
from portal.wishes.rules import WishState

PAGE_SIZE = 50
DISTRICT_READERS = (Role.MODERATOR, Role.SUPERVISOR, Role.ADMINISTRATOR)
SORTS = ("waiting", "deadline", "filed")


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
    def key(self) -> str:
        """What the list is sorted by."""
        return self.sort.removeprefix("-")

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
    total: Count
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
    way = Way(filters.key, filters.is_descending, _read_mark(after))
    asked = _conditions(actor, filters, looked_at)
    parts = [replace(part, where=and_(part.where, *asked)) for part in _parts(filters)]
    first = way.first_rows(parts, PAGE_SIZE + 1).subquery()
    rows = session().execute(_columns().join(first, first.c.id == Wish.id)).all()
    wishes = sorted((_listed(row) for row in rows), key=partial(_place, filters), reverse=filters.is_descending)
    next_mark = _write_mark(filters, wishes[PAGE_SIZE - 1]) if len(wishes) > PAGE_SIZE else None
    return WishPage(wishes[:PAGE_SIZE], _count(actor, filters), next_mark)


def every_wish(actor: Actor, filters: ListFilters) -> Iterator[ListedWish]:
    """Yield all wishes an actor may see under the filters, for an export."""
    any_part = or_(*(part.where for part in _parts(filters)))
    query = _columns().where(any_part, *_conditions(actor, filters, as_it_is)).order_by(*_order(filters))
    for row in session().execute(query).yield_per(500):
        yield _listed(row)


def centres_seen(actor: Actor) -> frozenset[int] | None:
    """Return the service centres whose wishes an actor sees; None means all."""
    if actor.has_role(*DISTRICT_READERS):
        return None
    return actor.centres_of(Role.CENTRE_CLERK, Role.NEED_REPORTER)


def _count(actor: Actor, filters: ListFilters) -> Count:
    asked = _conditions(actor, filters, looked_at if filters.text else as_it_is)
    ids = [select(Wish.id).where(part.where, *asked) for part in _parts(filters)]
    return count_rows(ids[0] if len(ids) == 1 else union_all(*ids))


def _parts(filters: ListFilters) -> list[Part]:
    firsts = late_parts() if filters.is_overdue else [Part(true())]
    if filters.import_id:
        firsts = [Part(and_(Wish.import_id == filters.import_id, part.where), True) for part in firsts]
    if not filters.text:
        return firsts
    is_named = Wish.id.in_(ITEMS.holding(filters.text, session().get_bind().dialect))
    is_number = and_(
        Wish.number == filters.text.upper(), ~func.lower(Wish.item).contains(filters.text.lower(), autoescape=True)
    )
    return [Part(and_(named, part.where), has_own_index=True) for part in firsts for named in (is_named, is_number)]


def _conditions(actor: Actor, filters: ListFilters, look: Look) -> list[ColumnElement[bool]]:
    """Return what must hold of each wish; `look` says how it is looked at where another index finds it."""
    has_own_index = filters.text or filters.is_overdue
    found: list[ColumnElement[bool]] = [_seen_by(actor, look)]
    for column, value in (
        (looked_at(Wish.state) if has_own_index else Wish.state, filters.state),
        (look(Wish.service_centre_id), filters.centre_id),
        (Wish.kind, filters.kind),
        (Wish.category, filters.category),
    ):
        if value is not None:
            found.append(column == value)
    return found


def _seen_by(actor: Actor, look: Look) -> ColumnElement[bool]:
    """Return which wishes an actor sees: all, those of their centres, or as a reporter those they filed."""
    clerk_at = actor.centres_of(Role.CENTRE_CLERK)
    if actor.has_role(*DISTRICT_READERS) or clerk_at is None:
        return true()
    own = look(Wish.filed_by_id) == actor.person_id
    return or_(own, look(Wish.service_centre_id).in_(clerk_at)) if clerk_at else own


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


def _order(filters: ListFilters) -> tuple[Any, ...]:
    columns = {
        "waiting": Wish.state_since,
        "deadline": func.coalesce(Wish.deadline_at, literal(FAR_AHEAD, UtcDateTime)),
        "filed": Wish.created_at,
    }
    key = columns[filters.key]
    return (key.desc(), Wish.number.desc()) if filters.is_descending else (key, Wish.number)


def _place(filters: ListFilters, wish: ListedWish) -> Mark:
    values = {"waiting": wish.state_since, "deadline": wish.deadline_at or FAR_AHEAD, "filed": wish.created_at}
    return values[filters.key], wish.number


def _write_mark(filters: ListFilters, last: ListedWish) -> str:
    at, number = _place(filters, last)
    return base64.urlsafe_b64encode(f"{at.isoformat()} {number}".encode()).decode()


def _read_mark(text: str | None) -> Mark | None:
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
