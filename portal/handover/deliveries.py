"""The way of goods from the counter to the family: collected with a code, or brought home by a need reporter."""

from collections.abc import Iterable

from sqlalchemy import func, select, update

from portal import clock, codes
from portal.accounts.queries import people_with_role
from portal.accounts.rules import Actor, NotAllowed, Role
from portal.areas.queries import get_centre
from portal.audit import service as audit
from portal.db import session, transaction
from portal.handover.letters import tell_goods_are_here
from portal.handover.models import Delivery
from portal.handover.rules import Way
from portal.households.models import ConsentUse
from portal.households.queries import has_consent
from portal.households.service import ConsentMissing, DeliveryContact, open_delivery_contact
from portal.sealing import keyed_hash
from portal.wishes.models import Wish
from portal.wishes.rules import WishState, WrongState
from portal.wishes.service import WishNotFound, add_event, get_wish, get_wish_by_id


@transaction
def start_delivery(wish: Wish) -> bool:
    """Open the way of goods from the counter to the family, with a fresh pick-up code told by short message.

    Returns whether there was a number to tell it to.
    """
    attempt = next_attempt(wish.id)
    code = codes.pick_up_code(wish.number, attempt)
    while _is_taken(code):
        attempt += 1
        code = codes.pick_up_code(wish.number, attempt)
    session().add(
        Delivery(
            wish_id=wish.id,
            way=Way.PICK_UP,
            attempt=attempt,
            pick_up_hash=keyed_hash("pick-up", code),
            created_at=clock.now(),
        )
    )
    session().flush()
    return tell_goods_are_here(wish.household_id, get_centre(wish.service_centre_id), code)


@transaction
def end_delivery(wish_id: int) -> None:
    """Close the way of goods that will not reach the family; its pick-up code opens nothing any more."""
    session().execute(
        update(Delivery).where(Delivery.wish_id == wish_id, Delivery.ended_at.is_(None)).values(ended_at=clock.now())
    )


@transaction
def assign_delivery(actor: Actor, wish_id: int, deliverer_id: int | None) -> None:
    """Have goods brought home by a need reporter of the centre, or (None) keep them at the counter after all.

    Raises WrongState, NotAllowed (also for a deliverer of another centre), ConsentMissing, WishNotFound.
    """
    wish = get_wish_by_id(wish_id)
    actor.require({Role.CENTRE_CLERK}, wish.service_centre_id)
    delivery = get_open_delivery(wish)
    if deliverer_id is not None:
        if not has_consent(wish_id, ConsentUse.SHARE_WITH_DELIVERER):
            raise ConsentMissing(ConsentUse.SHARE_WITH_DELIVERER)
        if deliverer_id not in {
            each.person_id for each in people_with_role(Role.NEED_REPORTER, wish.service_centre_id)
        }:
            raise NotAllowed
    delivery.way = Way.PICK_UP if deliverer_id is None else Way.HOME
    delivery.deliverer_id, delivery.note = deliverer_id, None
    audit.record(actor, "delivery.assign", "wish", wish.number, after={"way": delivery.way, "deliverer": deliverer_id})


def assign_deliveries(actor: Actor, numbers: Iterable[str], deliverer_id: int) -> tuple[list[str], list[str]]:
    """Have goods of many wishes brought home by one need reporter, each by itself; return those done and those not."""
    done: list[str] = []
    left: list[str] = []
    for number in dict.fromkeys(numbers):
        try:
            assign_delivery(actor, get_wish(number).id, deliverer_id)
        except (WrongState, NotAllowed, ConsentMissing, WishNotFound):
            left.append(number)
        else:
            done.append(number)
    return done, left


@transaction
def stop_home_delivery(wish_id: int) -> None:
    """Keep goods at the counter because the family no longer agrees that somebody learns its address."""
    session().execute(
        update(Delivery)
        .where(Delivery.wish_id == wish_id, Delivery.ended_at.is_(None))
        .values(way=Way.PICK_UP, deliverer_id=None, wished_way=None)
    )


