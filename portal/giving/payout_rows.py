"""Finds what stands here for the items of a payout: payments, refunds and chargebacks by their provider's names."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, case, func, literal, null, or_, select

from portal.db import session
from portal.giving.gateways.protocol import MovementKind
from portal.giving.models import Dispute, Payment, Refund
from portal.giving.payout_models import PayoutLine
from portal.giving.rules import PAID_STATES, DisputeState, RefundState

AT_ONCE = 400
"""How many names one statement asks for."""

Name = tuple[str, str]
"""The kind of an item, and what the provider calls it."""

Amounts = tuple[int, int | None]
"""What an item adds to the balance, and what is kept of it as a fee, or None where this is not known by itself."""


def find_booked(gateway: str, names: Iterable[Name]) -> dict[Name, Amounts]:
    """Return amount and fee of each item that is booked here; one that is not booked is missing."""
    found: dict[Name, Amounts] = {}
    for kind, refs in _pieces(names):
        for ref, amount, fee in session().execute(_booked(MovementKind(kind), gateway, refs)):
            found[kind, ref] = (amount, fee)
    return found


def is_any_matched(gateway: str, names: Iterable[Name]) -> bool:
    """Tell whether a posted payout has one of the items already."""
    return any(
        session().scalar(
            select(PayoutLine.id)
            .where(PayoutLine.gateway == gateway, PayoutLine.kind == kind, PayoutLine.provider_ref.in_(refs))
            .where(PayoutLine.is_matched)
            .limit(1)
        )
        is not None
        for kind, refs in _pieces(names)
    )


def _pieces(names: Iterable[Name]) -> Iterable[tuple[str, list[str]]]:
    by_kind: dict[str, list[str]] = {}
    for kind, ref in names:
        by_kind.setdefault(kind, []).append(ref)
    for kind, refs in by_kind.items():
        for start in range(0, len(refs), AT_ONCE):
            yield kind, refs[start : start + AT_ONCE]


def _booked(kind: MovementKind, gateway: str, refs: list[str]) -> Select[Any]:
    """Return the statement for name, amount and fee of the rows behind items of a kind."""
    match kind:
        case MovementKind.PAYMENT:
            is_paid = Payment.state.in_(PAID_STATES)
            query = _columns(Payment.provider_ref, Payment.amount_minor, func.coalesce(Payment.fee_minor, 0))
            return query.where(Payment.gateway == gateway, Payment.provider_ref.in_(refs), is_paid)
        case MovementKind.REFUND:
            # One that came back had gone out before.
            went_out = or_(Refund.succeeded_at.is_not(None), Refund.state == RefundState.FAILED)
            return _of_payments(gateway, refs, Refund, -Refund.amount_minor, literal(0)).where(went_out)
        case MovementKind.REFUND_FAILED:
            is_back = Refund.state == RefundState.FAILED
            return _of_payments(gateway, refs, Refund, Refund.amount_minor, literal(0)).where(is_back)
        case MovementKind.DISPUTE:
            # Once it has ended, its fees are known as a sum only: it may have ended before anybody looked.
            fee = case((Dispute.state == DisputeState.OPEN, Dispute.fee_minor), else_=None)
            return _of_payments(gateway, refs, Dispute, -Dispute.amount_minor, fee)
        case MovementKind.DISPUTE_WON:
            is_won = Dispute.state == DisputeState.WON
            return _of_payments(gateway, refs, Dispute, Dispute.amount_minor, null()).where(is_won)
        case MovementKind.DISPUTE_LOST:
            is_lost = Dispute.state == DisputeState.LOST
            return _of_payments(gateway, refs, Dispute, literal(0), null()).where(is_lost)


def _of_payments(
    gateway: str, refs: list[str], row: type[Refund] | type[Dispute], amount: Any, fee: Any
) -> Select[Any]:
    query = _columns(row.provider_ref, amount, fee).join(Payment, Payment.id == row.payment_id)
    return query.where(Payment.gateway == gateway, row.provider_ref.in_(refs))


def _columns(name: Any, amount: Any, fee: Any) -> Select[Any]:
    return select(name, amount, fee)
