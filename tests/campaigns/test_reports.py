"""The disclosure clock: reports come due, are asked for, are shown overdue, stop gifts, and move a campaign on."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal import clock as portal_clock
from portal.accounts.rules import Role
from portal.campaigns.clocks import end_due, watch_reports
from portal.campaigns.disclosure import ReportKind
from portal.campaigns.models import Campaign
from portal.campaigns.page_queries import read_page
from portal.campaigns.pausing import pause_gifts
from portal.campaigns.queries import find_campaign_for_gift, find_public_campaign, takes_gifts_on
from portal.campaigns.reports import (
    ReportWaiting,
    StillOpen,
    close_campaign,
    correct_report,
    publish_report,
    refuse_report,
    write_report,
)
from portal.campaigns.rules import CampaignMovedOn, CampaignState, OwnWork, WhyNoGift
from portal.campaigns.service import get_campaign
from portal.campaigns.spending import approve_disbursement
from portal.campaigns.telling import Note
from portal.db import session
from portal.outbox.models import Message
from tests import cast
from tests.campaigns import stage

pytestmark = pytest.mark.usefixtures("app_context")

BODY = ("都花在该花的地方。", "Spent where it should be.")
LONG = {"starts_on": date(2026, 11, 20), "ends_on": date(2027, 11, 19)}


def publish(number, kind=ReportKind.QUARTERLY, by=None):
    public_id = write_report(by or stage.finance(), number, kind, *BODY)
    publish_report(cast.moderator(), public_id)
    return public_id


def state_of(number):
    session().expire_all()
    return CampaignState(get_campaign(number).state)


def letters():
    return sorted(row.kind for row in session().scalars(select(Message)))


def test_report_is_published_by_a_second_person_with_the_figures_of_its_day():
    number, writer = stage.opened(**LONG), stage.finance()
    stage.give(number, 300_00)
    public_id = write_report(writer, number, ReportKind.QUARTERLY, *BODY)
    stage.give(number, 50_00)
    with pytest.raises(OwnWork):
        publish_report(writer, public_id)
    publish_report(cast.moderator(), public_id)
    stage.give(number, 1_00)
    shown = read_page(number).reports[0]
    assert (shown.received_minor, shown.disbursed_minor, shown.held_minor) == (350_00, 0, 350_00)
    assert find_public_campaign(number).report.due_on == date(2027, 2, 23)


def test_one_report_waits_at_a_time_and_may_go_back():
    number = stage.opened(**LONG)
    public_id = write_report(stage.finance(), number, ReportKind.QUARTERLY, *BODY)
    with pytest.raises(ReportWaiting):
        write_report(stage.finance(), number, ReportKind.QUARTERLY, *BODY)
    refuse_report(cast.moderator(), public_id, "没写运费")
    publish(number)
    with pytest.raises(CampaignMovedOn):
        write_report(stage.finance(), number, ReportKind.FINAL, *BODY)


def test_report_is_corrected_in_the_open():
    number = stage.opened(**LONG)
    public_id = publish(number)
    correct_report(stage.finance(), public_id, "改过的", "Changed", Note("漏了一句", "A sentence was missing"))
    shown = read_page(number).reports[0]
    assert shown.body == "改过的"
    assert shown.corrections[0].before == BODY[0]


def test_due_report_is_asked_for_once_and_an_overdue_one_climbs(clock):
    stage.finance()
    cast.administrator()
    cast.actor(Role.SUPERVISOR)
    number = stage.opened(**LONG)
    due_on = find_public_campaign(number).report.due_on
    assert watch_reports() == 0
    clock.advance(timedelta(days=(due_on - portal_clock.today()).days - 14))
    asked = watch_reports()
    assert asked == len([kind for kind in letters() if kind == "campaign.report"]) > 0
    assert watch_reports() == 0
    clock.advance(timedelta(days=15))
    assert watch_reports() == asked + 2
    assert watch_reports() == 0
    shown = find_public_campaign(number)
    assert (shown.report.is_overdue, shown.report.days_left, shown.takes_gifts) == (True, -1, True)


def test_report_overdue_past_the_limit_stops_gifts_until_it_is_published(clock):
    number = stage.opened(**LONG)
    clock.advance(timedelta(days=92 + 14))
    assert takes_gifts_on(find_campaign_for_gift(number), portal_clock.today() - timedelta(days=3))
    assert find_campaign_for_gift(number).why_not_on(portal_clock.today()) is WhyNoGift.REPORT_OVERDUE
    watch_reports()
    assert get_campaign(number).pause_reason == "report"
    publish(number)
    assert get_campaign(number).paused_at is None
    assert takes_gifts_on(find_campaign_for_gift(number), portal_clock.today())


def test_late_report_does_not_lift_a_pause_by_staff(clock):
    number = stage.opened(**LONG)
    pause_gifts(cast.moderator(), number, "核账", "Checking the books")
    clock.advance(timedelta(days=120))
    watch_reports()
    publish(number)
    assert get_campaign(number).pause_reason == "staff"
    assert read_page(number).reports[0].is_late


def test_emergency_reports_every_five_days(clock):
    number = stage.opened(is_emergency=True, starts_on=date(2026, 11, 23))
    assert find_public_campaign(number).report.due_on == date(2026, 11, 28)
    clock.advance(timedelta(days=3))
    publish(number, ReportKind.EMERGENCY)
    assert find_public_campaign(number).report.due_on == date(2026, 12, 1)


def test_the_last_day_ends_it_once_and_paused_ones_too(clock):
    first, second = stage.opened(), stage.opened()
    pause_gifts(cast.moderator(), second, "核账", "Checking the books")
    clock.set(clock.now() + (stage.PLAN.ends_on - portal_clock.today()))
    assert end_due() == 0
    clock.advance(timedelta(days=1))
    assert end_due() == 2
    assert end_due() == 0
    assert (state_of(first), state_of(second)) == (CampaignState.ENDED, CampaignState.ENDED)
    assert find_public_campaign(first).report.kind is ReportKind.FINAL


def test_full_account_then_spending_then_closing(clock):
    number, writer = stage.opened(ends_on=date(2026, 11, 30)), stage.finance()
    stage.give(number, 100_00)
    clock.advance(timedelta(days=10))
    end_due()
    with pytest.raises(CampaignMovedOn):
        close_campaign(cast.moderator(), number)
    publish(number, ReportKind.FINAL, by=writer)
    assert state_of(number) is CampaignState.ACCOUNTED
    with pytest.raises(StillOpen):
        close_campaign(cast.moderator(), number)
    public_id = stage.request(number, 100_00)
    clock.advance(timedelta(days=5))
    approve_disbursement(cast.moderator(), public_id)
    stage.pay(public_id)
    with pytest.raises(StillOpen):
        close_campaign(cast.moderator(), number)
    publish(number, ReportKind.CLOSING)
    close_campaign(cast.moderator(), number)
    assert state_of(number) is CampaignState.CLOSED
    assert find_public_campaign(number).report is None


def test_final_account_is_never_published_by_its_writer():
    number, writer = stage.ended(), stage.finance()
    public_id = write_report(writer, number, ReportKind.FINAL, *BODY)
    with pytest.raises(OwnWork):
        publish_report(writer, public_id)
    assert session().scalar(select(Campaign.state).where(Campaign.number == number)) == "ended"
