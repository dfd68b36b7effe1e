"""Our twin of Stripe and somebody else's, localstripe, say what the gateway reads in the same words.

localstripe has no Checkout, disputes or events, keeps no idempotency keys, refunds too much and knows no fees; so it is
held against the twin for what it has: intents with their charge, refunds, and the signature of messages.
"""

import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from subprocess import PIPE

import pytest
import requests
import stripe

from portal import clock as portal_clock
from portal.config import ROOT
from portal.giving.gateways.protocol import RefundStatus
from portal.giving.gateways.stripe import API_VERSION, EXPANDED
from portal.giving.gateways.stripe_objects import read_refund
from tests.giving.twin.server import SECRET_KEY, WEBHOOK_SECRET
from tests.plumbing.processes import outer_environment

MONEY = ("amount", "currency", "metadata", "object", "status")


@pytest.fixture
def chosen_settings(stripe_settings):
    return stripe_settings


@pytest.fixture(scope="module")
def other():
    """Return a client of localstripe, in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.giving.other_stripe"]
    with subprocess.Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True, env=outer_environment()) as process:
        yield client_of(f"http://127.0.0.1:{int(process.stdout.readline())}")
        process.stdin.close()
        assert process.wait(10) == 0


@contextmanager
def listen():
    """Yield an address to which messages may be sent, and the messages."""
    heard, came = [], threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            came.set()

        def log_message(self, format, *args):
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as door:
        thread = threading.Thread(target=door.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{door.server_port}/", heard, came
        door.shutdown()
        thread.join(10)


def client_of(address):
    return stripe.StripeClient(SECRET_KEY, stripe_version=API_VERSION, base_addresses={"api": address})


def pay_there(client):
    """Return an intent that localstripe has charged."""
    card = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2040", "cvc": "123"}
    method = client.v1.payment_methods.create({"type": "card", "card": card})
    order = {"amount": 5_000, "currency": "cny", "payment_method": method.id, "confirm": True}
    made = client.v1.payment_intents.create(order)
    return client.v1.payment_intents.retrieve(made.id, {"expand": ["latest_charge.balance_transaction"]})


def pay_here(app, twin):
    """Return an intent that the twin has charged, as the gateway is given it."""
    price = {"currency": "cny", "unit_amount": 5_000, "product_data": {"name": "x"}}
    order = {
        "mode": "payment",
        "success_url": "https://example.org/",
        "line_items": [{"quantity": 1, "price_data": price}],
    }
    client = client_of(twin.url)
    made = client.v1.checkout.sessions.create(order)
    twin.account.pay(made.id, "card-4242")
    return client.v1.checkout.sessions.retrieve(made.id, {"expand": EXPANDED}).payment_intent


def kinds(thing, names):
    """Return the kinds of the values of fields."""
    return {name: type(getattr(thing, name)).__name__ for name in names}


def test_both_tell_of_a_payment_and_a_refund_in_the_same_words(app, twin, other):
    theirs, ours = pay_there(other), pay_here(app, twin)
    assert kinds(ours, MONEY) == kinds(theirs, MONEY)
    assert ours.status == theirs.status == "succeeded"
    charge = ("amount", "created", "currency", "livemode", "status", "payment_intent")
    assert kinds(ours.latest_charge, charge) == kinds(theirs.latest_charge, charge)
    settled = ("amount", "currency", "fee", "net")
    [one, another] = [each.latest_charge.balance_transaction for each in (ours, theirs)]
    assert kinds(one, settled) == kinds(another, settled)
    assert another.amount - another.fee == another.net
    assert one.amount - one.fee == one.net
    refunds = []
    for client, intent in ((client_of(twin.url), ours), (other, theirs)):
        order = {"payment_intent": intent.id, "amount": 700, "metadata": {"key": "refund-1-x"}}
        made = client.v1.refunds.create(order)
        [listed] = client.v1.refunds.list({"payment_intent": intent.id}).data
        assert listed.id == made.id
        refunds.append(made)
    assert kinds(refunds[0], MONEY) == kinds(refunds[1], MONEY)
    for refund in map(read_refund, refunds):
        assert (refund.amount_minor, refund.key, refund.status) == (700, "refund-1-x", RefundStatus.SUCCEEDED)


def test_the_gateway_takes_the_signature_of_both(app, twin, other, monkeypatch):
    with listen() as (address, heard, came):
        hook = {"url": address, "secret": WEBHOOK_SECRET, "events[]": "payment_intent.succeeded"}
        there = other._requestor._options.base_addresses["api"]
        assert requests.post(f"{there}/_config/webhooks/a", data=hook, timeout=10).status_code == 200
        theirs = pay_there(other)
        assert came.wait(10)
    [(headers, body)] = heard
    gateway = app.extensions["portal.gateways"]["stripe"]
    with app.app_context():
        # localstripe lives by the machine's clock.
        monkeypatch.setattr(portal_clock, "now", lambda: datetime.now(UTC))
        event = gateway.verify_webhook(headers, body)
    assert event.kind == "payment_intent.succeeded"
    assert json.loads(body)["data"]["object"]["id"] == theirs.id
    assert set(json.loads(body)) >= {"id", "object", "type", "livemode", "data", "created"}


def subscribe_there(client):
    """Return a subscription of localstripe whose first month is paid, and its invoice."""
    card = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2040", "cvc": "123"}
    method = client.v1.payment_methods.create({"type": "card", "card": card})
    customer = client.v1.customers.create({"email": "x@example.org"})
    client.v1.payment_methods.attach(method.id, {"customer": customer.id})
    settings = {"default_payment_method": method.id}
    client.v1.customers.update(customer.id, {"invoice_settings": settings})
    plan = {"amount": 5_000, "currency": "cny", "interval": "month", "product": {"name": "x"}}
    made = client.v1.plans.create(plan)
    order = {"customer": customer.id, "items": [{"plan": made.id}], "metadata": {"key": "payment-1-x"}}
    subscription = client.v1.subscriptions.create(order)
    return subscription, client.v1.invoices.retrieve(str(subscription.latest_invoice))


def subscribe_here(twin):
    """Return the same of the twin, as Checkout makes it."""
    price = {
        "currency": "cny",
        "unit_amount": 5_000,
        "product_data": {"name": "x"},
        "recurring": {"interval": "month"},
    }
    order = {
        "mode": "subscription",
        "success_url": "https://example.org/",
        "allowed_payment_method_types": ["card"],
        "line_items": [{"quantity": 1, "price_data": price}],
        "subscription_data": {"metadata": {"key": "payment-1-x"}},
    }
    client = client_of(twin.url)
    twin.account.pay(client.v1.checkout.sessions.create(order).id, "card-4242")
    [found] = twin.account.find_all("subscription")
    subscription = client.v1.subscriptions.retrieve(found["id"])
    return subscription, client.v1.invoices.retrieve(str(subscription.latest_invoice))


def test_both_tell_of_a_monthly_payment_and_its_end_in_the_same_words(app, twin, other):
    (theirs, their_invoice), (ours, our_invoice) = subscribe_there(other), subscribe_here(twin)
    assert theirs.status == ours.status == "active"
    known = ("customer", "id", "latest_invoice", "livemode", "metadata", "object", "status")
    assert kinds(ours, known) == kinds(theirs, known)
    paid = ("currency", "customer", "id", "livemode", "metadata", "object", "status", "total")
    assert kinds(our_invoice, paid) == kinds(their_invoice, paid)
    assert our_invoice.status == their_invoice.status == "paid"
    assert our_invoice.total == their_invoice.total == 5_000
    [line] = their_invoice.lines.data
    assert kinds(our_invoice.lines.data[0].period, ("start", "end")) == kinds(line.period, ("start", "end"))
    ended = [client_of(twin.url).v1.subscriptions.cancel(ours.id), other.v1.subscriptions.cancel(theirs.id)]
    assert [each.status for each in ended] == ["canceled", "canceled"]
