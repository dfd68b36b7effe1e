"""The demo's past in order: what happened how many days ago, whoever's room it belongs to."""

from collections.abc import Callable
from datetime import datetime, timedelta

from portal.clock import FrozenClock


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
            moved.set(now - timedelta(days=days_ago))
            act()
