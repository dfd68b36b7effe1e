"""Reads for the foundation's staff: one gift with all that happened to it, what is held, words that wait.

Whoever opens one gift sees its mail address; the table, `gift_table`, has none.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.campaigns.models import Campaign
from portal.campaigns.queries import said
from portal.db import session
from portal.giving.aftermath import left_minor
from portal.giving.gift_table import ListedGift, list_rows
from portal.giving.making import get_gift
from portal.giving.models import Dispute, Gift, Hold, Payment, Receipt, Refund, RefundRequest
from portal.giving.rules import PaymentState, RefundState, WordsState


@dataclass(frozen=True, slots=True)
class DeskGift:
    """One gift with all that happened to its money."""

    line: ListedGift
    email: str | None
    left_minor: int
    payments: tuple[Payment, ...]
    refunds: tuple[Refund, ...]
    disputes: tuple[Dispute, ...]
    receipts: tuple[Receipt, ...]
    asked: RefundRequest | None
    shown_name: str | None
    message: str | None
    honour: str | None
    words_state: WordsState


@dataclass(frozen=True, slots=True)
class Wanted:
    """One gift that finance has something to do about, and since when; `kind` is one of the table's WANTS."""

    kind: str
    public_id: str
    number: str
    since: datetime


@dataclass(frozen=True, slots=True)
class WaitingWords:
    """Words of a donor that a moderator reads before everybody can."""

    public_id: str
    campaign_title: str
    shown_name: str | None
    message: str | None
    honour: str | None
    given_at: datetime


def get_desk_gift(public_id: str) -> DeskGift:
    """Return one gift with all that happened to it.

    Raises GiftNotFound.
    """
    gift = get_gift(public_id)
    payments = tuple(session().scalars(select(Payment).where(Payment.gift_id == gift.id).order_by(Payment.id)))
    ids = [payment.id for payment in payments]
    paid = next((each for each in payments if each.state == PaymentState.SUCCEEDED), None)
    return DeskGift(
        line=list_rows([Gift.id == gift.id], 1)[0],
        email=(gift.contact or {}).get("email"),
        left_minor=left_minor(paid) if paid else 0,
        payments=payments,
        refunds=tuple(session().scalars(select(Refund).where(Refund.payment_id.in_(ids)).order_by(Refund.id))),
        disputes=tuple(session().scalars(select(Dispute).where(Dispute.payment_id.in_(ids)).order_by(Dispute.id))),
        receipts=tuple(session().scalars(select(Receipt).where(Receipt.gift_id == gift.id).order_by(Receipt.id))),
        asked=session().scalar(
            select(RefundRequest).where(RefundRequest.gift_id == gift.id, RefundRequest.state == "waiting")
        ),
        shown_name=gift.shown_name,
        message=gift.message,
        honour=gift.honour,
        words_state=WordsState(gift.words_state),
    )


def list_holds(*, is_open: bool = True) -> list[Hold]:
    """Return what is held for a person, the oldest first, or what was decided, the newest first."""
    query = select(Hold).where(Hold.state == "open" if is_open else Hold.state != "open")
    return list(session().scalars(query.order_by(Hold.id if is_open else Hold.id.desc()).limit(200)))


def list_wanted() -> list[Wanted]:
    """Return what donors and the bank want of finance: refunds to decide or to try again, receipts to issue."""
    shown = (Gift.public_id, Gift.number)
    refused = select(*shown, Refund.created_at).join(Payment, Payment.gift_id == Gift.id)
    wanted = {
        "refund": select(*shown, RefundRequest.created_at)
        .join(RefundRequest, RefundRequest.gift_id == Gift.id)
        .where(RefundRequest.state == "waiting"),
        "failed_refund": refused.join(Refund, Refund.payment_id == Payment.id).where(
            Refund.state == RefundState.FAILED
        ),
        "receipt": select(*shown, Receipt.created_at)
        .join(Receipt, Receipt.gift_id == Gift.id)
        .where(Receipt.state == "requested"),
    }
    return [
        Wanted(kind, row.public_id, row.number or row.public_id, row.created_at)
        for kind, query in wanted.items()
        for row in session().execute(query.order_by(Gift.id).limit(200))
    ]


def list_waiting_words(limit: int = 50) -> list[WaitingWords]:
    """Return words of paid gifts that nobody has read yet, the oldest first."""
    rows = session().execute(
        select(
            Gift.public_id,
            Campaign.title,
            Campaign.title_en,
            Gift.shown_name,
            Gift.message,
            Gift.honour,
            Gift.succeeded_at,
        )
        .join(Campaign, Campaign.number == Gift.campaign_number)
        .where(Gift.words_state == WordsState.WAITING, Gift.succeeded_at.is_not(None))
        .order_by(Gift.id)
        .limit(limit)
    )
    return [
        WaitingWords(row.public_id, said(row, "title"), row.shown_name, row.message, row.honour, row.succeeded_at)
        for row in rows
    ]
