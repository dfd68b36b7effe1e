"""Half-filled forms: kept sealed for two weeks, seen by nobody but whoever began them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from portal import clock, codes
from portal.accounts.rules import Actor, NotAllowed
from portal.db import session, transaction
from portal.households.rules import mask_name
from portal.intake.models import FilingDraft
from portal.intake.typed import FIELDS
from portal.spreadsheets.tidying import tidy

KEPT_DAYS = 14
CORRECTS = "corrects"
"""The key under which a draft names the returned wish it corrects."""

_LONGEST = 600


class DraftGone(LookupError):
    """The draft was handed in, thrown away or forgotten, or it is somebody else's."""


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One draft in the list of drafts."""

    public_id: str
    name: str
    item: str
    corrects: str | None
    updated_at: datetime
    delete_at: datetime


def keep_typed(fields: Mapping[str, str]) -> dict[str, str]:
    """Return what a form sent, known fields only, without invisible characters and no longer than reasonable."""
    return {name: tidy(fields.get(name) or "")[:_LONGEST] for name in FIELDS if fields.get(name)}


@transaction
def save_draft(actor: Actor, public_id: str | None, fields: Mapping[str, str], corrects: str | None = None) -> str:
    """Keep a half-filled form and return what names it; `corrects` is the number of a returned wish.

    Raises NotAllowed for an actor without a name, DraftGone.
    """
    if actor.person_id is None:
        raise NotAllowed
    row = _find(actor, public_id) if public_id else None
    kept = keep_typed(fields)
    if row is None:
        if public_id:
            raise DraftGone
        row = FilingDraft(public_id=codes.new_public_id(), person_id=actor.person_id, fields={})
        session().add(row)
    corrects = corrects or row.fields.get(CORRECTS)
    row.fields = kept | ({CORRECTS: corrects} if corrects else {})
    row.updated_at = clock.now()
    row.delete_at = clock.now() + timedelta(days=KEPT_DAYS)
    session().flush()
    return row.public_id


def read_draft(actor: Actor, public_id: str) -> dict[str, str]:
    """Return the fields of an actor's own draft.

    Raises DraftGone.
    """
    row = _find(actor, public_id)
    if row is None:
        raise DraftGone
    return dict(row.fields)


def list_drafts(actor: Actor) -> list[DraftLine]:
    """Return an actor's own drafts, the latest first, with masked names."""
    rows = session().scalars(
        select(FilingDraft).where(FilingDraft.person_id == actor.person_id).order_by(FilingDraft.updated_at.desc())
    )
    return [
        DraftLine(
            row.public_id,
            mask_name(row.fields.get("name", "")),
            row.fields.get("item", ""),
            row.fields.get(CORRECTS),
            row.updated_at,
            row.delete_at,
        )
        for row in rows
    ]


@transaction
def drop_draft(actor: Actor, public_id: str) -> None:
    """Delete an actor's own draft; whoever comes second finds it gone.

    Raises DraftGone.
    """
    statement = delete(FilingDraft).where(FilingDraft.public_id == public_id, FilingDraft.person_id == actor.person_id)
    if session().connection().execute(statement).rowcount != 1:
        raise DraftGone


def _find(actor: Actor, public_id: str) -> FilingDraft | None:
    return session().scalar(
        select(FilingDraft).where(FilingDraft.public_id == public_id, FilingDraft.person_id == actor.person_id)
    )
