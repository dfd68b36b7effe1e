"""Hundreds of gifts through an enemy of a provider: its book equals the ledger to the fen, and nobody pays twice.

The sandbox is one enemy, Stripe's twin, spoken to over HTTP, another; its connections break and its faults are kept
under the key besides. GIVING_GIFTS=10000 runs ten thousand. On PostgreSQL and through the twin fewer are enough for
the suite: the rules are the same.
"""

import os
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import func, select

from portal.accounts.rules import Role
from portal.db import forget_reads, session
from portal.giving.inbox import follow_waiting
from portal.giving.making import Donor, PaymentUnderWay, Words, make_gift
from portal.giving.models import Gift, Hold, Payment, Payout, Refund, WebhookEvent
from portal.giving.paying import PayPageMissing, find_pay_page, look_again
from portal.giving.reconciling import reconcile
from portal.giving.refunding import request_refund, send_refund, send_refunds
from portal.giving.rules import GIVEN_STATES, RefundReason, payment_key
from tests import cast
from tests.campaigns import stage as campaigns
from tests.giving import stage
from tests.giving.hostile import HostileGateway, HostilePost

GIFTS = {
    ("sandbox", "sqlite"): 150,
    ("sandbox", "postgresql"): 120,
    ("stripe", "sqlite"): 50,
    ("stripe", "postgresql"): 25,
}
AT_ONCE = 100


@pytest.fixture(params=["sandbox", "stripe"])
def provider_name(request):
    """Return the name of the gateway whose provider is the enemy."""
    return request.param


@pytest.fixture
def chosen_settings(request, provider_name):
    return request.getfixturevalue("stripe_settings") if provider_name == "stripe" else {}


@pytest.fixture
def enemy(request, app, provider_name):
    """Return a function that puts an enemy in the place of the gateway and returns it."""

    def make(draw, *, has_keys=True):
        inner = app.extensions["portal.gateways"][provider_name]
        provider = inner.provider if provider_name == "sandbox" else _angry(request.getfixturevalue("twin"), draw)
        made = HostileGateway(inner, provider, draw, has_keys=has_keys)
        app.extensions["portal.gateways"][provider_name] = made
        return made

    return make


def _angry(twin, draw):
    """Let the twin's connections break and its charges be settled late."""
    twin.draw, twin.account.is_capture_slow = Random(draw.random()), True
    return twin.account


def give(gateway, number, draw, serial, now):
    """Let one donor give, as patiently and as clumsily as people do."""
    public_id = make_gift(number, draw.randint(100, 50_000), Donor(f"donor{serial}@example.org"), Words()).public_id
    ways = draw.choices(("pay", "fail_then_pay", "late", "leave", "pay_both"), (78, 8, 5, 4, 5))[0]
    if not open_page(gateway.name, public_id) or ways == "leave":
        return public_id
    for ref in pages_of(gateway, public_id):
        if ways == "late":
            gateway.provider.pay_later(ref, f"card-{serial}", now)
        elif ways == "pay":
            gateway.provider.pay(ref, f"card-{serial}", now)
        else:
            gateway.provider.decline(ref, f"card-{serial}", "card_declined", now)
    if ways in ("fail_then_pay", "pay_both"):
        look_again(public_id)
        open_page(gateway.name, public_id)
        refs = pages_of(gateway, public_id)
        for ref in refs if ways == "pay_both" else refs[-1:]:
            gateway.provider.pay(ref, f"card-{serial}", now)
    if draw.random() < 0.5:
        look_again(public_id)
    return public_id


def open_page(name, public_id):
    """Press the button until the pay page comes, three times at most."""
    for _press in range(3):
        try:
            find_pay_page(public_id, name)
            return True
        except PayPageMissing:
            continue
        except PaymentUnderWay:
            return False
    return False


def pages_of(gateway, public_id):
    return [
        ref for payment in stage.payments_of(public_id) for ref in gateway.pages[payment_key(payment.id, public_id)]
    ]


def run(app, clock, gifts, enemy, *, has_keys=True):
    """Run everything and let the clocks go round; return campaign, gateway and post."""
    draw = Random(310)
    with app.app_context():
        number, finance = campaigns.opened(), cast.actor(Role.FINANCE)
        gateway = enemy(draw, has_keys=has_keys)
    post = HostilePost(app, gateway, draw)
    for begin in range(0, gifts, AT_ONCE):
        with app.app_context():
            made = [
                give(gateway, number, draw, serial, clock.now()) for serial in range(begin, min(begin + AT_ONCE, gifts))
            ]
        post.carry(clock.now())
        with app.app_context():
            change_minds(gateway, finance, made, draw, clock.now())
        clock.advance(timedelta(minutes=3))
        gateway.provider.settle_due(clock.now())
    clock.advance(timedelta(minutes=30))
    post.carry(clock.now())
    post.carry_late(clock.now())
    with app.app_context():
        settle(clock, gateway)
    return number, gateway, post


