"""Reads all versions of public texts for staff: who wrote and approved them, when, and what became of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import select

from portal.accounts.queries import names_of
from portal.db import session
from portal.publication.compose import PublicText
from portal.publication.models import Publication, PublicationStatus

STATUS_LABELS: dict[PublicationStatus, Any] = {
    PublicationStatus.WRITTEN: lazy_gettext("等另一位审核员批准"),
    PublicationStatus.LIVE: lazy_gettext("公开中"),
    PublicationStatus.REFUSED: lazy_gettext("已退回，等重写"),
    PublicationStatus.REPLACED: lazy_gettext("已被新版本代替"),
    PublicationStatus.WITHDRAWN: lazy_gettext("已撤下"),
}

TEXT_FIELDS = ("item", "item_en", "size", "size_en", "reason", "reason_en")


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a public text as staff see it."""

    id: int
    number: str
    version: int
    status: PublicationStatus
    text: PublicText
    written_by_id: int
    written_by: str
    written_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decision_note: str | None

    @property
    def status_label(self) -> str:
        """What became of the version, in the reader's language."""
        return str(STATUS_LABELS[self.status])


def text_of(row: Publication) -> PublicText:
    """Return the words of a version."""
    return PublicText(**{name: getattr(row, name) or "" for name in TEXT_FIELDS})


def list_versions(number: str) -> list[Version]:
    """Return all versions of a wish's public text, the newest first."""
    query = select(Publication).where(Publication.number == number).order_by(Publication.version.desc())
    return as_versions(list(session().scalars(query)))


def as_versions(rows: list[Publication]) -> list[Version]:
    """Return versions with the names of those who wrote and decided, by one more query."""
    people = {id_ for row in rows for id_ in (row.written_by_id, row.approved_by_id, row.refused_by_id) if id_}
    names = names_of(people)
    return [_version(row, names) for row in rows]


def _version(row: Publication, names: dict[int, str]) -> Version:
    decided_by_id = row.approved_by_id or row.refused_by_id
    return Version(
        id=row.id,
        number=row.number,
        version=row.version,
        status=PublicationStatus(row.status),
        text=text_of(row),
        written_by_id=row.written_by_id,
        written_by=names.get(row.written_by_id, ""),
        written_at=row.written_at,
        decided_by=names.get(decided_by_id) if decided_by_id else None,
        decided_at=row.decided_at,
        decision_note=row.decision_note,
    )
