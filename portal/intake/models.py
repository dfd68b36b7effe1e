"""Tables of intake: each spreadsheet taken in, and drafts of the assisted form."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Row
from portal.sealing import SealedJSON, SealedText


class Import(Row):
    """One spreadsheet: who handed it in, what became of its rows.

    `upload` names the sealed copy of the file, kept only until it is taken in
    or dropped; `report` holds row numbers, kinds of problems and a masked look
    at the first rows. `claim` names the process that takes it in, and holds
    until `claimed_until` unless that process says again that it is alive.
    """

    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint("kind IN ('wishes', 'areas')", name="kind_known"),
        CheckConstraint("state IN ('read', 'running', 'done', 'refused', 'dropped')", name="state_known"),
    )

    kind: Mapped[str]
    state: Mapped[str]
    file_name: Mapped[str] = mapped_column(SealedText)
    file_hash: Mapped[str] = mapped_column(index=True)
    upload: Mapped[str | None]
    columns: Mapped[dict[str, Any] | None] = mapped_column(SealedJSON)
    report: Mapped[dict[str, Any] | None] = mapped_column(SealedJSON)
    rows_total: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    rows_added: Mapped[int] = mapped_column(default=0)
    rows_known: Mapped[int] = mapped_column(default=0)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    claim: Mapped[str | None]
    claimed_until: Mapped[datetime | None]


class FilingDraft(Row):
    """A half-filled assisted form, sealed whole; deleted when handed in or after two weeks."""

    __tablename__ = "filing_drafts"

    public_id: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    fields: Mapped[dict[str, Any]] = mapped_column(SealedJSON)
    updated_at: Mapped[datetime]
    delete_at: Mapped[datetime]
