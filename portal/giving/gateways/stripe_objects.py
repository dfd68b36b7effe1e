"""What Stripe's objects say, in the plain values of the protocol; pure, asks nobody.

Fees come in the currency of the account and are written here in that of the
payment, at the rate at which Stripe itself changed the one into the other.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from portal.clock import local_date
from portal.giving.gateways.protocol import (
    DisputeStatus,
    MandateName,
    PaymentStatus,
    ProviderDispute,
    ProviderPayment,
    ProviderRefund,
    RefundStatus,
)

REFUNDS = {"succeeded": RefundStatus.SUCCEEDED, "failed": RefundStatus.FAILED, "canceled": RefundStatus.FAILED}
"""How refunds end; in any other status they are under way."""

DISPUTES = {
    "won": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
    "needs_response": DisputeStatus.OPEN,
    "under_review": DisputeStatus.OPEN,
    "appeal_needs_response": DisputeStatus.LOST,
    "appeal_under_review": DisputeStatus.LOST,
}
"""Statuses in which a bank took money back. An inquiry (warning_…) and one that was prevented take none."""

KNOWN_DECLINES = ("insufficient_funds",)
"""Reasons of a bank that help the donor more than that the card was declined."""

FAILURES = {
    "payment_intent_authentication_failure": "authentication_failed",
    "payment_intent_payment_attempt_failed": "card_declined",
}


def read_payment(session: Any, intent: Any, disputes: Iterable[Any]) -> ProviderPayment:
    """Return a payment from a Checkout Session and the intent behind it, which holds charge, fee and refunds."""
    is_monthly = session.mode == "subscription" and session.subscription
    return _read(
        session,
        intent,
        disputes,
        key=key_of(session),
        status=_status_of(session, intent),
        amount_minor=session.amount_total,
        mandate=MandateName(str(session.subscription), key_of(session)) if is_monthly else None,
    )


def read_month(invoice: Any, intent: Any, disputes: Iterable[Any]) -> ProviderPayment:
    """Return a later month's payment from its invoice; one that was settled elsewhere brought no money here."""
    is_paid = invoice.status == "paid" and intent is not None
    details = invoice.parent.subscription_details
    return _read(
        invoice,
        intent,
        disputes,
        key=None,
        status=PaymentStatus.SUCCEEDED if is_paid else PaymentStatus.OPEN,
        amount_minor=invoice.total,
        mandate=MandateName(str(details.subscription), key_of(details)),
        month_on=local_date(datetime.fromtimestamp(invoice.lines.data[0].period.start, UTC)),
    )


def _read(
    paper: Any, intent: Any, disputes: Iterable[Any], *, status: PaymentStatus, amount_minor: int, **more: Any
) -> ProviderPayment:
    charge: Any = intent.latest_charge if intent else None
    is_paid = status is PaymentStatus.SUCCEEDED and charge is not None
    return ProviderPayment(
        provider_ref=paper.id,
        status=status,
        amount_minor=intent.amount_received if is_paid else amount_minor,
        currency=(intent if is_paid else paper).currency.upper(),
        livemode=paper.livemode,
        paid_at=datetime.fromtimestamp(charge.created, UTC) if is_paid else None,
        fee_minor=_fee_of(charge) if is_paid else None,
        fingerprint=_fingerprint_of(charge) if charge else None,
        failure=_failure_of(intent) if status is PaymentStatus.FAILED else None,
        refunds=tuple(map(read_refund, charge.refunds.auto_paging_iter())) if is_paid else (),
        disputes=tuple(read_dispute(each) for each in disputes if each.status in DISPUTES),
        **more,
    )


def read_refund(refund: Any) -> ProviderRefund:
    """Return a refund."""
    status = REFUNDS.get(refund.status, RefundStatus.PENDING)
    return ProviderRefund(refund.id, key_of(refund), refund.amount, status)


def read_dispute(dispute: Any) -> ProviderDispute:
    """Return a chargeback, with what it cost besides so far."""
    moves = dispute.balance_transactions
    taken = sum(abs(move.amount) for move in moves if move.amount < 0)
    fee = in_payments_currency(sum(move.fee for move in moves), taken, dispute.amount) if taken else 0
    return ProviderDispute(dispute.id, dispute.amount, max(fee, 0), DISPUTES[dispute.status])


def key_of(thing: Any) -> str | None:
    """Return the key we gave to an object, or None for one that somebody else made."""
    return thing.metadata["key"] if thing.metadata and "key" in thing.metadata else None


def in_payments_currency(fee: int, settled: int, paid: int) -> int:
    """Return a fee at the rate at which `paid` in one currency was settled as `settled` in another; halves go up."""
    return fee if settled == paid else (2 * fee * paid + settled) // (2 * settled)


def _status_of(session: Any, intent: Any) -> PaymentStatus:
    if session.payment_status != "unpaid":
        return PaymentStatus.SUCCEEDED
    if session.status == "expired":
        return PaymentStatus.EXPIRED
    if session.status == "open":
        # A card that was turned down leaves the page open for another one.
        return PaymentStatus.OPEN
    is_failed = intent is not None and intent.status in ("requires_payment_method", "canceled")
    return PaymentStatus.FAILED if is_failed else PaymentStatus.PROCESSING


def _fee_of(charge: Any) -> int | None:
    """Return the fee, or None while Stripe has not settled the charge."""
    settled = charge.balance_transaction
    return in_payments_currency(settled.fee, settled.amount, charge.amount) if settled else None


def _fingerprint_of(charge: Any) -> str | None:
    details = charge.payment_method_details
    method = getattr(details, details.type, None) if details else None
    return getattr(method, "fingerprint", None)


def _failure_of(intent: Any) -> str | None:
    error = intent.last_payment_error
    if not error:
        return None
    code = getattr(error, "decline_code", None)
    code = code if code in KNOWN_DECLINES else error.code
    return FAILURES.get(code, code)
