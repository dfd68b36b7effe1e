"""Tables of what is paid out: disbursements with their vouchers, and the foundation's yearly figures."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Row

_PERSON = "people.id"


class DisbursementState(StrEnum):
    """Where a payment out of a fund stands."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    PAID = "paid"
    RETURNED = "returned"


WAITING_STATES = frozenset({DisbursementState.REQUESTED, DisbursementState.APPROVED})
BINDING_STATES = frozenset({DisbursementState.REQUESTED, DisbursementState.APPROVED, DisbursementState.PAID})
"""States in which a payment uses up its budget line."""


class Disbursement(Row):
    """Money for one budget line: asked for, approved by a second person, paid with a voucher, posted.

    `voucher` names the sealed original, `voucher_copy` the redacted picture
    that everybody may see. `to_campaign_id` is set where a surplus moves to a
    like campaign (慈善法 58) instead of a supplier. `reference` is the ledger
    entry's; a supplier who gives the money back has an entry of its own.
    """

    __tablename__ = "disbursements"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint(
            "state IN ('requested', 'approved', 'refused', 'cancelled', 'paid', 'returned')", name="state_known"
        ),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> requested_by_id", name="decided_by_another"),
        CheckConstraint(
            "state NOT IN ('approved', 'paid', 'returned') OR decided_by_id IS NOT NULL", name="approved_by_somebody"
        ),
        CheckConstraint(
            "state NOT IN ('paid', 'returned')"
            " OR (reference IS NOT NULL AND paid_on IS NOT NULL AND paid_by_id IS NOT NULL)",
            name="paid_is_whole",
        ),
        CheckConstraint(
            "state NOT IN ('paid', 'returned') OR to_campaign_id IS NOT NULL"
            " OR (voucher IS NOT NULL AND voucher_copy IS NOT NULL)",
            name="paid_has_voucher",
        ),
        CheckConstraint(
            "state <> 'returned' OR (return_reference IS NOT NULL AND returned_on IS NOT NULL)",
            name="returned_is_whole",
        ),
        CheckConstraint("(budget_line_id IS NULL) = (to_campaign_id IS NOT NULL)", name="line_or_campaign"),
        CheckConstraint("to_campaign_id IS NULL OR to_campaign_id <> campaign_id", name="to_another_campaign"),
        Index("ix_disbursements_campaign_state", "campaign_id", "state"),
    )

    public_id: Mapped[str] = mapped_column(unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    budget_line_id: Mapped[int | None] = mapped_column(ForeignKey("budget_lines.id"), index=True)
    to_campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"), index=True)
    wish_number: Mapped[str | None] = mapped_column(index=True)
    state: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    purpose: Mapped[str]
    purpose_en: Mapped[str]
    supplier: Mapped[str]
    is_supplier_private: Mapped[bool] = mapped_column(default=False)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey(_PERSON))
    requested_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]
    paid_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    paid_on: Mapped[date | None]
    voucher: Mapped[str | None]
    voucher_copy: Mapped[str | None]
    reference: Mapped[str | None] = mapped_column(unique=True)
    returned_on: Mapped[date | None]
    return_reference: Mapped[str | None] = mapped_column(unique=True)
    return_note: Mapped[str | None]
    return_note_en: Mapped[str | None]


class FoundationYear(Row):
    """The foundation's own figures of one year, from its annual account, for the ratios of 慈善法 61."""

    __tablename__ = "foundation_years"
    __table_args__ = (
        CheckConstraint("income_minor >= 0 AND spent_minor >= 0 AND management_minor >= 0", name="not_negative"),
        CheckConstraint("management_minor <= spent_minor", name="management_is_spent"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> written_by_id", name="approved_by_another"),
    )

    year: Mapped[int] = mapped_column(unique=True)
    income_minor: Mapped[int] = mapped_column(BigInteger)
    spent_minor: Mapped[int] = mapped_column(BigInteger)
    management_minor: Mapped[int] = mapped_column(BigInteger)
    is_audited: Mapped[bool] = mapped_column(default=False)
    written_by_id: Mapped[int] = mapped_column(ForeignKey(_PERSON))
    written_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    approved_at: Mapped[datetime | None]
