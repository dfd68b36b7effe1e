"""Reads what everybody may read: live publications and the names of service centres, and nothing else.

Hands out frozen dataclasses in the reader's language; no page of the public
side ever sees a row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from flask import current_app
from sqlalchemy import func, select, text

from portal import clock
from portal.areas.queries import CentreCard, list_centres
from portal.config import Settings
from portal.db import read_plain, session
from portal.i18n import language
from portal.publication.bits import first_places, last_places, up_to
from portal.publication.facets import Facets, count_by_availability, count_facets, matching
from portal.publication.filters import AVAILABILITY_LABELS, PRICE_LABELS, WishFilters, price_band
from portal.publication.freshness import kept
from portal.publication.live import live_cards
from portal.publication.models import Availability, Publication, PublicationStatus
from portal.publication.paging import Mark, number_of
from portal.wishes.kinds import (
    AGE_BAND_LABELS,
    CATEGORY_LABELS,
    GROUP_LABELS,
    KIND_LABELS,
    AgeBand,
    BeneficiaryGroup,
    Category,
    WishKind,
)


@dataclass(frozen=True, slots=True, eq=False)
class PublicWish:
    """A wish as everybody may know it, in the reader's language; the same row gives the same one."""

    number: str
    version: int
    item: str
    size: str | None
    quantity: int
    category: str
    category_label: str
    kind: str
    kind_label: str
    age_band_label: str | None
    group_label: str | None
    service_centre_id: int | None
    area_label: str
    price_minor: int
    price_band_label: str
    waiting_days: int
    is_open: bool
    availability: str
    availability_label: str
    reason: str
    url: str


@dataclass(frozen=True, slots=True)
class WishPage:
    """One page of the list, what each filter would show, and the marks of the pages beside it."""

    wishes: tuple[PublicWish, ...]
    total: int
    facets: Facets
    previous: Mark | None
    next: Mark | None


@dataclass(frozen=True, slots=True)
class _Found:
    """The keys of the texts on one page, how many fit in all, and the marks of the pages beside it."""

    keys: tuple[int, ...]
    total: int
    previous: Mark | None
    next: Mark | None


@dataclass(frozen=True, slots=True)
class OpenCategory:
    """How many wishes of one category wait for a pledge."""

    value: str
    label: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Figures:
    """How many wishes there are and where they stand, counted now: each figure is the length of a public list."""

    open_wishes: int
    pledged_wishes: int
    fulfilled_wishes: int
    centres: int
    categories: tuple[OpenCategory, ...]


_SAID = ("item", "size", "reason")
"""What is written in both languages; its English may be missing."""

_COLUMNS: dict[str, Any] = {
    name: getattr(Publication, name)
    for name in (
        *("id", "number", "version", "status", "availability", *_SAID, "quantity", "category", "kind", "age_band"),
        *("group", "service_centre_id", "price_minor", "waiting_since"),
    )
}
_ENGLISH = {
    name: func.coalesce(func.nullif(getattr(Publication, f"{name}_en"), text("''")), _COLUMNS[name]) for name in _SAID
}
_NAMES = tuple(_COLUMNS)
_LIVE = PublicationStatus.LIVE.value
_STATUS, _CENTRE = _NAMES.index("status"), _NAMES.index("service_centre_id")
_CARDS = {
    language: str(select(*columns.values()))
    for language, columns in {"zh": _COLUMNS, "en": _COLUMNS | _ENGLISH}.items()
}


def find_public_wish(number: str) -> PublicWish | None:
    """Return a wish the public can read now, by its number in its one form."""
    found = list_by_numbers([number])
    return found[0] if found else None


def was_public(number: str) -> bool:
    """Tell whether a wish that is not public now was so once, and was taken down."""
    query = select(Publication.id).where(Publication.number == number, Publication.approved_by_id.is_not(None))
    return session().scalar(query.limit(1)) is not None


def list_public_wishes(
    filters: WishFilters, after: Mark | None = None, limit: int = 24, *, before: Mark | None = None
) -> WishPage:
    """Return one page of the wishes that match, longest wait first, from behind or up to a mark.

    A page up to a mark that would not be full is the first page instead.
    """
    found = kept(("page", filters, after, before, limit), lambda: _find_page(filters, after, before, limit))
    return WishPage(
        wishes=_list_live("id", found.keys),
        total=found.total,
        facets=count_facets(filters),
        previous=found.previous,
        next=found.next,
    )


def _find_page(filters: WishFilters, after: Mark | None, before: Mark | None, limit: int) -> _Found:
    with live_cards() as cards:
        fitting = matching(cards, filters)
        index = cards.index
        places: list[int] = []
        if before is not None and after is None:
            places = last_places(fitting & index.before(before.spot), limit)
        if len(places) < limit:
            places = first_places(fitting if after is None else fitting & index.after(after.spot), limit)
        has_previous = bool(places) and bool(fitting & up_to(places[0]))
        has_next = bool(places) and bool(fitting >> (places[-1] + 1))
        return _Found(
            keys=tuple(index.key_at(place) for place in places),
            total=fitting.bit_count(),
            previous=Mark.at(index.spot_at(places[0])) if has_previous else None,
            next=Mark.at(index.spot_at(places[-1])) if has_next else None,
        )


