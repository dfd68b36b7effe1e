"""Takes in refunds and chargebacks of a payment, and lets the gift's state follow; called inside `absorb`."""

from sqlalchemy import func, select

from portal import clock, codes
from portal.db import session
from portal.giving.gateways.protocol import (
    DisputeStatus,
    ProviderDispute,
    ProviderPayment,
    ProviderRefund,
    RefundStatus,
)
from portal.giving.holding import note_hold
from portal.giving.letters import tell
from portal.giving.models import Dispute, Gift, Payment, Refund
from portal.giving.months import end_after_dispute
from portal.giving.posting import post_dispute, post_dispute_end, post_refund, undo_dispute, undo_refund
from portal.giving.rules import (
    DisputeState,
    GiftFacts,
    GiftState,
    News,
    PaymentState,
    RefundReason,
    RefundState,
    WhyHeld,
    gift_state,
    read_key,
    refund_key,
)

_AS_STORED = {RefundStatus.PENDING: str(RefundState.SENT)}


def absorb_refunds(gateway: str, gift: Gift, payment: Payment, seen: ProviderPayment) -> None:
    """Book refunds that went out, undo those that came back, and know those the provider made by itself."""
    given = sum(each.amount_minor for each in seen.refunds if each.status is not RefundStatus.FAILED)
    if given > payment.amount_minor:
        note_hold(gateway, seen, WhyHeld.REFUNDED_TOO_MUCH, payment.id, amount_minor=given)
        return
    for each in seen.refunds:
        refund = _find_refund(payment, each) or _add_made_elsewhere(payment, each)
        refund.provider_ref = each.provider_ref
        if each.status is RefundStatus.SUCCEEDED and refund.state in (RefundState.REQUESTED, RefundState.SENT):
            refund.state, refund.succeeded_at = RefundState.SUCCEEDED, clock.now()
            session().flush()
            post_refund(gift, payment, refund)
            if refund.reason not in (RefundReason.DUPLICATED, RefundReason.CAMPAIGN_OVER):
                tell(gift, News.REFUNDED, key=refund.public_id, amount_minor=refund.amount_minor)
        elif each.status is RefundStatus.FAILED and refund.state != RefundState.FAILED:
            _fail(gift, refund)


def absorb_disputes(gift: Gift, payment: Payment, seen: ProviderPayment) -> None:
    """Book chargebacks, and undo those that were won."""
    for each in seen.disputes:
        dispute = session().scalar(
            select(Dispute).where(Dispute.payment_id == payment.id, Dispute.provider_ref == each.provider_ref)
        ) or _open_dispute(gift, payment, each)
        if dispute.state == DisputeState.OPEN and each.status is not DisputeStatus.OPEN:
            _close_dispute(gift, payment, dispute, each)


def is_aftermath_known(payment: Payment, seen: ProviderPayment) -> bool:
    """Tell whether every refund and chargeback a provider names is here as it stands there."""
    refunds = session().execute(select(Refund.provider_ref, Refund.state).where(Refund.payment_id == payment.id))
    disputes = session().execute(select(Dispute.provider_ref, Dispute.state).where(Dispute.payment_id == payment.id))
    known = {(ref, state) for ref, state in (*refunds, *disputes)}
    said = {(each.provider_ref, _AS_STORED.get(each.status, str(each.status))) for each in seen.refunds}
    return said | {(each.provider_ref, str(each.status)) for each in seen.disputes} <= known


def settle_gift(gift: Gift) -> None:
    """Let a gift's state follow from what happened to its money."""
    session().flush()
    state = gift_state(_facts(gift))
    if state != gift.state:
        gift.state, gift.state_since = state, clock.now()


def add_refund(
    payment: Payment,
    amount_minor: int,
    reason: RefundReason,
    *,
    public_id: str | None = None,
    note: str | None = None,
    requested_by_id: int | None = None,
) -> Refund:
    """Write the row of a refund that is to be sent; call inside a transaction that holds the gift."""
    refund = Refund(
        public_id=public_id or codes.new_public_id(),
        payment_id=payment.id,
        amount_minor=amount_minor,
        currency=payment.currency,
        reason=reason,
        note=note,
        state=RefundState.REQUESTED,
        requested_by_id=requested_by_id,
        created_at=clock.now(),
    )
    session().add(refund)
    session().flush()
    return refund


