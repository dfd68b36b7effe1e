"""Table of messages on their way."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Row
from portal.sealing import SealedText


class Message(Row):
    """One mail or short message; receiver and text are sealed, and emptied some days after sending."""

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint("channel IN ('mail', 'sms')", name="channel_known"),
        CheckConstraint("state IN ('waiting', 'sending', 'sent', 'dead')", name="state_known"),
        Index("ix_messages_state_due", "state", "due_at"),
        Index("ix_messages_kind", "kind", "id"),
        Index(
            "ix_messages_kept",
            "state",
            "sent_at",
            sqlite_where=text("receiver IS NOT NULL"),
            postgresql_where=text("receiver IS NOT NULL"),
        ),
        Index(
            "ix_messages_trouble",
            "id",
            sqlite_where=text("last_error IS NOT NULL"),
            postgresql_where=text("last_error IS NOT NULL"),
        ),
    )

    channel: Mapped[str]
    kind: Mapped[str]
    receiver: Mapped[str | None] = mapped_column(SealedText)
    subject: Mapped[str | None] = mapped_column(SealedText)
    body: Mapped[str | None] = mapped_column(SealedText)
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
