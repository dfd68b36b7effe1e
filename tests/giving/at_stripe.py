"""Gifts brought to a state at Stripe's twin, and its messages carried to the door. Call inside an app context."""

from sqlalchemy import select

from portal.accounts.rules import Role
from portal.db import session
from portal.giving.models import Hold
from portal.giving.paying import find_pay_page, look_again
from portal.giving.refunding import request_refund
from portal.giving.rules import RefundReason
from tests import cast
from tests.giving import stage
from tests.giving.twin.messages import signed
from tests.giving.twin.server import WEBHOOK_SECRET

SECRET = WEBHOOK_SECRET.encode()


def begin(number, minor=5_000):
    """Return a gift whose donor stands on Stripe's page, and the session of that page."""
    public_id = stage.intend(number, minor)
    find_pay_page(public_id, "stripe")
    [payment] = stage.payments_of(public_id)
    return public_id, payment.provider_ref


def paid(number, account, minor=5_000, card="card-4242"):
    """Return a gift that is paid, and its session."""
    public_id, ref = begin(number, minor)
    account.pay(ref, card)
    look_again(public_id)
    assert stage.gift_row(public_id).state == "succeeded"
    return public_id, ref


def give_back(public_id, minor):
    return request_refund(cast.actor(Role.FINANCE), public_id, minor, RefundReason.DONOR, "x", public_id="R" * 10)


def post(app, body, headers):
    return app.test_client().post("/giving/webhooks/stripe", data=body, headers=headers).status_code


def deliver(app, account, clock):
    """Carry all messages to the door."""
    for event in account.list_due_events(clock.now()):
        account.mark_delivered(event.id, clock.now())
        assert post(app, *signed(event, SECRET, clock.now())) == 200


def book(number):
    return stage.book(number, "stripe")


def holds():
    return session().scalars(select(Hold.why)).all()
