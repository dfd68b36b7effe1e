"""The table of purchases. The database itself refuses a second live purchase of one wish."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import BigId, Row

_LIVE = text("state IN ('reserved', 'paid')")


class Purchase(Row):
    """One wish that the foundation buys, and where that stands.

    `gift_id` is the gift that pays for it; without one it is a rescue out of
    what the Wish Fund holds for no wish in particular. `promise_id` is the
    promise by which the foundation holds the wish, `disbursement_id` the
    payment that buys it. Until `choice_until` a donor whose gift could not buy
    its wish may have it back.
    """

    __tablename__ = "purchases"
    __table_args__ = (
        Index("uq_purchases_live_wish", "wish_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_purchases_state_due", "state", "due_at"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint(
            "state IN ('reserved', 'paid', 'done', 'lapsed', 'surplus', 'returned', 'ended')", name="state_known"
        ),
        CheckConstraint("(state IN ('reserved', 'paid')) = (ended_at IS NULL)", name="ended_has_its_time"),
        CheckConstraint("(state IN ('reserved', 'paid')) = (due_at IS NOT NULL)", name="live_has_its_deadline"),
        CheckConstraint("gift_id IS NOT NULL OR disbursement_id IS NOT NULL", name="somebody_pays"),
        CheckConstraint("gift_id IS NOT NULL OR state IN ('paid', 'done', 'ended')", name="rescue_is_paid"),
        CheckConstraint("choice_until IS NULL OR state = 'surplus'", name="choice_is_of_a_surplus"),
    )

    public_id: Mapped[str] = mapped_column(unique=True)
    wish_id: Mapped[int] = mapped_column(ForeignKey("wishes.id"), index=True)
    promise_id: Mapped[int] = mapped_column(ForeignKey("promises.id"), index=True)
    gift_id: Mapped[int | None] = mapped_column(ForeignKey("gifts.id"), unique=True)
    disbursement_id: Mapped[int | None] = mapped_column(ForeignKey("disbursements.id"), unique=True)
    campaign_number: Mapped[str] = mapped_column(ForeignKey("campaigns.number"))
    amount_minor: Mapped[int] = mapped_column(BigId)
    currency: Mapped[str]
    state: Mapped[str]
    state_since: Mapped[datetime]
    due_at: Mapped[datetime | None]
    overdue_level: Mapped[int] = mapped_column(default=0)
    why: Mapped[str | None]
    choice_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
