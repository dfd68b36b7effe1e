"""The one verb that takes in what a provider says of a payment, however often, late or out of order it comes.

Door, return page, reconcile and importers all end here. What is new is
booked in the same transaction as the gift's state and the letter to the
donor; what does not fit is held for a person and not booked.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from portal import clock, codes
from portal.crashing import crash_point
from portal.db import session, transaction
from portal.giving.aftermath import absorb_disputes, absorb_refunds, add_refund, is_aftermath_known, settle_gift
from portal.giving.commitments import follow_gift, hold_commitments
from portal.giving.gateways.protocol import PaymentStatus, ProviderPayment
from portal.giving.holding import note_hold
from portal.giving.lateness import is_too_late
from portal.giving.letters import tell
from portal.giving.models import Gift, Payment
from portal.giving.months import add_month, settle_month
from portal.giving.neighbours import take_payment_for_wish
from portal.giving.posting import post_fee, post_gift
from portal.giving.rules import (
    PAID_STATES,
    GiftState,
    News,
    PaymentState,
    RefundReason,
    WhyHeld,
    next_payment_state,
    payment_key,
    read_key,
)
from portal.giving.throttling import note_failure
from portal.sealing import keyed_hash


class Absorbed(StrEnum):
    """What became of what a provider said."""

    UNKNOWN = "unknown"
    HELD = "held"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Source:
    """Who said it: the gateway's name, and the mode it is expected to be in."""

    gateway: str
    livemode: bool


@transaction
def absorb(source: Source, seen: ProviderPayment) -> Absorbed:
    """Bring a payment and its gift to where the provider says they are; saying it again changes nothing.

    Locks the gift, then its payments and whoever matches it, and posts last: debit the gateway's
    clearing account, credit the campaign's fund; fees, refunds and chargebacks
    the other way. Money that came a second time, or for a campaign that was
    over when it was paid, or that a provider took after its donor had ended the
    monthly gift, is booked and a refund is asked for at once.
    """
    found = _find(source.gateway, seen) or add_month(source.gateway, source.livemode, seen)
    if not isinstance(found, tuple):
        return _leave(source.gateway, seen, found)
    gift, payment = found
    if _is_empty_twin(payment, seen):
        return Absorbed.UNKNOWN
    payment.checked_at = clock.now()
    why = _misfit(source, gift.public_id, payment, seen)
    if why is not None:
        note_hold(source.gateway, seen, why, payment.id)
        return Absorbed.HELD
    payment.provider_ref = seen.provider_ref
    was_paid = payment.state in PAID_STATES
    held = hold_commitments(gift.campaign_number)
    _take_status(gift, payment, seen)
    if payment.state in PAID_STATES:
        _take_fee(gift, payment, seen)
        absorb_refunds(source.gateway, gift, payment, seen)
        absorb_disputes(gift, payment, seen)
    settle_gift(gift)
    follow_gift(gift, payment, held, is_new=not was_paid)
    session().flush()
    crash_point("before_commit_of_payment")
    return Absorbed.TAKEN


def is_known(source: Source, seen: ProviderPayment) -> bool:
    """Tell whether a provider says nothing new, so that looking again costs no transaction; reads only."""
    row = (
        session()
        .execute(
            select(Payment, Gift.public_id)
            .join(Gift, Gift.id == Payment.gift_id)
            .where(Payment.gateway == source.gateway, Payment.provider_ref == seen.provider_ref)
        )
        .one_or_none()
    )
    if row is None or _misfit(source, row.public_id, row.Payment, seen) is not None:
        return False
    payment: Payment = row.Payment
    state = PaymentState(payment.state)
    is_processing = state is PaymentState.PENDING and seen.status is PaymentStatus.PROCESSING
    if next_payment_state(state, seen.status) is not state or payment.is_processing != is_processing:
        return False
    if state not in PAID_STATES:
        return True
    return (payment.fee_minor is not None or seen.fee_minor is None) and is_aftermath_known(payment, seen)


def _find(gateway: str, seen: ProviderPayment) -> tuple[Gift, Payment] | None:
    """Return gift and payment, locked in this order, so that two that speak of one gift wait for each other."""
    row: Any
    by_ref = select(Payment.gift_id, Payment.id).where(
        Payment.gateway == gateway, Payment.provider_ref == seen.provider_ref
    )
    row = session().execute(by_ref).one_or_none()
    row = row or _find_by_key(gateway, seen.key)
    if row is None:
        return None
    gift = session().get_one(Gift, row.gift_id, with_for_update=True, populate_existing=True)
    payment = session().get_one(Payment, row.id, with_for_update=True, populate_existing=True)
    return gift, payment


