"""Registers organisations and decides whether they may pledge under their own names.

A registration by somebody without an account waits in a link until the mail
address is confirmed; only then do rows and staff see it.
"""

from dataclasses import asdict, dataclass

from sqlalchemy import select, update

from portal import clock
from portal.accounts import letters
from portal.accounts.links import new_link, use_link
from portal.accounts.models import LinkPurpose, Membership, Organisation, OrganisationStatus, Person
from portal.accounts.passwords import check_password_rules, hash_password
from portal.accounts.queries import StaffAddress, members_of
from portal.accounts.rules import Actor, NotAllowed, Role
from portal.accounts.service import insert_person
from portal.audit import service as audit
from portal.db import insert_unless_there, session, transaction
from portal.gate.service import check_told
from portal.i18n import language

KINDS = ("company", "charity", "school", "unit")

DECISIONS: dict[OrganisationStatus, frozenset[OrganisationStatus]] = {
    OrganisationStatus.REGISTERED: frozenset({OrganisationStatus.CERTIFIED, OrganisationStatus.REFUSED}),
    OrganisationStatus.REFUSED: frozenset({OrganisationStatus.CERTIFIED}),
    OrganisationStatus.CERTIFIED: frozenset({OrganisationStatus.SUSPENDED}),
    OrganisationStatus.SUSPENDED: frozenset({OrganisationStatus.CERTIFIED}),
}
"""What staff may decide about an organisation, by where it stands."""


ACTS = {
    OrganisationStatus.CERTIFIED: "certify",
    OrganisationStatus.REFUSED: "refuse",
    OrganisationStatus.SUSPENDED: "suspend",
}
"""What a decision is called in the audit trail."""


class CodeTaken(Exception):
    """An organisation with this credit code is registered."""


class OrganisationNotFound(LookupError):
    """There is no such organisation, or it is not the asker's to see."""


class DecisionNotPossible(Exception):
    """The organisation no longer stands where the decision expects it."""


class ReasonMissing(ValueError):
    """A refusal or suspension needs a reason the organisation can read."""


@dataclass(frozen=True, slots=True)
class OrganisationDetails:
    """What an organisation says of itself; code and phone as accounts.details reads them."""

    name: str
    uscc: str
    kind: str
    contact_name: str
    contact_phone: str
    address: str | None = None


def is_code_taken(uscc: str) -> bool:
    """Tell whether an organisation with this credit code is registered."""
    return session().scalar(select(Organisation.id).where(Organisation.uscc == uscc)) is not None


def ask_to_register(details: OrganisationDetails, name: str, email: str, password: str) -> None:
    """Keep a registration by somebody without an account until the mail address is confirmed.

    Whoever has an account with this address is told by mail to sign in
    instead; the page cannot be used to find out.

    Raises CodeTaken, PasswordTooShort, PasswordTooCommon.
    """
    check_password_rules(password, name, email)
    _keep_registration(details, name, email, hash_password(password), language())


@transaction
def _keep_registration(details: OrganisationDetails, name: str, email: str, password_hash: str, locale: str) -> None:
    if is_code_taken(details.uscc):
        raise CodeTaken
    newcomer = {"name": name, "email": email, "password_hash": password_hash, "locale": locale}
    token = new_link(
        LinkPurpose.REGISTRATION,
        letters.REGISTRATION_HOURS,
        payload={"organisation": asdict(details), "person": newcomer},
    )
    known = session().scalar(select(Person).where(Person.email == email))
    if known is None:
        letters.send_registration_link(email, details.name, token)
    else:
        letters.send_already_known(StaffAddress(known.id, email, known.locale), details.name, token)


@transaction
def confirm_registration(token: str) -> int:
    """Make the registration a link carries real; return the organisation's id.

    Raises LinkNotValid, CodeTaken, EmailTaken.
    """
    carried = use_link(LinkPurpose.REGISTRATION, token).payload
    person = carried["person"]
    person_id = insert_person(person["name"], person["email"], person["password_hash"], person["locale"])
    return register_organisation(person_id, OrganisationDetails(**carried["organisation"]))


@transaction
def register_organisation(person_id: int, details: OrganisationDetails) -> int:
    """Register an organisation whose owner is a person with a confirmed mail address; return its id.

    Raises CodeTaken.
    """
    at = clock.now()
    is_new = insert_unless_there(
        Organisation,
        **asdict(details),
        status=OrganisationStatus.REGISTERED,
        is_asked_for_rescue=True,
        registered_at=at,
    )
    if not is_new:
        raise CodeTaken
    organisation_id = session().scalars(select(Organisation.id).where(Organisation.uscc == details.uscc)).one()
    session().add(Membership(person_id=person_id, organisation_id=organisation_id, is_owner=True, joined_at=at))
    session().flush()
    return organisation_id


