"""Tables of what providers sent to the bank, and of what each such payout consists of."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import BigId, Row
from portal.sealing import SealedText

_MATCHED = text("is_matched")


class Payout(Row):
    """Money a provider sent to the bank, kept once under the provider's name for it.

    It is held until every item is known and the items sum to it, or until a
    person says why it is right; only then is it posted. `why` on a posted one
    says that the provider later said something else under the same name.
    """

    __tablename__ = "payouts"
    __table_args__ = (
        UniqueConstraint("gateway", "provider_ref"),
        CheckConstraint("state IN ('held', 'posted')", name="state_known"),
        CheckConstraint("(state = 'posted') = (posted_at IS NOT NULL)", name="posted_has_its_time"),
        CheckConstraint("state = 'posted' OR why IS NOT NULL", name="held_has_its_reason"),
        CheckConstraint("(accepted_by_id IS NULL) = (note IS NULL)", name="accepted_has_its_note"),
        CheckConstraint(
            "why IS NULL OR why IN ('livemode', 'currency', 'amount', 'unknown', 'item', 'twice', 'changed')",
            name="why_known",
        ),
        Index(
            "ix_payouts_held",
            "id",
            sqlite_where=text("state = 'held'"),
            postgresql_where=text("state = 'held'"),
        ),
    )

    gateway: Mapped[str]
    provider_ref: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(BigId)
    currency: Mapped[str]
    livemode: Mapped[bool]
    paid_on: Mapped[date]
    state: Mapped[str]
    why: Mapped[str | None]
    note: Mapped[str | None] = mapped_column(SealedText)
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    posted_at: Mapped[datetime | None]


class PayoutLine(Row):
    """One payment, refund or chargeback in a payout; matched with its row here once and in no other payout."""

    __tablename__ = "payout_lines"
    __table_args__ = (
        UniqueConstraint("payout_id", "kind", "provider_ref"),
        CheckConstraint(
            "kind IN ('payment', 'refund', 'refund_failed', 'dispute', 'dispute_won', 'dispute_lost')",
            name="kind_known",
        ),
        Index(
            "uq_payout_lines_matched",
            "gateway",
            "kind",
            "provider_ref",
            unique=True,
            sqlite_where=_MATCHED,
            postgresql_where=_MATCHED,
        ),
    )

    payout_id: Mapped[int] = mapped_column(ForeignKey("payouts.id"))
    gateway: Mapped[str]
    kind: Mapped[str]
    provider_ref: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(BigId)
    fee_minor: Mapped[int] = mapped_column(BigId)
    is_matched: Mapped[bool]