def refunded_minor(payment_id: int) -> int:
    """Return how much of a payment went back through refunds."""
    return _sum_refunds(payment_id, (RefundState.SUCCEEDED,))


def left_minor(payment: Payment) -> int:
    """Return how much of a payment can still be given back: what is not back, not on its way and not charged back."""
    on_their_way = (RefundState.REQUESTED, RefundState.SENT, RefundState.SUCCEEDED)
    disputed = session().scalar(
        select(func.coalesce(func.sum(Dispute.amount_minor), 0)).where(
            Dispute.payment_id == payment.id, Dispute.state != DisputeState.WON
        )
    )
    return payment.amount_minor - _sum_refunds(payment.id, on_their_way) - int(disputed or 0)


def _facts(gift: Gift) -> GiftFacts:
    paid = session().scalar(select(Payment).where(Payment.gift_id == gift.id, Payment.state == PaymentState.SUCCEEDED))
    if paid is None:
        return GiftFacts(gift.amount_minor, is_paid=False, is_left=gift.state == GiftState.ABANDONED)
    disputes = session().scalars(select(Dispute.state).where(Dispute.payment_id == paid.id))
    return GiftFacts(
        amount_minor=gift.amount_minor,
        is_paid=True,
        refunded_minor=refunded_minor(paid.id),
        disputes=frozenset(map(DisputeState, disputes)),
    )


def _sum_refunds(payment_id: int, states: tuple[RefundState, ...]) -> int:
    total = session().scalar(
        select(func.coalesce(func.sum(Refund.amount_minor), 0)).where(
            Refund.payment_id == payment_id, Refund.state.in_(states)
        )
    )
    return int(total or 0)


def _find_refund(payment: Payment, seen: ProviderRefund) -> Refund | None:
    ours = read_key("refund", seen.key)
    same = Refund.provider_ref == seen.provider_ref
    if ours is not None:
        same = same | (Refund.id == ours)
    found = session().scalars(select(Refund).where(Refund.payment_id == payment.id, same).with_for_update())
    return next((each for each in found if _is_same(each, seen)), None)


def _is_same(refund: Refund, seen: ProviderRefund) -> bool:
    return refund.provider_ref == seen.provider_ref or refund_key(refund.id, refund.public_id) == seen.key


def _add_made_elsewhere(payment: Payment, seen: ProviderRefund) -> Refund:
    """Add a refund that nobody asked for here, such as one made on the provider's own pages."""
    refund = add_refund(payment, seen.amount_minor, RefundReason.PROVIDER)
    refund.state, refund.sent_at = RefundState.SENT, clock.now()
    return refund


def _fail(gift: Gift, refund: Refund) -> None:
    was_booked = refund.state == RefundState.SUCCEEDED
    refund.state, refund.failed_at, refund.failure = RefundState.FAILED, clock.now(), "came_back"
    session().flush()
    if was_booked:
        undo_refund(refund)
    tell(gift, News.REFUND_FAILED, key=refund.public_id, amount_minor=refund.amount_minor)


def _close_dispute(gift: Gift, payment: Payment, dispute: Dispute, seen: ProviderDispute) -> None:
    is_won = seen.status is DisputeStatus.WON
    dispute.state, dispute.closed_at = DisputeState(seen.status), clock.now()
    dispute.closing_fee_minor = seen.fee_minor - (0 if is_won else dispute.fee_minor)
    session().flush()
    if is_won:
        undo_dispute(dispute)
    post_dispute_end(gift, payment, dispute)


def _open_dispute(gift: Gift, payment: Payment, seen: ProviderDispute) -> Dispute:
    dispute = Dispute(
        payment_id=payment.id,
        provider_ref=seen.provider_ref,
        amount_minor=seen.amount_minor,
        fee_minor=seen.fee_minor,
        currency=payment.currency,
        state=DisputeState.OPEN,
        opened_at=clock.now(),
    )
    session().add(dispute)
    session().flush()
    end_after_dispute(gift)
    post_dispute(gift, payment, dispute)
    return dispute