@transaction
def register_again(person_id: int, organisation_id: int, details: OrganisationDetails) -> None:
    """Put a refused registration before the staff again, with what its owner changed.

    Raises OrganisationNotFound, NotAllowed, DecisionNotPossible, CodeTaken.
    """
    require_owner(person_id, organisation_id)
    organisation = get_organisation(organisation_id)
    if organisation.status != OrganisationStatus.REFUSED:
        raise DecisionNotPossible
    if details.uscc != organisation.uscc and is_code_taken(details.uscc):
        raise CodeTaken
    for field, value in asdict(details).items():
        setattr(organisation, field, value)
    organisation.status, organisation.registered_at = OrganisationStatus.REGISTERED, clock.now()


@transaction
def certify_organisation(actor: Actor, organisation_id: int) -> None:
    """Let an organisation pledge under its own name, and tell its members.

    Raises NotAllowed, OrganisationNotFound, DecisionNotPossible, HoldsPersonalData.
    """
    name = _decide(actor, organisation_id, OrganisationStatus.CERTIFIED, None)
    for member in members_of(organisation_id):
        letters.send_certified(member, name, _key(organisation_id, member))


@transaction
def refuse_organisation(actor: Actor, organisation_id: int, reason: str) -> None:
    """Refuse a registration with a reason its members read; they may change it and ask again.

    Raises NotAllowed, OrganisationNotFound, DecisionNotPossible, ReasonMissing, HoldsPersonalData.
    """
    name = _decide(actor, organisation_id, OrganisationStatus.REFUSED, reason)
    for member in members_of(organisation_id):
        letters.send_refused(member, name, organisation_id, reason, _key(organisation_id, member))


@transaction
def suspend_organisation(actor: Actor, organisation_id: int, reason: str) -> None:
    """Stop an organisation from new pledges, with a reason its members read.

    Raises NotAllowed, OrganisationNotFound, DecisionNotPossible, ReasonMissing, HoldsPersonalData.
    """
    name = _decide(actor, organisation_id, OrganisationStatus.SUSPENDED, reason)
    for member in members_of(organisation_id):
        letters.send_suspended(member, name, reason, _key(organisation_id, member))


@transaction
def set_asked_for_rescue(person_id: int, organisation_id: int, is_asked: bool) -> None:
    """Say whether an organisation wants to hear of wishes that waited too long.

    Raises OrganisationNotFound, NotAllowed.
    """
    require_owner(person_id, organisation_id)
    get_organisation(organisation_id).is_asked_for_rescue = is_asked


def get_organisation(organisation_id: int) -> Organisation:
    """Return an organisation's row.

    Raises OrganisationNotFound.
    """
    organisation = session().get(Organisation, organisation_id)
    if organisation is None:
        raise OrganisationNotFound(organisation_id)
    return organisation


def require_owner(person_id: int, organisation_id: int) -> None:
    """Refuse whoever is not an owner of an organisation.

    Raises OrganisationNotFound for strangers, NotAllowed for members who are no owners.
    """
    is_owner = session().scalar(
        select(Membership.is_owner).where(
            Membership.person_id == person_id, Membership.organisation_id == organisation_id
        )
    )
    if is_owner is None:
        raise OrganisationNotFound(organisation_id)
    if not is_owner:
        raise NotAllowed


def _decide(actor: Actor, organisation_id: int, status: OrganisationStatus, reason: str | None) -> str:
    """Move an organisation by one conditional update; return its name."""
    actor.require({Role.MODERATOR, Role.ADMINISTRATOR})
    if reason is not None and not reason.strip():
        raise ReasonMissing
    organisation = get_organisation(organisation_id)
    told = [("organisations.status_note", reason)]
    if status is OrganisationStatus.CERTIFIED:
        told.append(("organisations.name", organisation.name))
    check_told(told)
    before = OrganisationStatus(organisation.status)
    if status not in DECISIONS[before]:
        raise DecisionNotPossible
    name = session().scalar(
        update(Organisation)
        .where(Organisation.id == organisation_id, Organisation.status == before)
        .values(status=status, status_note=reason, decided_at=clock.now(), decided_by_id=actor.person_id)
        .returning(Organisation.name)
    )
    if name is None:
        raise DecisionNotPossible
    audit.record(
        actor,
        f"organisation.{ACTS[status]}",
        "organisation",
        organisation_id,
        before={"status": before},
        after={"status": status, "reason": reason},
    )
    return name


def _key(organisation_id: int, member: StaffAddress) -> str:
    return f"{organisation_id}:{clock.now().timestamp()}:{member.person_id}"
