"""Reads statements' lines for finance: what waits for a person, what matched lately, what is to be sent back."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select

from portal.db import session
from portal.giving.gateways.bank_transfer import BANK_TRANSFER
from portal.giving.models import BankLine, Gift, MatchArrival, Payment, Refund
from portal.giving.rules import RefundState

WAITING_SHOWN = 100
SETTLED_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ListedLine:
    """One line as finance sees it."""

    id: int
    booked_on: date
    amount_minor: int
    currency: str
    payer: str
    memo: str
    state: str
    note: str | None
    gift_public_id: str | None
    is_match: bool


@dataclass(frozen=True, slots=True)
class OwedRefund:
    """Money that finance is to transfer back, with the reference to write down and the payer it came from."""

    reference: str
    amount_minor: int
    currency: str
    gift_public_id: str
    payer: str


def list_waiting_lines() -> list[ListedLine]:
    """Return the lines nothing matched, the oldest first."""
    return _lines(BankLine.state == "waiting", BankLine.id, WAITING_SHOWN)


def list_settled_lines() -> list[ListedLine]:
    """Return the lines that were settled, the newest first."""
    return _lines(BankLine.state != "waiting", BankLine.id.desc(), SETTLED_SHOWN)


def count_waiting_lines() -> int:
    """Return how many lines wait for a person."""
    return session().scalar(select(func.count(BankLine.id)).where(BankLine.state == "waiting")) or 0


def list_owed_refunds() -> list[OwedRefund]:
    """Return refunds of transfers that no statement shows yet, the oldest first."""
    query = (
        select(Refund, Gift.public_id, BankLine)
        .join(Payment, Payment.id == Refund.payment_id)
        .join(Gift, Gift.id == Payment.gift_id)
        .outerjoin(BankLine, BankLine.payment_id == Payment.id)
        .where(Payment.gateway == BANK_TRANSFER, Refund.state == RefundState.SENT)
        .order_by(Refund.id)
    )
    return [
        OwedRefund(
            refund.provider_ref or "",
            refund.amount_minor,
            refund.currency,
            public_id,
            (line.details or {}).get("payer", "") if line is not None else "",
        )
        for refund, public_id, line in session().execute(query)
    ]


def _lines(condition: ColumnElement[bool], order: Any, limit: int) -> list[ListedLine]:
    rows = session().execute(
        select(BankLine, Gift.public_id, MatchArrival.id)
        .outerjoin(MatchArrival, MatchArrival.bank_line_id == BankLine.id)
        .outerjoin(Payment, Payment.id == BankLine.payment_id)
        .outerjoin(Gift, Gift.id == Payment.gift_id)
        .where(condition)
        .order_by(order)
        .limit(limit)
    )
    return [
        ListedLine(
            id=line.id,
            booked_on=line.booked_on,
            amount_minor=line.amount_minor,
            currency=line.currency,
            payer=(line.details or {}).get("payer", ""),
            memo=(line.details or {}).get("memo", ""),
            state=line.state,
            note=line.note,
            gift_public_id=public_id,
            is_match=arrival_id is not None,
        )
        for line, public_id, arrival_id in rows
    ]
