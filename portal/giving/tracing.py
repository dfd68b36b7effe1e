"""Reads what became of a gift: the payments its money went into, their vouchers, and the wishes these bought.

What it tells is public anyway; only the share is the donor's own. A wish that
is not public any more is not spoken of, and a centre is named only where its
public page names it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, select

from portal.campaigns.models import Campaign, Disbursement
from portal.campaigns.spending_models import DisbursementState
from portal.campaigns.spending_queries import PublicPayment, list_payments
from portal.db import session
from portal.giving.matching import Lot, Outflow, match
from portal.giving.models import Dispute, Gift, Payment, Refund
from portal.giving.rules import PAID_STATES, DisputeState, PaymentState, RefundState
from portal.ledger.models import Entry, LedgerAccount, Posting
from portal.ledger.rules import Part
from portal.publication.queries import PublicWish, list_by_numbers
from portal.wishes.outcomes import list_outcomes

_INCOMING = (Part.RECEIVED, Part.MATCHING, Part.TRANSFERRED)


@dataclass(frozen=True, slots=True)
class BoughtWish:
    """The wish a payment bought, as everybody may know it, and how it ended so far."""

    number: str
    item: str
    centre: str | None
    handed_over_on: date | None
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class TracedPayment:
    """A payment that a gift took part in, with the gift's share of it."""

    share_minor: int
    payment: PublicPayment
    wish: BoughtWish | None


@dataclass(frozen=True, slots=True)
class GiftTrace:
    """What became of a gift's money: `kept_minor` is what its provider and refunds left of it."""

    kept_minor: int
    spent_minor: int
    payments: tuple[TracedPayment, ...]

    @property
    def waiting_minor(self) -> int:
        """What has not been paid out yet."""
        return self.kept_minor - self.spent_minor


def trace_gift(public_id: str) -> GiftTrace | None:
    """Return what became of a gift, or None before it was paid."""
    row = (
        session()
        .execute(
            select(Payment.entry_sequence, Gift.campaign_number, Gift.currency)
            .join(Gift, Gift.id == Payment.gift_id)
            .where(Gift.public_id == public_id, Payment.state == PaymentState.SUCCEEDED)
        )
        .one_or_none()
    )
    if row is None or row.entry_sequence is None:
        return None
    lots = list_lots(row.campaign_number, row.currency)
    kept = next((lot.amount_minor for lot in lots if lot.sequence == row.entry_sequence), 0)
    shares: dict[str, int] = {}
    for share in match(lots, list_outflows(row.campaign_number)):
        if share.sequence == row.entry_sequence:
            shares[share.public_id] = shares.get(share.public_id, 0) + share.amount_minor
    return GiftTrace(kept, sum(shares.values()), _payments(shares))


def list_lots(campaign_number: str, currency: str) -> list[Lot]:
    """Return what came into a campaign's fund, in the order of the book, without what did not stay."""
    came = session().execute(
        select(Posting.entry_sequence, -Posting.amount_minor)
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(
            LedgerAccount.fund == campaign_number,
            LedgerAccount.currency == currency,
            LedgerAccount.kind.in_(_INCOMING),
            Posting.amount_minor < 0,
        )
        .order_by(Posting.entry_sequence)
    )
    gone = _what_did_not_stay(campaign_number)
    lots = []
    for sequence, amount in came:
        lost_minor, wish_number = gone.get(sequence, (0, None))
        lots.append(Lot(sequence, max(amount - lost_minor, 0), wish_number))
    return lots


def list_outflows(campaign_number: str) -> list[Outflow]:
    """Return what was paid out of a campaign's fund and not given back, in the order of the book."""
    rows = session().execute(
        select(Disbursement.public_id, Disbursement.amount_minor, Disbursement.wish_number)
        .join(Campaign, Campaign.id == Disbursement.campaign_id)
        .join(Entry, Entry.reference == Disbursement.reference)
        .where(Campaign.number == campaign_number, Disbursement.state == DisbursementState.PAID)
        .order_by(Entry.sequence)
    )
    return [Outflow(*row) for row in rows]


def _what_did_not_stay(campaign_number: str) -> dict[int, tuple[int, str | None]]:
    """Return, by its entry, what each gift lost to fees, refunds and chargebacks, and the wish it was given for."""
    refunded = _sum_of(Refund, Refund.amount_minor, Refund.state == RefundState.SUCCEEDED)
    lost = Dispute.amount_minor + Dispute.fee_minor
    disputed = _sum_of(
        Dispute,
        case((Dispute.state == DisputeState.WON, 0), else_=lost) + func.coalesce(Dispute.closing_fee_minor, 0),
    )
    rows = session().execute(
        select(Payment.entry_sequence, func.coalesce(Payment.fee_minor, 0) + refunded + disputed, Gift.wish_number)
        .join(Gift, Gift.id == Payment.gift_id)
        .where(Gift.campaign_number == campaign_number, Payment.state.in_(PAID_STATES))
    )
    return {sequence: (int(minor), wish) for sequence, minor, wish in rows if sequence is not None}


def _sum_of(table: Any, amount: Any, *conditions: Any) -> Any:
    total = select(func.coalesce(func.sum(amount), 0)).where(table.payment_id == Payment.id, *conditions)
    return total.correlate(Payment).scalar_subquery()


def _payments(shares: dict[str, int]) -> tuple[TracedPayment, ...]:
    found = list_payments(list(shares))
    numbers = [each.wish_number for each in found if each.wish_number]
    wishes = _wishes(numbers) if numbers else {}
    return tuple(
        TracedPayment(shares[each.public_id], each, wishes.get(each.wish_number or "")) for each in reversed(found)
    )


def _wishes(numbers: Sequence[str]) -> dict[str, BoughtWish]:
    outcomes = list_outcomes(numbers)
    return {wish.number: _bought(wish, outcomes.get(wish.number)) for wish in list_by_numbers(list(numbers))}


def _bought(wish: PublicWish, outcome: Any) -> BoughtWish:
    return BoughtWish(
        number=wish.number,
        item=wish.item,
        centre=wish.area_label if wish.service_centre_id else None,
        handed_over_on=outcome.handed_over_on if outcome else None,
        is_confirmed=outcome is not None and outcome.is_confirmed,
    )
