"""Gathers every room's invariants and checks them all: on a clock, on command, and so for `/readyz`."""

import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module

from portal import clock
from portal.db import forget_reads
from portal.invariants import Broken, Invariant, Proof
from portal.ledger.checks import find_last_check, record_check

logger = logging.getLogger(__name__)

ROOMS_WITH_INVARIANTS = ("ledger", "campaigns", "giving", "buying")

EVERY_MINUTES = 10
SHARE = 50
"""A check that took long is made again after so many times as long, and so never takes more than two per cent."""


def list_invariants() -> list[Invariant | Proof]:
    """Return the invariants of every room."""
    rooms = [import_module(f"portal.{room}.invariants") for room in ROOMS_WITH_INVARIANTS]
    return [invariant for room in rooms for invariant in room.INVARIANTS]


def check_books() -> Iterator[tuple[Invariant | Proof, Broken | None]]:
    """Check every invariant, yield each with what breaks it, and keep the outcome at the end."""
    started, broken, count = time.monotonic(), {}, 0
    for invariant in list_invariants():
        found = invariant.find_broken()
        count += 1
        if found is not None:
            broken[invariant.name] = found.count
        yield invariant, found
    record_check(count, time.monotonic() - started, broken)


def check_books_when_due() -> int:
    """Check the books when the last check is old enough; return how many invariants are broken."""
    last = find_last_check()
    if last is not None:
        pause = max(timedelta(minutes=EVERY_MINUTES), timedelta(seconds=SHARE * last.seconds))
        # A clock that was set back must not put off the check.
        if last.checked_at <= clock.now() < last.checked_at + pause:
            return 0
    broken = {invariant.name: found.count for invariant, found in check_books() if found is not None}
    forget_reads()
    for name, count in broken.items():
        logger.error("books: %s broken by %d rows", name, count)
    return len(broken)
