"""Monthly gifts at Stripe's twin: each paid invoice one gift, changes and ends told, in any order of the messages."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.rules import Role
from portal.db import forget_reads, session
from portal.giving.invariants import INVARIANTS
from portal.giving.models import Hold, MonthlyGift, Payment, WebhookEvent
from portal.giving.monthly import carry_out, carry_out_wishes, find_card_page, look_at_monthly, wish, wish_amount
from portal.giving.monthly_rules import Wish
from portal.giving.paying import find_pay_page, look_again
from portal.giving.reconciling import reconcile
from portal.giving.refunding import request_refund, send_refund
from portal.giving.rules import RefundReason
from tests import cast
from tests.campaigns import stage as campaigns
from tests.giving import months, stage
from tests.giving.twin.messages import signed
from tests.giving.twin.server import WEBHOOK_SECRET
from tests.pledges.letterbox import letters


@pytest.fixture
def chosen_settings(stripe_settings):
    return stripe_settings


@pytest.fixture
def number(app):
    """Return an open campaign."""
    with app.app_context():
        return campaigns.opened()


@pytest.fixture
def begun(app, number, account):
    """Return a monthly gift whose first month is paid."""
    with app.app_context():
        first = stage.intend(number, is_monthly=True)
        find_pay_page(first, "stripe")
        [payment] = stage.payments_of(first)
        account.pay(payment.provider_ref, "card-1")
        look_again(first)
        return session().scalar(select(MonthlyGift.public_id))


def deliver(app, account, clock, *, is_backwards=False):
    """Carry all messages to the door, the newest first if wanted."""
    events = account.list_due_events(clock.now())
    for event in reversed(events) if is_backwards else events:
        account.mark_delivered(event.id, clock.now())
        body, headers = signed(event, WEBHOOK_SECRET.encode(), clock.now())
        assert app.test_client().post("/giving/webhooks/stripe", data=body, headers=headers).status_code == 200


def pass_days(account, clock, days):
    clock.advance(timedelta(days=days))
    account.settle_due(clock.now())


def news(app):
    return [each.kind.removeprefix("giving.") for each in letters(app) if each.kind.startswith("giving.")]


def states(public_id):
    forget_reads()
    return [gift.state for gift in months.gifts_of(public_id)]


def assert_sound(number, account):
    assert {key: stage.book(number, "stripe")[key] for key in account.book()} == account.book()
    assert session().scalars(select(Hold.why)).all() == []
    assert [each.name for each in INVARIANTS if each.find_broken()] == []


@pytest.mark.parametrize("is_backwards", [False, True])
def test_each_paid_invoice_is_one_gift_in_any_order_of_messages(app, clock, number, account, begun, is_backwards):
    with app.app_context():
        row = months.row_of(begun)
        assert (row.state, str(row.next_on)) == ("active", "2026-12-23")
    pass_days(account, clock, 31)
    pass_days(account, clock, 31)
    deliver(app, account, clock, is_backwards=is_backwards)
    with app.app_context():
        reconcile("stripe")
        assert states(begun) == ["succeeded"] * 3
        assert news(app) == ["thanks"] * 3
        assert_sound(number, account)
        refs = session().scalars(select(Payment.provider_ref).order_by(Payment.id)).all()
        assert [ref[:3] for ref in refs] == ["cs_", "in_", "in_"]
        assert "received" not in set(session().scalars(select(WebhookEvent.state)))


def test_an_outage_longer_than_stripe_keeps_events_is_made_good(app, clock, number, account, begun):
    for _month in range(2):
        pass_days(account, clock, 31)
    with app.app_context():
        reconcile("stripe", clock.now() - timedelta(days=62))
        assert states(begun) == ["succeeded"] * 3
        assert_sound(number, account)


def test_amount_pause_and_stop_are_done_at_stripe_and_confirmed(app, clock, number, account, begun):
    with app.app_context():
        wish(begun, Wish.PAUSED)
        assert carry_out(begun)
    pass_days(account, clock, 31)
    with app.app_context():
        wish_amount(begun, 8_800)
        wish(begun, Wish.ACTIVE)
        assert carry_out(begun)
    pass_days(account, clock, 31)
    deliver(app, account, clock)
    with app.app_context():
        wish(begun, Wish.STOPPED)
        assert carry_out(begun)
        assert carry_out(begun)
    pass_days(account, clock, 40)
    deliver(app, account, clock)
    with app.app_context():
        assert [gift.amount_minor for gift in months.gifts_of(begun)] == [5_000, 8_800]
        told = [each.removeprefix("monthly_") for each in news(app)]
        assert told == ["thanks", "paused", "changed", "resumed", "thanks", "stopped"]
        assert_sound(number, account)


def test_a_month_that_fails_is_told_tried_again_by_stripe_and_then_ends(app, clock, account, begun):
    with app.app_context():
        account.break_months(months.row_of(begun).provider_ref, "card_declined")
    pass_days(account, clock, 31)
    deliver(app, account, clock)
    with app.app_context():
        row = months.row_of(begun)
        assert (row.state, row.retry_on is not None) == ("late", True)
    for _day in range(8):
        pass_days(account, clock, 1)
        deliver(app, account, clock)
    with app.app_context():
        row = months.row_of(begun)
        assert (row.state, row.why) == ("stopped", "failed")
        assert news(app) == ["thanks", "monthly_failed", "monthly_stopped"]


def test_a_new_card_is_left_on_a_setup_page_and_charged_from_then_on(app, clock, account, begun):
    with app.app_context():
        find_card_page(begun)
        page = account.find_all("checkout.session", mode="setup")[-1]
        account.pay(page["id"], "card-2")
        look_at_monthly(begun)
        look_at_monthly(begun)
    deliver(app, account, clock)
    pass_days(account, clock, 31)
    deliver(app, account, clock)
    with app.app_context():
        assert news(app) == ["thanks", "monthly_card", "thanks"]
        charge = account.find_all("charge")[-1]
        assert charge["payment_method_details"]["card"]["fingerprint"] == "fp_card-2"


def test_refund_chargeback_and_payout_of_a_later_month(app, clock, number, account, begun):
    pass_days(account, clock, 31)
    deliver(app, account, clock)
    with app.app_context():
        later = months.gifts_of(begun)[1]
        finance = cast.actor(Role.FINANCE)
        send_refund(request_refund(finance, later.public_id, 700, RefundReason.DONOR, "x", public_id="R" * 10))
        assert states(begun) == ["succeeded", "partly_refunded"]
    pass_days(account, clock, 31)
    deliver(app, account, clock)
    account.dispute_charge(account.find_all("charge")[-1])
    deliver(app, account, clock)
    with app.app_context():
        assert states(begun) == ["succeeded", "partly_refunded", "disputed"]
        assert carry_out_wishes() == 1
        assert months.row_of(begun).state == "stopped"
        assert_sound(number, account)
    account.pay_out()
    clock.advance(timedelta(days=1))
    with app.app_context():
        reconcile("stripe")
        assert stage.balance("clearing.stripe") == 0 < stage.balance("bank")


def test_nothing_personal_goes_to_stripe(account, begun):
    assert stage.MAIL not in str(account.things)
