"""Verbs of the counter: take in, turn away, arrange, hand over.

Each is one transaction that moves the wish, says to the pledge what became of
it and writes the messages; whoever loses a race gets WrongState and changes
nothing. The way from the counter to the family is in `deliveries.py`, what the
family answers and what follows from it in `acknowledgements.py`.
"""

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock, codes
from portal.accounts.rules import Actor
from portal.areas.queries import get_centre
from portal.db import session, transaction
from portal.gate.service import Subject, check_published
from portal.handover.acknowledgements import acknowledge, close_wish, close_wishes, settle_reopened
from portal.handover.deliveries import (
    assign_delivery,
    end_delivery,
    get_open_delivery,
    next_attempt,
    note_nobody_home,
    require_deliverer,
    require_photo_consent,
    start_delivery,
    stop_home_delivery,
    wish_for_way,
)
from portal.handover.letters import tell_appointment
from portal.handover.models import Delivery, Receipt
from portal.handover.rules import FAULT_LABELS, Checks, Fault, Proof, Way, may_name_a_home
from portal.households.service import ConsentMissing
from portal.i18n import in_language
from portal.ledger.registers import enter_goods, enter_hours
from portal.limits.service import get_limits
from portal.pledges.models import Pledge, Promise
from portal.pledges.queries import PledgerSummary, find_live_pledge, lock_pledge
from portal.pledges.rules import News, due_after_refusal
from portal.pledges.service import (
    begin_procuring,
    mark_arranged,
    mark_received,
    mark_refused,
    mark_served,
    tell_pledger,
)
from portal.sealing import keyed_hash
from portal.wishes.kinds import WishKind
from portal.wishes.models import Wish
from portal.wishes.rules import WishAction, WishState, WrongState
from portal.wishes.service import get_wish_by_id, move_wish

__all__ = [
    "CodeWrong",
    "ConsentMissing",
    "PlaceUnfit",
    "ProofMissing",
    "TimeUnfit",
    "acknowledge",
    "arrange_service",
    "assign_delivery",
    "close_wish",
    "close_wishes",
    "end_delivery",
    "hand_over",
    "note_nobody_home",
    "receive_goods",
    "record_service_done",
    "refuse_goods",
    "settle_reopened",
    "stop_home_delivery",
    "wish_for_way",
]

LONGEST_AHEAD_DAYS = 180


class CodeWrong(ValueError):
    """A pick-up code is not the one this family was given."""


class ProofMissing(ValueError):
    """Goods go out against a pick-up code or a signed slip only."""


class PlaceUnfit(ValueError):
    """The place of an appointment is missing or looks like somebody's home."""


class TimeUnfit(ValueError):
    """An appointment lies in the past, or too far ahead to be meant."""


@transaction
def receive_goods(actor: Actor, wish_id: int, checks: Checks, *, value_minor: int | None = None) -> bool:
    """Take goods in for a wish, give the family a pick-up code and tell both sides.

    Returns whether the family could be told by short message. `value_minor` is
    what the goods cost in fen, where the clerk knows.

    Raises WrongState, NotAllowed, ChecksFailed, WishNotFound.
    """
    wish, pledge = _claimed(wish_id, WishKind.GOODS)
    checks.require_all()
    move_wish(wish_id, WishAction.RECEIVE, actor)
    mark_received(pledge.pledge_id)
    _add_receipt(actor, wish_id, pledge.pledge_id, checks, outcome="received", value_minor=value_minor)
    return start_delivery(wish)


@transaction
def refuse_goods(
    actor: Actor,
    wish_id: int,
    fault: Fault,
    *,
    note: str = "",
    photo: str | None = None,
    excuse: str | None = None,
) -> None:
    """Turn goods away; the pledger hears why and has until a new deadline to bring others.

    `note` is read by the pledger. `photo` names a kept picture of the goods.

    Raises WrongState, NotAllowed, HoldsPersonalData, ExcuseNeeded, WishNotFound.
    """
    wish, pledge = _claimed(wish_id, WishKind.GOODS)
    check_published(actor, Subject("wish", wish.number, "refusal"), [("pledges.refused_because", note)], excuse)
    due_at = due_after_refusal(pledge.due_at, clock.now(), get_limits())
    reason = _words_for_pledger(pledge.pledge_id, fault, note)
    move_wish(wish_id, WishAction.REFUSE, actor, note=reason, deadline_at=due_at)
    mark_refused(pledge.pledge_id, reason, due_at, has_photo=photo is not None)
    checks = Checks.after(fault)
    _add_receipt(actor, wish_id, pledge.pledge_id, checks, outcome="refused", reason=fault, photo=photo)


