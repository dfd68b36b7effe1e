"""A donor pays for one wish: it is held for them, bought by the foundation, handed over, or the money finds its way."""

from datetime import timedelta

import pytest

from portal import clock as portal_clock
from portal.accounts.rules import PLEDGER, Role
from portal.buying.clocks import escalate_purchases, follow_purchases
from portal.buying.ordering import PurchaseMovedOn, give_up, rescue_wish
from portal.buying.service import NothingToChoose, give_for_wish, take_back
from portal.campaigns.spending import Ask, MoreThanHeld, approve_disbursement, refuse_disbursement
from portal.giving.making import CampaignTakesNoGifts, Donor, Words
from portal.giving.neighbours import WishNotFree
from portal.giving.refunding import request_refund, send_refund, send_refunds
from portal.giving.rules import RefundReason
from portal.giving.tracing import trace_gift
from portal.pledges.clocks import release_overdue
from portal.pledges.contacts import read_contact
from portal.pledges.promising import WishesTaken, make_promise
from portal.pledges.rules import Pledger
from portal.ticks import tick
from tests import cast
from tests.buying import stage
from tests.buying.stage import state_of, wish_state
from tests.campaigns import stage as campaigns
from tests.giving import stage as gifts
from tests.pledges.letterbox import kinds, letters


@pytest.fixture
def number(app_context):
    """Return the number of a published wish, with an open Wish Fund."""
    stage.fund()
    return stage.wish().number


def claim(number):
    """Let somebody else pledge a wish."""
    return make_promise(PLEDGER, Pledger(read_contact("wang@example.org")), [number])


def test_a_wish_paid_for_is_bought_handed_over_and_closed_and_its_donor_follows_it(app, number):
    gift_id = stage.paid(number)
    assert (state_of(number), wish_state(number)) == (("paid", None), "procuring")
    stage.bought(number)
    [share] = trace_gift(gift_id).payments
    assert share.wish.number == number
    assert share.wish.handed_over_on is None
    stage.brought_and_closed(number)
    assert follow_purchases() == 1
    assert state_of(number) == ("done", None)
    [share] = trace_gift(gift_id).payments
    assert share.wish.is_confirmed
    assert kinds(app, stage.MAIL) == ["giving.buying", "giving.bought"]


def test_a_gift_for_a_wish_pays_for_that_wish_although_older_money_waits(number):
    older = gifts.give(stage.purchase_fund(), 500_00)
    gift_id = stage.paid(number)
    stage.bought(number)
    assert trace_gift(gift_id).spent_minor == trace_gift(gift_id).kept_minor
    assert trace_gift(older).spent_minor == 0, "what the payment cost came out of money that is older still"


def test_while_it_is_held_nobody_else_can_take_it_and_then_everybody_can(number, clock):
    gift_id = stage.reserve(number)
    with pytest.raises(WishesTaken):
        claim(number)
    with pytest.raises(WishNotFree):
        stage.reserve(number, email="wang@example.org")
    clock.advance(timedelta(minutes=31))
    assert (release_overdue(), follow_purchases()) == (1, 1)
    assert (state_of(number), wish_state(number)) == (("lapsed", None), "published")
    assert gifts.gift_row(gift_id).state == "intended"


def test_a_pledged_wish_cannot_be_paid_for(number):
    claim(number)
    with pytest.raises(WishNotFree):
        stage.reserve(number)


def test_a_service_cannot_be_bought(app_context):
    stage.fund()
    with pytest.raises(WishNotFree):
        stage.reserve(stage.wish(kind="service", category="home_service").number)


def test_without_an_open_fund_nothing_is_taken(app_context):
    campaigns.opened()
    wish = stage.wish()
    with pytest.raises(CampaignTakesNoGifts):
        stage.reserve(wish.number)
    assert wish_state(wish.number) == "published"


def test_a_form_sent_twice_holds_one_wish_and_makes_one_gift(number):
    first, second = (give_for_wish(number, Donor(stage.MAIL), Words(), public_id="SAMEFORM01") for _time in range(2))
    assert first == second
    assert first.is_same


