"""Counts and limits tries."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from flask import request
from sqlalchemy import Executable, bindparam, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from portal import clock
from portal.db import changed_rows, execute_made, hasty_transaction, session, transaction
from portal.sealing import keyed_hash
from portal.throttle.models import Tries


@dataclass(frozen=True)
class Allowance:
    """How many tries a window of time allows."""

    name: str
    tries: int
    window_seconds: int


class TooManyTries(Exception):
    """The allowance is used up; `retry_seconds` says when it is fresh again."""

    def __init__(self, retry_seconds: int) -> None:
        super().__init__("too many tries")
        self.retry_seconds = retry_seconds


def address_range() -> str:
    """Return the caller's address range: /24 for IPv4, /48 for IPv6."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "127.0.0.1")
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))


def count_try(allowance: Allowance, subject: str) -> None:
    """Count one try; the count stands even where the caller then fails.

    Raises TooManyTries when the window's allowance is used up.
    """
    count_tries([(allowance, subject)])


@hasty_transaction
def count_tries(tries: Iterable[tuple[Allowance, str]]) -> None:
    """Count one try against several allowances at once, or against none of them where one is used up.

    Raises TooManyTries.
    """
    at = clock.now()
    buckets = {_bucket(allowance, subject): allowance for allowance, subject in tries}
    values: dict[str, Any] = {"at": at}
    # In one order, so that two who count the same never wait for each other.
    for number, bucket in enumerate(sorted(buckets)):
        ends_at = at + timedelta(seconds=buckets[bucket].window_seconds)
        values |= {f"bucket_{number}": bucket, f"ends_at_{number}": ends_at}
    count = _count_together(session().get_bind().dialect.name, len(buckets))
    for bucket, tried, window_ends_at in execute_made(count, values):
        if tried > buckets[bucket].tries:
            raise TooManyTries(max(1, int((window_ends_at - at).total_seconds())))


def find_used_up(allowance: Allowance, subjects: Iterable[str]) -> list[str]:
    """Return those subjects whose allowance is used up now."""
    buckets = {_bucket(allowance, subject): subject for subject in subjects}
    rows = session().scalars(
        select(Tries.bucket).where(
            Tries.bucket.in_(buckets), Tries.window_ends_at > clock.now(), Tries.count >= allowance.tries
        )
    )
    return [buckets[bucket] for bucket in rows]


def check_tries(allowance: Allowance, subject: str) -> None:
    """Refuse where the allowance is used up, without counting.

    Raises TooManyTries.
    """
    row = session().scalar(select(Tries).where(Tries.bucket == _bucket(allowance, subject)))
    at = clock.now()
    if row is not None and row.window_ends_at > at and row.count >= allowance.tries:
        raise TooManyTries(max(1, int((row.window_ends_at - at).total_seconds())))


@transaction
def forget_tries(allowance: Allowance, subject: str) -> None:
    """Start afresh, after a try that was right."""
    session().execute(delete(Tries).where(Tries.bucket == _bucket(allowance, subject)))


@transaction
def sweep_tries() -> int:
    """Remove windows that have ended; return how many."""
    return changed_rows(delete(Tries).where(Tries.window_ends_at <= clock.now()))


@cache
def _count_together(database_kind: str, buckets: int) -> Executable:
    """Return the statement that counts one try in each of some windows, or opens the next windows."""
    insert: Any = postgresql.insert if database_kind == "postgresql" else sqlite.insert
    rows: Any = Tries.__table__
    new = insert(rows).values(
        [
            {"bucket": bindparam(f"bucket_{number}"), "count": 1, "window_ends_at": bindparam(f"ends_at_{number}")}
            for number in range(buckets)
        ]
    )
    is_over = rows.c.window_ends_at <= bindparam("at")
    counted: Executable = new.on_conflict_do_update(
        index_elements=[rows.c.bucket],
        set_={
            "count": case((is_over, 1), else_=rows.c.count + 1),
            "window_ends_at": case((is_over, new.excluded.window_ends_at), else_=rows.c.window_ends_at),
        },
    ).returning(rows.c.bucket, rows.c.count, rows.c.window_ends_at)
    return counted


def _bucket(allowance: Allowance, subject: str) -> str:
    return keyed_hash("tries", f"{allowance.name}:{subject}")
