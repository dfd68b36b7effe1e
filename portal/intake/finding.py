"""Finds a family's wishes by the number somebody says at the counter. Opens no record: keyed hashes are compared."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select

from portal import clock
from portal.accounts.rules import Actor, NotAllowed, Role
from portal.audit import service as audit
from portal.db import session, transaction
from portal.households.hashing import id_hash, phone_hash
from portal.households.models import Household
from portal.intake.columns import WishField
from portal.intake.identity import OLD_ID_LENGTH, read_id_number, read_phones
from portal.intake.problems import WishProblem
from portal.spreadsheets.cells import cell_of
from portal.spreadsheets.problems import FieldWrong
from portal.throttle.service import Allowance, count_try
from portal.wishes.models import Wish
from portal.wishes.rules import WishState

SEARCHES = Allowance("family-search", 60, 3600)
"""Far more than a counter is asked in an hour, far too few to try numbers out."""


class NumberUnclear(ValueError):
    """What was typed is neither an ID number nor a telephone number; the message says why in the reader's words."""


@dataclass(frozen=True, slots=True)
class FoundWish:
    """One wish of a family, as the list of wishes shows it."""

    number: str
    item: str
    kind: str
    category: str
    state: WishState
    reported_on: date


def find_family_wishes(actor: Actor, typed: str) -> list[FoundWish]:
    """Return the wishes at a clerk's own centres of whoever has exactly this ID number or telephone, the newest first.

    A child is found by its guardian's telephone too.

    The look enters the audit trail, the number does not.

    Raises NotAllowed, NumberUnclear, TooManyTries.
    """
    if not actor.has_role(Role.CENTRE_CLERK):
        raise NotAllowed
    by, is_theirs = _read(typed)
    count_try(SEARCHES, str(actor.person_id))
    return _look(actor, by, is_theirs)


@transaction
def _look(actor: Actor, by: str, is_theirs: ColumnElement[bool]) -> list[FoundWish]:
    centres = actor.centres_of(Role.CENTRE_CLERK)
    query = (
        select(Wish.number, Wish.item, Wish.kind, Wish.category, Wish.state, Wish.reported_on)
        .join(Household, Household.id == Wish.household_id)
        .where(is_theirs)
        .order_by(Wish.id.desc())
        .limit(50)
    )
    if centres is not None:
        query = query.where(Wish.service_centre_id.in_(centres))
    found = [
        FoundWish(number, item, kind, category, WishState(state), day)
        for number, item, kind, category, state, day in session().execute(query)
    ]
    audit.record(actor, "household.search", "list", by, after={"found": len(found)})
    return found


def _read(typed: str) -> tuple[str, ColumnElement[bool]]:
    """Return what was typed as a condition; what is long enough for an ID number is read as one."""
    is_id_number = sum(char.isdigit() for char in typed) >= OLD_ID_LENGTH
    field = WishField.ID_NUMBER if is_id_number else WishField.PHONE
    try:
        if is_id_number:
            number = read_id_number(cell_of(typed), clock.today()).number
            return "by_id_number", Household.id_hash == id_hash(number)
        hashed = phone_hash(read_phones(cell_of(typed))[0])
        return "by_phone", or_(Household.phone_hash == hashed, Household.guardian_phone_hash == hashed)
    except FieldWrong as wrong:
        raise NumberUnclear(WishProblem.of(0, None, field, wrong).message) from wrong