def test_paying_after_the_hold_holds_a_free_wish_anew(number, clock):
    gift_id = stage.reserve(number)
    clock.advance(timedelta(minutes=31))
    tick()
    assert state_of(number) == ("lapsed", None)
    stage.pay(gift_id)
    assert (state_of(number), wish_state(number)) == (("paid", None), "procuring")


def test_paying_after_the_hold_is_refused_where_another_has_the_wish(number, clock):
    gift_id = stage.reserve(number)
    clock.advance(timedelta(minutes=31))
    tick()
    claim(number)
    with pytest.raises(WishNotFree):
        gifts.start(gift_id)


def late_success(number, clock):
    """Begin to pay in time, and succeed when another has pledged the wish; return the gift."""
    gift_id = stage.reserve(number)
    ref = gifts.start(gift_id)
    clock.advance(timedelta(minutes=31))
    tick()
    claim(number)
    gifts.provider().pay(ref, gifts.CARD, clock.now())
    gifts.take_in(ref)
    return gift_id


def test_money_that_comes_too_late_stays_in_the_fund_and_its_donor_is_told(app, number, clock):
    gift_id = late_success(number, clock)
    assert state_of(number) == ("surplus", "taken")
    assert gifts.gift_row(gift_id).state == "succeeded"
    assert kinds(app, stage.MAIL) == ["giving.surplus"]
    assert "已经有别人认领" in letters(app, stage.MAIL)[0].body


def test_a_donor_may_choose_to_have_it_back_once_and_for_a_while(number, clock):
    gift_id = late_success(number, clock)
    take_back(gift_id)
    with pytest.raises(NothingToChoose):
        take_back(gift_id)
    assert send_refunds() == 1
    assert gifts.gift_row(gift_id).state == "refunded"


def test_the_choice_ends_with_its_day(number, clock):
    gift_id = late_success(number, clock)
    clock.advance(timedelta(days=16))
    with pytest.raises(NothingToChoose):
        take_back(gift_id)


def test_a_late_success_takes_a_wish_that_is_still_free(number, clock):
    gift_id = stage.reserve(number)
    ref = gifts.start(gift_id)
    clock.advance(timedelta(minutes=31))
    tick()
    gifts.provider().pay(ref, gifts.CARD, clock.now())
    gifts.take_in(ref)
    assert (state_of(number), wish_state(number)) == (("paid", None), "procuring")


def test_money_for_a_fund_that_is_over_goes_back_and_the_wish_too(app_context, clock):
    stage.fund(ends_on=portal_clock.today())
    number = stage.wish().number
    gift_id = stage.reserve(number)
    ref = gifts.start(gift_id)
    clock.advance(timedelta(hours=20))
    tick()
    gifts.provider().pay(ref, gifts.CARD, clock.now())
    gifts.take_in(ref)
    assert send_refunds() == 1
    assert (state_of(number), wish_state(number)) == (("returned", None), "published")
    assert gifts.gift_row(gift_id).state == "refunded"


def test_a_wish_that_its_family_withdraws_leaves_the_money_in_the_fund(app, number):
    gift_id = stage.paid(number)
    stage.withdrawn(number)
    assert follow_purchases() == 1
    assert state_of(number) == ("surplus", "withdrawn")
    assert stage.purchase_of(number).choice_until is not None
    assert kinds(app, stage.MAIL) == ["giving.buying", "giving.surplus"]
    assert trace_gift(gift_id).spent_minor == 0


def test_what_was_bought_before_is_not_given_back(number):
    stage.paid(number)
    stage.bought(number)
    stage.withdrawn(number)
    assert follow_purchases() == 1
    assert stage.purchase_of(number).choice_until is None


def test_a_gift_that_goes_back_before_anything_was_asked_for_frees_the_wish(number):
    gift_id = stage.paid(number)
    finance = cast.actor(Role.FINANCE)
    send_refund(request_refund(finance, gift_id, stage.PRICE, RefundReason.DONOR, "x", public_id="REFUND0009"))
    assert follow_purchases() == 1
    assert (state_of(number), wish_state(number)) == (("returned", None), "published")


