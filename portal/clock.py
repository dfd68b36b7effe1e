"""The clock everything asks, so that tests can set it; never reads the wall clock anywhere else."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from flask import current_app

LOCAL_ZONE = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        return datetime.now(UTC)


class FrozenClock:
    """A clock that stands still until it is told to move; for tests and for making demo data."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment the clock was set to."""
        return self._at

    def advance(self, by: timedelta) -> None:
        """Move the clock on by a duration, which may be negative."""
        self._at += by

    def set(self, at: datetime) -> None:
        """Set the clock to an aware moment."""
        self._at = at.astimezone(UTC)


def now() -> datetime:
    """Return the present moment of the running application, aware and in UTC."""
    clock: Clock = current_app.extensions["portal.clock"]
    return clock.now()


def local_date(at: datetime) -> date:
    """Return the calendar day in China on which a moment falls."""
    return at.astimezone(LOCAL_ZONE).date()


def start_of_day(day: date) -> datetime:
    """Return the moment at which a calendar day begins in China."""
    return datetime.combine(day, time(), LOCAL_ZONE)


def today() -> date:
    """Return the present calendar day in China."""
    return local_date(now())
