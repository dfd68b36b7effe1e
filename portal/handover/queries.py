"""Reads of the counter: what a code opens, what a wish page offers. Dataclasses only, no identities."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal import clock
from portal.accounts.rules import Actor, ActorKind, NotAllowed, Role
from portal.clock import local_date
from portal.db import session
from portal.handover.acknowledgements import has_signed_slip, latest_acknowledgement
from portal.handover.deliveries import require_deliverer
from portal.handover.history import AnswerLine, HandedOver, ReceiptLine, answers_of, hand_overs_of, receipts_of
from portal.handover.models import Delivery, Receipt
from portal.handover.rules import Answer
from portal.handover.waiting import Waiting, english_texts, find_waiting
from portal.households.models import ConsentUse
from portal.households.queries import has_consent
from portal.limits.service import get_limits
from portal.pledges.queries import PledgerSummary, find_live_pledge, find_pledge_by_drop_off
from portal.sealing import keyed_hash
from portal.wishes.kinds import WishKind
from portal.wishes.models import Wish
from portal.wishes.rules import WishAction, WishState, actions_for, may_close_by_slip
from portal.wishes.service import WishNotFound
from portal.workdays import add_days


@dataclass(frozen=True, slots=True)
class CounterWish:
    """What a clerk compares goods with, and where the wish stands."""

    id: int
    number: str
    household_id: int
    service_centre_id: int
    kind: str
    category: str
    item: str
    size: str | None
    quantity: int
    price_minor: int
    state: WishState
    state_since: datetime


@dataclass(frozen=True, slots=True)
class Panel:
    """What a wish page shows of the hand-over and what this actor may do there; `may` names the deeds."""

    number: str
    state: WishState
    is_service: bool
    may: frozenset[str]
    appointment_at: datetime | None
    appointment_note: str | None
    proposed_times: str | None
    waiting: Waiting | None
    slip_counts_from: date | None
    receipts: tuple[ReceiptLine, ...]
    hand_overs: tuple[HandedOver, ...]
    answers: tuple[AnswerLine, ...]


_COUNTER_COLUMNS = (
    Wish.id,
    Wish.number,
    Wish.household_id,
    Wish.service_centre_id,
    Wish.kind,
    Wish.category,
    Wish.item,
    Wish.size,
    Wish.quantity,
    (Wish.quantity * Wish.unit_price_minor).label("price_minor"),
    Wish.state,
    Wish.state_since,
)
_READERS = frozenset({Role.CENTRE_CLERK, Role.MODERATOR, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.NEED_REPORTER})
_NOTE_READERS = frozenset({Role.CENTRE_CLERK, Role.MODERATOR})


def get_counter_wish(number: str) -> CounterWish:
    """Return a wish as the counter sees it, in the reader's language where it has words in it.

    Raises WishNotFound.
    """
    row = session().execute(select(*_COUNTER_COLUMNS).where(Wish.number == number)).one_or_none()
    if row is None:
        raise WishNotFound(number)
    english = english_texts([number]).get(number)
    words = {"item": english.item, "size": english.size} if english else {}
    return CounterWish(**(row._asdict() | {"state": WishState(row.state)} | words))


def find_number_by_drop_off(actor: Actor, code: str) -> str | None:
    """Return the wish whose live pledge has this drop-off code, at the actor's own counter only."""
    found = find_pledge_by_drop_off(code)
    if found is None or not found.is_live or not actor.may({Role.CENTRE_CLERK}, found.service_centre_id):
        return None
    return found.number


def find_number_by_pick_up(actor: Actor, code: str) -> str | None:
    """Return the wish whose goods wait under this pick-up code, at the actor's own counter only."""
    row = (
        session()
        .execute(
            select(Wish.number, Wish.service_centre_id)
            .join(Delivery, Delivery.wish_id == Wish.id)
            .where(Delivery.pick_up_hash == keyed_hash("pick-up", code), Delivery.ended_at.is_(None))
        )
        .one_or_none()
    )
    if row is None or not actor.may({Role.CENTRE_CLERK}, row.service_centre_id):
        return None
    return row.number


def may_close(actor: Actor, wish_id: int) -> bool:
    """Tell whether an actor is not the one who wrote the family's yes down."""
    last = latest_acknowledgement(wish_id)
    return (
        last is not None
        and last.answer == Answer.RECEIVED
        and (last.person_id is None or last.person_id != actor.person_id)
    )


