"""The foundation's figures of each year, from its annual account: written by one person, published by another."""

from sqlalchemy import select, update

from portal import clock
from portal.accounts.rules import Actor
from portal.audit import service as audit
from portal.campaigns.models import FoundationYear
from portal.campaigns.rules import WRITERS, check_role
from portal.campaigns.service import check_approver
from portal.db import changed_rows, session, transaction


class YearTaken(ValueError):
    """The year's figures are published and stay."""


class YearNotFound(LookupError):
    """Nobody wrote figures for this year."""


@transaction
def write_year(
    actor: Actor, year: int, *, income_minor: int, spent_minor: int, management_minor: int, is_audited: bool
) -> None:
    """Write a year's figures, in place of those that wait.

    Raises NotAllowed, YearTaken.
    """
    check_role(actor, WRITERS)
    row = session().scalar(select(FoundationYear).where(FoundationYear.year == year).with_for_update())
    if row is not None and row.approved_by_id is not None:
        raise YearTaken(year)
    row = row or FoundationYear(year=year)
    row.income_minor, row.spent_minor, row.management_minor = income_minor, spent_minor, management_minor
    row.is_audited, row.written_at = is_audited, clock.now()
    row.written_by_id = actor.person_id or 0
    session().add(row)
    session().flush()
    figures = {"income_minor": income_minor, "spent_minor": spent_minor, "management_minor": management_minor}
    audit.record(actor, "year.write", "year", year, after=figures)


@transaction
def approve_year(actor: Actor, year: int) -> bool:
    """Publish a year's figures that another person wrote; tell whether they were not published before.

    Raises NotAllowed, OwnWork, YearNotFound.
    """
    row = session().scalar(select(FoundationYear).where(FoundationYear.year == year))
    if row is None:
        raise YearNotFound(year)
    check_approver(actor, row.written_by_id)
    changed = changed_rows(
        update(FoundationYear)
        .where(
            FoundationYear.id == row.id,
            FoundationYear.approved_by_id.is_(None),
            FoundationYear.written_at == row.written_at,
        )
        .values(approved_by_id=actor.person_id, approved_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    session().refresh(row)
    if changed:
        audit.record(actor, "year.approve", "year", year)
    return changed == 1


def list_all_years() -> list[FoundationYear]:
    """Return every year with figures, published or not, the newest first; for the desk."""
    return list(session().scalars(select(FoundationYear).order_by(FoundationYear.year.desc())))
