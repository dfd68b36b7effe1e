"""Tables of wishes and their history; on the sealed side, never shown on a public page."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Row
from portal.grams import GramIndex
from portal.sealing import SealedText

_ASKED = ("service_centre_id", "filed_by_id", "kind", "category")


class Wish(Row):
    """One micro-wish: a thing or a service, for one household, with its place in the life cycle.

    The wish is one unit whatever its quantity: one pledger brings all of it.
    """

    __tablename__ = "wishes"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("unit_price_minor >= 0", name="price_not_negative"),
        CheckConstraint("kind IN ('goods', 'service')", name="kind_known"),
        # Desk lists walk along these; what else is asked of a wish stands behind the order, so that none is opened.
        Index("ix_wishes_since", "state_since", "number", *_ASKED),
        Index("ix_wishes_state_since", "state", "state_since", "number", *_ASKED),
        Index("ix_wishes_centre_state", "service_centre_id", "state", "state_since", "kind", "category"),
        Index("ix_wishes_deadline", "deadline_at", "number", "state", *_ASKED),
        Index("ix_wishes_created", "created_at", "number", *_ASKED),
        Index(
            "ix_wishes_climbed",
            "state_since",
            "number",
            "state",
            *_ASKED,
            "overdue_level",
            sqlite_where=text("overdue_level > 0"),
            postgresql_where=text("overdue_level > 0"),
        ),
    )

    number: Mapped[str] = mapped_column(unique=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    service_centre_id: Mapped[int] = mapped_column(ForeignKey("service_centres.id"))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grids.id"))

    kind: Mapped[str]
    category: Mapped[str]
    item: Mapped[str]
    size: Mapped[str | None]
    quantity: Mapped[int] = mapped_column(default=1)
    unit_price_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(default="CNY")
    reason: Mapped[str] = mapped_column(SealedText)
    group: Mapped[str] = mapped_column("beneficiary_group")
    age_band: Mapped[str]

    reporter: Mapped[str | None] = mapped_column(SealedText)
    reported_on: Mapped[date]
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"), index=True)
    row_hash: Mapped[str | None] = mapped_column(unique=True)

    state: Mapped[str]
    state_since: Mapped[datetime]
    deadline_at: Mapped[datetime | None]
    overdue_level: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    open_since: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    family_code_hash: Mapped[str | None] = mapped_column(unique=True)
    family_code_issued_at: Mapped[datetime | None]
    family_viewed_at: Mapped[datetime | None]

    @property
    def total_minor(self) -> int:
        """The expected price of the whole wish, in fen."""
        return self.quantity * self.unit_price_minor


IS_CLIMBED = Wish.overdue_level > literal_column("0")
"""That a wish has been late at least once in its state, written so that the index of those fits."""

Index(
    "ix_wishes_urgent",
    Wish.state,
    Wish.overdue_level.desc(),
    Wish.state_since,
    Wish.number,
    Wish.service_centre_id,
    Wish.filed_by_id,
    sqlite_where=text("overdue_level > 0"),
    postgresql_where=text("overdue_level > 0"),
)

ITEMS = GramIndex("wishes", "item").declare()
"""The index by which staff find wishes by what is wished for."""


class WishEvent(Row):
    """One step in a wish's history: who moved it, from where to where, and why.

    Append-only; the database lets only a note be emptied, when its family is forgotten.
    """

    __tablename__ = "wish_events"
    __table_args__ = (UniqueConstraint("wish_id", "sequence"),)

    wish_id: Mapped[int] = mapped_column(ForeignKey("wishes.id"))
    sequence: Mapped[int]
    action: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    actor_kind: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    note: Mapped[str | None] = mapped_column(SealedText)
    at: Mapped[datetime]