def find_refusal_photo(pledge_id: int) -> str | None:
    """Return the picture of the goods that were turned away last for a pledge."""
    return session().scalar(
        select(Receipt.photo)
        .where(Receipt.pledge_id == pledge_id, Receipt.photo.is_not(None))
        .order_by(Receipt.id.desc())
        .limit(1)
    )


def panel(wish: Wish, actor: Actor) -> Panel | None:
    """Return what the wish page of the staff shows of the hand-over; None for whoever sees nothing of it."""
    if not actor.may(_READERS, wish.service_centre_id):
        return None
    reads_notes = actor.may(_NOTE_READERS, wish.service_centre_id)
    pledge = find_live_pledge(wish.id)
    return Panel(
        number=wish.number,
        state=WishState(wish.state),
        is_service=wish.kind == WishKind.SERVICE,
        may=_deeds(wish, actor, pledge),
        appointment_at=pledge.appointment_at if pledge else None,
        appointment_note=pledge.appointment_note if pledge else None,
        proposed_times=pledge.proposed_times if pledge else None,
        waiting=find_waiting(wish.id) if reads_notes else None,
        slip_counts_from=_slip_counts_from(wish),
        receipts=receipts_of(wish.id),
        hand_overs=hand_overs_of(wish.id),
        answers=answers_of(wish.id, with_notes=reads_notes),
    )


def _deeds(wish: Wish, actor: Actor, pledge: PledgerSummary | None) -> frozenset[str]:
    """Name what an actor may do; the verbs check again."""
    state = WishState(wish.state)
    actions = set(actions_for(state, actor, wish.service_centre_id))
    is_clerk = actor.kind is ActorKind.STAFF and actor.may({Role.CENTRE_CLERK}, wish.service_centre_id)
    is_service = wish.kind == WishKind.SERVICE
    possible = {
        "goods": WishAction.RECEIVE in actions and not is_service and pledge is not None,
        "appointment": WishAction.PROCURE in actions and is_service and pledge is not None,
        "served": WishAction.SERVE in actions and is_service and pledge is not None,
        "hand_over": WishAction.HAND_OVER in actions and _is_deliverer(wish, actor),
        "delivery": is_clerk and state is WishState.RECEIVED,
        "slip": is_clerk and state in (WishState.RECEIVED, WishState.HANDED_OVER),
        "answer": is_clerk and bool({WishAction.CONFIRM, WishAction.COMPLAIN} & actions),
        "close_by_slip": is_clerk
        and state is WishState.HANDED_OVER
        and may_close_by_slip(wish.state_since, clock.now(), get_limits()),
        "settle": WishAction.REPUBLISH in actions and is_clerk,
        "close": WishAction.CLOSE in actions and may_close(actor, wish.id),
        "consents": is_clerk and bool(actions),
        "withdraw": is_clerk and WishAction.WITHDRAW in actions,
    }
    return frozenset(name for name, is_possible in possible.items() if is_possible)


def _is_deliverer(wish: Wish, actor: Actor) -> bool:
    delivery = session().scalar(select(Delivery).where(Delivery.wish_id == wish.id, Delivery.ended_at.is_(None)))
    if delivery is None:
        return False
    try:
        require_deliverer(actor, wish, delivery)
    except NotAllowed:
        return False
    return True


def _slip_counts_from(wish: Wish) -> date | None:
    """Return the first day on which a signed slip may speak for a family that does not answer."""
    if wish.state != WishState.HANDED_OVER:
        return None
    return local_date(add_days(wish.state_since, get_limits().confirm_days))


def may_share_address(wish_id: int) -> bool:
    """Tell whether a family agreed that whoever brings its goods learns its address."""
    return has_consent(wish_id, ConsentUse.SHARE_WITH_DELIVERER)


def may_keep_photos(wish_id: int) -> bool:
    """Tell whether a family agreed that a picture of its signed slip is kept."""
    return has_consent(wish_id, ConsentUse.PHOTO)


def needs_new_slip(wish_id: int) -> bool:
    """Tell whether nobody has signed for the last hand-over, so that a slip is still to be signed."""
    return not has_signed_slip(wish_id)