@transaction
def wish_for_way(actor: Actor, wish_id: int, way: Way, note: str | None = None) -> None:
    """Note how and when a family would like to get its goods; a clerk then arranges it.

    Raises WrongState when nothing waits for them, ValueError for another way.
    """
    wish = lock_wish(wish_id)
    delivery = get_open_delivery(wish)
    if way not in (Way.PICK_UP, Way.HOME):
        raise ValueError(way)
    delivery.wished_way, delivery.wished_note, delivery.wished_at = way, note, clock.now()
    add_event(wish_id, "wish_for_way", wish.state, wish.state, actor)


@transaction
def note_nobody_home(actor: Actor, wish_id: int, note: str) -> None:
    """Note that goods could not be handed over at the door; they stay with the deliverer's centre.

    Raises WrongState, NotAllowed, WishNotFound.
    """
    wish = lock_wish(wish_id)
    delivery = get_open_delivery(wish)
    require_deliverer(actor, wish, delivery)
    delivery.note = note.strip() or None
    add_event(wish_id, "nobody_home", wish.state, wish.state, actor, note=delivery.note)
    audit.record(actor, "delivery.nobody_home", "wish", wish.number)


@transaction
def open_address(actor: Actor, wish_id: int) -> DeliveryContact:
    """Open name, telephone and address for whoever brings the goods home; every opening is logged.

    Raises WrongState when they are not to be brought home, NotAllowed, ConsentMissing, WishNotFound.
    """
    require_home_delivery(actor, wish_id)
    return open_delivery_contact(actor, get_wish_by_id(wish_id).household_id, wish_id)


def get_open_delivery(wish: Wish) -> Delivery:
    """Return the way that goods of a wish are on now.

    Raises WrongState when there is none.
    """
    found = session().scalar(select(Delivery).where(Delivery.wish_id == wish.id, Delivery.ended_at.is_(None)))
    if found is None or wish.state != WishState.RECEIVED:
        raise WrongState("nothing waits at the counter")
    return found


def require_deliverer(actor: Actor, wish: Wish, delivery: Delivery) -> None:
    """Refuse anybody but a clerk of the centre and whom the delivery was given to.

    Raises NotAllowed.
    """
    if actor.may({Role.CENTRE_CLERK}, wish.service_centre_id):
        return
    actor.require({Role.NEED_REPORTER}, wish.service_centre_id)
    if delivery.way != Way.HOME or delivery.deliverer_id != actor.person_id:
        raise NotAllowed


def require_photo_consent(wish_id: int, slip: str | None) -> None:
    """Refuse to keep a picture of a slip where the family did not agree to photos (PIPL 29).

    Raises ConsentMissing.
    """
    if slip is not None and not has_consent(wish_id, ConsentUse.PHOTO):
        raise ConsentMissing(ConsentUse.PHOTO)


def require_home_delivery(actor: Actor, wish_id: int) -> None:
    """Refuse whoever is not to bring these goods home.

    Raises WrongState when nobody is, NotAllowed, WishNotFound.
    """
    wish = get_wish_by_id(wish_id)
    delivery = get_open_delivery(wish)
    require_deliverer(actor, wish, delivery)
    if delivery.way != Way.HOME:
        raise WrongState("the family collects by itself")


def lock_wish(wish_id: int) -> Wish:
    """Return a wish that nobody else can change until this transaction ends.

    Raises WishNotFound.
    """
    get_wish_by_id(wish_id)
    locked = select(Wish).where(Wish.id == wish_id).with_for_update().execution_options(populate_existing=True)
    return session().scalars(locked).one()


def next_attempt(wish_id: int) -> int:
    """Return the number of the next hand-over of a wish, from 1."""
    last = session().scalar(select(func.max(Delivery.attempt)).where(Delivery.wish_id == wish_id))
    return (last or 0) + 1


def _is_taken(code: str) -> bool:
    found = session().scalar(select(Delivery.id).where(Delivery.pick_up_hash == keyed_hash("pick-up", code)))
    return found is not None
