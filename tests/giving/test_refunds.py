"""Refunds and chargebacks: the row first, one effect each, never more than is left, the donor told."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from portal import clock as portal_clock
from portal.accounts.rules import SYSTEM, NotAllowed, Role
from portal.campaigns.service import end_campaign
from portal.db import session
from portal.giving.absorbing import Source, absorb
from portal.giving.gateways.protocol import GatewayUnavailable, ProviderRefund, RefundOrder, RefundStatus
from portal.giving.models import Hold, Refund
from portal.giving.refunding import (
    GiftNotPaid,
    ask_for_refund,
    refuse_refund,
    request_refund,
    send_refund,
    send_refunds,
)
from portal.giving.rules import RefundReason, RefundTooMuch
from tests import cast
from tests.campaigns import stage as campaigns
from tests.giving import stage
from tests.pledges.letterbox import letters


@pytest.fixture
def number(app_context):
    """Return an open campaign."""
    return campaigns.opened()


@pytest.fixture
def finance(app_context):
    """Return somebody of finance."""
    return cast.actor(Role.FINANCE)


def refund(actor, public_id, minor, name="REFUND0001"):
    return request_refund(actor, public_id, minor, RefundReason.DONOR, "付错了", public_id=name)


def news(app):
    return [each.kind.removeprefix("giving.") for each in letters(app)]


def ref_of(public_id):
    return stage.payments_of(public_id)[0].provider_ref


def test_a_part_and_then_the_rest_go_back(app_context, number, finance):
    public_id = stage.give(number, 5_000)
    assert send_refund(refund(finance, public_id, 2_000))
    assert stage.gift_row(public_id).state == "partly_refunded"
    with pytest.raises(RefundTooMuch) as wrong:
        refund(finance, public_id, 3_001, "REFUND0002")
    assert wrong.value.left_minor == 3_000
    assert send_refund(refund(finance, public_id, 3_000, "REFUND0003"))
    assert stage.gift_row(public_id).state == "refunded"
    assert stage.book(number) == {"received": 5_000, "refunded": 5_000, "fees": 30, "clearing": -30}
    assert news(app_context) == ["thanks", "refunded", "refunded"]


def test_a_form_sent_twice_gives_back_once(app_context, number, finance):
    public_id = stage.give(number, 5_000)
    first, second = refund(finance, public_id, 2_000), refund(finance, public_id, 2_000)
    assert first == second
    assert send_refund(first)
    assert not send_refund(second)
    assert stage.book(number)["refunded"] == 2_000


def test_only_finance_gives_back_and_only_what_was_paid(app_context, number, finance):
    public_id = stage.give(number)
    with pytest.raises(NotAllowed):
        refund(cast.moderator(), public_id, 100)
    with pytest.raises(GiftNotPaid):
        refund(finance, stage.intend(number), 100)


def test_a_lost_answer_is_asked_for_again_with_the_same_key(app_context, number, finance, clock, monkeypatch):
    public_id = stage.give(number, 5_000)
    refund_id = refund(finance, public_id, 5_000)
    order = stage.gateway().refund

    def lose(what):
        order(what)
        raise GatewayUnavailable

    monkeypatch.setattr(stage.gateway(), "refund", lose)
    assert not send_refund(refund_id)
    monkeypatch.undo()
    assert send_refunds() == 0, "it is given time"
    clock.set(clock.now().replace(hour=clock.now().hour + 1))
    assert send_refunds() == 1
    assert stage.provider().book()["refunded"] == stage.book(number)["refunded"] == 5_000


def test_a_refund_made_at_the_provider_is_known_here(app_context, number):
    public_id = stage.give(number, 5_000)
    stage.provider().refund(RefundOrder("by-hand", ref_of(public_id), 700, "CNY"), portal_clock.now())
    stage.take_in(ref_of(public_id))
    stage.take_in(ref_of(public_id))
    assert stage.book(number)["refunded"] == 700
    assert session().scalars(select(Refund.reason)).all() == ["provider"]
    assert stage.gift_row(public_id).state == "partly_refunded"


def test_a_refund_that_comes_back_is_undone(app_context, number, finance):
    public_id = stage.give(number, 5_000)
    send_refund(refund(finance, public_id, 5_000))
    [known] = stage.provider().get(ref_of(public_id)).refunds
    stage.provider().fail_refund(known.provider_ref, portal_clock.now())
    stage.take_in(ref_of(public_id))
    stage.take_in(ref_of(public_id))
    assert stage.book(number)["refunded"] == 0
    assert stage.gift_row(public_id).state == "succeeded"
    assert news(app_context) == ["thanks", "refunded", "refund_failed"]
    assert send_refund(refund(finance, public_id, 5_000, "REFUND0002")), "it can be tried anew"


def test_more_refunds_than_money_are_held_and_not_booked(app_context, number):
    public_id = stage.give(number, 5_000)
    seen = stage.seen(ref_of(public_id))
    twice = tuple(ProviderRefund(f"ref_{n}", None, 3_000, RefundStatus.SUCCEEDED) for n in range(2))
    absorb(Source("sandbox", livemode=False), replace(seen, refunds=twice))
    assert stage.book(number)["refunded"] == 0
    assert session().scalar(select(Hold.why)) == "refunded_too_much"


@pytest.mark.parametrize("is_won", [True, False])
def test_a_chargeback_is_booked_and_undone_when_it_is_won(app_context, number, is_won):
    public_id = stage.give(number, 5_000)
    name = stage.provider().dispute(ref_of(public_id), portal_clock.now())
    stage.take_in(ref_of(public_id))
    assert stage.gift_row(public_id).state == "disputed"
    assert stage.book(number) == {"received": 5_000, "refunded": 5_000, "fees": 1_530, "clearing": -1_530}
    stage.provider().close_dispute(name, portal_clock.now(), is_won=is_won)
    stage.take_in(ref_of(public_id))
    stage.take_in(ref_of(public_id))
    assert stage.gift_row(public_id).state == ("succeeded" if is_won else "disputed")
    assert stage.book(number)["refunded"] == (0 if is_won else 5_000)
    assert stage.book(number)["fees"] == (30 if is_won else 1_530)
    assert {key: stage.book(number)[key] for key in ("refunded", "fees", "received")} == stage.provider().book()


def test_what_was_charged_back_is_not_given_back_again(app_context, number, finance):
    public_id = stage.give(number, 5_000)
    stage.provider().dispute(ref_of(public_id), portal_clock.now())
    stage.take_in(ref_of(public_id))
    with pytest.raises(RefundTooMuch):
        refund(finance, public_id, 1)


def test_a_donor_asks_once_and_is_answered(app_context, number, finance):
    public_id = stage.give(number, 5_000)
    assert ask_for_refund(public_id, "多付了")
    assert not ask_for_refund(public_id, "多付了")
    refuse_refund(finance, public_id, "项目已经花出去了")
    assert "项目已经花出去了" in letters(app_context)[-1].body
    assert ask_for_refund(public_id, None)
    refund(finance, public_id, 5_000)
    send_refunds()
    assert news(app_context) == ["thanks", "refund_refused", "refunded"]


def test_payment_after_the_campaign_was_over_goes_back(app_context, number, clock):
    public_id = stage.intend(number)
    ref = stage.start(public_id)
    clock.set(clock.now().replace(year=2027, month=3))
    stage.provider().pay(ref, stage.CARD, clock.now())
    stage.take_in(ref)
    assert send_refunds() == 1
    assert stage.gift_row(public_id).state == "refunded"
    assert news(app_context) == ["campaign_over"]
    assert session().scalar(select(func.count(Refund.id))) == 1


def test_payment_in_time_of_which_we_hear_late_is_kept(app_context, number, clock):
    public_id = stage.intend(number)
    ref = stage.start(public_id)
    stage.provider().pay(ref, stage.CARD, clock.now())
    clock.set(clock.now().replace(year=2027, month=3))
    end_campaign(SYSTEM, number)
    stage.take_in(ref)
    assert stage.gift_row(public_id).state == "succeeded"
    assert send_refunds() == 0
