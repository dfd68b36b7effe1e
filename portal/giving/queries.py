"""Reads what a donor sees of their own gifts, and what everybody may see of gifts; hands out frozen dataclasses.

What everybody sees is what donors chose and a moderator read; days only, no
contact, no number.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from portal import clock
from portal.campaigns.neighbours import RecentGift
from portal.campaigns.queries import find_campaign_for_gift
from portal.codes import gift_check_code, grouped, private_token
from portal.db import session
from portal.giving.aftermath import left_minor
from portal.giving.labels import FAILURE_IN_GENERAL, FAILURE_LABELS, STATE_LABELS, STATE_TONES
from portal.giving.making import get_gift
from portal.giving.models import Gift, Payment, Receipt, Refund, RefundRequest
from portal.giving.rules import (
    GIVEN_STATES,
    KEPT_STATES,
    GiftState,
    PaymentState,
    RefundState,
    Visibility,
    WordsState,
)
from portal.giving.titles import title_of


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

    @property
    def is_given(self) -> bool:
        """Tell whether the money came in at some time."""
        return self.state in GIVEN_STATES

    @property
    def is_kept(self) -> bool:
        """Tell whether at least a part of the money is still here."""
        return self.state in KEPT_STATES


@dataclass(frozen=True, slots=True)
class GiftLine:
    """One gift in a donor's history."""

    token: str
    campaign_title: str
    amount_minor: int
    currency: str
    state_label: Any
    tone: str
    on: date


@dataclass(frozen=True, slots=True)
class CheckedGift:
    """What somebody who holds a confirmation may be told about it: that it is genuine, and what it says."""

    number: str
    campaign_title: str
    amount_minor: int
    currency: str
    given_on: date
    state_label: Any


def list_recent_gifts(campaign_number: str, limit: int) -> list[RecentGift]:
    """Return the newest gifts of a campaign as their donors chose to be seen, newest first."""
    rows = session().execute(
        select(
            Gift.succeeded_at,
            Gift.amount_minor,
            Gift.amount_visibility,
            Gift.shown_name,
            Gift.message,
            Gift.honour,
            Gift.words_state,
        )
        .where(Gift.campaign_number == campaign_number, Gift.state.in_(KEPT_STATES))
        .order_by(Gift.succeeded_at.desc(), Gift.id.desc())
        .limit(limit)
    )
    return [_recent(row) for row in rows]


def count_gifts(campaign_number: str) -> int:
    """Return how many gifts of a campaign came in and stayed."""
    query = select(func.count(Gift.id)).where(Gift.campaign_number == campaign_number, Gift.state.in_(KEPT_STATES))
    return session().scalar(query) or 0


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
    )


def list_gifts_of_contact(contact_hash: str) -> list[GiftLine]:
    """Return the gifts made with one mail address that were paid, newest first."""
    return _lines(Gift.contact_hash == contact_hash)


def list_gifts_of(person_id: int) -> list[GiftLine]:
    """Return the gifts a signed-in person made that were paid, newest first."""
    return _lines(Gift.person_id == person_id)


def find_newest_gift(contact_hash: str) -> tuple[str, str, dict[str, Any] | None] | None:
    """Return public id, language and contact of the newest paid gift of a mail address."""
    row = (
        session()
        .execute(
            select(Gift.public_id, Gift.locale, Gift.contact)
            .where(Gift.contact_hash == contact_hash, Gift.state.in_(GIVEN_STATES))
            .order_by(Gift.id.desc())
            .limit(1)
        )
        .first()
    )
    return None if row is None else (row.public_id, row.locale, row.contact)


def check_confirmation(number: str, check_code: str) -> CheckedGift | None:
    """Return what a confirmation says, when its number and check code belong together."""
    gift = session().scalar(select(Gift).where(Gift.number == number))
    if gift is None or gift.succeeded_at is None or gift_check_code(number) != check_code:
        return None
    return CheckedGift(
        number=grouped(number),
        campaign_title=title_of(gift.campaign_number),
        amount_minor=gift.amount_minor,
        currency=gift.currency,
        given_on=clock.local_date(gift.succeeded_at),
        state_label=STATE_LABELS[GiftState(gift.state)],
    )


def _recent(row: Any) -> RecentGift:
    is_read = row.words_state == WordsState.APPROVED
    return RecentGift(
        given_on=clock.local_date(row.succeeded_at),
        name=row.shown_name if is_read else None,
        amount_minor=row.amount_minor if row.amount_visibility == Visibility.SHOWN else None,
        message=row.message if is_read else None,
        in_honour_of=row.honour if is_read else None,
    )


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


def _lines(condition: Any) -> list[GiftLine]:
    gifts = session().scalars(
        select(Gift).where(condition, Gift.state.in_(GIVEN_STATES)).order_by(Gift.id.desc()).limit(500)
    )
    titles: dict[str, str] = {}
    lines = []
    for gift in gifts:
        if gift.campaign_number not in titles:
            titles[gift.campaign_number] = title_of(gift.campaign_number)
        state = GiftState(gift.state)
        assert gift.succeeded_at is not None
        lines.append(
            GiftLine(
                token=private_token("gift", gift.public_id),
                campaign_title=titles[gift.campaign_number],
                amount_minor=gift.amount_minor,
                currency=gift.currency,
                state_label=STATE_LABELS[state],
                tone=STATE_TONES[state],
                on=clock.local_date(gift.succeeded_at),
            )
        )
    return lines
