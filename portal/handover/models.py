"""Tables of the counter."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Row
from portal.sealing import SealedText


class Receipt(Row):
    """Goods (or an arranged service) that a clerk took in for a wish, or turned away."""

    __tablename__ = "handover_receipts"
    __table_args__ = (CheckConstraint("outcome IN ('received', 'refused')", name="outcome_known"),)

    wish_id: Mapped[int] = mapped_column(ForeignKey("wishes.id"), index=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), index=True)
    outcome: Mapped[str]
    item_matches: Mapped[bool]
    is_new: Mapped[bool]
    is_safe: Mapped[bool]
    value_minor: Mapped[int | None]
    reason: Mapped[str | None]
    photo: Mapped[str | None]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class Delivery(Row):
    """The way from the counter to the family: collected with a code, or brought home by a grid worker.

    `wished_way`, `wished_note` and `wished_at` are what the family asked for; `note` is what the deliverer met at
    the door.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        CheckConstraint("way IN ('pick_up', 'home', 'service')", name="way_known"),
        CheckConstraint("wished_way IS NULL OR wished_way IN ('pick_up', 'home')", name="wished_way_known"),
        CheckConstraint("proof IS NULL OR proof IN ('code', 'signature')", name="proof_known"),
        Index(
            "uq_deliveries_open_wish",
            "wish_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_deliveries_open_wished",
            "wished_way",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_deliveries_open_deliverer",
            "deliverer_id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    wish_id: Mapped[int] = mapped_column(ForeignKey("wishes.id"), index=True)
    way: Mapped[str] = mapped_column(default="pick_up")
    attempt: Mapped[int] = mapped_column(default=1)
    pick_up_hash: Mapped[str | None] = mapped_column(unique=True)
    deliverer_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    wished_way: Mapped[str | None]
    wished_note: Mapped[str | None] = mapped_column(SealedText)
    wished_at: Mapped[datetime | None]
    proof: Mapped[str | None]
    slip: Mapped[str | None]
    note: Mapped[str | None] = mapped_column(SealedText)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    handed_over_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class Acknowledgement(Row):
    """The family's word on what they got: received, partly, wrong or not received."""

    __tablename__ = "acknowledgements"
    __table_args__ = (
        CheckConstraint("answer IN ('received', 'partly', 'wrong', 'not_received')", name="answer_known"),
        CheckConstraint("through IN ('code', 'clerk', 'slip')", name="through_known"),
    )

    wish_id: Mapped[int] = mapped_column(ForeignKey("wishes.id"), index=True)
    answer: Mapped[str]
    through: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    note: Mapped[str | None] = mapped_column(SealedText)
    slip: Mapped[str | None]
    at: Mapped[datetime]