def settle(clock, gateway):
    """Let the clocks go round until they move nothing any more, a dozen times at most."""
    if gateway.name == "stripe":
        # It repeats a fault under the same key for a day, and forgets the key then.
        clock.advance(timedelta(hours=25))
    for _round in range(12):
        clock.advance(timedelta(minutes=6))
        gateway.provider.settle_due(clock.now())
        moved = follow_waiting() + send_refunds()
        found = reconcile(gateway.name)
        forget_reads()
        under_way = session().scalar(select(func.count(Refund.id)).where(Refund.state.in_(("requested", "sent"))))
        waiting = session().scalar(select(func.count(WebhookEvent.id)).where(WebhookEvent.state == "received"))
        if found.is_whole and not (moved or found.moved or under_way or waiting):
            return


def change_minds(gateway, finance, made, draw, now):
    """Let some donors get money back, some banks take it, and some refunds come back."""
    for public_id in made:
        row = stage.gift_row(public_id)
        if row.state not in GIVEN_STATES:
            continue
        chance = draw.random()
        ref = next(each.provider_ref for each in stage.payments_of(public_id) if each.state == "succeeded")
        if chance < 0.06:
            minor = row.amount_minor if chance < 0.02 else draw.randint(1, row.amount_minor)
            send_refund(request_refund(finance, public_id, minor, RefundReason.DONOR, "x", public_id=f"R{public_id}"))
        elif chance < 0.08:
            name = gateway.provider.dispute(ref, now)
            if chance < 0.07:
                gateway.provider.close_dispute(name, now, is_won=chance < 0.065)
        elif chance < 0.09:
            send_refund(request_refund(finance, public_id, 50, RefundReason.DONOR, "x", public_id=f"R{public_id}"))
            for refund in gateway.provider.get(ref).refunds:
                gateway.provider.fail_refund(refund.provider_ref, now)


def ledger_of(number, gateway):
    book = stage.book(number, gateway.name)
    return {key: book[key] for key in ("received", "refunded", "fees")}


def test_the_enemys_book_equals_the_ledger_to_the_fen(app, clock, enemy, provider_name, database_kind):
    gifts = int(os.environ.get("GIVING_GIFTS", GIFTS[provider_name, database_kind]))
    number, gateway, post = run(app, clock, gifts, enemy)
    assert min(post.counts[kind] for kind in ("duplicated", "reordered", "late", "lost", "forged")) > 0
    with app.app_context():
        assert gateway.provider.book() == ledger_of(number, gateway)
        assert session().execute(select(Hold.why, Hold.amount_minor, Hold.payment_id, Hold.provider_ref)).all() == []
        assert session().scalar(select(func.count(WebhookEvent.id)).where(WebhookEvent.state != "done")) == 0
        assert session().scalar(select(func.count(Gift.id)).where(Gift.state.in_(GIVEN_STATES))) > gifts * 0.8
        assert_nobody_paid_twice(gateway)
    if provider_name == "stripe":
        gateway.provider.pay_out()
        clock.advance(timedelta(days=1))
        with app.app_context():
            assert_it_all_reaches_the_bank()


def assert_it_all_reaches_the_bank():
    """What Stripe pays out is matched item by item, and leaves nothing behind."""
    for _try in range(5):
        reconcile("stripe")
    forget_reads()
    assert session().scalars(select(Payout.why)).all() == [None]
    assert stage.balance("clearing.stripe") == 0 < stage.balance("bank")


def assert_nobody_paid_twice(gateway):
    """For each gift the provider keeps its amount once at most, and each refund that was ordered went out once."""
    for row in session().scalars(select(Gift)).all():
        kept = 0
        for payment in session().scalars(select(Payment).where(Payment.gift_id == row.id)).all():
            for ref in gateway.pages[payment_key(payment.id, row.public_id)]:
                seen = gateway.provider.get(ref)
                if seen.status == "succeeded":
                    kept += seen.amount_minor - sum(r.amount_minor for r in seen.refunds if r.status != "failed")
        assert kept <= row.amount_minor
    ordered = sum(gateway.refunds_ordered.values())
    rows = session().execute(select(func.coalesce(func.sum(Refund.amount_minor), 0), func.count(Refund.id))).one()
    assert ordered == rows[0]
    assert gateway.refunds_made() == rows[1]


def test_without_the_unique_key_it_does_not(app, clock, enemy):
    number, gateway, _post = run(app, clock, 40, enemy, has_keys=False)
    with app.app_context():
        assert gateway.provider.book() != ledger_of(number, gateway)
        with pytest.raises(AssertionError):
            assert_nobody_paid_twice(gateway)
