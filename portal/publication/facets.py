"""Counts how many live wishes each choice of a filter would show, given the other filters.

The counts come from one table of all combinations, kept until something
public changes, so they are the lengths of the lists themselves.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from portal import clock
from portal.db import session
from portal.publication.filters import ANY, PRICE_BANDS, WAITING_DAYS, WishFilters, price_band
from portal.publication.freshness import kept
from portal.publication.models import Availability, Publication, PublicationStatus

Facets = dict[str, Counter[str]]
"""For each filter, how many wishes each of its values would show. A value that is not there would show none."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Wishes that are alike in all that filters look at, and how many they are. `waiting` is in days, as a band."""

    availability: str
    category: str
    group: str
    centre: int | None
    kind: str
    price: str
    waiting: int
    count: int


_CHOICES = ("availability", "category", "group", "centre", "kind", "price")


def matching(filters: WishFilters, today: date) -> list[ColumnElement[bool]]:
    """Return the conditions under which a live publication is shown."""
    conditions = [Publication.search_text.contains(word, autoescape=True) for word in filters.words]
    columns: dict[str, Any] = {
        "category": Publication.category,
        "group": Publication.group,
        "centre": Publication.service_centre_id,
        "kind": Publication.kind,
    }
    chosen = {name: getattr(filters, name) for name in columns}
    conditions += [columns[name] == value for name, value in chosen.items() if value not in ("", None)]
    if filters.availability != ANY:
        conditions.append(Publication.availability == filters.availability)
    if filters.price:
        low, high = PRICE_BANDS[filters.price]
        conditions.append(Publication.price_minor >= low)
        if high is not None:
            conditions.append(Publication.price_minor <= high)
    if filters.waiting:
        conditions.append(Publication.waiting_since <= today - timedelta(days=WAITING_DAYS[filters.waiting]))
    return conditions


def count_facets(filters: WishFilters) -> Facets:
    """Return for each filter how many wishes each value would show while the other filters stay.

    What the filters show together is the count of the availability they choose.
    """
    return kept(("facets", filters), lambda: _count(_cells(filters), filters))


def count_by_availability() -> Counter[str]:
    """Return how many live wishes are open, pledged and fulfilled."""
    return count_facets(WishFilters())["availability"]


def _count(cells: tuple[Cell, ...], filters: WishFilters) -> Facets:
    facets: Facets = {name: Counter() for name in (*_CHOICES, "waiting")}
    for name in _CHOICES:
        others = filters.choosing(name, ANY) if name == "availability" else filters.without(name)
        for cell in cells:
            if _fits(cell, others):
                facets[name][_value(cell, name)] += cell.count
    facets["availability"][ANY] = sum(facets["availability"].values())
    others = filters.without("waiting")
    for cell in cells:
        if _fits(cell, others):
            facets["waiting"].update({key: cell.count for key, days in WAITING_DAYS.items() if cell.waiting >= days})
    return facets


def _value(cell: Cell, name: str) -> str:
    value = getattr(cell, name)
    return "" if value is None else str(value)


def _fits(cell: Cell, filters: WishFilters) -> bool:
    return (
        filters.availability in (ANY, cell.availability)
        and filters.category in ("", cell.category)
        and filters.group in ("", cell.group)
        and filters.centre in (None, cell.centre)
        and filters.kind in ("", cell.kind)
        and filters.price in ("", cell.price)
        and (not filters.waiting or cell.waiting >= WAITING_DAYS[filters.waiting])
    )


def _cells(filters: WishFilters) -> tuple[Cell, ...]:
    """Return the combinations of all live wishes in which the words occur."""
    words = filters.words
    return kept(("cells", words), lambda: _read_cells(WishFilters(q=" ".join(words), availability=ANY)))


def _read_cells(filters: WishFilters) -> tuple[Cell, ...]:
    today = clock.today()
    price = case(
        *[(Publication.price_minor <= high, high) for _, high in PRICE_BANDS.values() if high is not None],
        else_=PRICE_BANDS["more"][0],
    )
    waiting = case(
        *[
            (Publication.waiting_since <= today - timedelta(days=days), days)
            for days in sorted(WAITING_DAYS.values(), reverse=True)
        ],
        else_=0,
    )
    columns = (
        Publication.availability,
        Publication.category,
        Publication.group,
        Publication.service_centre_id,
        Publication.kind,
        price.label("price"),
        waiting.label("waiting"),
    )
    is_live = Publication.status == PublicationStatus.LIVE
    inner = select(*columns).where(is_live, *matching(filters, today)).subquery()
    columns_of_cells: list[Any] = list(inner.c)
    rows: list[Any] = list(session().execute(select(*columns_of_cells, func.count()).group_by(*columns_of_cells)))
    return tuple(
        Cell(Availability(availability), category, group or "", centre, kind, price_band(high), days, count)
        for availability, category, group, centre, kind, high, days, count in rows
    )
