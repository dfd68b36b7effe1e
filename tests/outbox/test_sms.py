"""Short messages go out as signed JSON over HTTP; the gateway drops what it has seen before."""

import pytest

from portal.outbox.senders import Letter, Senders, SendFailed
from portal.outbox.service import Address, enqueue, send_due
from tests.outbox.gateway import KEY, run_gateway

LETTER = Letter("sms", "+8613800138000", "", "【益同行】123456 是您的认领确认码。", "pledges:confirm:SECRET")


@pytest.fixture
def gateway():
    """Return a running gateway."""
    with run_gateway() as gateway:
        yield gateway


@pytest.fixture
def senders(settings, gateway):
    """Return ways out that lead to the gateway."""
    return Senders(settings.model_copy(update={"sms_url": gateway.url, "sms_key": type(settings.sms_key)(KEY)}))


def test_a_short_message_arrives_signed(gateway, senders):
    senders.send(LETTER)
    [message] = gateway.delivered
    assert (message["to"], message["text"]) == (LETTER.receiver, LETTER.body)
    assert "SECRET" not in message["id"], "the gateway learns nothing of what a message is for"


def test_a_repeated_message_is_delivered_once(gateway, senders):
    for _time in range(3):
        senders.send(LETTER)
    assert (gateway.requests, len(gateway.delivered)) == (3, 1)


def test_a_wrong_key_is_refused_and_known_as_failed(gateway, settings):
    wrong = settings.model_copy(update={"sms_url": gateway.url, "sms_key": type(settings.sms_key)("guessed")})
    with pytest.raises(SendFailed, match=r"^gateway answered 403$"):
        Senders(wrong).send(LETTER)
    assert (gateway.refused, gateway.delivered) == (1, [])


@pytest.mark.parametrize("status", [400, 429, 500, 503])
def test_any_other_answer_is_a_failure(gateway, senders, status):
    gateway.status = status
    with pytest.raises(SendFailed, match=f"^gateway answered {status}$"):
        senders.send(LETTER)


def test_a_redirect_is_not_followed(gateway, senders):
    gateway.redirect = gateway.url
    with pytest.raises(SendFailed, match=r"^gateway answered 302$"):
        senders.send(LETTER)
    assert gateway.requests == 1


def test_a_gateway_that_is_down_is_a_failure(settings, gateway):
    nowhere = settings.model_copy(update={"sms_url": "http://127.0.0.1:9/send"})
    with pytest.raises(SendFailed, match=r"^ConnectionRefusedError$"):
        Senders(nowhere).send(LETTER)


def test_without_a_gateway_messages_wait_to_be_seen(settings):
    with pytest.raises(SendFailed, match=r"^no SMS gateway is set$"):
        Senders(settings.model_copy(update={"sms_url": ""})).send(LETTER)


def test_the_outbox_sends_over_it(app, gateway, senders):
    with app.app_context():
        enqueue(Address("sms", LETTER.receiver), "test", subject="", body=LETTER.body, dedupe_key="one")
        assert send_due(senders) == 1
    assert gateway.delivered[0]["text"] == LETTER.body
