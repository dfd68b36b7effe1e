"""Keeps who asks: seals identities, dates consents, logs every opening.

Nothing here returns or logs an identity except `open_identity` and
`open_delivery_contact`, and both leave a row that says who looked and why.
"""

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import update

from portal import clock
from portal.accounts.rules import Actor, ActorKind, NotAllowed, Role
from portal.audit import service as audit
from portal.db import session, transaction
from portal.households.hashing import identity_hashes
from portal.households.models import Consent, ConsentUse, Household, IdentityRead
from portal.households.queries import find_household_id, get_wish_number, has_consent
from portal.households.rules import (
    ADULT_AGE,
    FILERS,
    GUARDIAN_AGE,
    ContactWrong,
    Identity,
    Place,
    check_giver,
    check_guardian,
    is_under,
    may_correct,
    may_open,
)

Giver = Literal["self", "guardian"]
Through = Literal["paper", "form", "code", "list"]


class HouseholdNotFound(LookupError):
    """There is no such household."""


class IdentityPurged(Exception):
    """The identity was deleted when its time was up."""


class ReasonMissing(ValueError):
    """A sealed record is opened or changed for a stated reason only."""


class ConsentMissing(Exception):
    """The family has not agreed to this use, or no longer does."""


@dataclass(frozen=True, slots=True)
class DeliveryContact:
    """What somebody who brings goods to a home needs, and no more."""

    name: str
    phone: str | None
    address: str | None


@transaction
def create_household(actor: Actor, identity: Identity, place: Place) -> int:
    """Seal one household and return its key.

    Raises NotAllowed, GuardianNeeded.
    """
    if actor.kind is not ActorKind.SYSTEM:
        actor.require(FILERS, place.service_centre_id)
    row = Household(identity=identity.to_dict(), **open_columns(actor, identity, place))
    session().add(row)
    session().flush()
    return row.id


def open_columns(actor: Actor, identity: Identity, place: Place) -> dict[str, Any]:
    """Return all columns of a household but the sealed one."""
    today = clock.today()
    check_guardian(identity, today)
    return {
        **identity_hashes(identity),
        "service_centre_id": place.service_centre_id,
        "community_id": place.community_id,
        "grid_id": place.grid_id,
        "filed_by_id": actor.person_id,
        "is_minor": is_under(identity.birth_date, ADULT_AGE, today),
        "needs_guardian": is_under(identity.birth_date, GUARDIAN_AGE, today),
        "created_at": clock.now(),
    }


@transaction
def record_consent(
    actor: Actor, wish_id: int, use: ConsentUse, is_given: bool, *, given_by: Giver, through: Through
) -> None:
    """Add a dated yes or no for one use of a wish; the earlier rows stay.

    Withdrawing does not unpublish by itself: whoever calls this with a no for
    publishing takes the wish down in the same transaction.

    Raises NotAllowed, GuardianNeeded, HouseholdNotFound.
    """
    household = _household_of_wish(wish_id)
    if actor.kind is ActorKind.STAFF:
        actor.require(FILERS, household.service_centre_id)
    check_giver(household.needs_guardian, is_given, given_by)
    session().add(
        Consent(
            household_id=household.id,
            wish_id=wish_id,
            use=use,
            is_given=is_given,
            given_by=given_by,
            through=through,
            recorded_by_id=actor.person_id,
            at=clock.now(),
        )
    )
    if actor.kind is ActorKind.STAFF:
        after = {"use": use, "is_given": is_given, "given_by": given_by, "through": through}
        audit.record(actor, "consent.record", "wish", get_wish_number(wish_id), after=after)


@transaction
def open_identity(actor: Actor, household_id: int, reason: str) -> Identity:
    """Open a sealed record and log who did, when and why (未成年人网络保护条例 36).

    Raises NotAllowed, ReasonMissing, HouseholdNotFound, IdentityPurged.
    """
    household = get_household(household_id)
    _require_opener(actor, household)
    _log_read(actor, household_id, reason)
    audit.record(actor, "household.open", "household", household_id, after={"is_minor": household.is_minor})
    return _identity(household)


@transaction
def open_delivery_contact(actor: Actor, household_id: int, wish_id: int) -> DeliveryContact:
    """Open name, telephone and address for whoever brings the goods home; the caller checks that it is their task.

    Raises NotAllowed, ConsentMissing, HouseholdNotFound, IdentityPurged.
    """
    household = get_household(household_id)
    actor.require({Role.CENTRE_CLERK, Role.NEED_REPORTER}, household.service_centre_id)
    if not has_consent(wish_id, ConsentUse.SHARE_WITH_DELIVERER):
        raise ConsentMissing(ConsentUse.SHARE_WITH_DELIVERER)
    _log_read(actor, household_id, "delivery")
    audit.record(actor, "household.open_for_delivery", "household", household_id)
    identity = _identity(household)
    return DeliveryContact(identity.name, identity.contact_phone, identity.address)


