"""Brings areas in from a sheet and keeps the particulars of service centres; never deletes an area."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select

from portal.accounts.rules import Actor, ActorKind, Role
from portal.areas.models import Community, Grid, ServiceCentre
from portal.areas.queries import CentreNotFound
from portal.areas.rules import centre_name_in_english
from portal.areas.sheet import CentreEntry, CommunityEntry
from portal.audit import service as audit
from portal.db import session, transaction
from portal.gate.service import check_told

CENTRE_FIELDS = ("address", "phone", "hours")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One particular of a centre (its field's name) or a community's station address, before and after."""

    centre: str
    community: str | None
    field: str
    before: str
    after: str


@dataclass(slots=True)
class AreaChanges:
    """What a sheet would change or has changed; absent ones stay as they are.

    Communities and grids are named with what they belong to.
    """

    added_centres: list[str] = field(default_factory=list)
    added_communities: list[tuple[str, str]] = field(default_factory=list)
    added_grids: int = 0
    changes: list[FieldChange] = field(default_factory=list)
    absent_centres: list[str] = field(default_factory=list)
    absent_communities: list[tuple[str, str]] = field(default_factory=list)
    absent_grids: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Tell whether the sheet says nothing new."""
        return not (self.added_centres or self.added_communities or self.added_grids or self.changes)

    @property
    def has_absent(self) -> bool:
        """Tell whether the portal knows areas that the sheet leaves out."""
        return bool(self.absent_centres or self.absent_communities or self.absent_grids)

    def summary(self) -> dict[str, int]:
        """Return the counts for the audit trail."""
        return {
            "centres_added": len(self.added_centres),
            "communities_added": len(self.added_communities),
            "grids_added": self.added_grids,
            "changes": len(self.changes),
        }


def compare_areas(entries: Iterable[CentreEntry]) -> AreaChanges:
    """Return what bringing these areas in would change, without changing anything."""
    return _walk(list(entries), is_writing=False)


@transaction
def import_areas(actor: Actor, entries: Iterable[CentreEntry]) -> AreaChanges:
    """Bring areas in: new ones are added, changed particulars follow, the same sheet again does nothing.

    Raises NotAllowed, HoldsPersonalData.
    """
    if actor.kind is not ActorKind.SYSTEM:
        actor.require({Role.ADMINISTRATOR})
    centres = list(entries)
    check_told(
        (f"service_centres.{name}", getattr(entry, name)) for entry in centres for name in ("name", *CENTRE_FIELDS)
    )
    changes = _walk(centres, is_writing=True)
    if not changes.is_empty:
        audit.record(actor, "areas.import", "areas", "district", after=changes.summary())
    return changes


@transaction
def update_centre(
    actor: Actor,
    service_centre_id: int,
    *,
    address: str,
    phone: str,
    hours: str,
    name_en: str | None = None,
    is_active: bool | None = None,
) -> None:
    """Change what everybody may know of a service centre; only an administrator renames or closes one.

    Raises NotAllowed, CentreNotFound, HoldsPersonalData.
    """
    actor.require({Role.CENTRE_CLERK, Role.ADMINISTRATOR}, service_centre_id)
    if name_en is not None or is_active is not None:
        actor.require({Role.ADMINISTRATOR})
    centre = session().get(ServiceCentre, service_centre_id)
    if centre is None:
        raise CentreNotFound(service_centre_id)
    wanted = {"address": address, "phone": phone, "hours": hours, "name_en": name_en, "is_active": is_active}
    changed = {name: value for name, value in wanted.items() if value is not None and getattr(centre, name) != value}
    check_told([(f"service_centres.{name}", value) for name, value in changed.items() if isinstance(value, str)])
    before = {f"centre_{name}": getattr(centre, name) for name in changed}
    for name, value in changed.items():
        setattr(centre, name, value)
    if changed:
        after = {f"centre_{name}": value for name, value in changed.items()}
        audit.record(actor, "centre.update", "service_centre", service_centre_id, before=before, after=after)


def _walk(entries: list[CentreEntry], *, is_writing: bool) -> AreaChanges:
    changes = AreaChanges()
    known = {centre.name: centre for centre in session().scalars(select(ServiceCentre).order_by(ServiceCentre.id))}
    for entry in entries:
        centre = known.get(entry.name)
        if centre is None:
            changes.added_centres.append(entry.name)
            centre = _new_centre(entry, is_writing=is_writing)
        else:
            _change_centre(centre, entry, changes, is_writing=is_writing)
        _walk_communities(centre, entry, changes, is_writing=is_writing)
    changes.absent_centres = [name for name in known if name not in {entry.name for entry in entries}]
    return changes


def _new_centre(entry: CentreEntry, *, is_writing: bool) -> ServiceCentre:
    centre = ServiceCentre(
        name=entry.name,
        name_en=centre_name_in_english(entry.name),
        address=entry.address,
        phone=entry.phone,
        hours=entry.hours,
        is_active=True,
    )
    if is_writing:
        session().add(centre)
        session().flush()
    return centre


def _change_centre(centre: ServiceCentre, entry: CentreEntry, changes: AreaChanges, *, is_writing: bool) -> None:
    for name in CENTRE_FIELDS:
        before, after = getattr(centre, name), getattr(entry, name)
        if after and after != before:
            changes.changes.append(FieldChange(entry.name, None, name, before, after))
            if is_writing:
                setattr(centre, name, after)


def _walk_communities(centre: ServiceCentre, entry: CentreEntry, changes: AreaChanges, *, is_writing: bool) -> None:
    known = {place.name: place for place in _communities_of(centre)}
    for place in entry.communities:
        community = known.get(place.name)
        if community is None:
            changes.added_communities.append((entry.name, place.name))
            community = _new_community(centre, place, is_writing=is_writing)
        elif place.station_address != community.station_address:
            before, after = community.station_address, place.station_address
            changes.changes.append(FieldChange(entry.name, place.name, "station_address", before, after))
            if is_writing:
                community.station_address = after
        _walk_grids(community, entry.name, place, changes, is_writing=is_writing)
    named = {place.name for place in entry.communities}
    changes.absent_communities += [(entry.name, name) for name in known if name not in named]


def _communities_of(centre: ServiceCentre) -> list[Community]:
    query = select(Community).where(Community.service_centre_id == centre.id).order_by(Community.id)
    return list(session().scalars(query)) if centre.id is not None else []


def _new_community(centre: ServiceCentre, place: CommunityEntry, *, is_writing: bool) -> Community:
    community = Community(service_centre_id=centre.id, name=place.name, station_address=place.station_address)
    if is_writing:
        session().add(community)
        session().flush()
    return community


def _walk_grids(
    community: Community, centre_name: str, place: CommunityEntry, changes: AreaChanges, *, is_writing: bool
) -> None:
    query = select(Grid.name).where(Grid.community_id == community.id).order_by(Grid.id)
    known = list(session().scalars(query)) if community.id is not None else []
    for name in place.grids:
        if name not in known:
            changes.added_grids += 1
            if is_writing:
                session().add(Grid(community_id=community.id, name=name))
    changes.absent_grids += [(centre_name, place.name, name) for name in known if name not in place.grids]
