"""Counts and limits tries."""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from flask import request
from sqlalchemy import delete, select

from portal import clock
from portal.db import changed_rows, insert_unless_there, session, transaction
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


@transaction
def count_try(allowance: Allowance, subject: str) -> None:
    """Count one try; the count stands even where the caller then fails.

    Raises TooManyTries when the window's allowance is used up.
    """
    at = clock.now()
    bucket = _bucket(allowance, subject)
    insert_unless_there(Tries, bucket=bucket, count=0, window_ends_at=at)
    row = session().get_one(Tries, bucket, with_for_update=True)
    if row.window_ends_at <= at:
        row.count, row.window_ends_at = 0, at + timedelta(seconds=allowance.window_seconds)
    if row.count >= allowance.tries:
        raise TooManyTries(max(1, int((row.window_ends_at - at).total_seconds())))
    row.count += 1


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


def _bucket(allowance: Allowance, subject: str) -> str:
    return keyed_hash("tries", f"{allowance.name}:{subject}")
