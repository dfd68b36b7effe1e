"""The outbox: once per key, tried again with pauses, given up visibly, sent once by many senders, never lost."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.db import session, transaction
from portal.outbox.models import Message
from portal.outbox.queries import MessageFilters, count_by_state, list_dead_ids, list_messages, list_shown
from portal.outbox.senders import SendFailed
from portal.outbox.service import (
    FAILURES_TO_PAUSE,
    RETRY_MINUTES,
    SENDING_MINUTES,
    Address,
    enqueue,
    forget_sent,
    retry_dead,
    send_due,
)

LIN = Address("mail", "lin@example.org")


class Post:
    """A way out that remembers what it took; `fault` makes it fail, `breaks` makes the whole process stop there."""

    def __init__(self, fault=None, breaks=False):
        self.letters = []
        self.fault = fault
        self.breaks = breaks

    def send(self, letter):
        """Take one letter."""
        if self.fault:
            raise SendFailed(self.fault)
        self.letters.append(letter)
        if self.breaks:
            raise SystemExit


def put(key="key", address=LIN, body="谢谢"):
    return enqueue(address, "test", subject="你好", body=body, dedupe_key=key)


def only():
    session().expire_all()
    return session().scalars(select(Message)).one()


def test_one_key_is_one_message(app_context):
    assert put()
    assert not put(body="另一封")
    assert only().body == "谢谢"


def test_receiver_and_text_are_sealed_in_the_database(app_context):
    put()
    row = session().execute(select(Message.__table__)).mappings().one()
    raw = session().connection().exec_driver_sql("SELECT receiver, subject, body FROM messages").one()
    assert row["kind"] == "test"
    assert all("lin" not in value and "谢谢" not in value for value in raw)


def test_a_failed_message_rests_longer_each_time_and_is_given_up(app_context, clock):
    put()
    down = Post("SMTPServerDisconnected")
    for attempt, minutes in enumerate(RETRY_MINUTES, 1):
        assert send_due(down) == 0
        assert (only().state, only().attempts) == ("waiting", attempt)
        clock.advance(timedelta(minutes=minutes) - timedelta(seconds=1))
        send_due(down)
        assert only().attempts == attempt, "not before its time"
        clock.advance(timedelta(seconds=1))
    send_due(down)
    assert (only().state, only().last_error) == ("dead", "SMTPServerDisconnected")
    assert count_by_state() == {"waiting": 0, "sending": 0, "sent": 0, "dead": 1}


def test_a_message_given_up_can_be_sent_after_all(app_context, clock):
    test_a_failed_message_rests_longer_each_time_and_is_given_up(app_context, clock)
    [message_id] = list_dead_ids()
    assert retry_dead(message_id)
    assert not retry_dead(message_id)
    post = Post()
    assert send_due(post) == 1
    assert only().state == "sent"


def test_a_sender_that_breaks_off_loses_nothing_and_keeps_the_message_id(app_context, clock):
    put()
    first, second = Post(breaks=True), Post()
    with pytest.raises(SystemExit):
        send_due(first)
    assert send_due(second) == 0, "perhaps it is still being sent"
    clock.advance(timedelta(minutes=SENDING_MINUTES))
    assert send_due(second) == 1
    assert first.letters[0].name == second.letters[0].name


def test_a_message_that_breaks_every_sender_is_given_up(app_context, clock):
    put()
    for _time in range(len(RETRY_MINUTES) + 1):
        with pytest.raises(SystemExit):
            send_due(Post(breaks=True))
        clock.advance(timedelta(minutes=SENDING_MINUTES))
    post = Post(breaks=True)
    assert send_due(post) == 0
    assert (only().state, post.letters) == ("dead", [])


def test_a_way_out_that_is_down_does_not_hold_up_the_other(app_context):
    for number in range(10):
        put(f"mail {number}")
    put("sms", Address("sms", "+8613800138000"))

    class OnlySms(Post):
        tried = 0

        def send(self, letter):
            """Take short messages only."""
            if letter.channel == "mail":
                self.tried += 1
                raise SendFailed("down")
            super().send(letter)

    post = OnlySms()
    assert send_due(post) == 1
    assert post.tried == FAILURES_TO_PAUSE


def test_a_rolled_back_transaction_leaves_no_message(app_context):
    @transaction
    def fail():
        put()
        raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert list_shown() == []


def test_texts_are_forgotten_after_a_week_and_given_up_ones_after_a_month(app_context, clock):
    put("sent")
    send_due(Post())
    put("dead")

    @transaction
    def give_up():
        row = session().scalars(select(Message).where(Message.dedupe_key == "dead")).one()
        row.state, row.last_error = "dead", "refused"

    give_up()
    assert forget_sent() == 0
    clock.advance(timedelta(days=8))
    assert forget_sent() == 1
    clock.advance(timedelta(days=23))
    assert forget_sent() == 1
    assert {(row.receiver, row.subject, row.body) for row in session().scalars(select(Message))} == {(None, None, None)}
    assert not retry_dead(list_messages(MessageFilters()).lines[0].id)


def send_in_parallel(app, post, send):
    """Let four senders go through the outbox at the same moment."""
    barrier = threading.Barrier(4, timeout=30)

    def run():
        with app.app_context():
            barrier.wait()
            send(post)

    threads = [threading.Thread(target=run) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [letter.key for letter in post.letters]


def test_parallel_senders_send_each_message_once(app):
    with app.app_context():
        for number in range(20):
            put(f"key {number}")
    sent = send_in_parallel(app, Post(), send_due)
    assert sorted(sent) == sorted(f"key {number}" for number in range(20))


def test_without_the_claim_messages_go_out_many_times(app):
    """The naive twin looks for what waits and then sends it; everybody looks before anybody sends."""
    looked = threading.Barrier(4, timeout=30)

    def send_naively(post):
        waiting = session().scalars(select(Message).where(Message.state == "waiting")).all()
        looked.wait()
        for row in waiting:
            post.send(type("Letter", (), {"key": row.dedupe_key}))
            mark(row.id)

    @transaction
    def mark(message_id):
        session().get_one(Message, message_id).state = "sent"

    with app.app_context():
        put()
    assert send_in_parallel(app, Post(), send_naively) == ["key"] * 4
