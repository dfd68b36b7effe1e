"""Clocks of intake: lists that wait are taken in, files and drafts are removed in time, families are forgotten."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import aliased

from portal import clock
from portal.accounts.rules import SYSTEM
from portal.audit import service as audit
from portal.clock import local_date
from portal.db import session, transaction
from portal.households.models import Household
from portal.households.queries import list_due_purges
from portal.households.service import purge_household, schedule_purge
from portal.intake.models import FilingDraft, Import
from portal.intake.moves import change_import
from portal.intake.taking_in import list_waiting, work_off
from portal.intake.uploads import drop_strays, drop_upload
from portal.limits.service import get_limits
from portal.wishes.filing import forget_words
from portal.wishes.models import Wish
from portal.wishes.rules import STAYS

UPLOAD_HOURS = 24
_AT_ONCE = 500


def take_in_waiting() -> int:
    """Take in every submitted list that nobody takes in, also one whose process died; return how many."""
    return sum(work_off(import_id) for import_id in list_waiting())


def forget_uploads() -> int:
    """Drop lists that nobody had taken in within a day, and files no list names; return how many."""
    before = clock.now() - timedelta(hours=UPLOAD_HOURS)
    stale = session().execute(
        select(Import.id, Import.upload).where(Import.state == "read", Import.created_at < before)
    )
    dropped = 0
    for import_id, upload in stale.all():
        if _drop_stale(import_id):
            drop_upload(upload)
            dropped += 1
    kept = {name for name in session().scalars(select(Import.upload).where(Import.upload.is_not(None))) if name}
    return dropped + drop_strays(before, kept)


@transaction
def _drop_stale(import_id: int) -> bool:
    return change_import(import_id, "read", state="dropped", upload=None, finished_at=clock.now())


@transaction
def forget_drafts() -> int:
    """Delete half-filled forms whose two weeks are over; return how many."""
    return session().connection().execute(delete(FilingDraft).where(FilingDraft.delete_at <= clock.now())).rowcount


def schedule_purges() -> int:
    """Set the day of forgetting for households all of whose wishes have come to their end; return how many."""
    days = timedelta(days=get_limits().purge_days)
    return sum(schedule_purge(household_id, on + days) for household_id, on in _ended_households())


def _ended_households() -> Iterable[tuple[int, date]]:
    other = aliased(Wish)
    under_way = exists().where(other.household_id == Household.id, other.state.in_(list(STAYS)))
    rows = session().execute(
        select(Household.id, Wish.state_since)
        .join(Wish, Wish.household_id == Household.id)
        .where(Household.purge_on.is_(None), Household.purged_at.is_(None), ~under_way)
        .order_by(Household.id, Wish.state_since)
        .limit(_AT_ONCE)
    )
    latest = {household_id: local_date(since) for household_id, since in rows}
    return latest.items()


def purge_due() -> int:
    """Forget every family whose day has come; return how many."""
    return sum(_purge(household_id) for household_id in list_due_purges(clock.today(), _AT_ONCE))


@transaction
def _purge(household_id: int) -> bool:
    if not purge_household(household_id):
        return False
    forget_words(household_id)
    audit.record(SYSTEM, "household.purge", "household", household_id)
    return True
