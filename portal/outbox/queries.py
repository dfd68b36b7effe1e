"""Reads the outbox: for the administrator without receivers and texts, for the demo's mailbox with both."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from portal.db import session
from portal.outbox.models import Message

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message that has trouble, without its receiver and text."""

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
class ShownMessage:
    """A message of a demo, with everything in it."""

    id: int
    channel: str
    receiver: str
    subject: str
    body: str
    sent_at: datetime | None
    created_at: datetime


def count_by_state() -> dict[str, int]:
    """Return how many messages wait, are being sent, were sent and were given up."""
    rows = session().execute(select(Message.state, func.count(Message.id).label("number")).group_by(Message.state))
    return {"waiting": 0, "sending": 0, "sent": 0, "dead": 0} | {row.state: row.number for row in rows}


def list_troubled() -> list[MessageLine]:
    """Return messages that were given up, then those that failed and are tried again; the oldest first, at most 100."""
    has_failed = Message.state.in_(("waiting", "sending")) & Message.last_error.is_not(None)
    query = (
        select(
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
        .where((Message.state == "dead") | has_failed)
        .order_by(Message.state != "dead", Message.created_at, Message.id)
        .limit(MOST_SHOWN)
    )
    return [MessageLine(*row) for row in session().execute(query)]


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
