"""Reads of the sealed room that open nothing: consents, flags, who looked. Never returns an identity.

The one exception is `find_family_address`, which the outbox needs to tell a
family its news; no person sees what it returns.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import column, exists, select, table
from sqlalchemy.orm import aliased

from portal.accounts.models import Person
from portal.accounts.rules import Actor, Role
from portal.db import session
from portal.households.models import Consent, ConsentUse, Household, IdentityRead
from portal.households.rules import FILERS, Identity, is_mobile, may_correct, may_open
from portal.households.wording import CONSENT_LABELS, READ_REASONS
from portal.outbox.service import Address

# The table belongs to the room above; a household knows its wishes by their keys only.
_WISHES = table("wishes", column("id"), column("household_id"), column("number"))

_READS_SHOWN = 20
_LOOKERS = FILERS | {Role.MODERATOR, Role.SUPERVISOR}


@dataclass(frozen=True, slots=True)
class ConsentState:
    """The latest word on one use; `is_given` is None when the family was never asked."""

    use: ConsentUse
    is_given: bool | None
    given_by: str | None = None
    through: str | None = None
    at: datetime | None = None

    @property
    def label(self) -> str:
        """What is agreed to, in the reader's language."""
        return str(CONSENT_LABELS[self.use])


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening of a sealed record."""

    at: datetime
    person_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class HouseholdPanel:
    """What the wish page of the staff shows of a household without opening it, and what this actor may do."""

    household_id: int
    wish_id: int
    number: str
    is_minor: bool
    needs_guardian: bool
    is_id_shared: bool
    id_checked_at: datetime | None
    purge_on: date | None
    purged_at: datetime | None
    consents: tuple[ConsentState, ...]
    openings: tuple[Opening, ...]
    may_open: bool
    may_correct: bool
    may_check_id: bool
    may_issue_code: bool


def find_household_id(wish_id: int) -> int | None:
    """Return the key of the household of a wish."""
    return session().scalar(select(_WISHES.c.household_id).where(_WISHES.c.id == wish_id))


def get_wish_number(wish_id: int) -> str:
    """Return the public number of a wish, for the audit trail."""
    return str(session().scalar(select(_WISHES.c.number).where(_WISHES.c.id == wish_id)))


def has_consent(wish_id: int, use: ConsentUse) -> bool:
    """Tell whether the latest word on one use of a wish is yes."""
    return bool(consent_states(wish_id)[use].is_given)


def consent_states(wish_id: int) -> dict[ConsentUse, ConsentState]:
    """Return the latest word on every use of a wish."""
    rows = session().scalars(select(Consent).where(Consent.wish_id == wish_id).order_by(Consent.id))
    states = {use: ConsentState(use, None) for use in ConsentUse}
    for row in rows:
        use = ConsentUse(row.use)
        states[use] = ConsentState(use, row.is_given, row.given_by, row.through, row.at)
    return states


def is_id_shared(household_id: int) -> bool:
    """Tell whether somebody of another name has the same ID number and no clerk has checked this one's document."""
    other = aliased(Household)
    shared = exists().where(other.id_hash == Household.id_hash, other.person_hash != Household.person_hash)
    return bool(
        session().scalar(
            select(Household.id).where(Household.id == household_id, Household.id_checked_at.is_(None), shared)
        )
    )


def is_address_shared(household_id: int) -> bool:
    """Tell whether somebody else wishes from the same door: perhaps one household with two wishes."""
    other = aliased(Household)
    shared = exists().where(
        other.address_hash == Household.address_hash,
        other.person_hash != Household.person_hash,
        other.purged_at.is_(None),
    )
    return session().scalar(select(Household.id).where(Household.id == household_id, shared)) is not None


def find_family_address(household_id: int) -> Address | None:
    """Return where short messages to a family go: the guardian's number or the person's own; None where none can."""
    identity = session().scalar(select(Household.identity).where(Household.id == household_id))
    if identity is None:
        return None
    known = Identity.from_dict(identity)
    number = next((each for each in (known.guardian_phone, known.phone) if is_mobile(each)), None)
    return Address("sms", number) if number else None


def list_reads(household_id: int) -> list[Opening]:
    """Return who opened a sealed record and why, the latest first."""
    rows = session().execute(
        select(IdentityRead.at, Person.name, IdentityRead.reason)
        .join(Person, Person.id == IdentityRead.person_id)
        .where(IdentityRead.household_id == household_id)
        .order_by(IdentityRead.id.desc())
    )
    return [Opening(at, name, str(READ_REASONS.get(reason, reason))) for at, name, reason in rows]


def list_due_purges(day: date, limit: int) -> list[int]:
    """Return the households whose identity is to be deleted by a day, longest overdue first."""
    due = (
        select(Household.id)
        .where(Household.purge_on <= day, Household.purged_at.is_(None))
        .order_by(Household.purge_on, Household.id)
        .limit(limit)
    )
    return list(session().scalars(due))


def panel(wish_id: int, actor: Actor) -> HouseholdPanel | None:
    """Return what the staff's wish page shows of the household; None for whoever sees nothing of it."""
    found = (
        session()
        .execute(
            select(Household, _WISHES.c.number)
            .join(_WISHES, _WISHES.c.household_id == Household.id)
            .where(_WISHES.c.id == wish_id)
        )
        .one_or_none()
    )
    if found is None or not actor.may(_LOOKERS, found.Household.service_centre_id):
        return None
    row: Household = found.Household
    is_kept = row.purged_at is None
    whose = (actor, row.service_centre_id, row.filed_by_id)
    return HouseholdPanel(
        household_id=row.id,
        wish_id=wish_id,
        number=found.number,
        is_minor=row.is_minor,
        needs_guardian=row.needs_guardian,
        is_id_shared=is_id_shared(row.id),
        id_checked_at=row.id_checked_at,
        purge_on=row.purge_on,
        purged_at=row.purged_at,
        consents=tuple(consent_states(wish_id).values()),
        openings=tuple(list_reads(row.id)[:_READS_SHOWN]),
        may_open=may_open(*whose) and is_kept,
        may_correct=may_correct(*whose) and is_kept,
        may_check_id=actor.may({Role.CENTRE_CLERK}, row.service_centre_id) and is_kept,
        may_issue_code=actor.may(FILERS, row.service_centre_id) and is_kept,
    )
