"""Puts messages into the outbox and sends what is due.

A message is written in the transaction of what it tells about. Sending claims
each row by a conditional update, so parallel senders never send one twice;
after a crash in between, it is sent again rather than lost, with the same
message id.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update

from portal import clock
from portal.db import insert_unless_there, session, transaction
from portal.outbox.models import Message
from portal.outbox.senders import Letter, SendFailed, Senders

RETRY_MINUTES = (1, 5, 15, 60, 180, 720, 1440)
SENDING_MINUTES = 5


@dataclass(frozen=True)
class Address:
    """Where a message goes: a mail address or a mobile number."""

    channel: str
    receiver: str


@transaction
def enqueue(address: Address, kind: str, *, subject: str, body: str, dedupe_key: str) -> bool:
    """Put one message into the outbox, unless one with this key is there; tell whether it was added."""
    at = clock.now()
    return insert_unless_there(
        Message,
        channel=address.channel,
        kind=kind,
        receiver=address.receiver,
        subject=subject,
        body=body,
        dedupe_key=dedupe_key,
        state="waiting",
        attempts=0,
        due_at=at,
        created_at=at,
    )


def send_due(senders: Senders, limit: int = 100) -> int:
    """Send what is due, each message in transactions of its own; return how many went out."""
    at = clock.now()
    due = (
        session()
        .scalars(
            select(Message.id)
            .where(Message.state.in_(("waiting", "sending")), Message.due_at <= at)
            .order_by(Message.due_at, Message.id)
            .limit(limit)
        )
        .all()
    )
    return sum(_send(message_id, senders) for message_id in due)


def _send(message_id: int, senders: Senders) -> bool:
    letter = _claim(message_id)
    if letter is None:
        return False
    try:
        senders.send(letter)
    except SendFailed as failure:
        _put_off(message_id, str(failure))
        return False
    _mark_sent(message_id)
    return True


@transaction
def _claim(message_id: int) -> Letter | None:
    at = clock.now()
    claimed = session().execute(
        update(Message)
        .where(Message.id == message_id, Message.state.in_(("waiting", "sending")), Message.due_at <= at)
        .values(state="sending", attempts=Message.attempts + 1, due_at=at + timedelta(minutes=SENDING_MINUTES))
    )
    if claimed.rowcount != 1:
        return None
    row = session().get_one(Message, message_id)
    return Letter(row.channel, row.receiver or "", row.subject or "", row.body or "", row.dedupe_key)


@transaction
def _mark_sent(message_id: int) -> None:
    row = session().get_one(Message, message_id)
    row.state, row.sent_at, row.last_error = "sent", clock.now(), None


@transaction
def _put_off(message_id: int, error: str) -> None:
    row = session().get_one(Message, message_id)
    row.last_error = error
    if row.attempts > len(RETRY_MINUTES):
        row.state = "dead"
    else:
        row.state = "waiting"
        row.due_at = clock.now() + timedelta(minutes=RETRY_MINUTES[row.attempts - 1])


@transaction
def retry_dead(message_id: int) -> None:
    """Give a message that was given up a fresh start."""
    row = session().get_one(Message, message_id)
    if row.state == "dead":
        row.state, row.attempts, row.due_at = "waiting", 0, clock.now()


@transaction
def forget_sent(keep_days: int = 7) -> int:
    """Empty receiver and text of messages sent some days ago; return how many."""
    before = clock.now() - timedelta(days=keep_days)
    return (
        session()
        .execute(
            update(Message)
            .where(Message.state == "sent", Message.sent_at < before, Message.receiver.is_not(None))
            .values(receiver=None, subject=None, body=None)
        )
        .rowcount
    )
