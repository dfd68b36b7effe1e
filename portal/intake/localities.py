"""Joins the names of areas that a list uses to the district's areas, and says which of them an actor may file for."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from portal.accounts.rules import Actor, ActorKind, Role
from portal.areas.queries import CentreBranch, area_tree
from portal.households.rules import Place
from portal.intake.places import AreaIndex

DISTRICT_ROLES = frozenset({Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Localities:
    """The district's areas by name, and the service centres an actor may bring wishes in for (None: all)."""

    index: AreaIndex
    own_centres: frozenset[int] | None
    _centres: dict[str, int] = field(repr=False)
    _communities: dict[tuple[str, str], int] = field(repr=False)
    _grids: dict[tuple[str, str, str], int] = field(repr=False)

    def place(self, centre: str, community: str, grid: str | None) -> Place:
        """Return the place of names that the index has found."""
        return Place(
            self._centres[centre],
            self._communities[centre, community],
            self._grids.get((centre, community, grid)) if grid else None,
        )

    def is_own(self, centre: str) -> bool:
        """Tell whether the actor may bring wishes in for a service centre."""
        return self.own_centres is None or self._centres[centre] in self.own_centres


def centres_for(actor: Actor, *roles: Role) -> frozenset[int] | None:
    """Return the service centres an actor files for in these roles; None for all: administrators, the command line."""
    if actor.kind is ActorKind.SYSTEM or actor.has_role(*DISTRICT_ROLES):
        return None
    return actor.centres_of(*roles)


def list_branches(actor: Actor, *roles: Role) -> list[CentreBranch]:
    """Return the open service centres an actor files for, with their communities and grids."""
    own = centres_for(actor, *roles)
    return [branch for branch in area_tree() if branch.centre.is_active and (own is None or branch.centre.id in own)]


def read_localities(actor: Actor, *roles: Role) -> Localities:
    """Return the names of all open areas, and which of them are the actor's."""
    branches = [branch for branch in area_tree() if branch.centre.is_active]
    return Localities(
        AreaIndex(_names(branches)),
        centres_for(actor, *roles),
        {branch.centre.name: branch.centre.id for branch in branches},
        {(branch.centre.name, each.name): each.id for branch in branches for each in branch.communities},
        {
            (branch.centre.name, each.name, grid.name): grid.id
            for branch in branches
            for each in branch.communities
            for grid in each.grids
        },
    )


def _names(branches: Iterable[CentreBranch]) -> dict[str, dict[str, list[str]]]:
    return {
        branch.centre.name: {each.name: [grid.name for grid in each.grids] for each in branch.communities}
        for branch in branches
    }