def _require_opener(actor: Actor, household: Household) -> None:
    if not may_open(actor, household.service_centre_id, household.filed_by_id):
        raise NotAllowed


def _log_read(actor: Actor, household_id: int, reason: str) -> None:
    if actor.person_id is None:
        raise NotAllowed
    if not reason.strip():
        raise ReasonMissing
    session().add(
        IdentityRead(household_id=household_id, person_id=actor.person_id, reason=reason.strip(), at=clock.now())
    )


@transaction
def correct_contact(actor: Actor, household_id: int, *, phone: str | None = None, address: str | None = None) -> None:
    """Replace the telephone number, the address or both with tidy values; None leaves one as it is.

    A family does this by its code, a clerk for them. The number replaced is
    the one news goes to: the guardian's where there is one.

    Raises NotAllowed, HouseholdNotFound, IdentityPurged, ContactWrong.
    """
    if phone is not None and not phone.strip():
        raise ContactWrong("phone")
    if address is not None and not address.strip():
        raise ContactWrong("address")
    household = get_household(household_id)
    told = "guardian_phone" if _identity(household).guardian_phone else "phone"
    changes = {told: phone, "address": address}
    _correct(actor, household, {name: value for name, value in changes.items() if value})


@transaction
def correct_identity(actor: Actor, household_id: int, reason: str, **changes: Any) -> Identity:
    """Correct fields of a sealed record for a stated reason, hash it anew and return it.

    Raises NotAllowed, ReasonMissing, GuardianNeeded, HouseholdNotFound, IdentityPurged, TypeError.
    """
    household = get_household(household_id)
    if not may_correct(actor, household.service_centre_id, household.filed_by_id):
        raise NotAllowed
    _log_read(actor, household_id, reason)
    return _correct(actor, household, changes)


def _correct(actor: Actor, household: Household, changes: dict[str, Any]) -> Identity:
    is_family = actor.kind is ActorKind.FAMILY
    if not is_family and not may_correct(actor, household.service_centre_id, household.filed_by_id):
        raise NotAllowed
    before = _identity(household)
    after = before.corrected(**changes)
    check_guardian(after, clock.today())
    changed = {name: "***" for name in changes if getattr(before, name) != getattr(after, name)}
    if not changed:
        return after
    household.identity = after.to_dict()
    for name, value in identity_hashes(after).items():
        setattr(household, name, value)
    household.is_minor = is_under(after.birth_date, ADULT_AGE, clock.today())
    household.needs_guardian = is_under(after.birth_date, GUARDIAN_AGE, clock.today())
    if {"name", "id_number"} & changed.keys():
        household.id_checked_at = household.id_checked_by_id = None
    session().flush()
    audit.record(actor, "household.correct", "household", household.id, after=changed | {"by": actor.kind})
    return after


@transaction
def mark_id_checked(actor: Actor, household_id: int) -> None:
    """Say that a clerk has seen the document, so that an ID number shared by two names no longer holds this one up.

    Raises NotAllowed, HouseholdNotFound.
    """
    household = get_household(household_id)
    actor.require({Role.CENTRE_CLERK}, household.service_centre_id)
    household.id_checked_at, household.id_checked_by_id = clock.now(), actor.person_id
    audit.record(actor, "household.check_id", "household", household_id)


@transaction
def schedule_purge(household_id: int, on: date) -> bool:
    """Set the day from which an identity is deleted, unless one is set; tell whether it was set now."""
    changed = (
        session()
        .connection()
        .execute(
            update(Household)
            .where(Household.id == household_id, Household.purge_on.is_(None), Household.purged_at.is_(None))
            .values(purge_on=on)
        )
    )
    return changed.rowcount == 1


@transaction
def purge_household(household_id: int) -> bool:
    """Empty an identity whose day has come and make its hashes meaningless; tell whether it was done now.

    What happened to the wish stays; who it was for does not (PIPL 19, 47).
    """
    changed = (
        session()
        .connection()
        .execute(
            update(Household)
            .where(Household.id == household_id, Household.purge_on <= clock.today(), Household.purged_at.is_(None))
            .values(
                identity=None,
                id_hash=secrets.token_hex(32),
                person_hash=secrets.token_hex(32),
                phone_hash=None,
                guardian_phone_hash=None,
                address_hash=None,
                name_hash=None,
                guardian_hash=None,
                purged_at=clock.now(),
            )
        )
    )
    return changed.rowcount == 1


def get_household(household_id: int) -> Household:
    """Return a household's row, which this room and the verbs above it keep to themselves.

    Raises HouseholdNotFound.
    """
    household = session().get(Household, household_id)
    if household is None:
        raise HouseholdNotFound(household_id)
    return household


def _household_of_wish(wish_id: int) -> Household:
    household_id = find_household_id(wish_id)
    if household_id is None:
        raise HouseholdNotFound(wish_id)
    return get_household(household_id)


def _identity(household: Household) -> Identity:
    if household.identity is None:
        raise IdentityPurged(household.id)
    return Identity.from_dict(household.identity)
