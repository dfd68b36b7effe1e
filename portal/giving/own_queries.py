"""Reads one gift as its donor sees it on the private page; hands out frozen dataclasses."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.campaigns.queries import find_campaign_for_gift
from portal.codes import gift_check_code, grouped, private_token
from portal.db import session
from portal.giving.aftermath import left_minor
from portal.giving.labels import FAILURE_IN_GENERAL, FAILURE_LABELS, STATE_LABELS, STATE_TONES
from portal.giving.making import get_gift
from portal.giving.models import Payment, Receipt, Refund, RefundRequest
from portal.giving.months import find_monthly
from portal.giving.posting import gift_reference
from portal.giving.rules import (
    GIVEN_STATES,
    KEPT_STATES,
    GiftState,
    PaymentState,
    RefundState,
    Visibility,
    WordsState,
)
from portal.giving.tracing import GiftTrace, trace_gift
from portal.ledger.log import find_newest


@dataclass(frozen=True, slots=True)
class OwnRefund:
    """A refund as its donor sees it."""

    amount_minor: int
    state: RefundState
    on: date


@dataclass(frozen=True, slots=True)
class OwnReceipt:
    """An official receipt as its donor sees it."""

    state: str
    title: str | None
    receipt_code: str | None
    receipt_no: str | None
    check_code: str | None
    issued_on: date | None


@dataclass(frozen=True, slots=True)
class OwnGift:
    """One gift as its donor sees it on the private page."""

    public_id: str
    token: str
    campaign_number: str
    campaign_title: str
    surplus_rule: str
    amount_minor: int
    currency: str
    state: GiftState
    state_label: Any
    tone: str
    number: str | None
    check_code: str | None
    created_on: date
    given_at: datetime | None
    is_processing: bool
    has_pay_page: bool
    last_gateway: str | None
    failure: Any
    refunds: tuple[OwnRefund, ...]
    left_minor: int
    is_refund_asked: bool
    refund_answer: str | None
    receipt: OwnReceipt | None
    may_ask_receipt: bool
    shown_name: str | None
    amount_shown: bool
    message: str | None
    honour: str | None
    words_state: WordsState
    contact_hash: str
    email: str | None
    wish_number: str | None
    reference: str | None
    is_signed: bool
    trace: GiftTrace | None
    monthly_token: str | None

    @property
    def is_given(self) -> bool:
        """Tell whether the money came in at some time."""
        return self.state in GIVEN_STATES

    @property
    def is_kept(self) -> bool:
        """Tell whether at least a part of the money is still here."""
        return self.state in KEPT_STATES

    @property
    def has_card(self) -> bool:
        """Tell whether there is a card for the person it honours: the words are read, and the money stayed."""
        return self.is_kept and self.honour is not None and self.words_state is WordsState.APPROVED


def get_own_gift(public_id: str) -> OwnGift:
    """Return one gift, for whoever holds its private address.

    Raises GiftNotFound.
    """
    gift = get_gift(public_id)
    campaign = find_campaign_for_gift(gift.campaign_number)
    payments = session().scalars(select(Payment).where(Payment.gift_id == gift.id).order_by(Payment.attempt)).all()
    paid = next((each for each in payments if each.state == PaymentState.SUCCEEDED), None)
    last = payments[-1] if payments else None
    request = session().scalar(
        select(RefundRequest).where(RefundRequest.gift_id == gift.id).order_by(RefundRequest.id.desc()).limit(1)
    )
    receipt = _receipt(gift.id)
    state = GiftState(gift.state)
    return OwnGift(
        public_id=public_id,
        token=private_token("gift", public_id),
        campaign_number=gift.campaign_number,
        campaign_title=campaign.title if campaign else gift.campaign_number,
        surplus_rule=campaign.surplus_rule if campaign else "",
        amount_minor=gift.amount_minor,
        currency=gift.currency,
        state=state,
        state_label=STATE_LABELS[state],
        tone=STATE_TONES[state],
        number=grouped(gift.number) if gift.number else None,
        check_code=grouped(gift_check_code(gift.number)) if gift.number else None,
        created_on=clock.local_date(gift.created_at),
        given_at=paid.paid_at if paid else None,
        is_processing=any(each.is_processing for each in payments),
        has_pay_page=last is not None and last.state == PaymentState.PENDING and last.pay_url is not None,
        last_gateway=last.gateway if last else None,
        failure=_failure(last),
        refunds=_refunds(payments),
        left_minor=left_minor(paid) if paid else 0,
        is_refund_asked=request is not None and request.state == "waiting",
        refund_answer=request.answer if request is not None and request.state == "refused" else None,
        receipt=receipt,
        may_ask_receipt=state in KEPT_STATES and (receipt is None or receipt.state == "voided"),
        shown_name=gift.shown_name if gift.name_visibility == Visibility.SHOWN else None,
        amount_shown=gift.amount_visibility == Visibility.SHOWN,
        message=gift.message,
        honour=gift.honour,
        words_state=WordsState(gift.words_state),
        contact_hash=gift.contact_hash,
        email=(gift.contact or {}).get("email"),
        wish_number=gift.wish_number,
        reference=gift_reference(paid.id) if paid else None,
        is_signed=paid is not None and _is_signed(paid.entry_sequence),
        trace=trace_gift(public_id) if state in KEPT_STATES else None,
        monthly_token=_monthly_token(gift.id),
    )


def _is_signed(entry_sequence: int | None) -> bool:
    newest = find_newest()
    return newest is not None and entry_sequence is not None and newest.tree_size >= entry_sequence


def _monthly_token(gift_id: int) -> str | None:
    monthly = find_monthly(gift_id)
    has_begun = monthly is not None and monthly.started_at is not None
    return private_token("monthly", monthly.public_id) if monthly is not None and has_begun else None


def _failure(payment: Payment | None) -> Any:
    if payment is None or payment.state != PaymentState.FAILED:
        return None
    return FAILURE_LABELS.get(payment.failure or "", FAILURE_IN_GENERAL)


def _refunds(payments: Any) -> tuple[OwnRefund, ...]:
    ids = [payment.id for payment in payments]
    rows = session().scalars(select(Refund).where(Refund.payment_id.in_(ids)).order_by(Refund.id))
    return tuple(
        OwnRefund(row.amount_minor, RefundState(row.state), clock.local_date(row.succeeded_at or row.created_at))
        for row in rows
    )


def _receipt(gift_id: int) -> OwnReceipt | None:
    row = session().scalar(select(Receipt).where(Receipt.gift_id == gift_id).order_by(Receipt.id.desc()).limit(1))
    if row is None:
        return None
    return OwnReceipt(
        state=row.state,
        title=(row.asked or {}).get("title"),
        receipt_code=row.receipt_code,
        receipt_no=row.receipt_no,
        check_code=row.check_code,
        issued_on=row.issued_on,
    )
