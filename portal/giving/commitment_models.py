"""Tables of matching: what a company committed to, the share of each gift, and the money that arrived for it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import BigId, Row
from portal.sealing import SealedJSON


class Commitment(Row):
    """A company's word to match the gifts of one campaign one to one, up to a sum, until a day.

    `owed_minor` is what its gifts' shares come to, `arrived_minor` what the
    company has paid; the campaign has only what arrived. `told_for` names the
    occasion on which the company was last told what it owes.
    """

    __tablename__ = "commitments"
    __table_args__ = (
        CheckConstraint("limit_minor > 0", name="limit_positive"),
        CheckConstraint("owed_minor >= 0 AND owed_minor <= limit_minor", name="owed_within_limit"),
        CheckConstraint("arrived_minor >= 0 AND arrived_minor <= limit_minor", name="arrived_within_limit"),
        CheckConstraint("state IN ('requested', 'active', 'refused')", name="state_known"),
        CheckConstraint(
            "(state = 'requested') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)",
            name="decided_is_whole",
        ),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> requested_by_id", name="decided_by_another"),
        CheckConstraint("state = 'active' OR (owed_minor = 0 AND arrived_minor = 0)", name="only_active_ones_owe"),
        Index("ix_commitments_campaign_number_state", "campaign_number", "state"),
    )

    public_id: Mapped[str] = mapped_column(unique=True)
    reference: Mapped[str] = mapped_column(unique=True)
    campaign_number: Mapped[str] = mapped_column(ForeignKey("campaigns.number"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str]
    paper: Mapped[str]
    contact: Mapped[dict[str, Any] | None] = mapped_column(SealedJSON)
    locale: Mapped[str]
    limit_minor: Mapped[int] = mapped_column(BigId)
    currency: Mapped[str]
    until_on: Mapped[date]
    state: Mapped[str]
    owed_minor: Mapped[int] = mapped_column(BigId, default=0)
    arrived_minor: Mapped[int] = mapped_column(BigId, default=0)
    told_for: Mapped[str | None]
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    requested_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]


class GiftMatch(Row):
    """The share of one gift that one commitment matches; `counts_minor` is what of it still counts after refunds."""

    __tablename__ = "gift_matches"
    __table_args__ = (
        UniqueConstraint("gift_id", "commitment_id"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("counts_minor >= 0 AND counts_minor <= amount_minor", name="counts_within_amount"),
    )

    gift_id: Mapped[int] = mapped_column(ForeignKey("gifts.id"))
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"), index=True)
    amount_minor: Mapped[int] = mapped_column(BigId)
    counts_minor: Mapped[int] = mapped_column(BigId)
    matched_at: Mapped[datetime]


class MatchArrival(Row):
    """Money of a company that arrived: one line of a statement, posted into the fund's `matching` part."""

    __tablename__ = "match_arrivals"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount_positive"),)

    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"), index=True)
    bank_line_id: Mapped[int] = mapped_column(ForeignKey("bank_lines.id"), unique=True)
    entry_sequence: Mapped[int] = mapped_column(BigId, unique=True)
    amount_minor: Mapped[int] = mapped_column(BigId)
    arrived_at: Mapped[datetime]
