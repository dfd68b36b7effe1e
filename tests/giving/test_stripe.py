"""Stripe as a gateway, against its strict twin over HTTP: one effect each, whatever is lost, repeated or mistaken."""

import threading
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from portal.accounts.rules import Role
from portal.db import session
from portal.giving.commands import try_gateway_command
from portal.giving.gateways.protocol import GatewayRefused, GatewayUnavailable, RefundOrder
from portal.giving.inbox import follow_waiting
from portal.giving.invariants import INVARIANTS
from portal.giving.models import Dispute, Hold, Payout, Refund, WebhookEvent
from portal.giving.paying import PayPageMissing, find_pay_page, look_again
from portal.giving.reconciling import reconcile
from portal.giving.refunding import request_refund, send_refund, send_refunds
from portal.giving.rules import RefundReason
from tests import cast
from tests.campaigns import stage as campaigns
from tests.giving import stage
from tests.giving.twin.messages import HEADER, signed
from tests.giving.twin.server import WEBHOOK_SECRET, Fault
from tests.plumbing.environment import put_settings

SECRET = WEBHOOK_SECRET.encode()


@pytest.fixture
def chosen_settings(stripe_settings):
    return stripe_settings


@pytest.fixture
def number(app):
    """Return an open campaign."""
    with app.app_context():
        return campaigns.opened()


@pytest.fixture
def account(twin):
    return twin.account


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
