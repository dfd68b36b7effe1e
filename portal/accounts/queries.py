"""Reads people and organisations for pages and for other rooms; hands out dataclasses only."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, or_, select

from portal.accounts.models import Membership, Organisation, OrganisationStatus, Person, RoleGrant
from portal.accounts.rules import Role
from portal.db import session
from portal.outbox.service import Address


@dataclass(frozen=True, slots=True)
class StaffAddress:
    """Where somebody who signs in is written to, and in which language."""

    person_id: int
    email: str
    locale: str

    @property
    def address(self) -> Address:
        """The mail address as the outbox takes it."""
        return Address("mail", self.email)


@dataclass(frozen=True, slots=True)
class OrganisationCard:
    """A certified organisation under the name it pledges with."""

    id: int
    name: str
    kind: str
    is_asked_for_rescue: bool


@dataclass(frozen=True, slots=True)
class OrganisationOfMember:
    """An organisation a person acts for, and how."""

    id: int
    name: str
    status: OrganisationStatus
    is_owner: bool

    @property
    def is_certified(self) -> bool:
        """Tell whether the person may pledge under its name."""
        return self.status is OrganisationStatus.CERTIFIED


def people_with_role(role: Role, service_centre_id: int | None = None) -> list[StaffAddress]:
    """Return the enabled people who hold a role at a service centre or for the whole district.

    Without a service centre, everybody who holds the role anywhere.
    """
    query = (
        _addresses()
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.role == role)
        .order_by(Person.id)
        .distinct()
    )
    if service_centre_id is not None:
        at_place = or_(RoleGrant.service_centre_id.is_(None), RoleGrant.service_centre_id == service_centre_id)
        query = query.where(at_place)
    return [StaffAddress(*row) for row in session().execute(query)]


def names_with_role(role: Role, service_centre_ids: Collection[int] | None = None) -> dict[int, str]:
    """Return the names, by key, of the enabled people who hold a role at one of some centres or for the whole district.

    Without service centres, of everybody who holds the role anywhere.
    """
    holders = select(RoleGrant.person_id).where(RoleGrant.role == role)
    if service_centre_ids is not None:
        centre = RoleGrant.service_centre_id
        holders = holders.where(or_(centre.is_(None), centre.in_(service_centre_ids)))
    rows = session().execute(select(Person.id, Person.name).where(Person.is_enabled.is_(True), Person.id.in_(holders)))
    return {row.id: row.name for row in rows}


def members_of(organisation_id: int) -> list[StaffAddress]:
    """Return the enabled people who act for an organisation, owners first."""
    query = (
        _addresses()
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation_id)
        .order_by(Membership.is_owner.desc(), Person.id)
    )
    return [StaffAddress(*row) for row in session().execute(query)]


def list_certified_organisations() -> list[OrganisationCard]:
    """Return the organisations that may pledge, in the order they were certified."""
    query = (
        select(Organisation.id, Organisation.name, Organisation.kind, Organisation.is_asked_for_rescue)
        .where(Organisation.status == OrganisationStatus.CERTIFIED)
        .order_by(Organisation.decided_at, Organisation.id)
    )
    return [OrganisationCard(*row) for row in session().execute(query)]


def organisations_of(person_id: int) -> list[OrganisationOfMember]:
    """Return the organisations a person acts for, certified or not yet, oldest first."""
    query = (
        select(Organisation.id, Organisation.name, Organisation.status, Membership.is_owner)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.person_id == person_id)
        .order_by(Membership.joined_at, Membership.id)
    )
    return [
        OrganisationOfMember(row.id, row.name, OrganisationStatus(row.status), row.is_owner)
        for row in session().execute(query)
    ]


def find_address(person_id: int) -> StaffAddress | None:
    """Return where an enabled person is written to."""
    row = session().execute(_addresses().where(Person.id == person_id)).one_or_none()
    return StaffAddress(*row) if row else None


def names_of(person_ids: set[int]) -> dict[int, str]:
    """Return the names of people by their ids."""
    if not person_ids:
        return {}
    return dict(session().execute(select(Person.id, Person.name).where(Person.id.in_(person_ids))).all())


def _addresses() -> Select[int, str, str]:
    return select(Person.id, Person.email, Person.locale).where(Person.is_enabled)
