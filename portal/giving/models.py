"""Tables of gifts and payments. The amount of a row is frozen by the database, and one payment pays a gift.

What comes after a payment has tables of its own in `later_models`, what comes
through a provider's door in `door_models`, what is given each month in
`monthly_models`, who matches gifts in `commitment_models`, what reaches the bank in `payout_models`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import BigId, Row
from portal.giving.bank_models import BankLine
from portal.giving.commitment_models import Commitment, GiftMatch, MatchArrival
from portal.giving.door_models import GatewayCursor, Hold, WebhookEvent
from portal.giving.later_models import Dispute, Receipt, Refund, RefundRequest
from portal.giving.monthly_models import GiftMonth, MonthlyAmount, MonthlyGift
from portal.giving.payout_models import Payout, PayoutLine
from portal.giving.platform_models import PlatformTotal
from portal.sealing import SealedJSON

__all__ = [
    "BankLine",
    "Commitment",
    "Dispute",
    "GatewayCursor",
    "Gift",
    "GiftMatch",
    "GiftMonth",
    "Hold",
    "MatchArrival",
    "MonthlyAmount",
    "MonthlyGift",
    "Payment",
    "Payout",
    "PayoutLine",
    "PlatformTotal",
    "Receipt",
    "Refund",
    "RefundRequest",
    "WebhookEvent",
]

_SUCCEEDED = text("state = 'succeeded'")


class Gift(Row):
    """What somebody means to give to a campaign, and what became of it.

    `contact` holds email, and name where the donor is signed in; it is emptied
    once nothing needs it any more. `shown_name`,
    `message` and `honour` are words for everybody and stay unseen until a
    moderator approved them; who gave and how much is shown only where the
    donor chose it (慈善法 82).
    """

    __tablename__ = "gifts"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint(
            "state IN ('intended', 'abandoned', 'succeeded', 'partly_refunded', 'refunded', 'disputed')",
            name="state_known",
        ),
        CheckConstraint("words_state IN ('none', 'waiting', 'approved', 'refused')", name="words_state_known"),
        CheckConstraint("name_visibility IN ('hidden', 'shown')", name="name_visibility_known"),
        CheckConstraint("amount_visibility IN ('hidden', 'shown')", name="amount_visibility_known"),
        CheckConstraint("(state IN ('intended', 'abandoned')) = (succeeded_at IS NULL)", name="succeeded_has_its_time"),
        CheckConstraint("(succeeded_at IS NULL) = (number IS NULL)", name="succeeded_has_its_number"),
        Index("ix_gifts_campaign_succeeded", "campaign_number", "succeeded_at"),
        Index("ix_gifts_state_created", "state", "created_at"),
        Index(
            "ix_gifts_kept",
            "state",
            "state_since",
            sqlite_where=text("contact IS NOT NULL"),
            postgresql_where=text("contact IS NOT NULL"),
        ),
        Index(
            "ix_gifts_words_waiting",
            "id",
            sqlite_where=text("words_state = 'waiting'"),
            postgresql_where=text("words_state = 'waiting'"),
        ),
    )

    public_id: Mapped[str] = mapped_column(unique=True)
    number: Mapped[str | None] = mapped_column(unique=True)
    campaign_number: Mapped[str] = mapped_column(ForeignKey("campaigns.number"))
    wish_number: Mapped[str | None] = mapped_column(index=True)
    amount_minor: Mapped[int] = mapped_column(BigId)
    currency: Mapped[str]
    state: Mapped[str]
    state_since: Mapped[datetime]
    contact: Mapped[dict[str, Any] | None] = mapped_column(SealedJSON)
    contact_hash: Mapped[str] = mapped_column(index=True)
    contact_confirmed_at: Mapped[datetime | None]
    locale: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    name_visibility: Mapped[str]
    amount_visibility: Mapped[str]
    shown_name: Mapped[str | None]
    message: Mapped[str | None]
    honour: Mapped[str | None]
    words_state: Mapped[str]
    words_decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    words_decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    succeeded_at: Mapped[datetime | None]


class Payment(Row):
    """One try to pay a gift at a gateway; the row is there before the provider hears of it.

    Its idempotency key follows from its id. `method_hash` and `range_hash` are
    keyed hashes of the card or account and of the address range, for limits
    only. `entry_sequence` is the entry of the book by which it came in.
    """

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("gift_id", "attempt"),
        UniqueConstraint("gateway", "provider_ref"),
        Index(
            "uq_payments_succeeded_gift",
            "gift_id",
            unique=True,
            sqlite_where=_SUCCEEDED,
            postgresql_where=_SUCCEEDED,
        ),
        Index(
            "ix_payments_pending_checked",
            "checked_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("fee_minor IS NULL OR fee_minor >= 0", name="fee_not_negative"),
        CheckConstraint("attempt > 0", name="attempt_positive"),
        CheckConstraint("state IN ('pending', 'failed', 'abandoned', 'succeeded', 'duplicated')", name="state_known"),
        CheckConstraint(
            "state NOT IN ('succeeded', 'duplicated') OR (provider_ref IS NOT NULL AND paid_at IS NOT NULL)",
            name="paid_is_whole",
        ),
        Index("uq_payments_entry_sequence", "entry_sequence", unique=True),
    )

    gift_id: Mapped[int] = mapped_column(ForeignKey("gifts.id"))
    attempt: Mapped[int]
    gateway: Mapped[str]
    state: Mapped[str]
    is_processing: Mapped[bool] = mapped_column(default=False)
    provider_ref: Mapped[str | None]
    pay_url: Mapped[str | None]
    amount_minor: Mapped[int] = mapped_column(BigId)
    currency: Mapped[str]
    fee_minor: Mapped[int | None] = mapped_column(BigId)
    failure: Mapped[str | None]
    method_hash: Mapped[str | None] = mapped_column(index=True)
    range_hash: Mapped[str | None] = mapped_column(index=True)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    checked_at: Mapped[datetime]
    entry_sequence: Mapped[int | None] = mapped_column(BigId)