def similar_open_wishes(number: str, limit: int = 3) -> tuple[PublicWish, ...]:
    """Return open wishes like one that may be gone: same category and kind first, then the same kind, then any."""
    model = (
        session()
        .execute(
            select(Publication.category, Publication.kind)
            .where(Publication.number == number, Publication.approved_by_id.is_not(None))
            .order_by(Publication.version.desc())
            .limit(1)
        )
        .one_or_none()
    )
    with live_cards() as cards:
        index = cards.index
        alike = [index.having("availability", Availability.OPEN)]
        if model is not None:
            of_kind = alike[0] & index.having("kind", model.kind)
            alike = [of_kind & index.having("category", model.category), of_kind, *alike]
        places = dict.fromkeys(place for bits in alike for place in first_places(bits, limit + 1))
        numbers = [number_of(index.spot_at(place)) for place in places]
    return list_by_numbers([each for each in numbers if each != number][:limit])


def list_by_numbers(numbers: list[str]) -> tuple[PublicWish, ...]:
    """Return the wishes of these numbers that the public can read now, in the order asked for, each once."""
    return _list_live("number", numbers)


def _list_live(name: str, values: Sequence[Any]) -> tuple[PublicWish, ...]:
    """Return the wishes with these ids or numbers that the public can read now, in the order asked for, each once."""
    if not values:
        return ()
    # Versions that are not live are left out here: asked for by its status too, SQLite goes through all that are.
    rows = read_plain(_CARDS[language()], f"{Publication.__tablename__}.{name}", values)
    at = _NAMES.index(name)
    found = {row[at]: tuple(row) for row in rows if row[_STATUS] == _LIVE}
    return _public_wishes([found[value] for value in dict.fromkeys(values) if value in found])


def get_figures() -> Figures:
    """Return how many wishes wait, by category too, are on their way and came true."""
    counts = count_by_availability()
    return Figures(
        open_wishes=counts[Availability.OPEN],
        pledged_wishes=counts[Availability.PLEDGED],
        fulfilled_wishes=counts[Availability.FULFILLED],
        centres=len(list_centres()),
        categories=_open_categories(),
    )


def _open_categories() -> tuple[OpenCategory, ...]:
    """Return the categories in which something waits, in the order of the list's own choices."""
    counts = count_facets(WishFilters())["category"]
    return tuple(
        OpenCategory(category, str(label), counts[category], f"/wishes?category={category}")
        for category, label in CATEGORY_LABELS.items()
        if counts[category]
    )


def known_centres() -> list[CentreCard]:
    """Return all service centres, closed ones too."""
    return kept("centres", lambda: list_centres(with_closed=True))


def _area_labels() -> dict[int | None, str]:
    """Return what the area of a wish is called in the language in use, by the centre it shows; the district by none."""
    settings: Settings = current_app.config["PORTAL"]
    district = settings.district_name_en if language() == "en" else settings.district_name
    return {None: district} | {centre.id: centre.label or district for centre in known_centres()}


def _public_wishes(rows: Iterable[tuple[Any, ...]]) -> tuple[PublicWish, ...]:
    code, today = language(), clock.today()
    areas = kept(("areas", code), _area_labels)
    return tuple(_public_wish(row, code, today, areas[row[_CENTRE]]) for row in rows)


@lru_cache(maxsize=4000)
def _public_wish(values: tuple[Any, ...], _language: str, today: date, area_label: str) -> PublicWish:
    """Return a wish in the language in use; the same row means the same wish all day."""
    row = dict(zip(_NAMES, values, strict=True))
    since = row["waiting_since"]
    # SQLite's driver gives a day as it is written.
    waiting_since = since if isinstance(since, date) else date.fromisoformat(since)
    availability = Availability(row["availability"])
    return PublicWish(
        number=row["number"],
        version=row["version"],
        item=row["item"],
        size=row["size"],
        quantity=row["quantity"],
        category=row["category"],
        category_label=str(CATEGORY_LABELS[Category(row["category"])]),
        kind=row["kind"],
        kind_label=str(KIND_LABELS[WishKind(row["kind"])]),
        age_band_label=str(AGE_BAND_LABELS[AgeBand(row["age_band"])]) if row["age_band"] else None,
        group_label=str(GROUP_LABELS[BeneficiaryGroup(row["group"])]) if row["group"] else None,
        service_centre_id=row["service_centre_id"],
        area_label=area_label,
        price_minor=row["price_minor"],
        price_band_label=str(PRICE_LABELS[price_band(row["price_minor"])]),
        waiting_days=max((today - waiting_since).days, 0),
        is_open=availability is Availability.OPEN,
        availability=availability,
        availability_label=str(AVAILABILITY_LABELS[availability]),
        reason=row["reason"],
        url=f"/wishes/{row['number']}",
    )