def _find_by_key(gateway: str, key: str | None) -> Any:
    """Find a payment whose answer was lost when it was begun; a key of a row that is gone finds nothing."""
    ours = read_key("payment", key)
    if ours is None:
        return None
    query = select(Payment.gift_id, Payment.id, Gift.public_id).join(Gift, Gift.id == Payment.gift_id)
    row = session().execute(query.where(Payment.gateway == gateway, Payment.id == ours)).one_or_none()
    return row if row is not None and payment_key(row.id, row.public_id) == key else None


def _leave(gateway: str, seen: ProviderPayment, why: WhyHeld | None) -> Absorbed:
    """Leave alone what others ordered; money that was ordered here by a row that is gone is held for a person.

    So is a month that does not fit what its donor agreed to, for the reason given.
    """
    if read_key("payment", seen.key) is not None and seen.status is PaymentStatus.SUCCEEDED:
        why = WhyHeld.ORPHAN
    if why is None:
        return Absorbed.UNKNOWN
    note_hold(gateway, seen, why, None)
    return Absorbed.HELD


def _is_empty_twin(payment: Payment, seen: ProviderPayment) -> bool:
    """Tell whether this is a second page for one payment, opened by an order whose answer was lost, and not paid."""
    return payment.provider_ref not in (None, seen.provider_ref) and seen.status is not PaymentStatus.SUCCEEDED


def _misfit(source: Source, gift_public_id: str, payment: Payment, seen: ProviderPayment) -> WhyHeld | None:
    """Return why what is said does not fit the row that was frozen before the provider was asked."""
    if seen.livemode != source.livemode:
        return WhyHeld.LIVEMODE
    if seen.currency != payment.currency:
        return WhyHeld.CURRENCY
    if seen.amount_minor != payment.amount_minor:
        return WhyHeld.AMOUNT
    is_other = payment.provider_ref not in (None, seen.provider_ref)
    if seen.key is None and seen.mandate is not None and payment.provider_ref is not None:
        # A later month, which the provider took by itself: its row was written from it and goes by its name.
        return WhyHeld.TWIN if is_other else None
    return WhyHeld.TWIN if is_other or seen.key != payment_key(payment.id, gift_public_id) else None


def _take_status(gift: Gift, payment: Payment, seen: ProviderPayment) -> None:
    before = PaymentState(payment.state)
    after = next_payment_state(before, seen.status)
    payment.is_processing = after is PaymentState.PENDING and seen.status is PaymentStatus.PROCESSING
    if after is before:
        return
    if seen.fingerprint:
        payment.method_hash = keyed_hash("payment-method", f"{payment.gateway}:{seen.fingerprint}")
    if after is PaymentState.SUCCEEDED:
        _succeed(gift, payment, seen)
        return
    payment.state, payment.ended_at, payment.failure = after, clock.now(), seen.failure
    if after is PaymentState.FAILED:
        note_failure(gift, payment)
        tell(gift, News.FAILED, key=gift.public_id)


def _succeed(gift: Gift, payment: Payment, seen: ProviderPayment) -> None:
    paid_at = seen.paid_at or clock.now()
    is_second = session().scalar(
        select(func.count(Payment.id)).where(
            Payment.gift_id == gift.id, Payment.state == PaymentState.SUCCEEDED, Payment.id != payment.id
        )
    )
    payment.state = PaymentState.DUPLICATED if is_second else PaymentState.SUCCEEDED
    payment.paid_at, payment.ended_at, payment.failure = paid_at, clock.now(), None
    session().flush()
    post_gift(gift, payment)
    had_ended = settle_month(gift, payment, seen, is_second=bool(is_second))
    if is_second:
        add_refund(payment, payment.amount_minor, RefundReason.DUPLICATED)
        tell(gift, News.DUPLICATED, key=str(payment.id))
        return
    gift.succeeded_at, gift.number = clock.now(), codes.new_gift_number()
    gift.state, gift.state_since = GiftState.SUCCEEDED, clock.now()
    is_late = is_too_late(gift, paid_at)
    if is_late:
        add_refund(payment, payment.amount_minor, RefundReason.CAMPAIGN_OVER)
    elif had_ended:
        add_refund(payment, payment.amount_minor, RefundReason.DONOR)
    news, words = take_payment_for_wish(gift, is_late=is_late)
    if is_late or had_ended:
        news = News.CAMPAIGN_OVER if is_late else News.AFTER_STOP
    tell(gift, news, key=gift.public_id, words=words)


def _take_fee(gift: Gift, payment: Payment, seen: ProviderPayment) -> None:
    if payment.fee_minor is None and seen.fee_minor is not None:
        payment.fee_minor = seen.fee_minor
        session().flush()
        post_fee(gift, payment)
