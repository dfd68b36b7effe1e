"""Stripe as a gateway, against its strict twin over HTTP: one effect each, whatever is lost, repeated or mistaken."""

import threading
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from portal.db import session
from portal.giving.commands import try_gateway_command
from portal.giving.gateways.protocol import GatewayRefused, GatewayUnavailable
from portal.giving.inbox import follow_waiting
from portal.giving.models import WebhookEvent
from portal.giving.paying import PayPageMissing, find_pay_page, look_again
from portal.giving.reconciling import reconcile
from portal.giving.refunding import send_refund, send_refunds
from tests.campaigns import stage as campaigns
from tests.giving import stage
from tests.giving.at_stripe import begin, book, deliver, give_back, holds, paid
from tests.giving.twin.server import Fault
from tests.plumbing.environment import put_settings


@pytest.fixture
def chosen_settings(stripe_settings):
    return stripe_settings


@pytest.fixture
def number(app):
    """Return an open campaign."""
    with app.app_context():
        return campaigns.opened()


def test_from_the_button_to_the_book(app, clock, number, account, visitor):
    visitor.open(f"/campaigns/{number}/give")
    going = visitor.submit({"other_amount": "50", "email": stage.MAIL}, form="give")
    [created] = account.find_all("checkout.session")
    assert created["url"] in [link.address for link in going.links]
    assert created["payment_method_types"] == ["card", "alipay", "wechat_pay"]
    account.pay(created["id"], "alipay-1")
    assert "谢谢您" in visitor.open(urlsplit(created["success_url"]).path)
    deliver(app, account, clock)
    with app.app_context():
        assert book(number) == {"received": 5_000, "refunded": 0, "fees": 205, "clearing": 4_795}
        assert account.book() == {"received": 5_000, "refunded": 0, "fees": 205}
        assert set(session().scalars(select(WebhookEvent.state))) == {"done"}


def test_the_same_button_again_is_the_same_page(app, number, twin):
    with app.app_context():
        public_id = stage.intend(number)
        twin.faults.append(Fault.LOST)
        with pytest.raises(PayPageMissing):
            find_pay_page(public_id, "stripe")
        address = find_pay_page(public_id, "stripe")
        assert find_pay_page(public_id, "stripe") == address
        assert len(twin.account.find_all("checkout.session")) == 1


def test_without_keys_the_same_button_would_be_two_pages(app, number, twin):
    twin.has_keys = False
    with app.app_context():
        public_id = stage.intend(number)
        twin.faults.append(Fault.LOST)
        with pytest.raises(PayPageMissing):
            find_pay_page(public_id, "stripe")
        find_pay_page(public_id, "stripe")
        assert len(twin.account.find_all("checkout.session")) == 2


@pytest.mark.parametrize("fault", [Fault.BROKEN, Fault.BROKEN_AFTER])
def test_a_fault_that_stripe_would_repeat_for_a_day_does_not_shut_the_donor_out(app, clock, number, twin, fault):
    with app.app_context():
        twin.faults.append(fault)
        public_id, ref = begin(number)
        twin.account.pay(ref, "card-1")
        look_again(public_id)
        assert stage.gift_row(public_id).state == "succeeded"
        assert book(number)["received"] == 5_000
    clock.advance(timedelta(hours=25))
    twin.account.settle_due(clock.now())
    with app.app_context():
        # The first page, which was shown to nobody, has expired; that is no news of the gift.
        assert reconcile("stripe").held == 0
        assert stage.gift_row(public_id).state == "succeeded"


def test_an_order_under_way_elsewhere_is_not_ordered_again(app, number, twin):
    with app.app_context():
        public_id = stage.intend(number)
        twin.faults.append(Fault.HELD)

        def press():
            with app.app_context():
                find_pay_page(public_id, "stripe")

        first = threading.Thread(target=press)
        first.start()
        assert twin.held.wait(10)
        with pytest.raises(PayPageMissing):
            find_pay_page(public_id, "stripe")
        twin.gate.set()
        first.join(10)
        assert len(twin.account.find_all("checkout.session")) == 1
        assert stage.payments_of(public_id)[0].state == "pending"


def test_an_amount_below_what_stripe_takes_is_told_and_can_be_changed(app, number, visitor):
    with app.app_context():
        public_id = stage.intend(number, 300)
        with pytest.raises(PayPageMissing):
            find_pay_page(public_id, "stripe")
        [payment] = stage.payments_of(public_id)
        assert (payment.state, payment.failure) == ("failed", "amount_too_small")
        page = stage.page_of(public_id)
    assert "金额太小" in visitor.open(page).text


