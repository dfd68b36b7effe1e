"""Tells which live wishes fit the filters, and counts how many each choice of a filter would show, given the others.

The counts are the lengths of the lists themselves, kept until something public changes.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from functools import reduce
from operator import and_

from portal import clock
from portal.publication.bits import Bits
from portal.publication.filters import ANY, WAITING_DAYS, WishFilters
from portal.publication.freshness import kept
from portal.publication.live import LiveCards, live_cards

Facets = dict[str, Counter[str]]
"""For each filter, how many wishes each of its values would show. A value that is not there would show none."""

_CHOICES = ("availability", "category", "group", "centre", "kind", "price")


def matching(cards: LiveCards, filters: WishFilters) -> Bits:
    """Return the cards of the wishes that the filters show."""
    return _all_of(cards, _chosen(cards, filters))


def count_facets(filters: WishFilters) -> Facets:
    """Return for each filter how many wishes each value would show while the other filters stay.

    What the filters show together is the count of the availability they choose.
    """
    return kept(("facets", filters), lambda: _count(filters))


def count_by_availability() -> Counter[str]:
    """Return how many live wishes are open, pledged and fulfilled."""
    return count_facets(WishFilters())["availability"]


def _count(filters: WishFilters) -> Facets:
    with live_cards() as cards:
        chosen = _chosen(cards, filters)
        facets: Facets = {}
        for name in _CHOICES:
            others = _all_of(cards, {each: bits for each, bits in chosen.items() if each != name})
            sets = cards.index.sets_of(name)
            facets[name] = Counter({_value(value): (others & bits).bit_count() for value, bits in sets.items()})
        others = _all_of(cards, {each: bits for each, bits in chosen.items() if each != "waiting"})
        facets["waiting"] = Counter({key: (others & _waiting(cards, key)).bit_count() for key in WAITING_DAYS})
    facets["availability"][ANY] = sum(facets["availability"].values())
    return facets


def _chosen(cards: LiveCards, filters: WishFilters) -> dict[str, Bits]:
    """Return the cards that each filter in use lets through, by its name."""
    chosen = {name: getattr(filters, name) for name in _CHOICES}
    sets = {name: cards.index.having(name, value) for name, value in chosen.items() if value not in ("", None, ANY)}
    if filters.waiting:
        sets["waiting"] = _waiting(cards, filters.waiting)
    if filters.words:
        sets["q"] = reduce(and_, map(cards.holding, filters.words))
    return sets


def _all_of(cards: LiveCards, sets: Mapping[str, Bits]) -> Bits:
    return reduce(and_, sets.values(), cards.index.all)


def _waiting(cards: LiveCards, key: str) -> Bits:
    return cards.index.waiting_since(clock.today() - timedelta(days=WAITING_DAYS[key]))


def _value(value: object) -> str:
    return "" if value is None else str(value)
