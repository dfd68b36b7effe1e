"""The clocks of campaigns: the last day ends one, a report that comes due is asked for, and one overdue stops gifts.

Each step is a conditional update or a message with a key of its own, so two
ticks at once have the effect of one.
"""

from datetime import timedelta

from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock
from portal.accounts.queries import StaffAddress, people_with_role
from portal.accounts.rules import SYSTEM, Role
from portal.campaigns.disclosure import DueReport
from portal.campaigns.labels import REPORT_LABELS
from portal.campaigns.models import Campaign
from portal.campaigns.pausing import REPORT_PAUSE, set_pause
from portal.campaigns.queries import due_report, said
from portal.campaigns.rules import PUBLIC_STATES, CampaignMovedOn, CampaignState, is_past_grace
from portal.campaigns.service import end_campaign
from portal.db import session, transaction
from portal.i18n import in_language
from portal.limits.service import get_limits
from portal.outbox.service import enqueue
from portal.web import absolute_url


def end_due() -> int:
    """End every open campaign whose last day has passed; return how many."""
    query = select(Campaign.number).where(Campaign.state == CampaignState.OPEN, Campaign.ends_on < clock.today())
    return sum(_end(number) for number in session().scalars(query.order_by(Campaign.id)).all())


def watch_reports() -> int:
    """Ask finance for reports that come due, the district's staff for overdue ones, and stop gifts past the limit.

    Return how many messages and pauses there were.
    """
    query = select(Campaign.id).where(Campaign.state.in_(PUBLIC_STATES - {CampaignState.CLOSED}))
    return sum(_watch(campaign_id) for campaign_id in session().scalars(query.order_by(Campaign.id)).all())


def _end(number: str) -> bool:
    try:
        end_campaign(SYSTEM, number)
    except CampaignMovedOn:
        return False
    return True


@transaction
def _watch(campaign_id: int) -> int:
    campaign = session().get_one(Campaign, campaign_id)
    due, limits, today = due_report(campaign), get_limits(), clock.today()
    if due is None or today < due.due_on - timedelta(days=limits.report_remind_days):
        return 0
    is_overdue = today > due.due_on
    told = sum(_tell(person, campaign, due, is_overdue=is_overdue) for person in _people_to_tell(is_overdue))
    return told + (is_past_grace(due.due_on, today, limits.report_grace_days) and _pause(campaign))


def _people_to_tell(is_overdue: bool) -> list[StaffAddress]:
    roles = (Role.FINANCE, Role.ADMINISTRATOR, Role.SUPERVISOR) if is_overdue else (Role.FINANCE,)
    people = {person.person_id: person for role in roles for person in people_with_role(role)}
    return list(people.values())


def _tell(person: StaffAddress, campaign: Campaign, due: DueReport, *, is_overdue: bool) -> bool:
    with in_language(person.locale):
        title, day = said(campaign, "title"), format_date(due.due_on, "long")
        if is_overdue:
            subject = _("“%(title)s”该公开的报告逾期了", title=title)
            days = (clock.today() - due.due_on).days
            body = ngettext(
                "%(report)s应当在 %(day)s 前公开，已经逾期 %(num)s 天，项目页面上大家都看得到。",
                "%(report)s应当在 %(day)s 前公开，已经逾期 %(num)s 天，项目页面上大家都看得到。",
                days,
                report=REPORT_LABELS[due.kind],
                day=day,
            )
        else:
            subject = _("“%(title)s”的报告快到期了", title=title)
            body = _("%(report)s最晚在 %(day)s 公开。", report=REPORT_LABELS[due.kind], day=day)
        link = absolute_url("campaigns.desk_show", number=campaign.number)
        return enqueue(
            person.address,
            "campaign.report",
            subject=subject,
            body=f"{body}\n\n{link}",
            dedupe_key=f"report:{campaign.number}:{due.due_on}:{'overdue' if is_overdue else 'due'}:{person.person_id}",
        )


def _pause(campaign: Campaign) -> bool:
    if campaign.state != CampaignState.OPEN or campaign.paused_at is not None:
        return False
    try:
        set_pause(SYSTEM, campaign, REPORT_PAUSE)
    except CampaignMovedOn:
        return False
    return True
