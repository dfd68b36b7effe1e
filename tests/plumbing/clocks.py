"""A clock that a test holds in its hand, and that a server in another process reads as well."""

from datetime import datetime, timedelta
from pathlib import Path

from portal.clock import LOCAL_ZONE, FrozenClock

MONDAY_MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=LOCAL_ZONE)


class SharedClock(FrozenClock):
    """A frozen clock that writes each move to a file, where FileClock reads it."""

    def __init__(self, at: datetime, path: Path) -> None:
        super().__init__(at)
        self.path = path
        self._tell()

    def advance(self, by: timedelta) -> None:
        """Move the clock on, here and in the server."""
        super().advance(by)
        self._tell()

    def set(self, at: datetime) -> None:
        """Set the clock, here and in the server."""
        super().set(at)
        self._tell()

    def _tell(self) -> None:
        fresh = self.path.with_suffix(".new")
        fresh.write_text(self.now().isoformat())
        fresh.replace(self.path)


class FileClock:
    """The time that a SharedClock of another process has set."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """Return the moment the other process set."""
        return datetime.fromisoformat(self._path.read_text())
