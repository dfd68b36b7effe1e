"""Reads the outbox: for the administrator without receivers and texts, for the demo's mailbox with both."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.counting import Count, count_rows, distinct_values
from portal.db import session
from portal.outbox.models import Message
from portal.outbox.service import UNSENT
from portal.planning import looked_at

MOST_SHOWN = 100
STATES = ("waiting", "sending", "sent", "dead")
TROUBLE = "trouble"
"""Messages that were given up or failed before and are tried again."""

_HAS_FAILED = Message.last_error.is_not(None)
"""What is not sent and has failed, for sending clears the error; an index holds nothing else."""


@dataclass(frozen=True, slots=True)
class MessageFilters:
    """Which messages to look for; an empty channel or kind lets all in. `state` may be TROUBLE or "all"."""

    state: str = TROUBLE
    channel: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message without its receiver and text."""

    id: int
    channel: str
    kind: str
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime
    last_error: str | None
    has_text: bool


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Some messages, and the id from which the next page goes on (None at the end)."""

    lines: tuple[MessageLine, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A message of a demo, with everything in it."""

    id: int
    channel: str
    receiver: str
    subject: str
    body: str
    sent_at: datetime | None
    created_at: datetime


def count_by_state() -> dict[str, Count]:
    """Return how many messages wait, are being sent, were sent and were given up."""
    return {state: count_rows(select(Message.id).where(Message.state == state)) for state in STATES}


def list_messages(filters: MessageFilters, *, older_than: int | None = None) -> MessagePage:
    """Return a page of messages, the newest first, from behind one."""
    query = _lines(filters)
    if older_than is not None:
        query = query.where(Message.id < older_than)
    lines = [MessageLine(*row) for row in session().execute(query.limit(MOST_SHOWN + 1))]
    shown = lines[:MOST_SHOWN]
    return MessagePage(tuple(shown), shown[-1].id if len(lines) > MOST_SHOWN else None)


def iterate_messages(filters: MessageFilters, limit: int | None = None) -> Iterator[MessageLine]:
    """Yield the messages one looks for, the newest first; all of them without a limit."""
    for row in session().execute(_lines(filters).limit(limit)).yield_per(500):
        yield MessageLine(*row)


def list_known_kinds() -> list[str]:
    """Return every kind of message the outbox holds, in alphabetical order."""
    return list(distinct_values(Message.kind))


def _lines(filters: MessageFilters) -> Any:
    query = select(
        Message.id,
        Message.channel,
        Message.kind,
        Message.state,
        Message.attempts,
        Message.created_at,
        Message.due_at,
        Message.last_error,
        Message.receiver.is_not(None),
    )
    if filters.state == TROUBLE:
        query = query.where(_HAS_FAILED)
    elif filters.state == "waiting":
        query = query.where(Message.state.in_(UNSENT))
    elif filters.state == "dead":
        query = query.where(_HAS_FAILED, looked_at(Message.state) == "dead")
    elif filters.state == "sent":
        query = query.where(Message.state == "sent")
    for column, value in ((Message.channel, filters.channel), (Message.kind, filters.kind)):
        if value:
            query = query.where(column == value)
    return query.order_by(Message.id.desc())


def list_dead_ids() -> list[int]:
    """Return the messages that were given up and still have their text, oldest first."""
    query = select(Message.id).where(Message.state == "dead", Message.receiver.is_not(None)).order_by(Message.id)
    return list(session().scalars(query))


def list_shown(limit: int = MOST_SHOWN) -> list[ShownMessage]:
    """Return the newest messages with their texts; for a demo only."""
    query = select(Message).where(Message.receiver.is_not(None)).order_by(Message.id.desc()).limit(limit)
    return [
        ShownMessage(
            row.id, row.channel, row.receiver or "", row.subject or "", row.body or "", row.sent_at, row.created_at
        )
        for row in session().scalars(query)
    ]
