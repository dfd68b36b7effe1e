"""Files one wish for a family that a helper sits with, and puts a returned one right (帮办代办).

The helper is recorded with the wish. What may be filed is decided by the
rules that hold for lists too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import select

from portal import clock
from portal.accounts.queries import names_of
from portal.accounts.rules import Actor, Role
from portal.db import session, transaction
from portal.households.hashing import address_hash, id_hash, person_hash, phone_hash
from portal.households.models import ConsentUse, Household
from portal.households.queries import consent_states
from portal.households.rules import Place
from portal.households.service import correct_identity, create_household, open_identity, record_consent
from portal.intake.drafts import CORRECTS, drop_draft, read_draft, save_draft
from portal.intake.entries import consents_of, details_of, identity_of
from portal.intake.localities import centres_for, list_branches
from portal.intake.rules import WishRow, in_yuan
from portal.intake.typed import CATEGORY, GIVEN_BY, KIND, PLACE, THROUGH, Checked, Spot, check_typed, list_spots
from portal.limits.service import get_limits
from portal.wishes.filing import file_wish, require_filer, resubmit_wish
from portal.wishes.models import Wish
from portal.wishes.rules import STAYS, WishState, WrongState
from portal.wishes.service import get_wish

FILERS = (Role.CENTRE_CLERK, Role.NEED_REPORTER)


class StillWrong(ValueError):
    """The draft does not make a wish; the form shows why."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Open wishes that are alike: numbers of those the actor may see, and of the others only whose hands hold some."""

    numbers: tuple[str, ...]
    is_with_colleague: bool
    is_elsewhere: bool

    @property
    def is_any(self) -> bool:
        """Tell whether there is one."""
        return bool(self.numbers) or self.is_with_colleague or self.is_elsewhere


