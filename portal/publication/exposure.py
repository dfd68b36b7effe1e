"""Tells staff how much of public wishes is shown, how many share it, and what is held back and why."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from portal import clock
from portal.db import session
from portal.publication.generalising import Shown
from portal.publication.models import PublicTraits

_COLUMNS = {
    Shown.GROUP: PublicTraits.group,
    Shown.AGE_BAND: PublicTraits.age_band,
    Shown.CENTRE: PublicTraits.service_centre_id,
}


@dataclass(frozen=True, slots=True)
class Exposure:
    """What is shown of one wish, how many wishes show the same, and how many are like it in all three traits."""

    is_live: bool
    shown: Shown
    share: int
    alike: int

    @property
    def shows_group(self) -> bool:
        """Tell whether the kind of hardship is shown."""
        return Shown.GROUP in self.shown

    @property
    def shows_age_band(self) -> bool:
        """Tell whether the age band is shown."""
        return Shown.AGE_BAND in self.shown

    @property
    def shows_centre(self) -> bool:
        """Tell whether the service centre is shown."""
        return Shown.CENTRE in self.shown


@dataclass(frozen=True, slots=True)
class ShownCell:
    """How many wishes show the same values of the same traits."""

    shown: Shown
    group: str | None
    age_band: str | None
    service_centre_id: int | None
    count: int


@dataclass(frozen=True, slots=True)
class Report:
    """All cells, the smallest first, and how many wishes show nothing: for want of company, or since today."""

    cells: tuple[ShownCell, ...]
    waiting: int
    coarsened_today: int

    @property
    def live(self) -> int:
        """How many wishes are public."""
        return self.waiting + self.coarsened_today + sum(cell.count for cell in self.cells)

    def keeping(self, traits: Shown) -> int:
        """Return how many wishes show at least one of these traits."""
        return sum(cell.count for cell in self.cells if cell.shown & traits)


def exposure_of(number: str, *, group: str, age_band: str, service_centre_id: int) -> Exposure:
    """Return what the public sees of the traits of a wish, and among how many."""
    row = session().scalar(select(PublicTraits).where(PublicTraits.number == number))
    shown = Shown(row.shown) if row is not None and row.is_live else Shown.NOTHING
    values = {Shown.GROUP: group, Shown.AGE_BAND: age_band, Shown.CENTRE: service_centre_id}
    same = {trait: column == values[trait] for trait, column in _COLUMNS.items()}
    return Exposure(
        is_live=row is not None and row.is_live,
        shown=shown,
        share=_count(PublicTraits.shown == shown, *(same[trait] for trait in same if trait in shown)),
        alike=_count(*same.values()),
    )


def report() -> Report:
    """Return how the traits of all public wishes are shown now."""
    counted: Counter[tuple[Shown, str | None, str | None, int | None]] = Counter()
    columns = (PublicTraits.shown, PublicTraits.group, PublicTraits.age_band, PublicTraits.service_centre_id)
    shown_ones = (PublicTraits.is_live, PublicTraits.shown != Shown.NOTHING)
    for row in session().execute(select(*columns, func.count().label("many")).where(*shown_ones).group_by(*columns)):
        shown = Shown(row.shown)
        group = row.group if Shown.GROUP in shown else None
        age_band = row.age_band if Shown.AGE_BAND in shown else None
        centre_id = row.service_centre_id if Shown.CENTRE in shown else None
        counted[shown, group, age_band, centre_id] += row.many
    cells = [ShownCell(*cell, count) for cell, count in counted.items()]
    today = _count(PublicTraits.shown == Shown.NOTHING, PublicTraits.coarsened_on == clock.today())
    return Report(
        cells=tuple(sorted(cells, key=lambda cell: (cell.count, str(cell)))),
        waiting=_count(PublicTraits.shown == Shown.NOTHING) - today,
        coarsened_today=today,
    )


def _count(*conditions: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(PublicTraits).where(PublicTraits.is_live, *conditions)
    return session().scalar(query) or 0
