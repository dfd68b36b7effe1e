"""The table of what campaigns received on the designated platform, a total for each campaign and day."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import BigId, Row


class PlatformTotal(Row):
    """What a campaign received on the designated platform on one day, as the platform says.

    Never part of the ledger: that books the money when the platform sends it
    to the bank. A day that is said again is corrected, not added.
    """

    __tablename__ = "platform_totals"
    __table_args__ = (
        UniqueConstraint("campaign_number", "given_on"),
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
        CheckConstraint("gifts >= 0", name="gifts_not_negative"),
    )

    campaign_number: Mapped[str] = mapped_column(ForeignKey("campaigns.number"))
    given_on: Mapped[date]
    amount_minor: Mapped[int] = mapped_column(BigId)
    gifts: Mapped[int] = mapped_column(BigId)
    currency: Mapped[str]
    imported_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    imported_at: Mapped[datetime]
