"""Tables of what comes after a payment: refunds, what donors ask, disputes, official receipts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import BigId, Row
from portal.sealing import SealedJSON, SealedText

_PERSON = "people.id"
_PAYMENT = "payments.id"
_GIFT = "gifts.id"


class Refund(Row):
    """Money that goes back, whole or in part; the row is there before the provider hears of it.

    `public_id` names it in the form that asked for it, so that a form sent
    twice gives back once. One that the provider made by itself has the reason
    `provider`.
    """

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("state IN ('requested', 'sent', 'succeeded', 'failed')", name="state_known"),
        CheckConstraint(
            "reason IN ('donor', 'mistake', 'duplicated', 'campaign_over', 'provider')", name="reason_known"
        ),
        CheckConstraint(
            "state <> 'succeeded' OR (provider_ref IS NOT NULL AND succeeded_at IS NOT NULL)", name="succeeded_is_whole"
        ),
        UniqueConstraint("payment_id", "provider_ref"),
        Index(
            "ix_refunds_under_way",
            "id",
            sqlite_where=text("state IN ('requested', 'sent')"),
            postgresql_where=text("state IN ('requested', 'sent')"),
        ),
    )

    public_id: Mapped[str] = mapped_column(unique=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey(_PAYMENT), index=True)
    amount_minor: Mapped[int] = mapped_column(BigId)
    currency: Mapped[str]
    reason: Mapped[str]
    note: Mapped[str | None] = mapped_column(SealedText)
    state: Mapped[str]
    provider_ref: Mapped[str | None]
    failure: Mapped[str | None]
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]


class RefundRequest(Row):
    """A donor asks for money back; a person of the foundation decides."""

    __tablename__ = "refund_requests"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'granted', 'refused')", name="state_known"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_has_its_time"),
        Index(
            "uq_refund_requests_waiting",
            "gift_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    gift_id: Mapped[int] = mapped_column(ForeignKey(_GIFT), index=True)
    words: Mapped[str | None] = mapped_column(SealedText)
    state: Mapped[str]
    answer: Mapped[str | None] = mapped_column(SealedText)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class Dispute(Row):
    """A chargeback: the donor's bank took money back; the foundation may win it again.

    `closing_fee_minor` is what its end cost: on top of `fee_minor` when it was
    lost, and what was not given back when it was won.
    """

    __tablename__ = "disputes"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("fee_minor >= 0", name="fee_not_negative"),
        CheckConstraint("state IN ('open', 'won', 'lost')", name="state_known"),
        UniqueConstraint("payment_id", "provider_ref"),
    )

    payment_id: Mapped[int] = mapped_column(ForeignKey(_PAYMENT))
    provider_ref: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(BigId)
    fee_minor: Mapped[int] = mapped_column(BigId)
    currency: Mapped[str]
    closing_fee_minor: Mapped[int | None] = mapped_column(BigId)
    state: Mapped[str]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Receipt(Row):
    """An official donation receipt (捐赠票据) that the finance bureau's system issues; here stand its numbers only.

    `asked` holds title and tax_number as the donor wrote them.
    """

    __tablename__ = "receipts"
    __table_args__ = (
        CheckConstraint("state IN ('requested', 'issued', 'voided')", name="state_known"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint(
            "state = 'requested' OR (receipt_no IS NOT NULL AND issued_on IS NOT NULL AND issued_by_id IS NOT NULL)",
            name="issued_is_whole",
        ),
        CheckConstraint(
            "state <> 'voided' OR (voided_at IS NOT NULL AND void_reason IS NOT NULL)", name="voided_is_whole"
        ),
        UniqueConstraint("receipt_code", "receipt_no"),
        Index(
            "uq_receipts_live_gift",
            "gift_id",
            unique=True,
            sqlite_where=text("state <> 'voided'"),
            postgresql_where=text("state <> 'voided'"),
        ),
    )

    gift_id: Mapped[int] = mapped_column(ForeignKey(_GIFT), index=True)
    state: Mapped[str]
    asked: Mapped[dict[str, Any] | None] = mapped_column(SealedJSON)
    amount_minor: Mapped[int] = mapped_column(BigId)
    receipt_code: Mapped[str | None]
    receipt_no: Mapped[str | None]
    check_code: Mapped[str | None]
    issued_on: Mapped[date | None]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    voided_at: Mapped[datetime | None]
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    void_reason: Mapped[str | None]
    created_at: Mapped[datetime]
