"""Puts messages into the outbox and sends what is due.

A message is written in the transaction of what it tells about. Sending claims
each row by a conditional update, so parallel senders never send one twice.
After a crash between sending and marking it is sent again rather than lost,
SENDING_MINUTES later and with the same message id.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, or_, select, update

from portal import clock
from portal.db import changed_rows, insert_unless_there, session, transaction
from portal.outbox.models import Message
from portal.outbox.senders import Letter, Senders, SendFailed

RETRY_MINUTES = (1, 5, 15, 60, 180, 720, 1440)
"""How long a message rests after each failure; after one more it is given up."""

SENDING_MINUTES = 5
"""How long a claimed message counts as being sent; far longer than any way out may take."""

FAILURES_TO_PAUSE = 3
"""After so many failures in a row a way out is left alone until the next round, so that clocks are not held up."""

UNSENT = ("waiting", "sending")
KEEP_SENT_DAYS = 7
KEEP_DEAD_DAYS = 30


@dataclass(frozen=True)
class Address:
    """Where a message goes: a mail address or a mobile number."""

    channel: str
    receiver: str


@transaction
def enqueue(address: Address, kind: str, *, subject: str, body: str, dedupe_key: str) -> bool:
    """Put one message into the outbox, unless one with this key is there; tell whether it was added."""
    at = clock.now()
    key = insert_unless_there(
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
    return key is not None


def send_due(senders: Senders, limit: int = 100) -> int:
    """Send what is due, each message in transactions of its own; return how many went out."""
    due = session().execute(
        select(Message.id, Message.channel)
        .where(Message.state.in_(UNSENT), Message.due_at <= clock.now())
        .order_by(Message.due_at, Message.id)
        .limit(limit)
    )
    sent, failures = 0, Counter[str]()
    for message_id, channel in due.all():
        if failures[channel] >= FAILURES_TO_PAUSE:
            continue
        has_gone = _send(message_id, senders)
        sent += has_gone is True
        failures[channel] = failures[channel] + 1 if has_gone is False else 0
    return sent


def _send(message_id: int, senders: Senders) -> bool | None:
    """Send one message; tell whether it went out, or None where another sender has it."""
    letter = _claim(message_id)
    if letter is None:
        return None
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
    claimed = changed_rows(
        update(Message)
        .where(Message.id == message_id, Message.state.in_(UNSENT), Message.due_at <= at)
        .values(state="sending", attempts=Message.attempts + 1, due_at=at + timedelta(minutes=SENDING_MINUTES))
    )
    if claimed != 1:
        return None
    row = session().get_one(Message, message_id)
    if row.attempts > len(RETRY_MINUTES) + 1:
        row.state, row.last_error = "dead", "the sender broke off each time"
        return None
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
def retry_dead(message_id: int) -> bool:
    """Give a message that was given up a fresh start; tell whether there was one that still has its text."""
    row = session().get(Message, message_id, with_for_update=True)
    if row is None or row.state != "dead" or row.receiver is None:
        return False
    row.state, row.attempts, row.due_at = "waiting", 0, clock.now()
    return True


@transaction
def forget_sent() -> int:
    """Empty receiver and text of messages sent KEEP_SENT_DAYS ago or given up KEEP_DEAD_DAYS ago; return how many."""
    at = clock.now()
    # Said twice, so that the index of what is kept serves either part on SQLite.
    is_kept = Message.receiver.is_not(None)
    is_old = or_(
        and_(is_kept, Message.state == "sent", Message.sent_at < at - timedelta(days=KEEP_SENT_DAYS)),
        and_(is_kept, Message.state == "dead", Message.created_at < at - timedelta(days=KEEP_DEAD_DAYS)),
    )
    return changed_rows(
        update(Message)
        .where(is_old)
        .values(receiver=None, subject=None, body=None)
        .execution_options(synchronize_session=False)
    )
