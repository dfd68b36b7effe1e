"""The clock of the sealed room: identities whose time is up are emptied."""

from sqlalchemy import select

from portal import clock
from portal.db import session
from portal.households.models import Household
from portal.households.service import purge_household

_AT_ONCE = 500


def list_due_purges() -> list[int]:
    """Return the households whose identity is to be deleted by today, longest overdue first."""
    due = (
        select(Household.id)
        .where(Household.purge_on <= clock.today(), Household.purged_at.is_(None))
        .order_by(Household.purge_on, Household.id)
        .limit(_AT_ONCE)
    )
    return list(session().scalars(due))


def purge_due() -> int:
    """Empty every identity whose day has come; return how many."""
    return sum(purge_household(household_id) for household_id in list_due_purges())
