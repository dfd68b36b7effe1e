"""Decides how much of each public wish's traits is shown, so that nobody stands alone in what is shown. Pure.

A wish has three traits by which neighbours could know its family: group, age
band and service centre. Wishes that show the same values of the same traits
are a cell. A cell holds `k` wishes or more, or its wishes show less; and it
grows or shrinks by `k` at a time, so that no two days' lists, held side by
side, single one out. A wish that nothing can be shown of yet waits without
traits until enough others are like it; one that had to show less waits at
least until the next day.

Filters look at what is shown only, so whatever they pick is made of whole
cells: any count of them is none, or `k` and more (PIPL 73; k-anonymity).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag


class Shown(IntFlag):
    """Which traits of a wish are shown."""

    NOTHING = 0
    GROUP = 1
    AGE_BAND = 2
    CENTRE = 4


EVERYTHING = Shown.CENTRE | Shown.AGE_BAND | Shown.GROUP

PREFERRED = (
    EVERYTHING,
    Shown.CENTRE | Shown.AGE_BAND,
    Shown.AGE_BAND | Shown.GROUP,
    Shown.CENTRE | Shown.GROUP,
    Shown.CENTRE,
    Shown.AGE_BAND,
    Shown.GROUP,
)
"""What is tried first: where to bring a thing and how old somebody is help a giver more than the kind of hardship."""


@dataclass(frozen=True, slots=True)
class Traits:
    """The traits of one wish as they are, and what is shown of them now; `number` names the wish."""

    number: str
    group: str
    age_band: str
    service_centre_id: int
    shown: Shown = Shown.NOTHING

    def cell(self, shown: Shown) -> "Cell":
        """Return the cell the wish would be in if these traits were shown."""
        return (
            shown,
            self.group if Shown.GROUP in shown else None,
            self.age_band if Shown.AGE_BAND in shown else None,
            self.service_centre_id if Shown.CENTRE in shown else None,
        )


Cell = tuple[Shown, str | None, str | None, int | None]


def refine(waiting: Iterable[Traits], k: int) -> dict[str, Shown]:
    """Return what wishes that show nothing may show from now on, because `k` or more of them are alike.

    They are brought together in the order of PREFERRED; a wish that is left over keeps waiting.
    """
    shown: dict[str, Shown] = {}
    left = sorted(waiting, key=lambda wish: wish.number)
    for wanted in PREFERRED:
        for alike in _by_cell(left, wanted).values():
            if len(alike) >= k:
                shown.update(dict.fromkeys((wish.number for wish in alike), wanted))
        left = [wish for wish in left if wish.number not in shown]
    return shown


def coarsen(members: Iterable[Traits], k: int, gone: int = 0) -> list[str]:
    """Return which of the wishes left in a cell must show nothing, after `gone` others went from it.

    So many go along that the cell shrinks by `k` or by nothing; where fewer than `k` would stay, all go.
    """
    numbers = sorted(wish.number for wish in members)
    along = max(0, k - gone) if gone else 0
    if len(numbers) - along < k:
        return numbers
    return numbers[:along]


def _by_cell(wishes: Iterable[Traits], shown: Shown) -> dict[Cell, list[Traits]]:
    found: dict[Cell, list[Traits]] = defaultdict(list)
    for wish in wishes:
        found[wish.cell(shown)].append(wish)
    return found
