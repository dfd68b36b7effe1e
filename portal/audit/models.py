"""Table of the audit trail; triggers refuse any change or removal of a row."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Row


class AuditEntry(Row):
    """One act of a member of staff (or of the command line or the clock, then without a person)."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_subject", "subject_kind", "subject_ref"),
        Index("ix_audit_entries_at", "at", "id", "person_id", "action", "subject_kind"),
        Index("ix_audit_entries_person", "person_id", "at", "id"),
        Index("ix_audit_entries_action", "action", "at", "id"),
    )

    at: Mapped[datetime]
    person_id: Mapped[int | None]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_ref: Mapped[str]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)
