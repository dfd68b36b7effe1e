"""Tables of what comes through a provider's door: events, how far they were followed, and what waits for a person."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, BigId, Row
from portal.sealing import SealedText


class WebhookEvent(Row):
    """One signed message of a provider, kept once; only a hint, so its body is not kept."""

    __tablename__ = "webhook_events"
    __table_args__ = (
        UniqueConstraint("gateway", "event_id"),
        CheckConstraint("state IN ('received', 'done', 'ignored')", name="state_known"),
        Index(
            "ix_webhook_events_received",
            "id",
            sqlite_where=text("state = 'received'"),
            postgresql_where=text("state = 'received'"),
        ),
    )

    gateway: Mapped[str]
    event_id: Mapped[str]
    kind: Mapped[str]
    provider_ref: Mapped[str | None]
    livemode: Mapped[bool]
    state: Mapped[str]
    received_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class GatewayCursor(Base):
    """Until when everything a gateway knows has been held against the book."""

    __tablename__ = "gateway_cursors"

    gateway: Mapped[str] = mapped_column(primary_key=True)
    reconciled_until: Mapped[datetime]
    reconciled_at: Mapped[datetime]


class Hold(Row):
    """Something a provider says that does not fit and was not booked; a person decides what becomes of it."""

    __tablename__ = "holds"
    __table_args__ = (
        UniqueConstraint("gateway", "provider_ref", "why"),
        CheckConstraint(
            "why IN ('amount', 'currency', 'livemode', 'twin', 'orphan', 'refunded_too_much')",
            name="why_known",
        ),
        CheckConstraint("state IN ('open', 'returned', 'set_aside')", name="state_known"),
        CheckConstraint("(state = 'open') = (settled_at IS NULL)", name="settled_has_its_time"),
    )

    gateway: Mapped[str]
    provider_ref: Mapped[str]
    why: Mapped[str]
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"), index=True)
    amount_minor: Mapped[int] = mapped_column(BigId)
    currency: Mapped[str]
    livemode: Mapped[bool]
    state: Mapped[str]
    note: Mapped[str | None] = mapped_column(SealedText)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
