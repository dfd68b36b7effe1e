"""Stripe's messages: forged ones change nothing, those of others are left."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.db import session
from portal.giving.models import WebhookEvent
from tests.campaigns import stage as campaigns
from tests.giving import stage
from tests.giving.at_stripe import SECRET, begin, post
from tests.giving.twin.messages import HEADER, signed


@pytest.fixture
def chosen_settings(stripe_settings):
    return stripe_settings


@pytest.fixture
def number(app):
    """Return an open campaign."""
    with app.app_context():
        return campaigns.opened()


@pytest.mark.parametrize("fault", ["none", "other_secret", "other_body", "old", "future", "two", "no_json", "wide"])
def test_a_forged_message_changes_nothing(app, clock, number, account, fault):
    with app.app_context():
        public_id, ref = begin(number)
        account.pay(ref, "card-1")
    [event] = account.list_due_events(clock.now())
    at = clock.now() + timedelta(seconds={"old": -400, "future": 400}.get(fault, 0))
    body, headers = signed(event, b"whsec_other" if fault == "other_secret" else SECRET, at)
    changed = {
        "none": "",
        "two": f"t={int(clock.now().timestamp())},v1=0,v1=1",
        "wide": "t=１２３,v1=ａ",
        "no_json": "no signature",
    }
    headers[HEADER] = changed.get(fault, headers[HEADER])
    assert post(app, body.replace(b"paid", b"free") if fault == "other_body" else body, headers) == 400
    with app.app_context():
        assert session().scalars(select(WebhookEvent.id)).all() == []
        assert stage.gift_row(public_id).state == "intended"


def test_a_secret_that_is_being_changed_signs_twice(app, clock, number, account):
    with app.app_context():
        public_id, ref = begin(number)
        account.pay(ref, "card-1")
    [event] = account.list_due_events(clock.now())
    body, headers = signed(event, SECRET, clock.now())
    stamp, ours = headers[HEADER].split(",")
    assert post(app, body, headers | {HEADER: f"{stamp},v1={'0' * 64},{ours},v0=x"}) == 200
    with app.app_context():
        assert stage.gift_row(public_id).state == "succeeded"


def test_messages_of_the_other_mode_and_of_others_payments_are_left(app, clock, number, account, twin):
    with app.app_context():
        public_id, ref = begin(number)
        account.pay(ref, "card-1")
        asked = len(twin.seen)
    [event] = account.list_due_events(clock.now())
    assert post(app, *signed(replace(event, livemode=True), SECRET, clock.now())) == 200
    assert len(twin.seen) == asked, "nobody is asked about it"
    strange = replace(event, id="evt_2", said={"id": "ch_1", "object": "charge", "payment_intent": "pi_1"})
    assert post(app, *signed(strange, SECRET, clock.now())) == 200
    customer = replace(event, id="evt_3", said={"id": "cus_1", "object": "customer"})
    assert post(app, *signed(customer, SECRET, clock.now())) == 200
    with app.app_context():
        assert set(session().scalars(select(WebhookEvent.state))) == {"ignored"}
        assert stage.gift_row(public_id).state == "intended"