def test_finance_gives_up_what_cannot_be_bought(app, number):
    stage.paid(number)
    give_up(campaigns.finance(), stage.purchase_of(number).public_id)
    assert (state_of(number), wish_state(number)) == (("surplus", "given_up"), "published")
    assert kinds(app, stage.MAIL)[-1] == "giving.surplus"
    with pytest.raises(PurchaseMovedOn):
        give_up(campaigns.finance(), stage.purchase_of(number).public_id)


def test_nothing_is_given_up_or_asked_twice_once_money_was_asked_for(number):
    stage.paid(number)
    payment = stage.ask(number)
    with pytest.raises(PurchaseMovedOn):
        give_up(campaigns.finance(), stage.purchase_of(number).public_id)
    with pytest.raises(PurchaseMovedOn):
        stage.ask(number)
    refuse_disbursement(cast.moderator(), payment, "太贵")
    assert follow_purchases() == 0
    assert stage.ask(number) != payment


def test_a_paid_wish_never_lapses_and_climbs_from_finance_to_the_administrator(app, number, clock):
    finance, administrator = cast.person(Role.FINANCE), cast.person(Role.ADMINISTRATOR)
    stage.paid(number)
    for passing in range(3):
        clock.set(stage.purchase_of(number).due_at + timedelta(seconds=1))
        tick()
        assert (state_of(number), wish_state(number)) == (("paid", None), "procuring")
        assert stage.purchase_of(number).overdue_level == passing + 1
        assert stage.pledge_of(number).due_at > clock.now()
    assert kinds(app, finance.email).count("purchase.overdue") == 1
    assert kinds(app, administrator.email).count("purchase.overdue") == 2


def test_what_came_and_was_closed_is_done_only_when_its_cost_is_posted(number, clock):
    stage.paid(number)
    stage.brought_and_closed(number)
    assert follow_purchases() == 0
    clock.set(stage.purchase_of(number).due_at + timedelta(seconds=1))
    assert escalate_purchases() == 1
    stage.bought(number)
    assert follow_purchases() == 1
    assert state_of(number) == ("done", None)


def test_a_rescue_takes_the_wish_and_needs_a_second_person(app, number):
    gifts.give(stage.purchase_fund(), 500_00)
    purchase = rescue(number)
    assert wish_state(number) == "procuring"
    payment = stage.payment_of(number)
    approve_disbursement(cast.moderator(), payment)
    campaigns.pay(payment)
    stage.brought_and_closed(number)
    assert follow_purchases() == 1
    assert state_of(number) == ("done", None)
    assert stage.purchase_of(number).public_id == purchase


def rescue(number, minor=stage.PRICE):
    """Buy a wish out of the fund, and return the purchase."""
    line = campaigns.line_of(stage.purchase_fund())
    return rescue_wish(campaigns.finance(), number, Ask(line, minor, "代买", "Bought", "文具店"))


def test_a_rescue_that_is_refused_lets_the_wish_go(number):
    gifts.give(stage.purchase_fund(), 500_00)
    rescue(number)
    refuse_disbursement(cast.moderator(), stage.payment_of(number), "有单位愿意认领")
    assert follow_purchases() == 1
    assert (state_of(number), wish_state(number)) == (("ended", "given_up"), "published")


def test_a_rescue_never_spends_what_was_given_for_a_wish_or_asked_for_already(number):
    other = stage.wish(item="台灯").number
    stage.paid(other)
    with pytest.raises(MoreThanHeld):
        rescue(number)
    gifts.give(stage.purchase_fund(), stage.PRICE + 10_00)
    rescue(number)
    with pytest.raises(MoreThanHeld):
        rescue(stage.wish(item="被子").number)
    stage.bought(other)


def test_no_other_payment_is_approved_out_of_what_was_given_for_a_wish(number):
    stage.paid(number)
    fund = stage.purchase_fund()
    payment = campaigns.request(fund, 100_00)
    with pytest.raises(MoreThanHeld):
        approve_disbursement(cast.moderator(), payment)
    stage.bought(number, stage.PRICE - 5_00)
