"""Forgets who gave: contacts, titles on receipts and words in requests, once nothing needs them any more (PIPL 47).

Amounts, states, days, numbers and keyed hashes stay, so that the book, its
invariants, counts and a donor's own history are as they were.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, update

from portal import clock
from portal.clock import local_date
from portal.db import changed_rows, session, transaction
from portal.giving.models import (
    BankLine,
    Commitment,
    Dispute,
    Gift,
    MonthlyGift,
    Payment,
    Receipt,
    Refund,
    RefundRequest,
)
from portal.giving.monthly_rules import MonthlyState
from portal.giving.neighbours import is_wish_under_way
from portal.giving.rules import GIVEN_STATES, DisputeState, GiftState, RefundState
from portal.limits.service import get_limits

BATCH = 200
UNPAID_DAYS = 30
"""How long somebody who never paid is remembered: long enough for a transfer or a late card to arrive."""


def forget_donors() -> int:
    """Empty what could identify a donor: limits.donor_days after the last need for it; return of how many gifts.

    Needed last is the latest of the payment, refunds, requests, chargebacks
    and the official receipt; while one of them is open, or a wish is still
    being bought, it is needed. Of gifts nobody paid, after UNPAID_DAYS.
    """
    return sum(_forget(gift_id) for gift_id in _due()) + _forget_monthly() + _forget_companies()


def _due() -> list[int]:
    at = clock.now()
    unpaid = and_(Gift.state == GiftState.ABANDONED, Gift.state_since <= at - timedelta(days=UNPAID_DAYS))
    before = at - timedelta(days=get_limits().donor_days)
    needs = [exists().where(Payment.gift_id == Gift.id, each) for each in _needs(before)]
    needs += [exists().where(each) for each in _requests(before)]
    paid = and_(Gift.state.in_(GIVEN_STATES), Gift.succeeded_at <= before, *(~need for need in needs))
    query = select(Gift.id).where(Gift.contact.is_not(None), or_(unpaid, paid)).order_by(Gift.id).limit(BATCH)
    return list(session().scalars(query))


def _needs(before: datetime) -> Iterator[ColumnElement[bool]]:
    """Yield what of a gift's payments is open, or ended after a moment."""
    yield and_(
        Refund.payment_id == Payment.id,
        or_(
            Refund.state.in_((RefundState.REQUESTED, RefundState.SENT)),
            Refund.created_at > before,
            Refund.succeeded_at > before,
            Refund.failed_at > before,
        ),
    )
    yield and_(
        Dispute.payment_id == Payment.id,
        or_(Dispute.state == DisputeState.OPEN, Dispute.opened_at > before, Dispute.closed_at > before),
    )
    yield Payment.is_processing.is_(True)


def _requests(before: datetime) -> Iterator[ColumnElement[bool]]:
    """Yield what a donor asked for that is open, or was answered after a moment."""
    yield and_(
        RefundRequest.gift_id == Gift.id,
        or_(RefundRequest.state == "waiting", RefundRequest.decided_at > before),
    )
    yield and_(
        Receipt.gift_id == Gift.id,
        or_(
            Receipt.state == "requested",
            Receipt.created_at > before,
            Receipt.issued_on > local_date(before),
            Receipt.voided_at > before,
        ),
    )


@transaction
def _forget_monthly() -> int:
    """Empty the contacts of monthly gifts that ended, or never began, as long ago as those of their gifts."""
    at = clock.now()
    before = at - timedelta(days=get_limits().donor_days)
    never_began = and_(
        MonthlyGift.state == MonthlyState.INTENDED, MonthlyGift.created_at <= at - timedelta(days=UNPAID_DAYS)
    )
    ended = and_(MonthlyGift.state == MonthlyState.STOPPED, MonthlyGift.stopped_at <= before)
    return changed_rows(
        update(MonthlyGift)
        .where(MonthlyGift.contact.is_not(None), or_(never_began, ended))
        .values(contact=None)
        .execution_options(synchronize_session=False)
    )


@transaction
def _forget_companies() -> int:
    """Empty the mail address of companies whose match is over and paid, and of those that were refused."""
    before = clock.local_date(clock.now() - timedelta(days=get_limits().donor_days))
    is_settled = Commitment.owed_minor <= Commitment.arrived_minor
    return changed_rows(
        update(Commitment)
        .where(Commitment.contact.is_not(None), Commitment.until_on <= before, is_settled)
        .values(contact=None)
        .execution_options(synchronize_session=False)
    )


@transaction
def _forget(gift_id: int) -> bool:
    gift = session().get_one(Gift, gift_id, with_for_update=True, populate_existing=True)
    if gift.contact is None or is_wish_under_way(gift):
        return False
    gift.contact = None
    payments = select(Payment.id).where(Payment.gift_id == gift_id)
    refunds = select(Refund.id).where(Refund.payment_id.in_(payments))
    its_lines = or_(BankLine.payment_id.in_(payments), BankLine.refund_id.in_(refunds))
    for statement in (
        update(Receipt).where(Receipt.gift_id == gift_id, Receipt.state != "requested").values(asked=None),
        update(RefundRequest).where(RefundRequest.gift_id == gift_id).values(words=None, answer=None),
        update(Refund).where(Refund.payment_id.in_(payments)).values(note=None),
        update(BankLine).where(its_lines).values(details=None),
    ):
        session().execute(statement.execution_options(synchronize_session=False))
    return True
