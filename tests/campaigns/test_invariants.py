"""Every invariant of campaigns holds for a sound history, and finds the fault it is there for."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from portal.books import list_invariants
from portal.campaigns.budget import correct_budget_line
from portal.campaigns.clocks import end_due
from portal.campaigns.disclosure import ReportKind
from portal.campaigns.invariants import INVARIANTS
from portal.campaigns.pausing import pause_gifts
from portal.campaigns.paying import pay_transfer, return_disbursement
from portal.campaigns.reports import close_campaign, publish_report, write_report
from portal.campaigns.spending import approve_disbursement, request_transfer
from portal.campaigns.telling import News, Note, correct_plan, correct_update
from portal.campaigns.years import approve_year, write_year
from portal.db import session, transaction
from tests import cast
from tests.campaigns import stage
from tests.ledger.bare_tables import TABLES, Undo, look_at

BY_NAME = {invariant.name: invariant for invariant in INVARIANTS}
OWN_TABLES = (
    *("campaigns", "campaign_events", "budget_lines", "campaign_updates", "disclosure_reports", "campaign_corrections"),
    *("campaign_questions", "disbursements", "foundation_years", "purchases"),
)

# Open: one that has told and paid, one paused, a Wish Fund; one closed after its surplus went to the first.
FAULTS = {
    "campaigns_say_what_the_law_asks": "UPDATE campaigns SET surplus_rule_en = '' WHERE state = 'closed'",
    "campaigns_are_filed_ahead": "UPDATE campaigns SET filed_on = starts_on WHERE state = 'closed'",
    "campaigns_are_opened_by_another": "UPDATE campaign_events SET person_id = 1",
    "campaigns_stand_where_their_history_ends": "UPDATE campaigns SET state = 'ended' WHERE state = 'closed'",
    "campaigns_end_with_their_last_day": "UPDATE campaigns SET ends_on = '2026-12-01' WHERE is_wish_fund",
    "only_open_campaigns_are_paused": "UPDATE campaigns SET pause_note = '' WHERE pause_reason = 'staff'",
    "wish_funds_share_no_day": "UPDATE campaigns SET is_wish_fund = TRUE WHERE state = 'open'",
    "accounted_campaigns_have_their_account": "UPDATE disclosure_reports SET kind = 'quarterly' WHERE kind = 'final'",
    "news_is_approved_by_another": "UPDATE campaign_updates SET approved_by_id = written_by_id",
    "reports_have_their_figures": "UPDATE disclosure_reports SET held_minor = NULL",
    "plans_say_what_their_corrections_say": "UPDATE campaigns SET use = '买别的'",
    "news_says_what_its_corrections_say": "UPDATE campaign_updates SET body = '没有这回事'",
    "askers_are_forgotten": "UPDATE campaign_questions SET contact = 'sealed'",
    "questions_are_worded_by_staff": "UPDATE campaign_questions SET answer = NULL",
    "years_are_published_by_another": "UPDATE foundation_years SET approved_by_id = written_by_id",
    "public_campaigns_have_their_fund": "DELETE FROM ledger_accounts WHERE kind = 'disbursed'",
    "payments_are_decided_by_another": "UPDATE disbursements SET decided_by_id = requested_by_id WHERE state = 'paid'",
    "payments_come_out_of_their_campaigns_budget": "UPDATE disbursements SET currency = 'USD' WHERE state = 'paid'",
    "lines_pay_no_more_than_their_budget": "UPDATE budget_lines SET amount_minor = 1",
    "payments_have_their_vouchers": "UPDATE disbursements SET voucher = voucher_copy",
    "payments_are_posted": "UPDATE disbursements SET amount_minor = amount_minor + 1 WHERE state = 'paid'",
    "returned_payments_are_posted_back": "UPDATE disbursements SET return_reference = 'X' WHERE state = 'returned'",
    "the_book_pays_only_what_was_asked_for": "DELETE FROM disbursements WHERE to_campaign_id IS NOT NULL",
    "spent_is_the_sum_of_payments": "UPDATE disbursements SET state = 'approved' WHERE state = 'paid'",
    "closed_campaigns_hold_nothing": "UPDATE fund_holdings SET held_minor = 1",
}
"""For each invariant the fault to plant, by somebody who has set the guards aside."""


@pytest.fixture
def sound_history(app_context, clock):
    """Lead campaigns through every kind of history."""
    told, finance = stage.told_and_paid(), stage.finance()
    correct_update(finance, told["update"], News("到了", "There", "一百床。", "A hundred."), Note("少写了", "Left out"))
    correct_budget_line(finance, told["number"], stage.line_of(told["number"]), 700_00, Note("涨价", "Prices rose"))
    correct_plan(finance, told["number"], "use", "买被子", "Quilts", Note("更清楚", "Clearer"))
    returned = stage.approved(told["number"], 20_00)
    stage.pay(returned, by=finance)
    return_disbursement(stage.finance(), returned, "缺货", "Out of stock")
    pause_gifts(cast.moderator(), stage.opened(), "核账", "Checking the books")
    stage.opened(is_wish_fund=True, ends_on=date(2027, 6, 30))
    write_year(finance, 2025, income_minor=100, spent_minor=70, management_minor=7, is_audited=True)
    approve_year(cast.moderator(), 2025)
    _close_with_surplus(clock, finance, told["number"])
    stage.filed(starts_on=date(2027, 1, 1))
    stage.draft()


def _close_with_surplus(clock, finance, other):
    number = stage.opened(ends_on=date(2026, 11, 30))
    stage.give(number, 30_00)
    clock.advance(timedelta(days=10))
    assert end_due() == 1
    publish_report(cast.moderator(), write_report(finance, number, ReportKind.FINAL, "都公开了。", "All is told."))
    moved = request_transfer(finance, number, other, 30_00, "同类项目", "A like campaign")
    approve_disbursement(cast.moderator(), moved)
    pay_transfer(finance, moved)
    close_campaign(cast.moderator(), number)


def broken():
    return {invariant.name for invariant in INVARIANTS if invariant.find_broken()}


def test_a_sound_history_breaks_no_invariant(sound_history):
    assert broken() == set()


def test_no_campaigns_break_no_invariant(app_context):
    assert broken() == set()


def test_every_invariant_has_its_planted_fault():
    assert BY_NAME.keys() == FAULTS.keys() | {"guards_of_campaigns_are_on_duty"}
    assert len(BY_NAME) == len(INVARIANTS)
    assert set(INVARIANTS) <= set(list_invariants())


def test_every_planted_fault_is_found(sound_history):
    tables = (*TABLES, *OWN_TABLES)
    assert look_at((), broken, tables) == {"guards_of_campaigns_are_on_duty"}
    for name, statement in FAULTS.items():
        found = look_at((statement,), BY_NAME[name].find_broken, tables)
        assert found is not None, name
    assert broken() == set(), "every fault was taken back"


@pytest.mark.parametrize(
    ("trigger", "table"),
    [
        ("disbursements_kept", "disbursements"),
        ("campaign_events_", "campaign_events"),
        ("campaign_corrections_", "campaign_corrections"),
    ],
)
def test_a_guard_off_duty_is_found(app_context, database_kind, trigger, table):
    is_sqlite = database_kind == "sqlite"
    name = trigger + ("no_update" if is_sqlite else "append_only") if trigger.endswith("_") else trigger
    found = []

    @transaction
    def send_off():
        session().execute(text(f"DROP TRIGGER {name}" + ("" if is_sqlite else f" ON {table}")))
        found.append(BY_NAME["guards_of_campaigns_are_on_duty"].find_broken())
        raise Undo

    with pytest.raises(Undo):
        send_off()
    assert found[0].examples == (name,)
