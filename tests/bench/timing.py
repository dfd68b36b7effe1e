"""Measures how long things take beside each other, so that what else the machine does falls on all of them alike.

A figure is the best of many short batches, taken in turn; a ratio is worked out
anew for each repeat, and how far the repeats lie apart is told beside it.
"""

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

BATCH_SECONDS = 0.005
ROUNDS = 100
REPEATS = 3


@dataclass(frozen=True)
class Case:
    """One thing that is measured; `calls` fixes how often a batch does it, else as often as fits BATCH_SECONDS."""

    name: str
    act: Callable[[], object]
    calls: int | None = None


@dataclass(frozen=True)
class Ratio:
    """How a case compares with another of the same run, once for each repeat, and what is aimed at."""

    name: str
    against: str
    repeats: tuple[float, ...]
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""

    @property
    def middle(self) -> float:
        """The middle one of the repeats."""
        return statistics.median(self.repeats)

    @property
    def spread(self) -> float:
        """How far the repeats lie apart, as a share of the middle one."""
        return (max(self.repeats) - min(self.repeats)) / self.middle

    @property
    def is_reached(self) -> bool:
        """Tell whether the middle one is what is aimed at."""
        return self.middle >= (self.at_least or 0) and (self.at_most is None or self.middle <= self.at_most)


class Costs:
    """The seconds that one call of each case takes, for each repeat."""

    def __init__(self, repeats: Sequence[dict[str, float]]) -> None:
        self._repeats = repeats

    def of(self, name: str) -> float:
        """Return the seconds of one call, the middle one of the repeats."""
        return statistics.median(costs[name] for costs in self._repeats)

    def speed(self, name: str, against: str, at_least: float | None = None) -> Ratio:
        """Return how many calls of a case fit into the time of one call of another."""
        note = f"{self.of(name) * 1e6:,.0f} us, {against} {self.of(against) * 1e6:,.0f} us"
        ratios = tuple(costs[against] / costs[name] for costs in self._repeats)
        return Ratio(name, against, ratios, at_least=at_least, note=note)

    def growth(self, name: str, against: str, at_most: float | None = None) -> Ratio:
        """Return how many times as long a case takes as another."""
        note = f"{self.of(name) * 1e6:,.0f} us, {against} {self.of(against) * 1e6:,.0f} us"
        ratios = tuple(costs[name] / costs[against] for costs in self._repeats)
        return Ratio(name, against, ratios, at_most=at_most, note=note)


def measure(
    cases: Sequence[Case], *, rounds: int = ROUNDS, repeats: int = REPEATS, now: Callable[[], float] = time.perf_counter
) -> Costs:
    """Return what each case costs, as the best of interleaved batches, for each of some repeats.

    `now` tells the seconds; time.thread_time leaves out what others do on the machine, and waiting for them.
    """
    calls = {case.name: case.calls or _calibrate(case, now) for case in cases}
    gc.collect()
    gc.freeze()
    try:
        return Costs([_best_of(cases, calls, rounds, now) for _repeat in range(repeats)])
    finally:
        gc.unfreeze()


def _best_of(cases: Sequence[Case], calls: dict[str, int], rounds: int, now: Callable[[], float]) -> dict[str, float]:
    best = {case.name: float("inf") for case in cases}
    for _round in range(rounds):
        for case in cases:
            best[case.name] = min(best[case.name], _seconds_of(case, calls[case.name], now))
    return best


def _calibrate(case: Case, now: Callable[[], float]) -> int:
    """Return how many calls fill a batch, once whatever is made at first is made."""
    case.act()
    calls = 1
    while (seconds := _seconds_of(case, calls, now) * calls) < BATCH_SECONDS / 2:
        calls *= 2
    return max(1, round(calls * BATCH_SECONDS / seconds))


def _seconds_of(case: Case, calls: int, now: Callable[[], float]) -> float:
    act = case.act
    begun = now()
    for _call in range(calls):
        act()
    return (now() - begun) / calls
