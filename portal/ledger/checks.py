"""Keeps what the checks of the books found, for the clock, `/readyz` and the desk."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from portal import clock
from portal.db import changed_rows, session, transaction
from portal.ledger.models import BooksCheck

KEEP_DAYS = 180
STALE_HOURS = 3
"""A check this old says nothing any more: whatever should make the next one has stopped."""


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """When the books were checked, how long it took, and how many rows broke which invariants."""

    checked_at: datetime
    invariants: int
    seconds: float
    broken: dict[str, int]

    @property
    def is_stale(self) -> bool:
        """Tell whether a newer check should have been made by now."""
        return clock.now() - self.checked_at > timedelta(hours=STALE_HOURS)


def find_last_check() -> CheckOutcome | None:
    """Return the newest outcome, or None before the first check."""
    row = session().scalar(select(BooksCheck).order_by(BooksCheck.id.desc()).limit(1))
    if row is None:
        return None
    return CheckOutcome(row.checked_at, row.invariants, row.findings["seconds"], dict(row.findings["broken"]))


@transaction
def record_check(invariants: int, seconds: float, broken: dict[str, int]) -> None:
    """Keep the outcome of a check, and forget those older than KEEP_DAYS."""
    at = clock.now()
    changed_rows(delete(BooksCheck).where(BooksCheck.checked_at < at - timedelta(days=KEEP_DAYS)))
    findings = {"seconds": round(seconds, 3), "broken": broken}
    session().add(BooksCheck(checked_at=at, invariants=invariants, findings=findings))
