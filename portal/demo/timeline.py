"""The demo's past in order: what happened how many days ago, and at what hour people are awake."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from portal.clock import FrozenClock
from portal.demo.office import in_office


class Timeline:
    """Things that are done on a moved clock, the oldest first; what falls on one day keeps the order it was added in."""

    def __init__(self) -> None:
        self._acts: list[tuple[float, Callable[[], object]]] = []

    def add(self, days_ago: float, act: Callable[[], object]) -> None:
        """Let something happen so many days ago."""
        self._acts.append((days_ago, act))

    def run(self, moved: FrozenClock, now: datetime) -> None:
        """Do everything on its day."""
        for days_ago, act in sorted(self._acts, key=lambda each: -each[0]):
            moved.set(in_office(now - timedelta(days=days_ago), now, works=_every_day))
            act()


def _every_day(_day: date) -> bool:
    """Tell that gifts come on days off too, and that a campaign's dates stay as they are told."""
    return True
