"""Tables of gifts that are given each month: what is agreed, and which gift is which month's."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import BigId, Row
from portal.sealing import SealedJSON

_LIVE = text("state IN ('active', 'late', 'paused')")


class MonthlyGift(Row):
    """Somebody's agreement to give each month, what they wish of it, and how far the provider has done so.

    `contact` holds email and name as that of a gift. `amount_minor` is what
    the provider charges, `wanted_amount_minor` what the donor wants it to.
    `seen_at` is the moment of the newest answer of the provider that was taken
    in, so that an older one which comes later changes nothing; `version` counts what was
    told, so that each mail goes out once.
    """

    __tablename__ = "monthly_gifts"
    __table_args__ = (
        UniqueConstraint("gateway", "provider_ref"),
        CheckConstraint("amount_minor > 0 AND wanted_amount_minor > 0", name="amounts_positive"),
        CheckConstraint("state IN ('intended', 'active', 'late', 'paused', 'stopped')", name="state_known"),
        CheckConstraint("wanted_state IN ('active', 'paused', 'stopped')", name="wanted_state_known"),
        CheckConstraint(
            "why IN ('donor', 'staff', 'campaign', 'failed', 'provider', 'disputed', 'duplicated')", name="why_known"
        ),
        CheckConstraint(
            "(state = 'intended') = (started_at IS NULL) AND (started_at IS NULL) = (provider_ref IS NULL)"
            " AND (provider_ref IS NULL) = (gateway IS NULL)",
            name="started_is_whole",
        ),
        CheckConstraint(
            "(state = 'stopped') = (stopped_at IS NOT NULL) AND (state <> 'stopped' OR wanted_state = 'stopped')",
            name="stopped_is_whole",
        ),
        Index("ix_monthly_gifts_live", "campaign_number", sqlite_where=_LIVE, postgresql_where=_LIVE),
    )

    public_id: Mapped[str] = mapped_column(unique=True)
    campaign_number: Mapped[str] = mapped_column(ForeignKey("campaigns.number"))
    gateway: Mapped[str | None]
    provider_ref: Mapped[str | None]
    amount_minor: Mapped[int] = mapped_column(BigId)
    wanted_amount_minor: Mapped[int] = mapped_column(BigId)
    currency: Mapped[str]
    state: Mapped[str]
    state_since: Mapped[datetime]
    wanted_state: Mapped[str]
    wanted_since: Mapped[datetime]
    why: Mapped[str]
    next_on: Mapped[date | None]
    retry_on: Mapped[date | None]
    method_hash: Mapped[str | None]
    contact: Mapped[dict[str, Any] | None] = mapped_column(SealedJSON)
    contact_hash: Mapped[str] = mapped_column(index=True)
    locale: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    version: Mapped[int] = mapped_column(default=0)
    seen_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]


class MonthlyAmount(Row):
    """An amount that a donor agreed to give each month; what a provider takes is one of these or held."""

    __tablename__ = "monthly_amounts"
    __table_args__ = (
        UniqueConstraint("monthly_gift_id", "amount_minor"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
    )

    monthly_gift_id: Mapped[int] = mapped_column(ForeignKey("monthly_gifts.id"))
    amount_minor: Mapped[int] = mapped_column(BigId)
    agreed_at: Mapped[datetime]


class GiftMonth(Row):
    """Which month of a monthly gift a gift is, by the day on which the month begins."""

    __tablename__ = "gift_months"
    __table_args__ = (UniqueConstraint("monthly_gift_id", "month_on"),)

    gift_id: Mapped[int] = mapped_column(ForeignKey("gifts.id"), unique=True)
    monthly_gift_id: Mapped[int] = mapped_column(ForeignKey("monthly_gifts.id"))
    month_on: Mapped[date]
