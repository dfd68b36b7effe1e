"""What a provider says is taken in once, in any order; what does not fit is held and not booked."""

import pytest
from sqlalchemy import select, text

from portal import clock
from portal.db import database, session
from portal.giving.absorbing import Absorbed, Source, absorb
from portal.giving.gateways.protocol import PaymentStatus
from portal.giving.models import Hold, Payment
from portal.giving.refunding import send_refunds
from portal.giving.rules import GiftState, PaymentState
from tests.campaigns import stage as campaigns
from tests.giving import stage
from tests.pledges.letterbox import letters

SANDBOX = Source("sandbox", livemode=False)


@pytest.fixture
def number(app_context):
    """Return an open campaign."""
    return campaigns.opened()


def news(app):
    """Return what donors were told, oldest first."""
    return [each.kind.removeprefix("giving.") for each in letters(app) if each.kind.startswith("giving.")]


def test_a_payment_is_booked_with_its_fee_and_the_donor_is_told(app_context, number):
    public_id = stage.give(number, 5_000)
    gift = stage.gift_row(public_id)
    assert (gift.state, gift.amount_minor) == (GiftState.SUCCEEDED, 5_000)
    assert gift.number
    assert stage.book(number) == {"received": 5_000, "refunded": 0, "fees": 30, "clearing": 4_970}
    assert news(app_context) == ["thanks"]


def test_hearing_it_again_changes_nothing(app_context, number):
    public_id = stage.give(number)
    [payment] = stage.payments_of(public_id)
    before = stage.book(number)
    for _again in range(3):
        stage.take_in(payment.provider_ref)
    assert stage.book(number) == before
    assert news(app_context) == ["thanks"]


def test_older_news_after_newer_does_not_move_a_payment_back(app_context, number):
    public_id = stage.intend(number)
    ref = stage.start(public_id)
    early = stage.seen(ref)
    stage.provider().pay(ref, stage.CARD, clock.now())
    stage.take_in(ref)
    for status in (PaymentStatus.OPEN, PaymentStatus.PROCESSING, PaymentStatus.FAILED, PaymentStatus.EXPIRED):
        absorb(SANDBOX, stage.seen(ref, status=status))
    absorb(SANDBOX, early)
    assert stage.gift_row(public_id).state == GiftState.SUCCEEDED
    assert stage.book(number)["received"] == 5_000


def test_success_after_failure_and_after_closing_still_counts(app_context, number):
    for status in (PaymentStatus.FAILED, PaymentStatus.EXPIRED):
        public_id = stage.intend(number)
        ref = stage.start(public_id)
        absorb(SANDBOX, stage.seen(ref, status=status))
        assert stage.gift_row(public_id).state == GiftState.INTENDED
        stage.provider().pay(ref, stage.CARD, clock.now())
        stage.take_in(ref)
        assert stage.gift_row(public_id).state == GiftState.SUCCEEDED


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"amount_minor": 4_999}, "amount"),
        ({"currency": "USD"}, "currency"),
        ({"livemode": True}, "livemode"),
        ({"key": "payment-999999-ABCDEFGHJK"}, "twin"),
        ({"key": None}, "twin"),
    ],
)
def test_what_does_not_fit_is_held_for_a_person(app_context, number, changes, why):
    public_id = stage.intend(number)
    ref = stage.start(public_id)
    stage.provider().pay(ref, stage.CARD, clock.now())
    wrong = stage.seen(ref, **changes)
    assert {absorb(SANDBOX, wrong), absorb(SANDBOX, wrong)} == {Absorbed.HELD}
    assert session().scalars(select(Hold.why)).all() == [why]
    assert stage.gift_row(public_id).state == GiftState.INTENDED
    assert stage.book(number)["received"] == 0


def test_a_payment_nobody_here_ordered_is_left_alone(app_context, number):
    ref = stage.start(stage.intend(number))
    assert absorb(SANDBOX, stage.seen(ref, provider_ref="pay_other", key="somebody-else")) is Absorbed.UNKNOWN


def test_money_ordered_by_a_row_that_is_gone_is_held_and_never_booked_for_another(app_context, number):
    public_id = stage.intend(number)
    ref = stage.start(public_id)
    stage.provider().pay(ref, stage.CARD, clock.now())
    [payment] = stage.payments_of(public_id)
    lost = stage.seen(ref, provider_ref="pay_of_yesterday", key=f"payment-{payment.id}-ABCDEFGHJK")
    assert absorb(SANDBOX, lost) is Absorbed.HELD
    assert session().scalars(select(Hold.why)).all() == ["orphan"]
    assert stage.book(number)["received"] == 0


def test_a_second_success_is_sent_back_and_the_donor_told(app_context, number):
    public_id = stage.intend(number)
    first = stage.start(public_id)
    absorb(SANDBOX, stage.seen(first, status=PaymentStatus.FAILED))
    second = stage.start(public_id)
    assert first != second
    for ref in (second, first):
        stage.provider().pay(ref, stage.CARD, clock.now())
        stage.take_in(ref)
    states = [payment.state for payment in stage.payments_of(public_id)]
    assert states == [PaymentState.DUPLICATED, PaymentState.SUCCEEDED]
    assert send_refunds() == 1
    book = stage.book(number)
    assert (book["received"], book["refunded"]) == (10_000, 5_000)
    assert stage.gift_row(public_id).state == GiftState.SUCCEEDED
    assert news(app_context) == ["failed", "thanks", "duplicated"]


def test_the_database_keeps_one_success_per_gift_and_frozen_amounts(app_context, number):
    public_id = stage.give(number)
    statements = (
        "UPDATE gifts SET amount_minor = 1",
        "UPDATE payments SET amount_minor = 1",
        "UPDATE payments SET state = 'failed'",
        "UPDATE payments SET provider_ref = 'pay_other'",
        "UPDATE gifts SET succeeded_at = NULL, state = 'intended', number = NULL",
        "DELETE FROM payments",
        "DELETE FROM gifts",
    )
    for statement in statements:
        with (
            pytest.raises(Exception, match=r"not changed|backwards|not removed"),
            database().write_engine.begin() as db,
        ):
            db.execute(text(statement))
    assert stage.gift_row(public_id).state == GiftState.SUCCEEDED
    assert session().scalar(select(Payment.amount_minor)) == 5_000
