"""Turns the filters of the public list into choices with labels, counts and addresses."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _

from portal.areas.queries import CentreCard
from portal.publication.facets import Facets
from portal.publication.filters import (
    AVAILABILITY_LABELS,
    FILTER_NAMES,
    PRICE_LABELS,
    WAITING_LABELS,
    WishFilters,
)
from portal.publication.models import Availability
from portal.wishes.kinds import CATEGORY_LABELS, GROUP_LABELS, KIND_LABELS

Choice = dict[str, Any]

LIST = "/wishes"
"""The address of the list; a page of it names it a hundred times, so the router is not asked."""


def list_address(filters: WishFilters, **more: str) -> str:
    """Return the address of the list under these filters, the same for equal filters."""
    return _address(filters.to_query() | more)


def _address(query: Mapping[str, str]) -> str:
    """Return the address for what stands in its query, in the order in which filters stand there."""
    asked = [name for name in (*FILTER_NAMES, "after", "before") if name in query]
    return f"{LIST}?{'&'.join(_quoted(name, query[name]) for name in asked)}" if asked else LIST


@lru_cache(maxsize=4000)
def _quoted(name: str, value: str) -> str:
    return urlencode({name: value})


def with_known_centre(filters: WishFilters, centres: Sequence[CentreCard]) -> WishFilters:
    """Return the filters without a service centre that does not exist."""
    is_known = filters.centre is None or any(centre.id == filters.centre for centre in centres)
    return filters if is_known else filters.without("centre")


def show_filters(filters: WishFilters, facets: Facets, centres: Sequence[CentreCard]) -> dict[str, Any]:
    """Return what the list's template shows of the filters: choices with counts, what is chosen, ways out."""
    labels = _labels(centres)
    choices: dict[str, Any] = {name: _choices(name, labels[name], filters, facets[name]) for name in labels}
    return choices | {
        "q": filters.q,
        "chosen": _chips(filters, labels),
        "any_category_url": list_address(filters.without("category")),
        "clear_url": LIST,
    }


def _labels(centres: Sequence[CentreCard]) -> dict[str, Mapping[Any, Any]]:
    return {
        "category": CATEGORY_LABELS,
        "group": GROUP_LABELS,
        "centre": {str(centre.id): centre.label for centre in centres},
        "price": PRICE_LABELS,
        "kind": KIND_LABELS,
        "waiting": WAITING_LABELS,
        "availability": AVAILABILITY_LABELS,
    }


def _choices(name: str, labels: Mapping[Any, Any], filters: WishFilters, counts: Mapping[str, int]) -> list[Choice]:
    """Return the choices that would show something, and the one in force; the usual availability is no choice."""
    chosen = str(getattr(filters, name) or "")
    without = filters.without(name).to_query()
    return [
        {
            "value": str(value),
            "label": str(label),
            "count": counts.get(str(value), 0),
            "selected": value == chosen,
            "url": _address(without if value == chosen else without | {name: str(value)}),
        }
        for value, label in labels.items()
        if (counts.get(str(value), 0) or value == chosen) and (name, value) != ("availability", Availability.OPEN)
    ]


def _chips(filters: WishFilters, labels: dict[str, Mapping[Any, Any]]) -> list[dict[str, str]]:
    """Return each filter that narrows the list down, with the address that takes it away."""
    asked = filters.to_query()
    words = [("q", _("找：%(words)s", words=filters.q))] if filters.q else []
    words += [(name, str(labels[name][asked[name]])) for name in labels if name in asked]
    return [{"label": label, "remove_url": list_address(filters.without(name))} for name, label in words]
