"""Remembers for half an hour, in the signed session, which family code was entered; never the code itself."""

from datetime import UTC, datetime, timedelta

from flask import session

from portal import clock
from portal.family.service import find_wish_by_key

STAY_MINUTES = 30
_ENTRY = "family"


def remember(key: str, viewed_at: datetime | None) -> None:
    """Let a family in by the keyed hash of its code; `viewed_at` is when its page was opened the time before."""
    session[_ENTRY] = {"key": key, "viewed": viewed_at.timestamp() if viewed_at else None, "until": _until()}


def find_wish() -> int | None:
    """Return the wish of whoever entered within the last half hour; each page opened gives another half hour.

    A code that was replaced meanwhile opens nothing any more.
    """
    entry = session.get(_ENTRY)
    if entry is None or entry["until"] < clock.now().timestamp():
        leave()
        return None
    session[_ENTRY] = entry | {"until": _until()}
    return find_wish_by_key(entry["key"])


def last_viewed() -> datetime | None:
    """Return when the family's page was opened the time before this visit."""
    viewed = session.get(_ENTRY, {}).get("viewed")
    return datetime.fromtimestamp(viewed, UTC) if viewed else None


def leave() -> None:
    """Forget the entry."""
    session.pop(_ENTRY, None)


def _until() -> float:
    return (clock.now() + timedelta(minutes=STAY_MINUTES)).timestamp()
