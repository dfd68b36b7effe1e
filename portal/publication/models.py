"""The public table: all that any public page can read of a wish."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Row
from portal.grams import GramIndex
from portal.sealing import SealedText


class PublicationStatus(StrEnum):
    """Where one version of a public text stands."""

    WRITTEN = "written"
    LIVE = "live"
    REFUSED = "refused"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class Availability(StrEnum):
    """What the public may know of a wish's way."""

    OPEN = "open"
    PLEDGED = "pledged"
    FULFILLED = "fulfilled"


class Publication(Row):
    """One version of a wish's public text; an edit is a new row (困境儿童个人信息保护工作办法, PIPL 24)."""

    __tablename__ = "publications"
    __table_args__ = (
        UniqueConstraint("number", "version"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> written_by_id", name="approved_by_another"),
        CheckConstraint("status <> 'live' OR approved_by_id IS NOT NULL", name="live_is_approved"),
        Index(
            "uq_publications_live_number",
            "number",
            unique=True,
            sqlite_where=text("status = 'live'"),
            postgresql_where=text("status = 'live'"),
        ),
        Index(
            "uq_publications_written_number",
            "number",
            unique=True,
            sqlite_where=text("status = 'written'"),
            postgresql_where=text("status = 'written'"),
        ),
        Index("ix_publications_status", "status", "id"),
        Index("ix_publications_list", "status", "availability", "waiting_since", "number"),
    )

    number: Mapped[str]
    version: Mapped[int]
    status: Mapped[str]
    availability: Mapped[str] = mapped_column(default=Availability.OPEN)

    kind: Mapped[str]
    category: Mapped[str]
    item: Mapped[str]
    item_en: Mapped[str]
    size: Mapped[str | None]
    size_en: Mapped[str | None]
    quantity: Mapped[int]
    price_minor: Mapped[int]
    currency: Mapped[str]
    group: Mapped[str | None] = mapped_column("beneficiary_group")
    age_band: Mapped[str | None]
    service_centre_id: Mapped[int | None] = mapped_column(ForeignKey("service_centres.id"), index=True)
    reason: Mapped[str]
    reason_en: Mapped[str]
    search_text: Mapped[str]
    waiting_since: Mapped[date]
    fulfilled_on: Mapped[date | None]

    written_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    written_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    refused_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None] = mapped_column(SealedText)
    withdrawn_at: Mapped[datetime | None]


class PublicTraits(Row):
    """The exact traits of a wish whose text was written; no public page reads them, cells are made from them.

    `shown` is what the live text shows of them, as generalising.Shown; `joined_on` the day since which it is public,
    `coarsened_on` the last day on which it had to show less.
    """

    __tablename__ = "public_traits"
    __table_args__ = (Index("ix_public_traits_shown", "is_live", "shown"),)

    number: Mapped[str] = mapped_column(unique=True)
    group: Mapped[str] = mapped_column("beneficiary_group")
    age_band: Mapped[str]
    service_centre_id: Mapped[int] = mapped_column(ForeignKey("service_centres.id"))
    shown: Mapped[int] = mapped_column(default=0)
    is_live: Mapped[bool] = mapped_column(default=False)
    joined_on: Mapped[date | None]
    coarsened_on: Mapped[date | None]


SEARCH = GramIndex("publications", "search_text", "{row}.status = 'live'").declare()
"""The index by which words are found in what is public now; what is taken down leaves it at once."""


class PublicVersion(Row):
    """One row that counts the changes of everything public; what is kept of public pages holds for one count."""

    __tablename__ = "public_versions"

    version: Mapped[int]


class PublicationChange(Base):
    """With which count the public text of a wish changed last; triggers write it, and nobody else.

    A change has no count before the transaction that makes it raises the count, which it does as its last act. So
    changes are counted in the order in which they can be seen, on PostgreSQL too, and a reader misses none.
    """

    __tablename__ = "publication_changes"

    number: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int | None] = mapped_column(index=True)
