"""Reads what everybody may know of campaigns, and what giving needs of them, in the reader's language.

Nothing here hands out a draft: a campaign is public from its opening on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from portal import clock
from portal.campaigns.disclosure import Disclosed, DueReport, ReportKind, next_report
from portal.campaigns.funds import Fund, fund_of, funds_of
from portal.campaigns.labels import FIELD_LABELS, STATE_LABELS, STATE_TONES, WHY_NO_GIFT
from portal.campaigns.models import Campaign, DisclosureReport
from portal.campaigns.rules import PUBLIC_STATES, CampaignState, GiftWindow, WhyNoGift, why_no_gift
from portal.codes import tidy
from portal.db import session
from portal.formats import day
from portal.i18n import language
from portal.limits.service import get_limits

LEADING_STATES = (CampaignState.OPEN, CampaignState.ENDED, CampaignState.ACCOUNTED, CampaignState.CLOSED)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One fact the law wants beside every way to give (慈善法 24, 25); `link` where it is an address."""

    name: str
    label: str
    value: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class ReportClock:
    """When the next report of a campaign is due, seen from today."""

    kind: ReportKind
    due_on: date
    days_left: int

    @property
    def is_overdue(self) -> bool:
        """Tell whether the last day for it has passed."""
        return self.days_left < 0


@dataclass(frozen=True, slots=True)
class PublicCampaign:
    """A campaign as everybody may know it."""

    number: str
    title: str
    summary: str
    story: str
    state: CampaignState
    state_label: str
    state_tone: str
    is_emergency: bool
    is_wish_fund: bool
    currency: str
    target_minor: int | None
    fund: Fund
    starts_on: date
    ends_on: date
    ended_on: date | None
    surplus_rule: str
    disclosures: tuple[Disclosure, ...]
    report: ReportClock | None
    no_gift: WhyNoGift | None
    no_gift_words: str
    pause_note: str | None

    @property
    def takes_gifts(self) -> bool:
        """Tell whether gifts can be given today."""
        return self.no_gift is None


@dataclass(frozen=True, slots=True)
class CampaignForGift:
    """What giving must know of a campaign to offer, take and book a gift."""

    number: str
    title: str
    currency: str
    is_wish_fund: bool
    is_emergency: bool
    surplus_rule: str
    disclosures: tuple[Disclosure, ...]
    window: GiftWindow

    def why_not_on(self, day: date) -> WhyNoGift | None:
        """Return why no gift is taken on a day, or None when one is."""
        return why_no_gift(self.window, day)


def find_campaign_for_gift(number: str) -> CampaignForGift | None:
    """Return a public campaign for a gift, whether or not it takes one today; ask `takes_gifts_on` as well."""
    row = _find(number)
    if row is None:
        return None
    return CampaignForGift(
        number=row.number,
        title=said(row, "title"),
        currency=row.currency,
        is_wish_fund=row.is_wish_fund,
        is_emergency=row.is_emergency,
        surplus_rule=said(row, "surplus_rule"),
        disclosures=disclosures_of(row),
        window=_window(row, next_due(row, _last_report_on(row.id)), get_limits().report_grace_days),
    )


def takes_gifts_on(campaign: CampaignForGift, day: date) -> bool:
    """Tell whether a campaign takes gifts on a day: open, within its dates, not paused, its reports in time."""
    return campaign.why_not_on(day) is None


def find_wish_fund_for_gift(day: date) -> CampaignForGift | None:
    """Return the Wish Fund that takes gifts on a day, or None while there is none."""
    query = _public().where(Campaign.is_wish_fund, Campaign.starts_on <= day, Campaign.ends_on >= day)
    found = [find_campaign_for_gift(row.number) for row in session().scalars(query)]
    return next((each for each in found if each is not None and takes_gifts_on(each, day)), None)


def find_public_campaign(number: str) -> PublicCampaign | None:
    """Return a campaign everybody can read, by its number however it is typed."""
    row = _find(number)
    if row is None:
        return None
    fund = fund_of(row.number, row.currency)
    return _public_campaign(row, fund, _last_report_on(row.id), get_limits().report_grace_days)


def list_public_campaigns() -> tuple[PublicCampaign, ...]:
    """Return all public campaigns: those that take gifts first, then the newest."""
    rows = list(session().scalars(_public().order_by(Campaign.starts_on.desc(), Campaign.number)))
    funds = funds_of([(row.number, row.currency) for row in rows])
    reports = last_reports()
    grace_days = get_limits().report_grace_days
    found = [_public_campaign(row, funds[row.number], reports.get(row.id), grace_days) for row in rows]
    return tuple(sorted(found, key=lambda each: (not each.takes_gifts, LEADING_STATES.index(each.state))))


