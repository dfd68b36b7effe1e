"""Every invariant of giving holds for a sound history, and finds the fault it is there for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal import clock as portal_clock
from portal.accounts.rules import Role
from portal.books import list_invariants
from portal.giving.absorbing import Source, absorb
from portal.giving.gateways.protocol import MandateName
from portal.giving.invariants import INVARIANTS
from portal.giving.making import Words
from portal.giving.moderating import decide_words
from portal.giving.monthly import wish
from portal.giving.monthly_rules import Wish
from portal.giving.payouts import take_in_payouts
from portal.giving.receipts import ask_for_receipt
from portal.giving.refunding import request_refund, send_refund, send_refunds
from portal.giving.rules import RefundReason, Visibility
from portal.giving.sandbox.paying_out import pay_out
from tests import cast
from tests.campaigns import stage as campaigns
from tests.giving import commitments, months, stage, statements
from tests.ledger.bare_tables import TABLES, look_at

BY_NAME = {invariant.name: invariant for invariant in INVARIANTS}
OWN_TABLES = (
    "gifts",
    "payments",
    "refunds",
    "disputes",
    "receipts",
    "payouts",
    "payout_lines",
    "bank_lines",
    "monthly_gifts",
    "monthly_amounts",
    "gift_months",
    "commitments",
    "gift_matches",
    "match_arrivals",
    "disbursements",
)
GUARDS = "guards_of_giving_are_on_duty"
UNIQUE_OFF = (
    "DROP INDEX IF EXISTS uq_payments_succeeded_gift",
    "DROP INDEX IF EXISTS uq_payout_lines_matched",
    "DROP INDEX IF EXISTS uq_payments_entry_sequence",
    "DROP INDEX IF EXISTS uq_gift_months_gift_id",
    "DROP INDEX IF EXISTS uq_gift_months_monthly_gift_id_month_on",
)

FAULTS = {
    "payments_are_of_their_gifts_amount": "UPDATE gifts SET amount_minor = amount_minor + 1",
    "gifts_are_paid_once": "UPDATE payments SET state = 'succeeded' WHERE state = 'duplicated'",
    "given_gifts_have_their_payment": "UPDATE payments SET state = 'failed' WHERE state = 'succeeded'",
    "gifts_stand_where_their_money_is": "UPDATE gifts SET state = 'succeeded' WHERE state = 'disputed'",
    "no_more_goes_back_than_came": "UPDATE refunds SET amount_minor = 99999",
    "only_what_was_paid_goes_back": "UPDATE payments SET state = 'failed' WHERE state = 'duplicated'",
    "second_payments_go_back": "DELETE FROM refunds WHERE reason = 'duplicated'",
    "words_are_read_before_they_are_shown": "UPDATE gifts SET words_decided_by_id = NULL",
    "hidden_names_are_not_kept_to_be_shown": "UPDATE gifts SET name_visibility = 'hidden'",
    "receipts_are_for_given_gifts": "UPDATE receipts SET amount_minor = 99999",
    "payments_are_booked": "UPDATE payments SET state = 'failed' WHERE state = 'duplicated'",
    "fees_are_booked": "UPDATE payments SET fee_minor = fee_minor + 1",
    "refunds_are_booked": "UPDATE refunds SET state = 'failed' WHERE reason = 'duplicated'",
    "chargebacks_are_booked": "UPDATE disputes SET state = 'won' WHERE state = 'open'",
    "payouts_are_booked": "UPDATE payouts SET amount_minor = amount_minor + 1",
    "payouts_are_the_sum_of_their_items": "UPDATE payout_lines SET amount_minor = amount_minor + 1",
    "posted_payouts_are_matched": "UPDATE payout_lines SET is_matched = (1 = 0)",
    "nothing_is_paid_out_twice": "INSERT INTO payout_lines (payout_id, gateway, kind, provider_ref, amount_minor,"
    " fee_minor, is_matched) SELECT payout_id, gateway, kind, provider_ref, amount_minor, fee_minor, is_matched"
    " FROM payout_lines",
    "paid_out_payments_came_in": "UPDATE payout_lines SET fee_minor = fee_minor + 1",
    "matched_lines_are_of_their_amount": "UPDATE bank_lines SET amount_minor = amount_minor + 1",
    "transfers_came_in_by_a_statement": "DELETE FROM bank_lines",
    "paid_payments_know_their_entry": "UPDATE payments SET entry_sequence = entry_sequence + 1",
    "shares_of_gifts_are_what_was_paid_out": "UPDATE disbursements SET amount_minor = amount_minor - 1",
    "who_never_paid_is_forgotten": "UPDATE gifts SET state = 'abandoned', state_since = '2026-01-01 00:00:00'",
    "begun_months_have_a_gift": "DELETE FROM gift_months",
    "months_are_of_their_donor": "UPDATE monthly_gifts SET contact_hash = 'another'",
    "months_are_of_an_agreed_amount": "DELETE FROM monthly_amounts",
    "no_month_is_given_twice": "INSERT INTO gift_months (gift_id, monthly_gift_id, month_on)"
    " SELECT gift_id, monthly_gift_id, month_on FROM gift_months",
    "what_came_after_a_stop_goes_back": "DELETE FROM refunds WHERE reason = 'donor'",
    "months_are_of_one_gateway": "UPDATE monthly_gifts SET gateway = 'another'",
    "no_more_is_matched_than_promised": "UPDATE commitments SET limit_minor = owed_minor - 1",
    "what_is_owed_is_the_sum_of_its_shares": "UPDATE gift_matches SET counts_minor = counts_minor - 1",
    "gifts_are_matched_one_to_one": "UPDATE gift_matches SET counts_minor = counts_minor + 700",
    "only_given_gifts_are_matched": "UPDATE commitments SET state = 'refused'",
    "commitments_are_approved_by_another": "UPDATE commitments SET decided_by_id = requested_by_id",
    "arrived_matches_are_lines_of_statements": "UPDATE match_arrivals SET amount_minor = amount_minor - 1",
    "arrived_matches_are_booked": "UPDATE commitments SET arrived_minor = arrived_minor + 1",
    "gifts_are_booked_to_their_campaign": "UPDATE gifts SET campaign_number = 'ANOTHER'",
}
"""For each invariant the fault to plant, by somebody who has set the guards aside."""


@pytest.fixture
def chosen_settings():
    """Return settings of a portal that takes bank transfers too."""
    return statements.SETTINGS


@pytest.fixture
def sound_history(app_context):
    """Give, refund, charge back, win back, pay twice, show words, ask for a receipt."""
    number, finance, now = campaigns.opened(), cast.actor(Role.FINANCE), portal_clock.now()
    matched = commitments.agreed(number, 50_000)
    words = Words(name_visibility=Visibility.SHOWN, shown_name="小林", message="加油")
    first = stage.give(number, 5_000, words=words)
    decide_words(cast.moderator(), first, is_approved=True)
    ask_for_receipt(first, "林小满", None)
    send_refund(request_refund(finance, first, 700, RefundReason.DONOR, "x", public_id="REFUND0001"))
    for is_won in (None, True, False):
        ref = stage.payments_of(stage.give(number, 3_000))[0].provider_ref
        name = stage.provider().dispute(ref, now)
        if is_won is not None:
            stage.provider().close_dispute(name, now, is_won=is_won)
        stage.take_in(ref)
    _pay_twice(number, now)
    _give_monthly(number)
    stage.intend(number)
    assert statements.arrived(number, 4_000)
    assert commitments.paid(matched, 6_000)
    assert pay_out(stage.provider().store, now + timedelta(days=1)) is not None
    assert take_in_payouts("sandbox", now) == 1
    campaigns.pay(campaigns.approved(number, 6_000))


def _pay_twice(number, now):
    public_id = stage.intend(number)
    first = stage.start(public_id)
    stage.provider().decline(first, stage.CARD, "card_declined", now)
    stage.take_in(first)
    second = stage.start(public_id)
    for ref in (first, second):
        stage.provider().pay(ref, stage.CARD, now)
        stage.take_in(ref)
    assert send_refunds() == 1


def _give_monthly(number):
    """Give two months; the second is taken after the donor wished an end."""
    public_id = months.begin(number)
    row = months.row_of(public_id)
    wish(public_id, Wish.STOPPED)
    [first] = stage.payments_of(months.gifts_of(public_id)[0].public_id)
    later = portal_clock.now() + timedelta(days=1)
    mandate = MandateName(row.provider_ref, None)
    said = replace(stage.seen(first.provider_ref), provider_ref="pay_late", key=None, mandate=mandate, fee_minor=0)
    absorb(Source("sandbox", livemode=False), replace(said, paid_at=later, month_on=later.date()))


def broken():
    return {invariant.name for invariant in INVARIANTS if invariant.find_broken()}


def test_a_sound_history_breaks_no_invariant(sound_history):
    assert broken() == set()


def test_every_invariant_has_its_planted_fault_and_finds_it(sound_history):
    assert BY_NAME.keys() == FAULTS.keys() | {GUARDS}
    assert set(INVARIANTS) <= set(list_invariants())
    tables = (*TABLES, *OWN_TABLES)
    assert look_at((), broken, tables) == {GUARDS}
    for name, statement in FAULTS.items():
        assert look_at((*UNIQUE_OFF, statement), BY_NAME[name].find_broken, tables) is not None, name
    assert broken() == set(), "every fault was taken back"
