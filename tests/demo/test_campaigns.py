"""The demo's campaigns are led by the portal's own verbs and stand where their stories say."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from portal.accounts.rules import Role
from portal.campaigns.models import Campaign, Disbursement
from portal.campaigns.queries import list_public_campaigns
from portal.db import session
from portal.demo.campaign_stories import WARM_WINTER
from portal.demo.campaigns import DemoCampaigns
from portal.demo.timeline import Timeline
from tests import cast
from tests.campaigns import stage


def test_campaigns_stand_where_their_stories_say_and_pay_what_they_hold(app_context, clock):
    staff = [cast.person(Role.FINANCE), cast.person(Role.MODERATOR)]
    now, timeline = clock.now(), Timeline()
    demo = DemoCampaigns(staff, timeline)
    demo.schedule()
    timeline.add(5, lambda: stage.give(demo.numbers[WARM_WINTER.title], 10_000_00))
    timeline.run(clock, now)
    clock.set(now)
    states = Counter(session().scalars(select(Campaign.state)))
    assert states == {"open": 3, "ended": 1, "accounted": 1, "filed": 1, "draft": 1}
    shown = {each.title: each for each in list_public_campaigns()}
    assert shown["台风灾后重建"].report.is_overdue
    assert all(each.report for each in shown.values())
    assert [each.is_wish_fund for each in shown.values()].count(True) == 1
    paid = session().scalars(select(Disbursement.amount_minor).where(Disbursement.state == "paid")).all()
    assert paid == [9_000_00]
    assert shown[WARM_WINTER.title].fund.held_minor == 1_000_00
    assert now - clock.now() < timedelta(seconds=1)
