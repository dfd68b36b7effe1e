"""Monthly gifts: each month a gift of its own, once, whatever is late, lost, doubled, failed, paused or stopped."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from portal import clock as portal_clock
from portal.accounts.rules import NotAllowed, Role
from portal.campaigns.service import end_campaign
from portal.db import session
from portal.giving.absorbing import Source, absorb
from portal.giving.gateways.protocol import GatewayUnavailable, MandateName, MandateStatus, PaymentStatus
from portal.giving.making import CampaignTakesNoGifts, Words
from portal.giving.models import Hold, MonthlyGift, Payment
from portal.giving.moderating import decide_words
from portal.giving.monthly import MonthlyStopped, carry_out, carry_out_wishes, move, stop_for_donor, wish, wish_amount
from portal.giving.monthly_absorbing import absorb_mandate
from portal.giving.monthly_clock import follow_campaigns
from portal.giving.monthly_rules import MonthlyState, Wish, is_as_wished, next_monthly_state, wish_after
from portal.giving.paying import find_pay_page
from portal.giving.refunding import send_refunds
from portal.giving.rules import Visibility
from portal.giving.sandbox.mandates import months_after
from tests import cast
from tests.campaigns import stage as campaigns
from tests.giving import months, stage
from tests.pledges.letterbox import letters

SANDBOX = Source("sandbox", livemode=False)
M, W, S = MonthlyState, Wish, MandateStatus


@pytest.fixture
def number(app_context):
    """Return an open campaign."""
    return campaigns.opened()


def news(app):
    """Return what donors were told, oldest first."""
    return [each.kind.removeprefix("giving.") for each in letters(app) if each.kind.startswith("giving.")]


def states(public_id):
    return [gift.state for gift in months.gifts_of(public_id)]


@pytest.mark.parametrize(
    ("wanted", "before", "status", "after", "wished"),
    [
        (W.ACTIVE, M.ACTIVE, S.LATE, M.LATE, W.ACTIVE),
        (W.ACTIVE, M.LATE, S.ACTIVE, M.ACTIVE, W.ACTIVE),
        (W.ACTIVE, M.LATE, S.STOPPED, M.STOPPED, W.STOPPED),
        (W.ACTIVE, M.ACTIVE, S.PAUSED, M.PAUSED, W.PAUSED),
        (W.PAUSED, M.ACTIVE, S.LATE, M.LATE, W.PAUSED),
        (W.STOPPED, M.PAUSED, S.ACTIVE, M.ACTIVE, W.STOPPED),
        (W.STOPPED, M.ACTIVE, S.STOPPED, M.STOPPED, W.STOPPED),
        (W.STOPPED, M.STOPPED, S.ACTIVE, M.STOPPED, W.STOPPED),
    ],
)
def test_a_wish_stays_until_it_is_done_and_the_providers_own_move_becomes_one(wanted, before, status, after, wished):
    assert next_monthly_state(before, status) is after
    assert wish_after(wanted, before, after) is wished
    assert is_as_wished(M.STOPPED, W.ACTIVE)


def test_a_month_too_short_has_its_last_day_and_the_next_one_the_old_day():
    begun = portal_clock.start_of_day(date(2027, 1, 31))
    days = [portal_clock.local_date(months_after(begun + timedelta(hours=12), each)) for each in (1, 2, 13)]
    assert days == [date(2027, 2, 28), date(2027, 3, 31), date(2028, 2, 29)]


def test_each_month_is_a_gift_with_its_own_entry_and_mail(app_context, clock, number):
    public_id = months.begin(number)
    assert months.row_of(public_id).next_on == date(2026, 12, 23)
    months.live(62, clock)
    gifts = months.gifts_of(public_id)
    assert [gift.state for gift in gifts] == ["succeeded"] * 3
    assert len({gift.number for gift in gifts}) == 3
    assert stage.book(number) == {"received": 15_000, "refunded": 0, "fees": 90, "clearing": 14_910}
    assert news(app_context) == ["thanks"] * 3
    assert all("/monthly/" in letter.body for letter in letters(app_context, stage.MAIL))
    assert len(set(session().scalars(select(Payment.entry_sequence)))) == 3


def test_hearing_it_again_or_late_or_backwards_changes_nothing(app_context, clock, number):
    public_id = months.begin(number)
    months.live(62, clock, hears=False)
    refs = [ref for ref in stage.provider().list_changed(clock.now() - timedelta(days=90)) if ref.startswith("pay_")]
    for ref in [*reversed(refs), *refs]:
        stage.take_in(ref)
    months.hear()
    assert states(public_id) == ["succeeded"] * 3
    assert stage.book(number)["received"] == 15_000
    assert news(app_context) == ["thanks"] * 3


def test_a_month_heard_before_the_first_begins_it_as_well(app_context, clock, number):
    first = stage.intend(number, is_monthly=True)
    ref = stage.start(first)
    stage.provider().pay(ref, stage.CARD, clock.now())
    clock.advance(timedelta(days=31))
    stage.provider().settle_due(clock.now())
    [later] = [
        each
        for each in stage.provider().list_changed(clock.now() - timedelta(days=40))
        if each.startswith("pay_") and each != ref
    ]
    stage.take_in(later)
    stage.take_in(ref)
    public_id = session().scalar(select(MonthlyGift.public_id))
    assert states(public_id) == ["succeeded"] * 2
    assert months.row_of(public_id).state == M.ACTIVE


def test_a_second_payment_for_one_month_goes_back(app_context, clock, number):
    public_id = months.begin(number)
    months.live(31, clock)
    [_first, second] = months.gifts_of(public_id)
    [payment] = stage.payments_of(second.public_id)
    twin = replace(stage.seen(payment.provider_ref), provider_ref="pay_twin")
    for _again in range(2):
        absorb(SANDBOX, twin)
    assert [each.state for each in stage.payments_of(second.public_id)] == ["succeeded", "duplicated"]
    assert news(app_context)[-1] == "duplicated"
    assert states(public_id) == ["succeeded"] * 2


def month_of(public_id, **changes):
    """Return what the sandbox would say of one more month."""
    row = months.row_of(public_id)
    [first] = stage.payments_of(months.gifts_of(public_id)[0].public_id)
    mandate = MandateName(row.provider_ref, None)
    said = replace(stage.seen(first.provider_ref), provider_ref="pay_more", key=None, mandate=mandate)
    return replace(said, month_on=date(2026, 12, 23), **changes)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"amount_minor": 9_999}, ["amount"]),
        ({"currency": "USD"}, ["currency"]),
        ({"mandate": MandateName("man_gone", "payment-999-ABCDEFGHJK")}, ["orphan"]),
        ({"mandate": MandateName("man_of_others", "theirs")}, []),
        ({"livemode": True}, []),
        ({"status": PaymentStatus.FAILED}, []),
    ],
)
def test_a_month_that_does_not_fit_is_held_and_one_of_others_left(app_context, number, changes, why):
    public_id = months.begin(number)
    said = month_of(public_id, **changes)
    absorb(SANDBOX, said)
    absorb(SANDBOX, said)
    assert session().scalars(select(Hold.why)).all() == why
    assert stage.book(number)["received"] == 5_000


def test_a_changed_amount_counts_from_the_next_month_and_older_months_still_fit(app_context, clock, number):
    public_id = months.begin(number)
    months.live(31, clock, hears=False)
    wish_amount(public_id, 8_800)
    assert carry_out(public_id)
    months.hear()
    months.live(31, clock)
    assert [gift.amount_minor for gift in months.gifts_of(public_id)] == [5_000, 5_000, 8_800]
    assert news(app_context).count("monthly_changed") == 1
    assert session().scalar(select(func.count(Hold.id))) == 0


def test_a_paused_month_is_not_charged_and_it_goes_on_when_the_donor_wants(app_context, clock, number):
    public_id = months.begin(number)
    wish(public_id, Wish.PAUSED)
    assert carry_out(public_id)
    months.live(40, clock)
    wish(public_id, Wish.ACTIVE)
    assert carry_out(public_id)
    assert states(public_id) == ["succeeded"]
    months.live(25, clock)
    assert states(public_id) == ["succeeded"] * 2
    assert news(app_context) == ["thanks", "monthly_paused", "monthly_resumed", "thanks"]


def test_stopped_is_stopped_for_good_and_told_once(app_context, clock, number):
    public_id = months.begin(number)
    wish(public_id, Wish.STOPPED)
    assert carry_out(public_id)
    assert carry_out(public_id)
    months.live(40, clock)
    assert states(public_id) == ["succeeded"]
    assert news(app_context) == ["thanks", "monthly_stopped"]
    for wanted in (Wish.ACTIVE, Wish.STOPPED):
        with pytest.raises(MonthlyStopped):
            wish(public_id, wanted)
    stale = replace(stage.gateway().fetch_mandate(months.row_of(public_id).provider_ref), status=S.ACTIVE)
    absorb_mandate(SANDBOX, stale, clock.now())
    assert months.row_of(public_id).state == M.STOPPED


def test_a_wish_the_provider_did_not_hear_is_told_again_and_what_it_took_meanwhile_goes_back(
    app_context, clock, number, monkeypatch
):
    public_id = months.begin(number)
    clock.advance(timedelta(days=20))

    def silent(_ref):
        raise GatewayUnavailable

    with monkeypatch.context() as away:
        away.setattr(stage.gateway(), "stop_mandate", silent)
        wish(public_id, Wish.STOPPED)
        assert not carry_out(public_id)
        assert carry_out_wishes() == 0, "it rests a few minutes"
        months.live(12, clock)
    assert carry_out_wishes() == 1
    assert send_refunds() == 1
    assert states(public_id) == ["succeeded", "refunded"]
    assert months.row_of(public_id).state == M.STOPPED
    assert news(app_context) == ["thanks", "after_stop", "monthly_stopped", "refunded"]


def test_an_older_answer_that_comes_after_a_newer_one_is_left(app_context, clock, number):
    public_id = months.begin(number)
    old, asked_at = stage.gateway().fetch_mandate(months.row_of(public_id).provider_ref), clock.now()
    clock.advance(timedelta(seconds=5))
    wish(public_id, Wish.PAUSED)
    assert carry_out(public_id)
    absorb_mandate(SANDBOX, old, asked_at)
    assert months.row_of(public_id).state == M.PAUSED
    assert news(app_context) == ["thanks", "monthly_paused"]


def test_a_month_that_fails_is_tried_on_days_one_three_and_seven_and_then_it_stops_kindly(app_context, clock, number):
    public_id = months.begin(number)
    months.breaks(public_id)
    seen = []
    for _day in range(40):
        months.live(1, clock)
        row = months.row_of(public_id)
        seen.append((row.state, row.retry_on))
    retries = sorted({day for _state, day in seen if day is not None})
    assert retries == [date(2026, 12, 24), date(2026, 12, 26), date(2026, 12, 30)]
    assert (row.state, row.why) == (M.STOPPED, "failed")
    assert states(public_id) == ["succeeded"]
    assert news(app_context) == ["thanks", "monthly_failed", "monthly_stopped"]
    assert "几次都没有付成功" in letters(app_context)[-1].body


def test_a_retry_that_succeeds_is_one_gift_and_the_day_stays(app_context, clock, number):
    public_id = months.begin(number)
    months.breaks(public_id)
    months.live(32, clock)
    assert months.row_of(public_id).state == M.LATE
    months.breaks(public_id, None)
    months.live(3, clock)
    row = months.row_of(public_id)
    assert (row.state, row.next_on) == (M.ACTIVE, date(2027, 1, 23))
    assert states(public_id) == ["succeeded"] * 2
    assert news(app_context) == ["thanks", "monthly_failed", "thanks"]


def test_a_new_card_is_confirmed_once(app_context, clock, number):
    public_id = months.begin(number)
    ref = months.row_of(public_id).provider_ref
    stage.provider().new_card(ref, "card-5555", clock.now())
    stage.take_in(ref)
    stage.take_in(ref)
    assert news(app_context) == ["thanks", "monthly_card"]


def test_two_first_payments_leave_one_monthly_gift(app_context, clock, number):
    first = stage.intend(number, is_monthly=True)
    refs = []
    for _page in range(2):
        refs.append(stage.start(first))
        absorb(SANDBOX, stage.seen(refs[-1], status=PaymentStatus.FAILED))
    for ref in refs:
        stage.provider().pay(ref, stage.CARD, clock.now())
        stage.take_in(ref)
    assert carry_out_wishes() == 1
    months.live(31, clock)
    send_refunds()
    rows = session().scalars(select(MonthlyGift).order_by(MonthlyGift.id)).all()
    assert [row.state for row in rows] == [M.ACTIVE, M.STOPPED]
    assert stage.book(number)["received"] - stage.book(number)["refunded"] == 10_000
    assert news(app_context) == ["failed", "thanks", "duplicated", "thanks"]


def test_a_month_charged_back_stops_the_months_to_come(app_context, clock, number):
    public_id = months.begin(number)
    months.live(31, clock)
    [payment] = stage.payments_of(months.gifts_of(public_id)[1].public_id)
    stage.provider().dispute(payment.provider_ref, clock.now())
    months.hear()
    assert carry_out_wishes() == 1
    assert states(public_id) == ["succeeded", "disputed"]
    assert (months.row_of(public_id).state, months.row_of(public_id).why) == (M.STOPPED, "disputed")


def test_a_campaign_that_ends_holds_its_monthly_gifts_and_stops_them_after_thirty_days(app_context, clock, number):
    public_id = months.begin(number)
    end_campaign(cast.actor(Role.FINANCE), number, "目标达到")
    clock.advance(timedelta(days=1))
    assert follow_campaigns() == 1
    assert follow_campaigns() == 0
    with pytest.raises(CampaignTakesNoGifts):
        wish(public_id, Wish.ACTIVE)
    months.live(31, clock)
    assert follow_campaigns() == 1
    assert states(public_id) == ["succeeded"]
    assert news(app_context) == ["thanks", "monthly_held", "monthly_stopped"]


def test_a_donor_moves_to_another_campaign_and_goes_on_there(app_context, clock, number):
    public_id = months.begin(number)
    end_campaign(cast.actor(Role.FINANCE), number, "目标达到")
    clock.advance(timedelta(days=1))
    follow_campaigns()
    other = campaigns.opened()
    with pytest.raises(CampaignTakesNoGifts):
        move(public_id, "NOSUCH")
    move(public_id, other)
    assert carry_out(public_id)
    months.live(31, clock)
    assert [gift.campaign_number for gift in months.gifts_of(public_id)] == [number, other]
    assert stage.book(other)["received"] == 5_000
    assert news(app_context) == ["thanks", "monthly_held", "monthly_moved", "monthly_resumed", "thanks"]


def test_staff_stop_one_at_its_donors_wish(app_context, number):
    public_id = months.begin(number)
    with pytest.raises(NotAllowed):
        stop_for_donor(cast.moderator(), public_id, "来电要求")
    stop_for_donor(cast.actor(Role.FINANCE), public_id, "来电要求")
    assert carry_out(public_id)
    assert "按您的要求" in letters(app_context)[-1].body


def test_later_months_are_seen_as_the_first_and_its_words_are_read_once(app_context, clock, number):
    words = Words(Visibility.SHOWN, Visibility.HIDDEN, "小林", "加油")
    public_id = months.begin(number, words=words)
    decide_words(cast.moderator(), months.gifts_of(public_id)[0].public_id, is_approved=True)
    months.live(31, clock)
    later = months.gifts_of(public_id)[1]
    assert (later.shown_name, later.message, later.words_state) == ("小林", None, "approved")
    assert later.amount_visibility == "hidden"


def test_a_gateway_that_cannot_charge_each_month_is_not_asked_to(app_context, number):
    with pytest.raises(LookupError):
        find_pay_page(stage.intend(number, is_monthly=True), "bank_transfer")
