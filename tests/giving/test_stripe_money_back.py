"""Refunds, chargebacks and payouts at Stripe's twin: out once, booked to the fen, found whatever answer is lost."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.db import session
from portal.giving.gateways.protocol import GatewayRefused, RefundOrder
from portal.giving.invariants import INVARIANTS
from portal.giving.models import Dispute, Payout, Refund
from portal.giving.paying import look_again
from portal.giving.reconciling import reconcile
from portal.giving.refunding import send_refund, send_refunds
from tests.campaigns import stage as campaigns
from tests.giving import stage
from tests.giving.at_stripe import book, deliver, give_back, paid
from tests.giving.twin.server import Fault


@pytest.fixture
def chosen_settings(stripe_settings):
    return stripe_settings


@pytest.fixture
def number(app):
    """Return an open campaign."""
    with app.app_context():
        return campaigns.opened()


def lose_a_refund(clock, number, twin):
    """Order a refund whose answer is lost, and again when Stripe has forgotten the key; return the session."""
    public_id, ref = paid(number, twin.account)
    refund_id = give_back(public_id, 700)
    twin.faults.extend([None, Fault.LOST])
    assert not send_refund(refund_id)
    clock.advance(timedelta(hours=30))
    assert send_refunds() == 1
    return ref


def test_a_refund_whose_answer_is_lost_goes_out_once(app, clock, number, twin):
    with app.app_context():
        ref = lose_a_refund(clock, number, twin)
        assert [each.amount_minor for each in twin.account.get(ref).refunds] == [700]
        assert book(number)["refunded"] == 700
        assert session().scalars(select(Refund.state)).all() == ["succeeded"]


def test_without_looking_for_it_first_it_would_go_out_twice(app, clock, number, twin, monkeypatch):
    monkeypatch.setattr("portal.giving.gateways.stripe.key_of", lambda _refund: None)
    with app.app_context():
        ref = lose_a_refund(clock, number, twin)
        assert [each.amount_minor for each in twin.account.get(ref).refunds] == [700, 700]
        assert book(number)["refunded"] != twin.account.book()["refunded"]


def test_a_refund_made_at_stripe_and_one_that_comes_back(app, clock, number, account):
    with app.app_context():
        public_id, ref = paid(number, account, card="alipay-1")
        refund = account.refund(account.charge_of(ref), 5_000, {})
    deliver(app, account, clock)
    with app.app_context():
        assert book(number)["refunded"] == 0, "a wallet's refund is under way first"
    account.settle_due(clock.now())
    deliver(app, account, clock)
    with app.app_context():
        assert (book(number)["refunded"], stage.gift_row(public_id).state) == (5_000, "refunded")
    account.fail_refund(refund["id"])
    deliver(app, account, clock)
    with app.app_context():
        assert (book(number)["refunded"], stage.gift_row(public_id).state) == (0, "succeeded")
        assert account.book() == {"received": 5_000, "refunded": 0, "fees": 205}


def test_more_refunds_than_one_page_holds(app, number, account):
    with app.app_context():
        public_id, ref = paid(number, account)
        for _time in range(13):
            account.refund(account.charge_of(ref), 100, {})
        look_again(public_id)
        reconcile("stripe")
        assert book(number)["refunded"] == 1_300


def test_stripe_refuses_a_refund_of_more_than_is_left(app, number, account):
    with app.app_context():
        _public_id, ref = paid(number, account)
        gateway = app.extensions["portal.gateways"]["stripe"]
        with pytest.raises(GatewayRefused):
            gateway.refund(RefundOrder("refund-1-x", ref, 5_001, "CNY"))


def test_an_inquiry_takes_no_money_and_a_chargeback_does(app, clock, number, account):
    with app.app_context():
        asked, ref = paid(number, account)
        account.dispute(ref, is_inquiry=True)
        taken, other = paid(number, account)
        account.dispute(other)
    deliver(app, account, clock)
    with app.app_context():
        assert [stage.gift_row(each).state for each in (asked, taken)] == ["succeeded", "disputed"]
        assert book(number)["refunded"] == 5_000
        assert book(number)["fees"] == 205 * 2 + 1_500
        assert account.book()["fees"] == 205 * 2 + 1_500


@pytest.mark.parametrize(
    ("is_won", "fee", "kept"), [(True, 0, 0), (True, -1_500, 0), (False, 0, 5_000), (False, 900, 5_000)]
)
def test_a_chargeback_that_is_decided_costs_what_stripe_keeps(app, clock, number, account, is_won, fee, kept):
    with app.app_context():
        _public_id, ref = paid(number, account)
        name = account.dispute(ref)
    deliver(app, account, clock)
    account.close_dispute(name, is_won=is_won, fee=fee)
    deliver(app, account, clock)
    deliver(app, account, clock)
    with app.app_context():
        assert session().scalars(select(Dispute.state)).all() == ["won" if is_won else "lost"]
        assert {key: book(number)[key] for key in account.book()} == account.book()
        assert book(number)["fees"] == 205 + 1_500 + fee
        assert book(number)["refunded"] == kept
        assert [each.name for each in INVARIANTS if each.find_broken()] == []


def test_what_stripe_sends_to_the_bank_is_booked_item_by_item(app, clock, number, account):
    with app.app_context():
        public_id, _ref = paid(number, account)
        _wallet, wallet = paid(number, account, card="alipay-1")
        send_refund(give_back(public_id, 700))
        account.refund(account.charge_of(wallet), 300, {})
        account.settle_due(clock.now())
        _other, disputed = paid(number, account)
        account.close_dispute(account.dispute(disputed), is_won=True)
    deliver(app, account, clock)
    payout = account.pay_out()
    assert payout["amount"] == 3 * 4_795 - 700 - 300 - 1_500
    clock.advance(timedelta(days=1))
    with app.app_context():
        for _again in range(2):
            reconcile("stripe")
            assert (stage.balance("bank"), stage.balance("clearing.stripe")) == (payout["amount"], 0)


def test_a_payout_by_hand_or_in_another_currency_is_held_for_a_person(app, clock, number, account):
    arrival = int(clock.now().timestamp())
    for currency in ("cny", "hkd"):
        account.add("po", "payout", amount=900, arrival_date=arrival, currency=currency, status="paid")
    with app.app_context():
        reconcile("stripe")
        assert sorted(session().scalars(select(Payout.why))) == ["amount", "currency"]
        assert stage.balance("bank") == 0