def test_a_card_turned_down_leaves_the_page_open_and_a_bank_that_says_no_ends_it(app, clock, number, account):
    with app.app_context():
        public_id, ref = begin(number)
        account.decline(ref, "card-1", "card_declined")
        look_again(public_id)
        assert [each.state for each in stage.payments_of(public_id)] == ["pending"]
        account.pay_later(ref, "card-2", clock.now())
        look_again(public_id)
        assert stage.payments_of(public_id)[0].is_processing
        account.decline(ref, "card-2", "card_declined")
        look_again(public_id)
        assert [each.state for each in stage.payments_of(public_id)] == ["failed"]
        find_pay_page(public_id, "stripe")
        [_first, second] = stage.payments_of(public_id)
        assert second.provider_ref != ref


def test_the_fee_comes_when_stripe_has_settled_it(app, clock, number, account):
    account.is_capture_slow = True
    with app.app_context():
        paid(number, account)
        assert book(number)["fees"] == 0
    clock.advance(timedelta(minutes=3))
    account.settle_due(clock.now())
    deliver(app, account, clock)
    with app.app_context():
        assert book(number)["fees"] == 205


def test_a_fee_in_another_currency_is_booked_at_stripes_own_rate(app, number, account):
    account.settles_in, account.rate = "hkd", (11, 10)
    with app.app_context():
        paid(number, account)
        # 205 fen are 226 cents of Hong Kong (225.5, rounded), and 226 of 5,500 cents are 205 of 5,000 fen.
        assert book(number) == {"received": 5_000, "refunded": 0, "fees": 205, "clearing": 4_795}


@pytest.mark.parametrize(("field", "value", "why"), [("livemode", True, "livemode"), ("currency", "usd", "currency")])
def test_what_does_not_fit_is_held_for_a_person(app, number, account, field, value, why):
    with app.app_context():
        public_id, ref = begin(number)
        account.pay(ref, "card-1")
        for thing in (account.things[ref], account.things[account.things[ref]["payment_intent"]]):
            thing[field] = value
        look_again(public_id)
        assert holds() == [why]
        assert book(number)["received"] == 0


def test_less_money_than_was_promised_is_held_for_a_person(app, number, account):
    with app.app_context():
        public_id, ref = begin(number)
        account.pay(ref, "card-1")
        account.things[account.things[ref]["payment_intent"]]["amount_received"] = 4_999
        look_again(public_id)
        assert holds() == ["amount"]


def test_an_outage_of_forty_days_is_made_good(app, clock, number, account):
    with app.app_context():
        public_id, ref = paid(number, account)
        lost, other = begin(number)
        account.pay(other, "card-1")
        account.refund(account.charge_of(ref), 700, {})
        account.dispute(other)
    clock.advance(timedelta(days=40))
    with app.app_context():
        reconcile("stripe", clock.now() - timedelta(days=41))
        assert (stage.gift_row(public_id).state, stage.gift_row(lost).state) == ("partly_refunded", "disputed")
        assert {key: book(number)[key] for key in account.book()} == account.book()


def test_a_wrong_key_loses_no_message_and_no_refund(app, clock, number, account, twin, caplog):
    with app.app_context():
        public_id, ref = paid(number, account)
        refund_id = give_back(public_id, 700)
        account.refund(account.charge_of(ref), 100, {})
        gateway = app.extensions["portal.gateways"]["stripe"]
        right = gateway._client._requestor._options.api_key
        gateway._client._requestor._options.api_key = "sk_test_wrong"
    deliver(app, account, clock)
    with app.app_context():
        assert not send_refund(refund_id)
        with pytest.raises(GatewayUnavailable):
            gateway.fetch(ref)
        gateway._client._requestor._options.api_key = right
        clock.advance(timedelta(minutes=6))
        assert follow_waiting() >= 1
        assert send_refunds() == 1
        assert book(number)["refunded"] == 800
    assert "sk_test" not in caplog.text


def test_a_page_left_open_is_closed_and_one_that_is_paid_stays_so(app, number, account):
    with app.app_context():
        gateway = app.extensions["portal.gateways"]["stripe"]
        _left, ref = begin(number)
        gateway.close(ref)
        gateway.close(ref)
        assert account.things[ref]["status"] == "expired"
        _paid, other = begin(number)
        account.pay(other, "card-1")
        gateway.close(other)
        assert account.things[other]["payment_status"] == "paid"
        with pytest.raises(GatewayRefused):
            gateway.close("cs_test_nobody")


def test_nothing_personal_goes_to_stripe(app, number, account):
    with app.app_context():
        begin(number)
        said = str(account.things)
    assert stage.MAIL not in said


def test_the_operator_tries_key_and_methods_before_the_first_donor_comes(settings, monkeypatch, account):
    put_settings(settings, monkeypatch)
    told = CliRunner().invoke(try_gateway_command, ["stripe"])
    assert (told.exit_code, "open" in told.output, "expired" in told.output) == (0, True, True)
    account.rate = (1, 100)
    told = CliRunner().invoke(try_gateway_command, ["stripe"])
    assert (told.exit_code, "refused: amount_too_small" in told.output) == (1, True)
    assert CliRunner().invoke(try_gateway_command, ["sandbox"]).exit_code == 1
