"""Tables of the sealed room."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Row
from portal.sealing import SealedJSON


class Household(Row):
    """The person who wishes, with guardian and contact, as one sealed record.

    `identity` holds name, id_number, gender, birth_date (ISO), phone, address,
    guardian, guardian_phone; each may be missing. The hashes are keyed and
    find a household again without opening it.
    """

    __tablename__ = "households"

    identity: Mapped[dict[str, Any] | None] = mapped_column(SealedJSON)
    id_hash: Mapped[str] = mapped_column(index=True)
    person_hash: Mapped[str] = mapped_column(index=True)
    phone_hash: Mapped[str | None] = mapped_column(index=True)
    guardian_phone_hash: Mapped[str | None] = mapped_column(index=True)
    address_hash: Mapped[str | None] = mapped_column(index=True)
    name_hash: Mapped[str | None] = mapped_column(index=True)
    guardian_hash: Mapped[str | None] = mapped_column(index=True)
    service_centre_id: Mapped[int] = mapped_column(ForeignKey("service_centres.id"), index=True)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grids.id"))
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    is_minor: Mapped[bool]
    needs_guardian: Mapped[bool]
    id_checked_at: Mapped[datetime | None]
    id_checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    purge_on: Mapped[date | None] = mapped_column(index=True)
    purged_at: Mapped[datetime | None]


class ConsentUse(StrEnum):
    """What a family may agree to, each by itself."""

    PUBLISH = "publish"
    SHARE_WITH_DELIVERER = "share_with_deliverer"
    PHOTO = "photo"


class Consent(Row):
    """One dated yes or no for one use; the latest row per wish and use counts (PIPL 15, 23, 25, 29). Append-only."""

    __tablename__ = "consents"
    __table_args__ = (
        CheckConstraint("given_by IN ('self', 'guardian')", name="given_by_known"),
        CheckConstraint("through IN ('paper', 'form', 'code', 'list')", name="through_known"),
        Index("ix_consents_wish_use", "wish_id", "use"),
    )

    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    wish_id: Mapped[int] = mapped_column(ForeignKey("wishes.id"))
    use: Mapped[str]
    is_given: Mapped[bool]
    given_by: Mapped[str]
    through: Mapped[str]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class IdentityRead(Row):
    """One opening of a sealed record: who, when, why (未成年人网络保护条例 36). Append-only."""

    __tablename__ = "identity_reads"

    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
