"""Brings wishes in, takes corrected ones again, and issues the code by which a family follows one.

Holds the limit of open wishes per person. Never sees a name: people are told
apart by the keyed hashes of the sealed room.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update

from portal import clock, codes
from portal.accounts.rules import Actor, ActorKind, NotAllowed, Role
from portal.audit import service as audit
from portal.db import session, transaction
from portal.households.models import Household
from portal.households.rules import FILERS, Place
from portal.limits.service import get_limits
from portal.sealing import keyed_hash
from portal.wishes.models import Wish, WishEvent
from portal.wishes.rules import END_STATES, STAYS, WishAction, WishState, WrongState, deadline_of
from portal.wishes.service import add_event, get_wish_by_id, move_wish

CHUNK = 500
"""How many values one question to the database asks about."""

# One line for all who file, so that two of them cannot both be the last one under the limit.
_INTAKE_LINE = 5_207_001


class TooManyOpenWishes(Exception):
    """The person has as many open wishes as the limit allows."""


class WishTooDear(Exception):
    """The whole wish costs more than the limit allows."""


@dataclass(frozen=True, slots=True)
class WishDetails:
    """What is wished for and why, tidy and checked in shape; the price is that of one piece, in fen."""

    kind: str
    category: str
    item: str
    size: str | None
    quantity: int
    unit_price_minor: int
    reason: str
    group: str
    age_band: str
    reporter: str | None
    reported_on: date


@dataclass(frozen=True, slots=True)
class FiledWish:
    """A wish that came in: its public number and its key."""

    number: str
    wish_id: int


@transaction
def file_wish(actor: Actor, household_id: int, details: WishDetails, *, row_hash: str | None = None) -> FiledWish:
    """Bring one wish of a household in, submitted to its service centre.

    Raises NotAllowed, TooManyOpenWishes, WishTooDear.
    """
    household = session().get_one(Household, household_id)
    if actor.kind is not ActorKind.SYSTEM:
        actor.require(FILERS, household.service_centre_id)
    check_price(details)
    stand_in_line()
    check_open_wishes(household.person_hash)
    row = Wish(
        number=fresh_numbers(1)[0],
        household_id=household_id,
        row_hash=row_hash,
        **asdict(details),
        **entry_columns(actor, Place(household.service_centre_id, household.community_id, household.grid_id)),
    )
    session().add(row)
    session().flush()
    add_event(row.id, WishAction.SUBMIT, None, WishState.SUBMITTED, actor)
    audit.record(actor, "wish.submit", "wish", row.number, after={"state": WishState.SUBMITTED})
    return FiledWish(row.number, row.id)


@transaction
def resubmit_wish(actor: Actor, wish_id: int, details: WishDetails, place: Place | None = None) -> None:
    """Put a corrected wish that was returned before its service centre again; `place` may name another grid of it.

    Raises WrongState, NotAllowed (also for a place of another centre), WishTooDear, WishNotFound.
    """
    wish = get_wish_by_id(wish_id)
    require_filer(actor, wish)
    check_price(details)
    if place is not None:
        _move_within_centre(wish, place)
    changed = [name for name, value in asdict(details).items() if getattr(wish, name) != value]
    move_wish(wish_id, WishAction.RESUBMIT, actor)
    for name in changed:
        setattr(wish, name, getattr(details, name))
    session().flush()
    audit.record(actor, "wish.correct", "wish", wish.number, after={"changed": changed})


def _move_within_centre(wish: Wish, place: Place) -> None:
    if place.service_centre_id != wish.service_centre_id:
        raise NotAllowed
    household = session().get_one(Household, wish.household_id)
    for row in (wish, household):
        row.community_id, row.grid_id = place.community_id, place.grid_id


@transaction
def issue_family_code(actor: Actor, wish_id: int) -> str:
    """Return a new family code for a wish; the former one no longer opens anything.

    Only its keyed hash is kept, so whoever calls this shows it once.

    Raises NotAllowed, WrongState for a wish at the end of its way, WishNotFound.
    """
    wish = get_wish_by_id(wish_id)
    if actor.kind is not ActorKind.SYSTEM:
        require_filer(actor, wish)
    if wish.state in END_STATES:
        raise WrongState("the wish has come to its end")
    code = codes.new_family_code()
    replaced = wish.family_code_hash is not None
    wish.family_code_hash, wish.family_code_issued_at = keyed_hash("family-code", code), clock.now()
    session().flush()
    audit.record(actor, "family_code.issue", "wish", wish.number, after={"replaced": replaced})
    return code


def require_filer(actor: Actor, wish: Wish) -> None:
    """Refuse whoever may neither bring wishes of this centre in nor filed this one; a reporter has only their own.

    Raises NotAllowed.
    """
    if actor.may({Role.CENTRE_CLERK, Role.ADMINISTRATOR}, wish.service_centre_id):
        return
    actor.require({Role.NEED_REPORTER}, wish.service_centre_id)
    if wish.filed_by_id is None or wish.filed_by_id != actor.person_id:
        raise NotAllowed


def check_price(details: WishDetails) -> None:
    """Refuse a wish whose whole price is over the limit.

    Raises WishTooDear.
    """
    if details.quantity * details.unit_price_minor > get_limits().wish_price_minor:
        raise WishTooDear


def check_open_wishes(person_hash: str) -> None:
    """Refuse one more wish of a person who has as many open ones as the limit allows.

    Raises TooManyOpenWishes.
    """
    if count_open_wishes([person_hash]).get(person_hash, 0) >= get_limits().open_wishes_per_household:
        raise TooManyOpenWishes


def stand_in_line() -> None:
    """Wait until whoever else is filing is done; call inside a transaction, before counting.

    SQLite has one writer at a time anyway. On PostgreSQL two could otherwise
    both count before either inserts.
    """
    if session().get_bind().dialect.name == "postgresql":
        session().execute(select(func.pg_advisory_xact_lock(_INTAKE_LINE)))


def count_open_wishes(person_hashes: Iterable[str]) -> dict[str, int]:
    """Return how many open wishes each person has in the whole district, by person hash; who has none is left out."""
    return _count_open(Household.person_hash, person_hashes)


def count_open_by_id(id_hashes: Iterable[str]) -> dict[str, int]:
    """Return how many open wishes stand under each ID number, whatever the name, by ID hash."""
    return _count_open(Household.id_hash, id_hashes)


def _count_open(hash_column: Any, hashes: Iterable[str]) -> dict[str, int]:
    wanted = list(hashes)
    found: dict[str, int] = {}
    for start in range(0, len(wanted), CHUNK):
        rows = session().execute(
            select(hash_column, func.count(Wish.id))
            .join(Wish, Wish.household_id == Household.id)
            .where(hash_column.in_(wanted[start : start + CHUNK]), Wish.state.in_(list(STAYS)))
            .group_by(hash_column)
        )
        found.update((value, number) for value, number in rows)
    return found


def entry_columns(actor: Actor, place: Place) -> dict[str, Any]:
    """Return what every newly submitted wish of a place has in common."""
    at = clock.now()
    return {
        "service_centre_id": place.service_centre_id,
        "community_id": place.community_id,
        "grid_id": place.grid_id,
        "currency": "CNY",
        "filed_by_id": actor.person_id,
        "state": WishState.SUBMITTED,
        "state_since": at,
        "deadline_at": _first_deadline(at),
        "overdue_level": 0,
        "version": 0,
        "created_at": at,
    }


def _first_deadline(at: datetime) -> datetime | None:
    return deadline_of(WishState.SUBMITTED, at, get_limits())


def fresh_numbers(count: int) -> list[str]:
    """Return as many random numbers as asked for that no wish has."""
    numbers: set[str] = set()
    while len(numbers) < count:
        drawn = {codes.new_wish_number() for _ in range(min(CHUNK, count - len(numbers)))}
        numbers |= drawn - set(session().scalars(select(Wish.number).where(Wish.number.in_(drawn))))
    return list(numbers)


@transaction
def set_age_band(household_id: int, age_band: str) -> None:
    """Let the open wishes of a household follow a corrected birth date; public texts change only by a moderator."""
    session().execute(
        update(Wish).where(Wish.household_id == household_id, Wish.state.in_(list(STAYS))).values(age_band=age_band)
    )


@transaction
def forget_words(household_id: int) -> None:
    """Empty what the family said, who reported it and the notes of its history, and close the family's code.

    The rest of the wish stays: what happened, when, and by whose hand.
    """
    own = Wish.household_id == household_id
    session().execute(update(Wish).where(own).values(reason="", reporter=None, family_code_hash=None))
    history = WishEvent.wish_id.in_(select(Wish.id).where(own))
    session().execute(update(WishEvent).where(history, WishEvent.note.is_not(None)).values(note=None))
