"""How a visitor narrows the list of wishes down, and the address that says so. Pure.

Whatever an address holds, a filter comes out: unknown values are left aside.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from flask_babel import lazy_gettext

from portal.publication.folding import LONGEST_QUERY, search_words
from portal.publication.models import Availability
from portal.wishes.kinds import BeneficiaryGroup, Category, WishKind

ANY = "all"
"""The value of the availability filter that shows wishes however far they are."""

PRICE_BANDS: Mapping[str, tuple[int, int | None]] = {
    "0": (0, 0),
    "100": (1, 10_000),
    "200": (10_001, 20_000),
    "300": (20_001, 30_000),
    "500": (30_001, 50_000),
    "more": (50_001, None),
}
"""Lowest and highest price of each band, in fen, both included."""

PRICE_LABELS: Mapping[str, Any] = {
    "0": lazy_gettext("不用花钱"),
    "100": lazy_gettext("100元以内"),
    "200": lazy_gettext("100至200元"),
    "300": lazy_gettext("200至300元"),
    "500": lazy_gettext("300至500元"),
    "more": lazy_gettext("500元以上"),
}

WAITING_DAYS: Mapping[str, int] = {"7": 7, "14": 14, "30": 30, "60": 60}
"""The least number of days a wish has waited, by the filter's value."""

WAITING_LABELS: Mapping[str, Any] = {
    "7": lazy_gettext("等了7天以上"),
    "14": lazy_gettext("等了14天以上"),
    "30": lazy_gettext("等了30天以上"),
    "60": lazy_gettext("等了60天以上"),
}

AVAILABILITY_LABELS: Mapping[str, Any] = {
    Availability.OPEN: lazy_gettext("等待认领"),
    Availability.PLEDGED: lazy_gettext("已认领，在路上"),
    Availability.FULFILLED: lazy_gettext("已经实现"),
    ANY: lazy_gettext("全部都看"),
}


@dataclass(frozen=True, slots=True)
class WishFilters:
    """What a visitor looks for; an empty field leaves all in."""

    q: str = ""
    category: str = ""
    group: str = ""
    centre: int | None = None
    price: str = ""
    kind: str = ""
    waiting: str = ""
    availability: str = Availability.OPEN

    @property
    def words(self) -> tuple[str, ...]:
        """The words of which each must occur."""
        return search_words(self.q)

    def without(self, name: str) -> "WishFilters":
        """Return the filters with one of them taken away."""
        unset: dict[str, Any] = {name: getattr(_UNCHOSEN, name)}
        return replace(self, **unset)

    def choosing(self, name: str, value: str) -> "WishFilters":
        """Return the filters with one of them set to a value as it stands in an address."""
        chosen: dict[str, Any] = {name: _number(value) if name == "centre" else value}
        return replace(self, **chosen)

    def to_query(self) -> dict[str, str]:
        """Return what stands in the address, in a fixed order so that equal filters share one."""
        chosen = {name: getattr(self, name) for name in FILTER_NAMES}
        return {name: str(value) for name, value in chosen.items() if value != getattr(_UNCHOSEN, name)}


_CATEGORIES, _GROUPS, _KINDS = frozenset(Category), frozenset(BeneficiaryGroup), frozenset(WishKind)
_AVAILABILITIES = frozenset({*Availability, ANY})

FILTER_NAMES = tuple(item.name for item in fields(WishFilters))
_NAMES = frozenset(FILTER_NAMES)
_UNCHOSEN = WishFilters()


def read_filters(query: Mapping[str, str]) -> WishFilters:
    """Return the filters an address asks for; what is unknown or malformed is left aside."""
    if not _NAMES.intersection(query):
        return _UNCHOSEN
    return WishFilters(
        q=" ".join(query.get("q", "")[:LONGEST_QUERY].replace("\x00", "").split()),
        category=_known(query.get("category"), _CATEGORIES),
        group=_known(query.get("group"), _GROUPS),
        centre=_number(query.get("centre")),
        price=_known(query.get("price"), PRICE_BANDS.keys()),
        kind=_known(query.get("kind"), _KINDS),
        waiting=_known(query.get("waiting"), WAITING_DAYS.keys()),
        availability=_known(query.get("availability"), _AVAILABILITIES) or Availability.OPEN,
    )


def price_band(price_minor: int) -> str:
    """Return the band a price in fen lies in."""
    return next(band for band, (_, high) in PRICE_BANDS.items() if high is None or price_minor <= high)


def _known(value: str | None, values: Any) -> str:
    return str(value) if value in values else ""


def _number(value: str | None) -> int | None:
    is_number = value is not None and value.isascii() and value.isdigit() and len(value) < 10
    return int(value) if value and is_number else None
