"""Reads what reached the bank, for the foundation's staff; payments stand in it by their provider's names only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from portal.db import session
from portal.giving.gateways.protocol import MovementKind
from portal.giving.models import Payout, PayoutLine
from portal.giving.rules import PayoutState
from portal.ledger.models import LedgerAccount, Posting

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class ListedPayout:
    """One payout: what it came to, and what it consists of by kind."""

    id: int
    gateway: str
    provider_ref: str
    amount_minor: int
    currency: str
    paid_on: date
    state: str
    why: str | None
    note: str | None
    payments: int
    received_minor: int
    returned_minor: int
    fees_minor: int


@dataclass(frozen=True, slots=True)
class PayoutPage:
    """What is held, some posted payouts, newest first, and where the next page begins."""

    held: tuple[ListedPayout, ...]
    posted: tuple[ListedPayout, ...]
    next_mark: int | None


@dataclass(frozen=True, slots=True)
class ClearingBalance:
    """What a gateway took and did not send to the bank yet."""

    gateway: str
    currency: str
    owed_minor: int


def list_payouts(after: int | None = None, limit: int = PAGE_SIZE) -> PayoutPage:
    """Return what is held, or was said otherwise later, and a page of what is posted, newest first."""
    unclear = (Payout.state == PayoutState.HELD) | (Payout.why.is_not(None) & Payout.note.is_(None))
    held = session().scalars(select(Payout).where(unclear).order_by(Payout.id).limit(200))
    posted = select(Payout).where(Payout.state == PayoutState.POSTED)
    if after is not None:
        posted = posted.where(Payout.id < after)
    rows = session().scalars(posted.order_by(Payout.id.desc()).limit(limit + 1)).all()
    mark = rows[limit - 1].id if len(rows) > limit else None
    return PayoutPage(_listed(held.all()), _listed(rows[:limit]), mark)


def list_balances() -> list[ClearingBalance]:
    """Return what each gateway still owes the bank, by its name."""
    query = (
        select(LedgerAccount.code, LedgerAccount.currency, func.coalesce(func.sum(Posting.amount_minor), 0))
        .outerjoin(Posting, Posting.account_id == LedgerAccount.id)
        .where(LedgerAccount.kind == "clearing")
        .group_by(LedgerAccount.code, LedgerAccount.currency)
        .order_by(LedgerAccount.code)
    )
    return [
        ClearingBalance(code.partition(".")[2], currency, int(owed))
        for code, currency, owed in session().execute(query)
    ]


def _listed(payouts: Sequence[Payout]) -> tuple[ListedPayout, ...]:
    is_payment = PayoutLine.kind == MovementKind.PAYMENT
    sums = {
        row.payout_id: row
        for row in session().execute(
            select(
                PayoutLine.payout_id,
                func.count(PayoutLine.id).filter(is_payment).label("payments"),
                func.coalesce(func.sum(PayoutLine.amount_minor).filter(is_payment), 0).label("received"),
                func.coalesce(func.sum(PayoutLine.amount_minor).filter(~is_payment), 0).label("returned"),
                func.sum(PayoutLine.fee_minor).label("fees"),
            )
            .where(PayoutLine.payout_id.in_([each.id for each in payouts]))
            .group_by(PayoutLine.payout_id)
        )
    }
    return tuple(
        ListedPayout(
            id=each.id,
            gateway=each.gateway,
            provider_ref=each.provider_ref,
            amount_minor=each.amount_minor,
            currency=each.currency,
            paid_on=each.paid_on,
            state=each.state,
            why=each.why,
            note=each.note,
            payments=sums[each.id].payments if each.id in sums else 0,
            received_minor=int(sums[each.id].received) if each.id in sums else 0,
            returned_minor=-int(sums[each.id].returned) if each.id in sums else 0,
            fees_minor=int(sums[each.id].fees) if each.id in sums else 0,
        )
        for each in payouts
    )
