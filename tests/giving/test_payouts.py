"""What providers send to the bank: matched item by item, posted once, held where it does not fit."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal import clock as portal_clock
from portal.accounts.rules import NotAllowed, Role
from portal.db import session
from portal.giving.absorbing import Source
from portal.giving.gateways.protocol import MovementKind, PayoutItem
from portal.giving.models import Payout, PayoutLine
from portal.giving.payouts import PayoutNotOurs, PayoutPosted, absorb_payout, accept_payout, merged, take_in_payouts
from portal.giving.reconciling import reconcile
from portal.giving.refunding import request_refund, send_refund
from portal.giving.rules import RefundReason
from portal.giving.sandbox.paying_out import pay_out
from portal.ledger.models import Entry
from tests import cast
from tests.campaigns import stage as campaigns
from tests.giving import stage
from tests.plumbing.sessions import sign_in

SANDBOX = Source("sandbox", livemode=False)
FEE = 30


@pytest.fixture
def number(app_context):
    """Return an open campaign."""
    return campaigns.opened()


def paid_out(clock):
    """Let a night pass and the sandbox pay out; return what it says of it."""
    clock.advance(timedelta(days=1))
    ref = pay_out(stage.provider().store, portal_clock.now())
    return next(each for each in stage.gateway().list_payouts(portal_clock.now()) if each.provider_ref == ref)


def row(seen):
    query = select(Payout).where(Payout.provider_ref == seen.provider_ref)
    return session().scalars(query.execution_options(populate_existing=True)).one()


def count_entries():
    return session().scalar(select(func.count(Entry.sequence)).where(Entry.kind == "payout"))


def test_a_day_of_gifts_reaches_the_bank_less_its_fees_and_leaves_nothing_behind(clock, number):
    for minor in (5_000, 5_000, 3_333):
        stage.give(number, minor)
    seen = paid_out(clock)
    assert reconcile("sandbox").is_whole
    assert stage.balance("bank") == seen.amount_minor == 13_333 - FEE - FEE - 20
    assert stage.balance("clearing.sandbox") == 0
    assert pay_out(stage.provider().store, portal_clock.now()) is None


def test_refunds_and_chargebacks_lost_and_won_are_part_of_payouts(clock, number):
    finance, now = cast.actor(Role.FINANCE), portal_clock.now()
    given = [stage.give(number, 20_000) for _each in range(3)]
    send_refund(request_refund(finance, given[0], 700, RefundReason.DONOR, None, public_id="REFUND0001"))
    won, _lost = (
        (stage.provider().dispute(ref := stage.payments_of(each)[0].provider_ref, now), stage.take_in(ref))[0]
        for each in given[1:]
    )
    assert absorb_payout(SANDBOX, paid_out(clock))
    stage.provider().close_dispute(won, portal_clock.now(), is_won=True)
    reconcile("sandbox")
    seen = paid_out(clock)
    assert [item.kind for item in seen.items] == [MovementKind.DISPUTE_WON]
    assert absorb_payout(SANDBOX, seen)
    assert stage.balance("clearing.sandbox") == 0


def test_more_going_back_than_coming_in_waits_for_the_next_day(clock, number):
    public_id = stage.give(number, 5_000)
    assert absorb_payout(SANDBOX, paid_out(clock))
    send_refund(
        request_refund(cast.actor(Role.FINANCE), public_id, 5_000, RefundReason.DONOR, None, public_id="REFUND0001")
    )
    clock.advance(timedelta(days=1))
    assert pay_out(stage.provider().store, portal_clock.now()) is None
    stage.give(number, 9_000)
    assert absorb_payout(SANDBOX, paid_out(clock))
    assert stage.balance("clearing.sandbox") == 0


def test_a_payout_said_again_is_posted_once_and_said_otherwise_is_shown(clock, number):
    stage.give(number, 5_000)
    seen = paid_out(clock)
    assert absorb_payout(SANDBOX, seen)
    assert not absorb_payout(SANDBOX, seen)
    assert take_in_payouts("sandbox", portal_clock.now() - timedelta(days=9)) == 0
    assert not absorb_payout(SANDBOX, replace(seen, amount_minor=seen.amount_minor + 1))
    assert (count_entries(), row(seen).state, row(seen).why) == (1, "posted", "changed")


def bad_sum(seen):
    return replace(seen, amount_minor=seen.amount_minor + 1)


def stranger(seen):
    items = (*seen.items, PayoutItem(MovementKind.PAYMENT, "pay_unknown", 100))
    return replace(seen, items=items, amount_minor=seen.amount_minor + 100)


def other_fee(seen):
    items = (replace(seen.items[0], fee_minor=FEE + 1), *seen.items[1:])
    return replace(seen, items=items, amount_minor=seen.amount_minor - 1)


def listed_twice(seen):
    return replace(seen, items=seen.items * 2, amount_minor=seen.amount_minor * 2)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (bad_sum, "amount"),
        (stranger, "unknown"),
        (other_fee, "item"),
        (listed_twice, "item"),
        (lambda seen: replace(seen, currency="USD"), "currency"),
        (lambda seen: replace(seen, livemode=True), "livemode"),
    ],
)
def test_what_does_not_fit_is_held_and_not_booked(clock, number, spoil, why):
    stage.give(number, 5_000)
    seen = spoil(paid_out(clock))
    assert not absorb_payout(SANDBOX, seen)
    assert (row(seen).state, row(seen).why, count_entries()) == ("held", why, 0)
    assert stage.balance("bank") == 0


def test_an_item_is_paid_out_once_also_under_another_name(clock, number):
    stage.give(number, 5_000)
    seen = paid_out(clock)
    assert absorb_payout(SANDBOX, seen)
    again = replace(seen, provider_ref="po_again")
    assert not absorb_payout(SANDBOX, again)
    assert row(again).why == "twice"
    assert count_entries() == 1


def test_a_payout_of_a_payment_that_was_missed_is_posted_when_the_payment_is_found(clock, number):
    ref = stage.start(stage.intend(number, 5_000))
    stage.provider().pay(ref, stage.CARD, portal_clock.now())
    seen = paid_out(clock)
    assert not absorb_payout(SANDBOX, seen)
    assert row(seen).why == "unknown"
    reconcile("sandbox")
    assert (row(seen).state, row(seen).why) == ("posted", None)
    assert stage.balance("bank") == 5_000 - FEE


def test_finance_posts_a_held_payout_with_a_reason_and_nobody_else_does(app, clock, number, new_visitor):
    stage.give(number, 5_000)
    seen = bad_sum(paid_out(clock))
    absorb_payout(SANDBOX, seen)
    with pytest.raises(NotAllowed):
        accept_payout(cast.moderator(), row(seen).id, "x")
    finance = sign_in(new_visitor(), cast.person(Role.FINANCE))
    assert "明细加起来不等于到账的金额" in finance.open("/admin/giving/payouts")
    finance.submit(form=f"payouts/{row(seen).id}")
    assert "请写下原因" in finance.page
    finance.submit({"reason": "银行回单上就是这个数"}, form=f"payouts/{row(seen).id}")
    assert "已经按到账的金额记账" in finance.page
    assert "人工确认：银行回单上就是这个数" in finance.page
    assert "明细加起来不等于到账的金额" not in finance.page
    assert (stage.balance("bank"), stage.balance("clearing.sandbox")) == (seen.amount_minor, -1)
    with pytest.raises(PayoutPosted):
        accept_payout(cast.actor(Role.FINANCE), row(seen).id, "x")


def test_money_of_another_mode_cannot_be_posted_by_a_person_either(clock, number):
    stage.give(number, 5_000)
    seen = replace(paid_out(clock), livemode=True)
    absorb_payout(SANDBOX, seen)
    with pytest.raises(PayoutNotOurs):
        accept_payout(cast.actor(Role.FINANCE), row(seen).id, "x")


def test_the_database_keeps_an_item_from_being_matched_twice(clock, number):
    stage.give(number, 5_000)
    seen = paid_out(clock)
    absorb_payout(SANDBOX, seen)
    absorb_payout(SANDBOX, replace(seen, provider_ref="po_again"))
    line = session().scalars(select(PayoutLine).where(~PayoutLine.is_matched)).one()
    line.is_matched = True
    with pytest.raises(Exception, match=r"(?i)unique"):
        session().flush()
    session().rollback()


def test_items_of_one_name_are_put_together():
    item = PayoutItem(MovementKind.REFUND, "ref_1", -100, 1)
    assert merged([item, item]) == [PayoutItem(MovementKind.REFUND, "ref_1", -200, 2)]
