"""Changes what everybody may read; every act is one transaction and leaves the old version as a row."""

from sqlalchemy import select, update

from portal import clock
from portal.db import session, transaction
from portal.publication.models import Availability, Publication, PublicationStatus


@transaction
def set_availability(number: str, availability: Availability) -> None:
    """Say on the public page how far a wish is: open, pledged or fulfilled."""
    values: dict[str, object] = {"availability": availability}
    if availability is Availability.FULFILLED:
        values["fulfilled_on"] = clock.today()
    _change_live(number, values)


@transaction
def take_down(number: str) -> None:
    """Remove a wish from everything public at once."""
    _change_live(number, {"status": PublicationStatus.WITHDRAWN, "withdrawn_at": clock.now()})


@transaction
def put_back(number: str) -> bool:
    """Show the newest approved version again after it was taken down; tell whether there was one."""
    latest = session().scalar(
        select(Publication)
        .where(Publication.number == number, Publication.status == PublicationStatus.WITHDRAWN)
        .order_by(Publication.version.desc())
        .limit(1)
    )
    if latest is None or latest.approved_by_id is None:
        return False
    latest.status, latest.withdrawn_at = PublicationStatus.LIVE, None
    latest.availability = Availability.OPEN
    return True


def is_live(number: str) -> bool:
    """Tell whether the public can read of a wish now."""
    return (
        session().scalar(
            select(Publication.id).where(Publication.number == number, Publication.status == PublicationStatus.LIVE)
        )
        is not None
    )


def _change_live(number: str, values: dict[str, object]) -> None:
    session().execute(
        update(Publication)
        .where(Publication.number == number, Publication.status == PublicationStatus.LIVE)
        .values(**values)
    )