@transaction
def arrange_service(actor: Actor, wish_id: int, at: datetime, place: str, excuse: str | None = None) -> bool:
    """Set when and where a service takes place, or set it anew, and tell both sides.

    `place` is read by the pledger, so it is a public place, never the family's
    door. Returns whether the family could be told by short message.

    Raises WrongState, NotAllowed, PlaceUnfit, TimeUnfit, HoldsPersonalData,
    ExcuseNeeded, WishNotFound.
    """
    wish, pledge = _claimed(wish_id, WishKind.SERVICE)
    place = place.strip()
    check_published(actor, Subject("wish", wish.number, "place"), [("pledges.appointment_note", place)], excuse)
    if not place or may_name_a_home(place):
        raise PlaceUnfit
    if not clock.now() < at < clock.now() + timedelta(days=LONGEST_AHEAD_DAYS):
        raise TimeUnfit
    if wish.state == WishState.PROCURING:
        move_wish(wish_id, WishAction.PROCURE, actor, deadline_at=wish.deadline_at)
    else:
        begin_procuring(actor, pledge.pledge_id)
    centre = get_centre(wish.service_centre_id)
    # The centre itself is named to each reader in their own language.
    mark_arranged(pledge.pledge_id, at, None if place == centre.name else place)
    return tell_appointment(wish.household_id, centre, at, place, key=f"{wish.number}:{wish.version}")


@transaction
def record_service_done(actor: Actor, wish_id: int, *, slip: str | None = None, minutes: int | None = None) -> None:
    """Note that a service was done; the family is asked next. `slip` names a kept picture of a signed slip.

    `minutes` go into the register of service hours, where they are known.

    Raises WrongState, NotAllowed, ConsentMissing, WishNotFound.
    """
    wish, pledge = _claimed(wish_id, WishKind.SERVICE)
    require_photo_consent(wish_id, slip)
    move_wish(wish_id, WishAction.SERVE, actor)
    mark_served(pledge.pledge_id)
    at, attempt = clock.now(), next_attempt(wish_id)
    session().add(
        Delivery(
            wish_id=wish_id,
            way=Way.SERVICE,
            attempt=attempt,
            proof=Proof.SIGNATURE if slip else None,
            slip=slip,
            created_at=at,
            ended_at=at,
            handed_over_by_id=actor.person_id,
        )
    )
    if minutes:
        enter_hours(wish.number, wish.category, minutes, occasion=str(attempt))
    tell_pledger(wish_id, News.HANDED_OVER)


@transaction
def hand_over(
    actor: Actor, wish_id: int, *, code: str | None = None, slip: str | None = None, is_signed: bool = False
) -> None:
    """Hand goods to the family against its pick-up code or a signed slip.

    `slip` names a kept picture of the slip, which needs the family's consent to
    photos; without it the paper itself stays at the centre and `is_signed`
    says so. A need reporter may hand over only what was given to them to bring.

    Raises WrongState, NotAllowed, CodeWrong, ProofMissing, ConsentMissing, WishNotFound.
    """
    wish = get_wish_by_id(wish_id)
    delivery = get_open_delivery(wish)
    require_deliverer(actor, wish, delivery)
    if code is not None and delivery.pick_up_hash != keyed_hash("pick-up", codes.tidy(code)):
        raise CodeWrong
    if code is None and not (slip or is_signed):
        raise ProofMissing
    require_photo_consent(wish_id, slip)
    move_wish(wish_id, WishAction.HAND_OVER, actor)
    delivery.proof = Proof.CODE if code is not None else Proof.SIGNATURE
    delivery.slip, delivery.ended_at, delivery.handed_over_by_id = slip, clock.now(), actor.person_id
    value_minor = _value_taken_in(wish_id)
    enter_goods(wish.number, wish.category, wish.quantity, value_minor=value_minor, occasion=str(delivery.attempt))
    tell_pledger(wish_id, News.HANDED_OVER)


def _claimed(wish_id: int, kind: WishKind) -> tuple[Wish, PledgerSummary]:
    wish, pledge = get_wish_by_id(wish_id), find_live_pledge(wish_id)
    if pledge is None or wish.kind != kind:
        raise WrongState(f"no live pledge of {kind}")
    # The same order as in the room of pledges, so that two hands do not wait for each other.
    lock_pledge(pledge.pledge_id)
    return wish, pledge


def _add_receipt(
    actor: Actor,
    wish_id: int,
    pledge_id: int,
    checks: Checks,
    *,
    outcome: str,
    value_minor: int | None = None,
    reason: Fault | None = None,
    photo: str | None = None,
) -> None:
    session().add(
        Receipt(
            wish_id=wish_id,
            pledge_id=pledge_id,
            outcome=outcome,
            item_matches=checks.item_matches,
            is_new=checks.is_new,
            is_safe=checks.is_safe,
            value_minor=value_minor,
            reason=reason,
            photo=photo,
            person_id=actor.person_id,
            at=clock.now(),
        )
    )
    session().flush()


def _value_taken_in(wish_id: int) -> int | None:
    """Return what the goods cost by the clerk who took them in last, where that is known."""
    query = select(Receipt.value_minor).where(Receipt.wish_id == wish_id, Receipt.outcome == "received")
    return session().scalar(query.order_by(Receipt.id.desc()).limit(1))


def _words_for_pledger(pledge_id: int, fault: Fault, note: str) -> str:
    """Return why goods were turned away, in the pledger's language; what the clerk added stays as written."""
    locale = session().scalar(
        select(Promise.locale).join(Pledge, Pledge.promise_id == Promise.id).where(Pledge.id == pledge_id)
    )
    if fault is Fault.OTHER and note:
        return note
    with in_language(locale or "zh"):
        label = str(FAULT_LABELS[fault])
        return _("%(fault)s（%(note)s）", fault=label, note=note) if note else label
