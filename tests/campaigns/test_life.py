"""A campaign goes from draft to open by two people, ends by itself, and shows nothing before it may."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from portal import clock as portal_clock
from portal.accounts.rules import SYSTEM, NotAllowed, Role
from portal.audit.models import AuditEntry
from portal.campaigns.budget import NothingBudgeted, set_budget
from portal.campaigns.models import Campaign, CampaignEvent
from portal.campaigns.pausing import pause_gifts, resume_gifts
from portal.campaigns.plan import PlanIncomplete
from portal.campaigns.queries import (
    find_campaign_for_gift,
    find_public_campaign,
    find_wish_fund_for_gift,
    list_open_campaigns,
    list_public_campaigns,
    takes_gifts_on,
)
from portal.campaigns.rules import CampaignMovedOn, CampaignState, OwnWork
from portal.campaigns.service import (
    AlreadyOver,
    BudgetMissing,
    FilingNumberTaken,
    ReasonNeeded,
    WishFundsOverlap,
    change_plan,
    create_campaign,
    end_campaign,
    file_campaign,
    get_campaign,
    open_campaign,
    plan_of,
    return_campaign,
)
from portal.db import session, transaction
from portal.ledger.queries import fund_statement
from tests import cast
from tests.campaigns import stage

pytestmark = pytest.mark.usefixtures("app_context")


def state_of(number):
    session().expire_all()
    return CampaignState(get_campaign(number).state)


def test_campaign_opens_when_a_second_person_approves():
    writer = stage.finance()
    number = stage.filed(writer)
    assert find_public_campaign(number) is None
    open_campaign(stage.finance(), number)
    assert state_of(number) is CampaignState.OPEN
    assert takes_gifts_on(find_campaign_for_gift(number), portal_clock.today())
    assert fund_statement(number).held_minor == 0
    acts = session().scalars(select(AuditEntry.action).where(AuditEntry.subject_ref == number).order_by(AuditEntry.id))
    assert list(acts) == ["campaign.write", "campaign.set_budget", "campaign.file", "campaign.open"]


def test_whoever_wrote_changed_or_filed_it_cannot_approve_it():
    writer, editor, filer = stage.finance(), stage.finance(), stage.finance()
    number = stage.draft(writer)
    change_plan(editor, number, replace(stage.PLAN, title="暖冬"))
    file_campaign(filer, number, stage.filing())
    for hand in (writer, editor, filer):
        with pytest.raises(OwnWork):
            open_campaign(hand, number)
    assert state_of(number) is CampaignState.FILED


def test_the_database_itself_refuses_one_hand_for_both():
    writer = stage.finance()
    number = stage.filed(writer)

    @transaction
    def cheat():
        session().execute(
            update(Campaign)
            .where(Campaign.number == number)
            .values(state="open", opened_by_id=writer.person_id, opened_on=portal_clock.today())
        )

    with pytest.raises(IntegrityError):
        cheat()


def test_draft_cannot_be_filed_before_it_is_whole():
    writer = stage.finance()
    number = create_campaign(writer, replace(stage.PLAN, use="", use_en=""))
    with pytest.raises(PlanIncomplete) as refused:
        file_campaign(writer, number, stage.filing())
    assert refused.value.missing == ["use", "use_en"]
    change_plan(writer, number, stage.PLAN)
    with pytest.raises(BudgetMissing):
        file_campaign(writer, number, stage.filing())
    with pytest.raises(NothingBudgeted):
        set_budget(writer, number, [])
    assert state_of(number) is CampaignState.DRAFT


def test_filing_number_belongs_to_one_campaign():
    writer = stage.finance()
    file_campaign(writer, stage.draft(writer), stage.filing(number="A0001"))
    with pytest.raises(FilingNumberTaken):
        file_campaign(writer, stage.draft(writer), stage.filing(number="A0001"))


def test_filed_plan_stands_still_until_it_is_given_back():
    writer = stage.finance()
    number = stage.filed(writer)
    with pytest.raises(CampaignMovedOn):
        change_plan(writer, number, replace(stage.PLAN, title="别的"))
    with pytest.raises(CampaignMovedOn):
        set_budget(writer, number, stage.BUDGET)
    with pytest.raises(ReasonNeeded):
        return_campaign(cast.moderator(), number, " ")
    return_campaign(cast.moderator(), number, "用途写得太笼统")
    change_plan(writer, number, replace(stage.PLAN, title="别的"))
    assert plan_of(get_campaign(number)).title == "别的"
    assert get_campaign(number).filing_no is None


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.CENTRE_CLERK, Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_only_finance_writes(role):
    with pytest.raises(NotAllowed):
        create_campaign(cast.actor(role), stage.PLAN)


def test_second_approval_of_the_same_campaign_finds_it_moved_on():
    number = stage.opened()
    with pytest.raises(CampaignMovedOn):
        open_campaign(cast.moderator(), number)


def test_plan_whose_days_are_over_cannot_open(clock):
    number = stage.filed()
    clock.advance(timedelta(days=100))
    with pytest.raises(AlreadyOver):
        open_campaign(cast.moderator(), number)


def test_outside_its_dates_it_takes_nothing():
    number = stage.opened(starts_on=date(2026, 12, 1))
    found = find_campaign_for_gift(number)
    assert not takes_gifts_on(found, date(2026, 11, 30))
    assert takes_gifts_on(found, date(2026, 12, 1))
    assert takes_gifts_on(found, date(2027, 1, 31))
    assert not takes_gifts_on(found, date(2027, 2, 1))
    assert list_open_campaigns() == ()
    assert [each.number for each in list_public_campaigns()] == [number]


def test_early_end_needs_a_reason_and_is_for_good():
    number = stage.opened()
    with pytest.raises(ReasonNeeded):
        end_campaign(stage.finance(), number)
    end_campaign(stage.finance(), number, "目标已经达到")
    assert get_campaign(number).ended_on == date(2026, 11, 23)
    assert not takes_gifts_on(find_campaign_for_gift(number), portal_clock.today())


def test_pause_says_why_and_is_lifted():
    number = stage.opened()
    pause_gifts(cast.moderator(), number, "正在核对账目", "The books are being checked")
    shown = find_public_campaign(number)
    assert not shown.takes_gifts
    assert shown.pause_note == "正在核对账目"
    with pytest.raises(CampaignMovedOn):
        pause_gifts(cast.moderator(), number, "又一次", "Again")
    resume_gifts(cast.moderator(), number)
    assert find_public_campaign(number).takes_gifts


def test_two_wish_funds_never_share_a_day():
    first = stage.opened(is_wish_fund=True, ends_on=date(2026, 12, 31))
    assert find_wish_fund_for_gift(date(2026, 12, 31)).number == first
    overlapping = stage.filed(is_wish_fund=True, starts_on=date(2026, 12, 31), ends_on=date(2027, 12, 31))
    with pytest.raises(WishFundsOverlap):
        open_campaign(cast.moderator(), overlapping)
    after = stage.opened(is_wish_fund=True, starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31))
    assert find_wish_fund_for_gift(date(2027, 1, 1)).number == after
    assert find_wish_fund_for_gift(date(2028, 1, 1)) is None


def test_public_campaign_shows_each_fact_the_law_asks_for():
    shown = find_public_campaign(stage.opened())
    values = {fact.name: fact.value for fact in shown.disclosures}
    assert all(values.values())
    assert {
        *("purpose", "beneficiaries", "area", "starts_on", "ends_on", "person_in_charge", "contact", "ways_to_give"),
        *("bank_account", "use", "fundraising_cost", "surplus_rule", "pf_certificate", "filing_no", "platform_url"),
    } <= set(values)


def test_fund_shows_what_came_and_what_is_left():
    number = stage.opened()
    stage.give(number, 123_45)
    fund = find_public_campaign(number).fund
    assert (fund.raised_minor, fund.disbursed_minor, fund.held_minor) == (123_45, 0, 123_45)
    assert fund.held_minor == fund_statement(number).held_minor


def test_history_cannot_be_rewritten():
    number = stage.opened()

    @transaction
    def rewrite():
        session().execute(update(CampaignEvent).values(note="never happened"))

    with pytest.raises(DBAPIError):
        rewrite()
    assert find_public_campaign(number) is not None


def test_the_clock_ends_it_with_its_last_day():
    number = stage.opened()
    end_campaign(SYSTEM, number)
    assert get_campaign(number).ended_on == stage.PLAN.ends_on
