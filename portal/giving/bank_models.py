"""The table of lines of the foundation's bank statements."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import BigId, Row
from portal.sealing import SealedJSON, SealedText

_MATCHED_PAYMENT = text("payment_id IS NOT NULL")
_MATCHED_REFUND = text("refund_id IS NOT NULL")


class BankLine(Row):
    """One line of a statement, kept once: matched with a payment or a refund, set aside, or waiting for a person.

    `line_hash` is the keyed hash of what tells the line from others.
    `details` holds payer, memo and serial as the bank wrote them. Above zero
    money came in, below it went out.
    """

    __tablename__ = "bank_lines"
    __table_args__ = (
        CheckConstraint("amount_minor <> 0", name="amount_not_zero"),
        CheckConstraint("state IN ('waiting', 'matched', 'aside')", name="state_known"),
        CheckConstraint(
            "(state = 'matched') = (payment_id IS NOT NULL OR refund_id IS NOT NULL)", name="matched_has_its_row"
        ),
        CheckConstraint("payment_id IS NULL OR amount_minor > 0", name="payment_came_in"),
        CheckConstraint("refund_id IS NULL OR amount_minor < 0", name="refund_went_out"),
        CheckConstraint(
            "state <> 'aside' OR (note IS NOT NULL AND settled_by_id IS NOT NULL)", name="aside_has_its_note"
        ),
        Index(
            "uq_bank_lines_payment",
            "payment_id",
            unique=True,
            sqlite_where=_MATCHED_PAYMENT,
            postgresql_where=_MATCHED_PAYMENT,
        ),
        Index(
            "uq_bank_lines_refund",
            "refund_id",
            unique=True,
            sqlite_where=_MATCHED_REFUND,
            postgresql_where=_MATCHED_REFUND,
        ),
        Index(
            "ix_bank_lines_waiting",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    line_hash: Mapped[str] = mapped_column(unique=True)
    booked_on: Mapped[date]
    amount_minor: Mapped[int] = mapped_column(BigId)
    currency: Mapped[str]
    details: Mapped[dict[str, Any] | None] = mapped_column(SealedJSON)
    state: Mapped[str]
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"))
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refunds.id"))
    note: Mapped[str | None] = mapped_column(SealedText)
    imported_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
