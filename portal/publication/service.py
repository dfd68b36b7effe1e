"""Changes what everybody may read; every act is one transaction and leaves the old version as a row.

Knows nothing of consents and of a wish's state: whoever writes, approves or
refuses goes through wishes.publishing, which asks for both.
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import cast

from sqlalchemy import Table, bindparam, func, select, update

from portal import clock
from portal.accounts.rules import Actor
from portal.audit import service as audit
from portal.db import changed_rows, session, transaction
from portal.publication import cells
from portal.publication.compose import PublicText
from portal.publication.models import Availability, Publication, PublicationStatus
from portal.publication.rules import NotWaiting, ReasonNeeded, TextIncomplete, check_approver

_ROWS = cast("Table", Publication.__table__)
_SET_AVAILABILITY = (
    update(_ROWS)
    .where(_ROWS.c.number == bindparam("live_number"), _ROWS.c.status == PublicationStatus.LIVE)
    .values(availability=bindparam("availability"), fulfilled_on=bindparam("fulfilled_on"))
)


class PublicationNotFound(LookupError):
    """There is no such version of a public text."""


@dataclass(frozen=True, slots=True)
class PlainFields:
    """What is known of a wish beside its words; of the last three, cells decide what is shown."""

    kind: str
    category: str
    quantity: int
    price_minor: int
    currency: str
    group: str
    age_band: str
    service_centre_id: int


def get_publication(publication_id: int) -> Publication:
    """Return one version of a public text, for the verbs of this portal only.

    Raises PublicationNotFound.
    """
    row = session().get(Publication, publication_id)
    if row is None:
        raise PublicationNotFound(publication_id)
    return row


@transaction
def write_version(actor: Actor, number: str, text: PublicText, fields: PlainFields) -> int:
    """Add a version that waits for approval, in place of one that waited; return its key.

    Raises TextIncomplete.
    """
    if not text.is_complete:
        raise TextIncomplete
    waiting = (Publication.number == number, Publication.status == PublicationStatus.WRITTEN)
    session().execute(update(Publication).where(*waiting).values(status=PublicationStatus.REPLACED))
    last = session().scalar(select(func.max(Publication.version)).where(Publication.number == number))
    row = Publication(
        number=number,
        version=(last or 0) + 1,
        status=PublicationStatus.WRITTEN,
        availability=Availability.OPEN,
        **asdict(text) | {"size": text.size or None, "size_en": text.size_en or None},
        kind=fields.kind,
        category=fields.category,
        quantity=fields.quantity,
        price_minor=fields.price_minor,
        currency=fields.currency,
        search_text=cells.words_to_find(text, number, fields.category, None),
        waiting_since=_waiting_since(number),
        written_by_id=actor.person_id,
        written_at=clock.now(),
    )
    session().add(row)
    session().flush()
    cells.note_traits(number, group=fields.group, age_band=fields.age_band, service_centre_id=fields.service_centre_id)
    audit.record(actor, "publication.write", "wish", number, after={"version": row.version})
    return row.id


@transaction
def approve_version(actor: Actor, publication_id: int, note: str | None = None) -> None:
    """Make a version that waits the one everybody reads, in place of the one before.

    Raises OwnText, NotWaiting (also for the loser of a race), PublicationNotFound.
    """
    row = get_publication(publication_id)
    check_approver(actor.person_id, row.written_by_id)
    live = (Publication.number == row.number, Publication.status == PublicationStatus.LIVE)
    before = session().execute(select(Publication.availability, Publication.fulfilled_on).where(*live)).one_or_none()
    session().execute(update(Publication).where(*live).values(status=PublicationStatus.REPLACED))
    _decide(
        publication_id,
        actor,
        status=PublicationStatus.LIVE,
        approved_by_id=actor.person_id,
        decision_note=note,
        waiting_since=_waiting_since(row.number),
        availability=before.availability if before else Availability.OPEN,
        fulfilled_on=before.fulfilled_on if before else None,
    )
    cells.join(row.number)
    audit.record(actor, "publication.approve", "wish", row.number, after={"version": row.version, "note": note})


@transaction
def refuse_version(actor: Actor, publication_id: int, reason: str) -> None:
    """Give a version that waits back to whoever wrote it, with a reason.

    Raises ReasonNeeded, OwnText, NotWaiting, PublicationNotFound.
    """
    if not reason.strip():
        raise ReasonNeeded
    row = get_publication(publication_id)
    check_approver(actor.person_id, row.written_by_id)
    _decide(
        publication_id,
        actor,
        status=PublicationStatus.REFUSED,
        refused_by_id=actor.person_id,
        decision_note=reason.strip(),
    )
    audit.record(actor, "publication.refuse", "wish", row.number, after={"version": row.version, "note": reason})


@transaction
def set_availability(number: str, availability: Availability) -> None:
    """Say on the public page how far a wish is: open, pledged or fulfilled."""
    fulfilled_on = clock.today() if availability is Availability.FULFILLED else None
    session().flush()
    session().execute(
        _SET_AVAILABILITY, {"live_number": number, "availability": availability, "fulfilled_on": fulfilled_on}
    )


@transaction
def take_down(number: str) -> None:
    """Remove a wish from everything public at once."""
    if _change_live(number, {"status": PublicationStatus.WITHDRAWN, "withdrawn_at": clock.now()}):
        cells.leave(number)


@transaction
def put_back(number: str) -> bool:
    """Show the newest approved version again after it was taken down; tell whether there was one."""
    latest = session().scalar(
        select(Publication)
        .where(Publication.number == number, Publication.status == PublicationStatus.WITHDRAWN)
        .order_by(Publication.version.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    if latest is None or latest.approved_by_id is None:
        return False
    latest.status, latest.withdrawn_at = PublicationStatus.LIVE, None
    latest.availability = Availability.OPEN
    session().flush()
    cells.join(number)
    return True


def is_live(number: str) -> bool:
    """Tell whether the public can read of a wish now."""
    return (
        session().scalar(
            select(Publication.id).where(Publication.number == number, Publication.status == PublicationStatus.LIVE)
        )
        is not None
    )


def _decide(publication_id: int, actor: Actor, **values: object) -> None:
    """Decide on a version that waits and was written by somebody else, whatever was read before."""
    changed = changed_rows(
        update(Publication)
        .where(
            Publication.id == publication_id,
            Publication.status == PublicationStatus.WRITTEN,
            Publication.written_by_id != actor.person_id,
        )
        .values(decided_at=clock.now(), **values)
        .execution_options(synchronize_session=False)
    )
    if changed != 1:
        raise NotWaiting(publication_id)
    session().refresh(get_publication(publication_id))


def _waiting_since(number: str) -> date:
    """Return since when a wish has waited in public: since its first approved version, else from today."""
    public = (Publication.number == number, Publication.approved_by_id.is_not(None))
    return session().scalar(select(func.min(Publication.waiting_since)).where(*public)) or clock.today()


def _change_live(number: str, values: dict[str, object]) -> bool:
    live = (Publication.number == number, Publication.status == PublicationStatus.LIVE)
    return changed_rows(update(Publication).where(*live).values(**values)) == 1
