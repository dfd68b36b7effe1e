"""Reads of the goods that wait for a family: at the counter, or in the hands of whoever brings them home."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select, true

from portal import clock
from portal.accounts.queries import names_of
from portal.accounts.rules import Actor, Role
from portal.db import session
from portal.handover.models import Delivery
from portal.handover.rules import Way
from portal.i18n import language
from portal.planning import Look, as_it_is, looked_at
from portal.pledges.pages import WishText, wish_texts
from portal.wishes.models import Wish
from portal.wishes.rules import WishState
from portal.workdays import last_day

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """Goods on their way from the counter to a family; the notes are for whoever hands over."""

    number: str
    item: str
    category: str
    way: Way
    since: datetime
    due_on: date | None
    is_overdue: bool
    deliverer_id: int | None
    deliverer: str | None
    wished_way: Way | None
    wished_note: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class WaitingList:
    """The goods that have waited longest, and whether there are more than these."""

    goods: tuple[Waiting, ...]
    is_cut: bool


def list_waiting_goods(actor: Actor) -> WaitingList:
    """Return the goods that wait at the actor's counters, longest first, as many as a page shows."""
    return _first(_at_counters(actor))


def every_waiting_goods(actor: Actor) -> list[Waiting]:
    """Return all goods that wait at the actor's counters, longest first, for an export."""
    return _waiting(None, _at_counters(actor))


def list_home_deliveries(actor: Actor, limit: int = PAGE_SIZE) -> WaitingList:
    """Return the goods this actor is to bring home, longest first, as many as a page shows."""
    mine = (Delivery.deliverer_id == actor.person_id, Delivery.way == Way.HOME)
    return _first(*mine, state=looked_at(Wish.state), limit=limit)


def list_deliveries_of_others(actor: Actor) -> WaitingList:
    """Return the goods of the actor's counters that others bring home, longest first, as many as a page shows."""
    of_others = Delivery.deliverer_id.is_distinct_from(actor.person_id)
    return _first(_at_counters(actor), Delivery.way == Way.HOME, of_others)


def list_wished_deliveries(actor: Actor, limit: int = PAGE_SIZE) -> WaitingList:
    """Return the goods of the actor's counters that a family asked to have brought, longest first, likewise."""
    wished = (Delivery.way == Way.PICK_UP, Delivery.wished_way == Way.HOME)
    return _first(_at_counters(actor, looked_at), *wished, state=looked_at(Wish.state), limit=limit)


def find_waiting(wish_id: int) -> Waiting | None:
    """Return the goods of one wish that wait for its family."""
    return next(iter(_waiting(1, Wish.id == wish_id)), None)


def _at_counters(actor: Actor, look: Look = as_it_is) -> ColumnElement[bool]:
    centres = actor.centres_of(Role.CENTRE_CLERK)
    return true() if centres is None else look(Wish.service_centre_id).in_(centres)


def _first(*conditions: ColumnElement[bool], state: Any = Wish.state, limit: int = PAGE_SIZE) -> WaitingList:
    found = _waiting(limit + 1, *conditions, state=state)
    return WaitingList(tuple(found[:limit]), is_cut=len(found) > limit)


def _waiting(limit: int | None, *conditions: ColumnElement[bool], state: Any = Wish.state) -> list[Waiting]:
    rows = (
        session()
        .execute(
            select(Delivery, Wish.number, Wish.item, Wish.category, Wish.deadline_at, Wish.overdue_level)
            .join(Wish, Wish.id == Delivery.wish_id)
            .where(Delivery.ended_at.is_(None), state == WishState.RECEIVED, *conditions)
            .order_by(Wish.state_since, Wish.number)
            .limit(limit)
        )
        .all()
    )
    names = names_of({row.Delivery.deliverer_id for row in rows if row.Delivery.deliverer_id is not None})
    english = english_texts([row.number for row in rows])
    return [_as_waiting(row, names, english.get(row.number)) for row in rows]


def _as_waiting(row: Any, names: dict[int, str], english: WishText | None) -> Waiting:
    delivery: Delivery = row.Delivery
    return Waiting(
        number=row.number,
        item=english.item if english else row.item,
        category=row.category,
        way=Way(delivery.way),
        since=delivery.created_at,
        due_on=last_day(row.deadline_at) if row.deadline_at else None,
        is_overdue=row.overdue_level > 0 or (row.deadline_at is not None and row.deadline_at <= clock.now()),
        deliverer_id=delivery.deliverer_id,
        deliverer=names.get(delivery.deliverer_id) if delivery.deliverer_id else None,
        wished_way=Way(delivery.wished_way) if delivery.wished_way else None,
        wished_note=delivery.wished_note,
        note=delivery.note,
    )


def english_texts(numbers: list[str]) -> dict[str, WishText]:
    """Return the public words of wishes for a reader of English; families' own words are Chinese."""
    return wish_texts(numbers) if language() == "en" else {}
