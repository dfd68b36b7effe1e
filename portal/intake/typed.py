"""Checks what a helper typed for one family by the very rules a list's row is checked by, and says where it is wrong.

A form is a row whose columns are known, so nobody can file by hand what a
list would refuse.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _

from portal.areas.queries import CentreBranch
from portal.households.rules import GUARDIAN_AGE, Place, is_under
from portal.intake.columns import FIELD_LABELS, HEADINGS, WishField
from portal.intake.places import AreaIndex
from portal.intake.problems import WishProblem
from portal.intake.rules import WishRow, read_row
from portal.limits.rules import Limits
from portal.spreadsheets.cells import cell_of
from portal.spreadsheets.columns import CHOSEN, ColumnMapping, ColumnMatch
from portal.wishes.kinds import Category, WishKind

F = WishField

TYPED = (
    *(F.NAME, F.ID_NUMBER, F.GENDER, F.PHONE, F.GUARDIAN, F.GUARDIAN_PHONE, F.ADDRESS, F.GROUP),
    *(F.ITEM, F.SIZE, F.QUANTITY, F.UNIT_PRICE, F.REASON, F.CONSENT_PUBLISH, F.CONSENT_SHARE, F.CONSENT_PHOTO),
)
"""The fields of the form that a list has too, under the same names."""

PLACE, KIND, CATEGORY, GIVEN_BY, THROUGH = "place", "kind", "category", "given_by", "through"
FIELDS = (*(str(each) for each in TYPED), PLACE, KIND, CATEGORY, GIVEN_BY, THROUGH)
"""Every field of the form; what is not here is not kept."""

CONSENTS = (F.CONSENT_PUBLISH, F.CONSENT_SHARE, F.CONSENT_PHOTO)
GIVERS, WAYS = ("self", "guardian"), ("paper", "form")

_AREA_FIELDS = frozenset({F.SERVICE_CENTRE, F.COMMUNITY, F.GRID})
_MAPPING = ColumnMapping(
    HEADINGS,
    1,
    tuple(WishField),
    {field: ColumnMatch(index, field, CHOSEN) for index, field in enumerate(WishField)},
)


@dataclass(frozen=True, slots=True)
class Spot:
    """A grid, or a community, as the form offers it; `value` names it in the form."""

    value: str
    place: Place
    centre: str
    community: str
    grid: str | None
    centre_label: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a form comes to: a wish, or problems by field; `remarks` are told but hold nothing up."""

    wish: WishRow | None
    spot: Spot | None
    problems: Mapping[str, list[str]]
    remarks: tuple[str, ...]


def list_spots(branches: list[CentreBranch]) -> list[Spot]:
    """Return the grids of some service centres, and the communities that have none, in their order."""
    spots = []
    for branch in branches:
        for community in branch.communities:
            names = (branch.centre.name, community.name)
            home, label = Place(branch.centre.id, community.id), branch.centre.label
            spots += [
                Spot(f"g{grid.id}", replace(home, grid_id=grid.id), *names, grid.name, label)
                for grid in community.grids
            ]
            if not community.grids:
                spots.append(Spot(f"c{community.id}", home, *names, None, label))
    return spots


def check_typed(typed: Mapping[str, str], spots: list[Spot], reporter: str, limits: Limits, today: date) -> Checked:
    """Return what a helper typed as a wish, or what is wrong with it field by field."""
    spot = next((each for each in spots if each.value == typed.get(PLACE)), None)
    reading = read_row(1, _cells(typed, spot, reporter, today), _MAPPING, _index_of(spot), limits, today)
    problems: dict[str, list[str]] = {}
    remarks = []
    for problem in reading.problems:
        name = PLACE if problem.field in _AREA_FIELDS else str(problem.field)
        words = _words(problem, spot)
        if problem.is_error:
            if words not in problems.setdefault(name, []):
                problems[name].append(words)
        else:
            remarks.append(problem.message)
    _check_consents(typed, reading.wish, today, problems)
    wish = None if problems or reading.wish is None else _with_choices(reading.wish, typed)
    return Checked(wish, spot, problems, tuple(remarks))


def _cells(typed: Mapping[str, str], spot: Spot | None, reporter: str, today: date) -> tuple[Any, ...]:
    values: dict[str, Any] = {name: typed.get(name, "") for name in TYPED}
    # Lists write the English names of the groups without a line between the words.
    values[F.GROUP] = typed.get(F.GROUP, "").replace("_", "")
    values |= {F.KIND: _kind_of(typed), F.REPORTER: reporter, F.REPORTED_ON: today}
    if spot:
        values |= {F.SERVICE_CENTRE: spot.centre, F.COMMUNITY: spot.community, F.GRID: spot.grid}
    return tuple(cell_of(values.get(field)) for field in WishField)


def _kind_of(typed: Mapping[str, str]) -> str:
    kind = typed.get(KIND, "")
    return kind if kind in set(WishKind) else ""


def _index_of(spot: Spot | None) -> AreaIndex:
    return AreaIndex({spot.centre: {spot.community: [spot.grid] if spot.grid else []}} if spot else {})


def _words(problem: WishProblem, spot: Spot | None) -> str:
    if problem.field in _AREA_FIELDS and spot is None:
        return _("请选择社区和网格。")
    return problem.message


def _check_consents(
    typed: Mapping[str, str], wish: WishRow | None, today: date, problems: dict[str, list[str]]
) -> None:
    """See that every use was asked about, and that whoever agrees may agree (PIPL 29, 31)."""
    for field in CONSENTS:
        if typed.get(field) not in ("yes", "no"):
            problems[field] = [_("请问过家庭后选“同意”或“不同意”。")]
    if typed.get(GIVEN_BY) not in GIVERS:
        problems[GIVEN_BY] = [_("请选是谁作的决定。")]
    if typed.get(THROUGH) not in WAYS:
        problems[THROUGH] = [_("请选是怎样记下的。")]
    is_child = wish is not None and is_under(wish.birth_on, GUARDIAN_AGE, today)
    if is_child and typed.get(GIVEN_BY) == "self" and "yes" in (typed.get(field) for field in CONSENTS):
        problems[GIVEN_BY] = [_("心愿人不满14周岁，要由监护人决定。")]


def _with_choices(wish: WishRow, typed: Mapping[str, str]) -> WishRow:
    category = typed.get(CATEGORY, "")
    return replace(wish, category=Category(category)) if category in set(Category) else wish


def label_of(name: str) -> str:
    """Return the label of a field that lists have too."""
    return str(FIELD_LABELS[name])
