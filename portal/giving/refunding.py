"""Refunds: the row first, then the provider outside of any transaction, then what it says is taken in."""

import logging
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import or_, select

from portal import clock
from portal.accounts.rules import Actor, Role
from portal.audit import service as audit
from portal.crashing import crash_point
from portal.db import session, transaction
from portal.gate.service import check_told
from portal.giving.aftermath import add_refund, left_minor
from portal.giving.gateways.protocol import GatewayRefused, GatewayUnavailable, RefundOrder
from portal.giving.gateways.registry import GatewayUnknown, get_gateway
from portal.giving.letters import tell
from portal.giving.making import lock_gift
from portal.giving.models import Gift, Payment, Refund, RefundRequest
from portal.giving.rules import News, PaymentState, RefundReason, RefundState, check_refund, refund_key
from portal.giving.syncing import outside_transactions, sync_payment

logger = logging.getLogger(__name__)

SEND_AGAIN_MINUTES = 5
"""How long a refund whose answer was lost rests before it is ordered again, with the same key."""


class GiftNotPaid(Exception):
    """No payment has come in of which anything could be given back."""


class NothingAsked(Exception):
    """The donor has not asked, or was answered already."""


@transaction
def request_refund(
    actor: Actor, gift_public_id: str, amount_minor: int, reason: RefundReason, note: str, *, public_id: str
) -> int:
    """Write down that a part or the whole of a gift goes back, and return the refund; the provider is asked later.

    Locks the gift. `public_id` names the refund beforehand, so that a form
    sent twice gives back once. A waiting request of the donor is granted by it.

    Raises NotAllowed, GiftNotFound, GiftNotPaid, RefundTooMuch.
    """
    actor.require({Role.FINANCE})
    gift = lock_gift(gift_public_id)
    known = session().scalar(select(Refund.id).where(Refund.public_id == public_id))
    if known is not None:
        return known
    payment = session().scalar(
        select(Payment).where(Payment.gift_id == gift.id, Payment.state == PaymentState.SUCCEEDED)
    )
    if payment is None:
        raise GiftNotPaid
    check_refund(amount_minor, left_minor(payment))
    refund = add_refund(payment, amount_minor, reason, public_id=public_id, note=note, requested_by_id=actor.person_id)
    request = _waiting_request(gift)
    if request is not None:
        request.state, request.decided_at, request.decided_by_id = "granted", clock.now(), actor.person_id
    audit.record(actor, "gift.refund", "gift", gift.public_id, after={"amount_minor": amount_minor, "reason": reason})
    return refund.id


@transaction
def ask_for_refund(gift_public_id: str, words: str | None) -> bool:
    """Note that a donor asks for their money back; tell whether it was not noted before.

    Raises GiftNotFound, GiftNotPaid.
    """
    gift = lock_gift(gift_public_id)
    payment = session().scalar(
        select(Payment).where(Payment.gift_id == gift.id, Payment.state == PaymentState.SUCCEEDED)
    )
    if payment is None or left_minor(payment) <= 0:
        raise GiftNotPaid
    if _waiting_request(gift) is not None:
        return False
    session().add(RefundRequest(gift_id=gift.id, words=words, state="waiting", created_at=clock.now()))
    return True


@transaction
def refuse_refund(actor: Actor, gift_public_id: str, answer: str) -> None:
    """Tell a donor that the money is not given back, and why.

    Raises NotAllowed, GiftNotFound, NothingAsked, HoldsPersonalData.
    """
    actor.require({Role.FINANCE})
    check_told([("refund_requests.answer", answer)])
    gift = lock_gift(gift_public_id)
    request = _waiting_request(gift)
    if request is None:
        raise NothingAsked
    request.state, request.answer = "refused", answer
    request.decided_at, request.decided_by_id = clock.now(), actor.person_id
    audit.record(actor, "gift.refuse_refund", "gift", gift.public_id, after={"state": "refused"})
    tell(gift, News.REFUND_REFUSED, key=str(request.id), words=answer)


def send_refunds() -> int:
    """Order every refund that waits for it, and again those whose answer was lost; return how many are done."""
    at = clock.now() - timedelta(minutes=SEND_AGAIN_MINUTES)
    lost = (Refund.state == RefundState.SENT) & (Refund.sent_at <= at)
    waiting = session().scalars(
        select(Refund.id).where(or_(Refund.state == RefundState.REQUESTED, lost)).order_by(Refund.id)
    )
    return sum(send_refund(refund_id) for refund_id in list(waiting))


def send_refund(refund_id: int) -> bool:
    """Order one refund at its provider and take in what became of it; tell whether the money is on its way for good.

    Where no answer comes the refund stays as it is, and is ordered again with
    the same key by the clock.
    """
    claimed = _mark_sent(refund_id)
    if claimed is None:
        return False
    gateway_name, order = claimed
    outside_transactions()
    try:
        get_gateway(gateway_name).refund(order)
    except GatewayRefused as refused:
        _mark_refused(refund_id, refused.code)
        return False
    except (GatewayUnavailable, GatewayUnknown) as lost:
        logger.warning("refund %s: no answer (%s)", refund_id, type(lost).__name__)
        return False
    crash_point("after_refund")
    with suppress(GatewayUnavailable):
        sync_payment(gateway_name, order.provider_ref)
    return True


@transaction
def _mark_sent(refund_id: int) -> tuple[str, RefundOrder] | None:
    refund = session().get_one(Refund, refund_id, with_for_update=True, populate_existing=True)
    payment = session().get_one(Payment, refund.payment_id)
    if refund.state not in (RefundState.REQUESTED, RefundState.SENT) or payment.provider_ref is None:
        return None
    refund.state, refund.sent_at = RefundState.SENT, clock.now()
    order = RefundOrder(
        refund_key(refund.id, refund.public_id), payment.provider_ref, refund.amount_minor, refund.currency
    )
    return payment.gateway, order


@transaction
def _mark_refused(refund_id: int, code: str) -> None:
    refund = session().get_one(Refund, refund_id, with_for_update=True, populate_existing=True)
    if refund.state == RefundState.SENT:
        refund.state, refund.failed_at, refund.failure = RefundState.FAILED, clock.now(), code


def _waiting_request(gift: Gift) -> RefundRequest | None:
    return session().scalar(
        select(RefundRequest).where(RefundRequest.gift_id == gift.id, RefundRequest.state == "waiting")
    )