@dataclass(frozen=True, slots=True)
class Likeness:
    """What is open already for the same person, ID number or home."""

    person: Alike
    home: Alike
    is_over_limit: bool
    is_id_shared: bool

    @property
    def is_any(self) -> bool:
        """Tell whether there is something to look at."""
        return self.person.is_any or self.home.is_any or self.is_id_shared


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A wish that a helper handed in; `is_new` is false for a returned one that was put right."""

    wish_id: int
    number: str
    is_new: bool


def spots_for(actor: Actor, corrects: str | None = None) -> list[Spot]:
    """Return the grids and communities an actor files for; those of its centre for a returned wish."""
    spots = list_spots(list_branches(actor, *FILERS))
    if corrects is None:
        return spots
    home = get_wish(corrects).service_centre_id
    return [spot for spot in spots if spot.place.service_centre_id == home]


def check_form(actor: Actor, typed: Mapping[str, str]) -> Checked:
    """Return what a helper typed as a wish, or what is wrong with it field by field."""
    spots = spots_for(actor, typed.get(CORRECTS))
    return check_typed(typed, spots, _name_of(actor), get_limits(), clock.today())


def _name_of(actor: Actor) -> str:
    return names_of({actor.person_id}).get(actor.person_id, "") if actor.person_id else ""


def find_likeness(actor: Actor, wish: WishRow, corrects: str | None = None) -> Likeness:
    """Return what is open already for the same person, number or home, without opening any record."""
    person, number = person_hash(wish.id_number, wish.name), id_hash(wish.id_number)
    home = (Household.phone_hash == phone_hash(wish.phone)) | (
        Household.address_hash == address_hash(wish.address, wish.address_key)
    )
    rows = (
        session()
        .execute(
            select(Wish.number, Wish.service_centre_id, Wish.filed_by_id, Household.person_hash, Household.id_hash)
            .join(Household, Household.id == Wish.household_id)
            .where((Household.id_hash == number) | home, Wish.state.in_(list(STAYS)), Wish.number != (corrects or ""))
            .order_by(Wish.id)
        )
        .all()
    )
    same = [row for row in rows if row.person_hash == person]
    return Likeness(
        person=_alike(actor, same),
        home=_alike(actor, [row for row in rows if row.person_hash != person and row.id_hash != number]),
        is_over_limit=len(same) >= get_limits().open_wishes_per_household,
        is_id_shared=any(row.id_hash == number and row.person_hash != person for row in rows),
    )


def _alike(actor: Actor, rows: Sequence[Any]) -> Alike:
    """Sort wishes by whether the actor may see them: a clerk those of the centre, a reporter only their own."""
    seen, near = centres_for(actor, Role.CENTRE_CLERK), centres_for(actor, *FILERS)
    own = [
        row
        for row in rows
        if seen is None or row.service_centre_id in seen or (row.filed_by_id and row.filed_by_id == actor.person_id)
    ]
    others = [row for row in rows if row not in own]
    return Alike(
        numbers=tuple(row.number for row in own),
        is_with_colleague=any(near is None or row.service_centre_id in near for row in others),
        is_elsewhere=any(near is not None and row.service_centre_id not in near for row in others),
    )


@transaction
def hand_in(actor: Actor, public_id: str, choices: Mapping[str, str]) -> HandedIn:
    """Make a wish of a draft, or put a returned one right, and delete the draft; a second press finds it gone.

    `choices` are the kind and category the helper confirmed.

    Raises DraftGone, StillWrong, NotAllowed, TooManyOpenWishes, WishTooDear, WrongState.
    """
    typed = read_draft(actor, public_id) | {name: choices.get(name, "") for name in (KIND, CATEGORY)}
    checked = check_form(actor, typed)
    if checked.wish is None or checked.spot is None:
        raise StillWrong
    drop_draft(actor, public_id)
    if typed.get(CORRECTS):
        return _put_right(actor, typed[CORRECTS], checked.wish, checked.spot.place, typed)
    household_id = create_household(actor, identity_of(checked.wish), checked.spot.place)
    filed = file_wish(actor, household_id, details_of(checked.wish, clock.today()))
    _record_consents(actor, filed.wish_id, checked.wish, typed)
    return HandedIn(filed.wish_id, filed.number, is_new=True)


def _put_right(actor: Actor, number: str, row: WishRow, place: Place, typed: Mapping[str, str]) -> HandedIn:
    wish = get_wish(number)
    require_filer(actor, wish)
    identity = identity_of(row)
    changes = {name: getattr(identity, name) for name in ("name", "id_number", "birth_date", "gender", "phone")}
    changes |= {name: getattr(identity, name) for name in ("guardian", "guardian_phone", "address", "address_key")}
    correct_identity(actor, wish.household_id, "correction", **changes)
    resubmit_wish(actor, wish.id, details_of(row, clock.today()), place)
    _record_consents(actor, wish.id, row, typed)
    return HandedIn(wish.id, number, is_new=False)


def _record_consents(actor: Actor, wish_id: int, row: WishRow, typed: Mapping[str, str]) -> None:
    before = consent_states(wish_id)
    given_by = cast(Literal["self", "guardian"], typed[GIVEN_BY])
    through = cast(Literal["paper", "form"], typed[THROUGH])
    for use, is_given in consents_of(row):
        if before[use].is_given is not is_given:
            record_consent(actor, wish_id, use, is_given, given_by=given_by, through=through)


@transaction
def begin_correction(actor: Actor, number: str) -> str:
    """Open a returned wish with its family's record into a draft and return what names the draft.

    Raises WishNotFound, NotAllowed, WrongState, IdentityPurged.
    """
    wish = get_wish(number)
    require_filer(actor, wish)
    if wish.state != WishState.RETURNED:
        raise WrongState("only a returned wish is put right")
    identity = open_identity(actor, wish.household_id, "correction")
    states = consent_states(wish.id)
    answers = {True: "yes", False: "no", None: ""}
    typed = {
        "name": identity.name,
        "id_number": identity.id_number,
        "gender": identity.gender or "",
        "phone": identity.phone or "",
        "guardian": identity.guardian or "",
        "guardian_phone": identity.guardian_phone or "",
        "address": identity.address or "",
        PLACE: f"g{wish.grid_id}" if wish.grid_id else f"c{wish.community_id}",
        "group": wish.group,
        "item": wish.item,
        "size": wish.size or "",
        "quantity": str(wish.quantity),
        "unit_price": in_yuan(wish.unit_price_minor),
        "reason": wish.reason,
        KIND: wish.kind,
        CATEGORY: wish.category,
        "consent_publish": answers[states[ConsentUse.PUBLISH].is_given],
        "consent_share": answers[states[ConsentUse.SHARE_WITH_DELIVERER].is_given],
        "consent_photo": answers[states[ConsentUse.PHOTO].is_given],
    }
    return save_draft(actor, None, typed, corrects=number)
