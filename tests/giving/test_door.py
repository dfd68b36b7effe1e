"""The providers' door: signed messages count once, forged ones change nothing, what waits is asked later."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.db import session
from portal.giving.gateways.protocol import GatewayUnavailable
from portal.giving.inbox import follow_waiting
from portal.giving.models import WebhookEvent
from portal.giving.sandbox.events import WaitingEvent
from portal.giving.sandbox.sending import SIGNATURE_HEADER, deliver_events, signed
from tests.campaigns import stage as campaigns
from tests.giving import stage


@pytest.fixture
def paid(app, clock):
    """Return a campaign, a gift that is paid at the sandbox, and the sandbox's message, not sent yet."""
    with app.app_context():
        number = campaigns.opened()
        public_id = stage.intend(number)
        ref = stage.start(public_id)
        stage.provider().pay(ref, stage.CARD, clock.now())
        [event] = stage.provider().list_due_events(clock.now())
        return number, public_id, event


def message(app, clock, event):
    with app.app_context():
        return signed(event, stage.provider().webhook_key, clock.now())


def states(app):
    with app.app_context():
        return session().scalars(select(WebhookEvent.state)).all()


def state_of(app, public_id):
    with app.app_context():
        return stage.gift_row(public_id).state


def test_a_signed_message_brings_the_gift_in_once(app, clock, paid):
    number, public_id, event = paid
    post, told = stage.door(app), message(app, clock, event)
    assert [post(*told) for _again in range(4)] == [200] * 4
    assert state_of(app, public_id) == "succeeded"
    assert states(app) == ["done"]
    with app.app_context():
        assert stage.book(number)["received"] == 5_000


@pytest.mark.parametrize(
    "fault", ["none", "other_key", "other_body", "old", "future", "wide_digits", "no_json", "list"]
)
def test_a_forged_message_changes_nothing(app, clock, paid, fault):
    _number, public_id, event = paid
    body, headers = message(app, clock, event)
    if fault == "none":
        headers.pop(SIGNATURE_HEADER)
    elif fault == "other_body":
        body = body.replace(b"false", b"true ")
    elif fault in ("old", "future"):
        at = clock.now() + timedelta(seconds=400 if fault == "future" else -400)
        with app.app_context():
            body, headers = signed(event, stage.provider().webhook_key, at)
    elif fault == "other_key":
        body, headers = signed(event, b"another key", clock.now())
    elif fault == "wide_digits":
        headers[SIGNATURE_HEADER] = "１２３." + "0" * 64
    else:
        headers[SIGNATURE_HEADER] = "no signature at all"
    assert stage.door(app)(body, headers) == 400
    assert states(app) == []
    assert state_of(app, public_id) == "intended"


def test_a_message_of_what_is_unknown_is_taken_and_left(app, clock, paid):
    strange = WaitingEvent("evt_1", "payment.succeeded", "pay_that_is_not_there")
    assert stage.door(app)(*message(app, clock, strange)) == 200
    assert states(app) == ["ignored"]


def test_unknown_gateway_and_large_body_are_refused(app, client):
    assert client.post("/giving/webhooks/nobody", data=b"{}").status_code == 404
    assert client.post("/giving/webhooks/sandbox", data=b"x" * 600_000).status_code == 413
    assert client.get("/giving/webhooks/sandbox").status_code == 405


def test_what_could_not_be_asked_at_once_is_asked_by_the_clock(app, clock, paid, monkeypatch):
    _number, public_id, event = paid
    with app.app_context():
        gateway = stage.gateway()

    def lose(_ref):
        raise GatewayUnavailable

    monkeypatch.setattr(gateway, "fetch", lose)
    assert stage.door(app)(*message(app, clock, event)) == 200
    assert states(app) == ["received"]
    monkeypatch.undo()
    with app.app_context():
        assert follow_waiting() == 1
    assert state_of(app, public_id) == "succeeded"


def test_the_sandbox_sends_again_what_was_not_taken(app, clock, paid):
    with app.app_context():
        sandbox = stage.provider()
    assert deliver_events(sandbox, lambda _body, _headers: 503, clock.now()) == 0
    assert deliver_events(sandbox, stage.door(app), clock.now()) == 0, "it waits before it tries again"
    clock.advance(timedelta(minutes=1))
    assert deliver_events(sandbox, stage.door(app), clock.now()) == 1
    assert states(app) == ["done"]


def test_a_message_holds_no_personal_data(app, clock, paid):
    body, _headers = message(app, clock, paid[2])
    assert set(json.loads(body)) == {"id", "kind", "payment", "livemode"}
