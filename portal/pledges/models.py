"""Tables of pledges. The database itself refuses a second live pledge on a wish."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Row
from portal.sealing import SealedJSON, SealedText


class PledgeState(StrEnum):
    """Where a pledge stands; the wish's own state says the same from the family's side."""

    HELD = "held"
    PLEDGED = "pledged"
    PROCURING = "procuring"
    RECEIVED = "received"
    FULFILLED = "fulfilled"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    ENDED = "ended"


LIVE_STATES = (PledgeState.HELD, PledgeState.PLEDGED, PledgeState.PROCURING, PledgeState.RECEIVED)
_LIVE_SQL = text("state IN ('held', 'pledged', 'procuring', 'received')")


class Promise(Row):
    """What one pledger said yes to at one time: a contact and one or many pledges.

    `contact` holds name, organisation, email, phone; each may be missing.
    `is_bought` marks what the foundation buys with money: nobody is written to,
    and its deadlines climb instead of lapsing.
    """

    __tablename__ = "promises"
    __table_args__ = (
        Index(
            "ix_promises_kept",
            "id",
            sqlite_where=text("contact IS NOT NULL"),
            postgresql_where=text("contact IS NOT NULL"),
        ),
        Index("ix_promises_bought", "id", sqlite_where=text("is_bought"), postgresql_where=text("is_bought")),
    )

    public_id: Mapped[str] = mapped_column(unique=True)
    contact: Mapped[dict[str, Any] | None] = mapped_column(SealedJSON)
    contact_hash: Mapped[str] = mapped_column(index=True)
    channel: Mapped[str]
    locale: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    code_hash: Mapped[str | None]
    code_attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    hold_until: Mapped[datetime | None]
    is_bought: Mapped[bool] = mapped_column(default=False)


class Pledge(Row):
    """One wish taken by one pledger.

    `code_seed` is what the drop-off code was made from, once the pledge's link was renewed.
    """

    __tablename__ = "pledges"
    __table_args__ = (
        Index("uq_pledges_live_wish", "wish_id", unique=True, sqlite_where=_LIVE_SQL, postgresql_where=_LIVE_SQL),
        Index("ix_pledges_state_due", "state", "due_at"),
        Index(
            "ix_pledges_unreminded",
            "state",
            "remind_at",
            sqlite_where=text("reminded_at IS NULL"),
            postgresql_where=text("reminded_at IS NULL"),
        ),
        CheckConstraint("attempt > 0", name="attempt_positive"),
    )

    public_id: Mapped[str] = mapped_column(unique=True)
    promise_id: Mapped[int] = mapped_column(ForeignKey("promises.id"), index=True)
    wish_id: Mapped[int] = mapped_column(ForeignKey("wishes.id"), index=True)
    state: Mapped[str]
    state_since: Mapped[datetime]
    due_at: Mapped[datetime | None]
    remind_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    extended_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    parcel_number: Mapped[str | None] = mapped_column(SealedText)
    attempt: Mapped[int] = mapped_column(default=1)
    drop_off_hash: Mapped[str | None] = mapped_column(unique=True)
    refused_because: Mapped[str | None] = mapped_column(SealedText)
    refused_with_photo: Mapped[bool] = mapped_column(default=False)
    proposed_times: Mapped[str | None] = mapped_column(SealedText)
    appointment_at: Mapped[datetime | None]
    appointment_note: Mapped[str | None] = mapped_column(SealedText)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    code_seed: Mapped[str | None]

    @property
    def seed(self) -> str:
        """What the drop-off code is made from: it outlives the link, for it stands on parcels already sent."""
        return self.code_seed or self.public_id


class Sending(Row):
    """The day a pledger said that a thing is on its way; after a refusal the next attempt has one of its own."""

    __tablename__ = "pledge_sendings"
    __table_args__ = (UniqueConstraint("pledge_id", "attempt", name="uq_pledge_sendings_attempt"),)

    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"))
    attempt: Mapped[int]
    at: Mapped[datetime]


class PledgerBlock(Row):
    """A pause after two lapses, for one contact (keyed hash) or one organisation.

    `promise_id` names the promise whose lapse began it.
    """

    __tablename__ = "pledger_blocks"

    contact_hash: Mapped[str] = mapped_column(index=True)
    promise_id: Mapped[int | None] = mapped_column(ForeignKey("promises.id"))
    until: Mapped[datetime]
    created_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    lifted_because: Mapped[str | None] = mapped_column(SealedText)
