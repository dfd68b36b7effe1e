"""Verbs of a family: come in by code, withdraw the wish or a consent, correct the contact.

A clerk may do the same for a family; the actor says who it was. What a family
answers to what it got is `handover.service.acknowledge`.
"""

from datetime import datetime

from sqlalchemy import select

from portal import clock
from portal.accounts.rules import Actor, ActorKind, Role
from portal.codes import read_family_code
from portal.db import session, transaction
from portal.handover.deliveries import end_delivery, lock_wish, stop_home_delivery
from portal.handover.retention import forget_slip_pictures
from portal.households import service as households
from portal.households.models import ConsentUse
from portal.households.service import get_household, record_consent
from portal.photos import discard_picture
from portal.pledges.service import end_pledge_of_wish
from portal.publication import service as publication
from portal.sealing import keyed_hash
from portal.wishes.models import Wish
from portal.wishes.rules import STAYS, WishAction, WishState, WrongState
from portal.wishes.service import add_event, get_wish_by_id, move_wish


def enter(code: str) -> int | None:
    """Return the wish that a family code opens, or None; every miss takes the same path.

    Raises CodeMistyped for a slip of the finger, before anything is looked up.
    """
    return find_wish_by_key(key_of(read_family_code(code)))


def key_of(code: str) -> str:
    """Return the keyed hash by which a family code is known."""
    return keyed_hash("family-code", code)


def find_wish_by_key(key: str) -> int | None:
    """Return the wish whose family code has this keyed hash; a code that was replaced opens nothing."""
    return session().scalar(select(Wish.id).where(Wish.family_code_hash == key))


@transaction
def mark_viewed(wish_id: int) -> datetime | None:
    """Note that the family's page was opened and return when it was the time before.

    Raises WishNotFound.
    """
    wish = get_wish_by_id(wish_id)
    before, wish.family_viewed_at = wish.family_viewed_at, clock.now()
    return before


@transaction
def withdraw_wish(actor: Actor, wish_id: int, note: str | None = None) -> None:
    """Take a wish back before its hand-over: off the public pages, off the counter, and the pledger told no reason.

    Raises WrongState, NotAllowed, WishNotFound.
    """
    end_pledge_of_wish(wish_id, "withdrawn")
    move_wish(wish_id, WishAction.WITHDRAW, actor, note=note)
    end_delivery(wish_id)


def withdraw_consent(actor: Actor, wish_id: int, use: ConsentUse) -> None:
    """Record a no for one use and let it take effect at once (PIPL 15, 47).

    Publishing: a wish in the pool is suspended, one under way goes on unlisted.
    Sharing: goods on their way home go back to the counter. Photos: kept
    pictures of signed slips are deleted.

    Raises WrongState, NotAllowed, WishNotFound, HouseholdNotFound.
    """
    for picture in _withdraw_consent(actor, wish_id, use):
        discard_picture(picture)


@transaction
def _withdraw_consent(actor: Actor, wish_id: int, use: ConsentUse) -> list[str]:
    """Do what withdraw_consent says and return the pictures to delete once it is certain."""
    _record(actor, wish_id, use, is_given=False)
    if use is ConsentUse.PUBLISH:
        _unpublish(actor, get_wish_by_id(wish_id))
    elif use is ConsentUse.SHARE_WITH_DELIVERER:
        stop_home_delivery(wish_id)
    else:
        return forget_slip_pictures(wish_id)
    return []


@transaction
def give_consent(actor: Actor, wish_id: int, use: ConsentUse) -> None:
    """Record a yes for one use; a wish that was taken down is shown again only by a moderator.

    Raises WrongState, NotAllowed, WishNotFound, HouseholdNotFound.
    """
    _record(actor, wish_id, use, is_given=True)


@transaction
def correct_contact(actor: Actor, wish_id: int, *, phone: str | None = None, address: str | None = None) -> None:
    """Replace the telephone number, the address or both, as read by rules.read_phone and rules.read_address.

    Raises WrongState, NotAllowed, WishNotFound, IdentityPurged.
    """
    wish = _under_way(wish_id)
    households.correct_contact(actor, wish.household_id, phone=phone, address=address)
    add_event(wish_id, "correct_contact", wish.state, wish.state, actor)


def _record(actor: Actor, wish_id: int, use: ConsentUse, *, is_given: bool) -> None:
    """Add the dated word and its line in the history; for a child under 14 the guardian speaks (PIPL 31)."""
    wish = _under_way(wish_id)
    if actor.kind is ActorKind.STAFF:
        actor.require({Role.CENTRE_CLERK}, wish.service_centre_id)
    record_consent(
        actor,
        wish_id,
        use,
        is_given,
        given_by="guardian" if get_household(wish.household_id).needs_guardian else "self",
        through="code" if actor.kind is ActorKind.FAMILY else "form",
    )
    action = f"{'give' if is_given else 'withdraw'}_consent_{use}"
    add_event(wish_id, action, wish.state, wish.state, actor)


def _unpublish(actor: Actor, wish: Wish) -> None:
    if wish.state == WishState.PUBLISHED:
        move_wish(wish.id, WishAction.SUSPEND, actor)
    else:
        publication.take_down(wish.number)


def _under_way(wish_id: int) -> Wish:
    wish = lock_wish(wish_id)
    if wish.state not in STAYS:
        raise WrongState("the wish has come to its end")
    return wish
