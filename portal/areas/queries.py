"""Reads areas for pages and for other rooms; hands out dataclasses only."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select

from portal.areas.models import Community, Grid, ServiceCentre
from portal.areas.rules import hours_in_english
from portal.db import session
from portal.i18n import language


class CentreNotFound(LookupError):
    """There is no such service centre."""


@dataclass(frozen=True, slots=True)
class CentreCard:
    """What everybody may know of a service centre."""

    id: int
    name: str
    name_en: str
    address: str
    phone: str
    hours: str
    is_active: bool = True

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_en if language() == "en" else self.name

    @property
    def hours_label(self) -> str:
        """The opening hours in the reader's language."""
        return hours_in_english(self.hours) if language() == "en" else self.hours


@dataclass(frozen=True, slots=True)
class GridLeaf:
    """A grid of a community."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class CommunityBranch:
    """A community with the address of its grid work station and its grids."""

    id: int
    service_centre_id: int
    name: str
    station_address: str
    grids: tuple[GridLeaf, ...] = ()


@dataclass(frozen=True, slots=True)
class CentreBranch:
    """A service centre with its communities."""

    centre: CentreCard
    communities: tuple[CommunityBranch, ...]

    @property
    def grid_count(self) -> int:
        """How many grids lie below the centre."""
        return sum(len(community.grids) for community in self.communities)


_CARD = (
    ServiceCentre.id,
    ServiceCentre.name,
    ServiceCentre.name_en,
    ServiceCentre.address,
    ServiceCentre.phone,
    ServiceCentre.hours,
    ServiceCentre.is_active,
)


def list_centres(*, with_closed: bool = False) -> list[CentreCard]:
    """Return the service centres in alphabetical order of their Latin names."""
    query = select(*_CARD).order_by(ServiceCentre.name_en, ServiceCentre.id)
    if not with_closed:
        query = query.where(ServiceCentre.is_active)
    return [CentreCard(*row) for row in session().execute(query)]


def get_centre(service_centre_id: int) -> CentreCard:
    """Return one service centre.

    Raises CentreNotFound.
    """
    row = session().execute(select(*_CARD).where(ServiceCentre.id == service_centre_id)).one_or_none()
    if row is None:
        raise CentreNotFound(service_centre_id)
    return CentreCard(*row)


def list_labels(service_centre_ids: set[int]) -> list[str]:
    """Return the names of service centres in the reader's language, in alphabetical order of their Latin names."""
    if not service_centre_ids:
        return []
    query = select(*_CARD).where(ServiceCentre.id.in_(service_centre_ids)).order_by(ServiceCentre.name_en)
    return [CentreCard(*row).label for row in session().execute(query)]


def find_centre_by_name(name: str) -> CentreCard | None:
    """Return the service centre with exactly this Chinese name."""
    row = session().execute(select(*_CARD).where(ServiceCentre.name == name)).one_or_none()
    return CentreCard(*row) if row else None


def list_communities(service_centre_id: int | None = None) -> list[CommunityBranch]:
    """Return communities with their grids, of one service centre or of all, in the order they were added."""
    query = select(Community.id, Community.service_centre_id, Community.name, Community.station_address)
    if service_centre_id is not None:
        query = query.where(Community.service_centre_id == service_centre_id)
    communities = session().execute(query.order_by(Community.service_centre_id, Community.id)).all()
    grids = _grids_by_community(service_centre_id)
    return [CommunityBranch(*row, tuple(grids[row.id])) for row in communities]


def area_tree() -> list[CentreBranch]:
    """Return all service centres, closed ones too, with their communities and grids, by three queries."""
    below = defaultdict(list)
    for community in list_communities():
        below[community.service_centre_id].append(community)
    return [CentreBranch(centre, tuple(below[centre.id])) for centre in list_centres(with_closed=True)]


def holds_text(branch: CentreBranch, q: str) -> bool:
    """Tell whether a service centre, or a community of it, is called or lies somewhere like this; empty fits all."""
    centre = branch.centre
    texts = [centre.name, centre.name_en, centre.address, centre.phone]
    texts += [text for community in branch.communities for text in (community.name, community.station_address)]
    return any(q.casefold() in text.casefold() for text in texts)


def _grids_by_community(service_centre_id: int | None) -> dict[int, list[GridLeaf]]:
    query = select(Grid.community_id, Grid.id, Grid.name).order_by(Grid.community_id, Grid.id)
    if service_centre_id is not None:
        query = query.join(Community, Community.id == Grid.community_id).where(
            Community.service_centre_id == service_centre_id
        )
    grids: dict[int, list[GridLeaf]] = defaultdict(list)
    for community_id, grid_id, name in session().execute(query):
        grids[community_id].append(GridLeaf(grid_id, name))
    return grids