def list_open_campaigns() -> tuple[PublicCampaign, ...]:
    """Return the campaigns that take gifts today."""
    return tuple(campaign for campaign in list_public_campaigns() if campaign.takes_gifts)


def due_report(row: Campaign) -> DueReport | None:
    """Return the report a campaign owes next."""
    return next_due(row, _last_report_on(row.id))


def list_due_reports(rows: Sequence[Campaign]) -> list[DueReport | None]:
    """Return the report that each of some campaigns owes next, in their order."""
    reports = last_reports()
    return [next_due(row, reports.get(row.id)) for row in rows]


def report_clock(due: DueReport | None) -> ReportClock | None:
    """Return how far off a due report is today."""
    return ReportClock(due.kind, due.due_on, (due.due_on - clock.today()).days) if due else None


def said(row: Any, name: str) -> str:
    """Return a text of a row in the reader's language; Chinese where it has no English."""
    text = (getattr(row, f"{name}_en") if language() == "en" else None) or getattr(row, name)
    return text or ""


def disclosures_of(row: Campaign) -> tuple[Disclosure, ...]:
    """Return the fixed block of facts in the order of the law, for the campaign's page and before paying."""
    texts = ("purpose", "beneficiaries", "area")
    after_dates = (
        "person_in_charge",
        "contact",
        "ways_to_give",
        "bank_account_name",
        "bank_name",
    )
    money = ("use", "fundraising_cost", "surplus_rule")
    return (
        *(_text(row, name) for name in texts),
        _plain(row, "starts_on"),
        _plain(row, "ends_on"),
        *(_text(row, name) for name in after_dates),
        _plain(row, "bank_account"),
        *(_text(row, name) for name in money),
        _plain(row, "pf_certificate"),
        _plain(row, "filing_no"),
        Disclosure(
            "platform_url", str(FIELD_LABELS["platform_name"]), said(row, "platform_name"), row.platform_url or ""
        ),
    )


def _find(number: str) -> Campaign | None:
    return session().scalar(_public().where(Campaign.number == tidy(number)))


def _public() -> Select[Any]:
    return select(Campaign).where(Campaign.state.in_(PUBLIC_STATES))


def _text(row: Campaign, name: str) -> Disclosure:
    return Disclosure(name, str(FIELD_LABELS[name]), said(row, name))


def _plain(row: Campaign, name: str) -> Disclosure:
    value = getattr(row, name)
    return Disclosure(name, str(FIELD_LABELS[name]), day(value) if isinstance(value, date) else value or "")


def _public_campaign(row: Campaign, fund: Fund, last_report_on: date | None, grace_days: int) -> PublicCampaign:
    due = next_due(row, last_report_on)
    why = why_no_gift(_window(row, due, grace_days), clock.today())
    assert row.starts_on is not None
    assert row.ends_on is not None
    state = CampaignState(row.state)
    return PublicCampaign(
        number=row.number,
        title=said(row, "title"),
        summary=said(row, "summary"),
        story=said(row, "story"),
        state=state,
        state_label=str(STATE_LABELS[state]),
        state_tone=STATE_TONES[state],
        is_emergency=row.is_emergency,
        is_wish_fund=row.is_wish_fund,
        currency=row.currency,
        target_minor=row.target_minor,
        fund=fund,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        ended_on=row.ended_on,
        surplus_rule=said(row, "surplus_rule"),
        disclosures=disclosures_of(row),
        report=report_clock(due),
        no_gift=why,
        no_gift_words=str(WHY_NO_GIFT[why]) if why else "",
        pause_note=said(row, "pause_note") or None,
    )


def _window(row: Campaign, due: DueReport | None, grace_days: int) -> GiftWindow:
    return GiftWindow(
        state=CampaignState(row.state),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        is_paused=row.paused_at is not None,
        report_due_on=due.due_on if due else None,
        grace_days=grace_days,
    )


def next_due(row: Campaign, last_report_on: date | None) -> DueReport | None:
    """Return the report a campaign owes next, its last one known."""
    return next_report(
        Disclosed(
            state=CampaignState(row.state),
            is_emergency=row.is_emergency,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            ended_on=row.ended_on,
            last_report_on=last_report_on,
        )
    )


def _last_report_on(campaign_id: int) -> date | None:
    return session().scalar(
        select(func.max(DisclosureReport.published_on)).where(
            DisclosureReport.campaign_id == campaign_id, DisclosureReport.status == "live"
        )
    )


def last_reports() -> dict[int, date]:
    """Return the day of the last report that is public, by campaign."""
    rows = session().execute(
        select(DisclosureReport.campaign_id, func.max(DisclosureReport.published_on))
        .where(DisclosureReport.status == "live")
        .group_by(DisclosureReport.campaign_id)
    )
    return {campaign_id: day for campaign_id, day in rows if day is not None}
