"""The disclosure clock as pure rules: which report is due next, and when.

Sources: 慈善法 79 (campaigns and projects over six months at least every three
months, the full account within three months of the end) and 72 (in an
emergency at least every five days).
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.campaigns.rules import CampaignState

LONG_MONTHS = 6
QUARTER_MONTHS = 3
FINAL_MONTHS = 3
EMERGENCY_DAYS = 5


class ReportKind(StrEnum):
    """What a report tells: how a campaign goes, its full account, or the end of what it paid for."""

    QUARTERLY = "quarterly"
    EMERGENCY = "emergency"
    FINAL = "final"
    CLOSING = "closing"


@dataclass(frozen=True)
class Disclosed:
    """What decides when a campaign reports next. `ended_on` is the day it really ended."""

    state: CampaignState
    is_emergency: bool
    starts_on: date | None
    ends_on: date | None
    ended_on: date | None
    last_report_on: date | None


@dataclass(frozen=True)
class DueReport:
    """The next report of a campaign and the last day for it."""

    kind: ReportKind
    due_on: date


def next_report(campaign: Disclosed) -> DueReport | None:
    """Return the report a campaign owes next, or None while it owes none."""
    if campaign.starts_on is None or campaign.ends_on is None:
        return None
    if campaign.state is CampaignState.OPEN:
        return _while_open(campaign, campaign.starts_on, campaign.ends_on)
    if campaign.state is CampaignState.ENDED:
        return DueReport(ReportKind.FINAL, add_months(campaign.ended_on or campaign.ends_on, FINAL_MONTHS))
    if campaign.state is CampaignState.ACCOUNTED:
        since = campaign.last_report_on or campaign.ended_on or campaign.ends_on
        return DueReport(ReportKind.QUARTERLY, add_months(since, QUARTER_MONTHS))
    return None


def _while_open(campaign: Disclosed, starts_on: date, ends_on: date) -> DueReport:
    final = DueReport(ReportKind.FINAL, add_months(ends_on, FINAL_MONTHS))
    since = max(campaign.last_report_on or starts_on, starts_on)
    if campaign.is_emergency:
        return min(DueReport(ReportKind.EMERGENCY, since + timedelta(days=EMERGENCY_DAYS)), final, key=_due_on)
    if add_months(starts_on, LONG_MONTHS) < ends_on:
        return min(DueReport(ReportKind.QUARTERLY, add_months(since, QUARTER_MONTHS)), final, key=_due_on)
    return final


def kinds_to_write(state: CampaignState, *, is_emergency: bool) -> tuple[ReportKind, ...]:
    """Return which reports can be written for a campaign in a state, the usual one first."""
    if state is CampaignState.OPEN:
        return (ReportKind.EMERGENCY, ReportKind.QUARTERLY) if is_emergency else (ReportKind.QUARTERLY,)
    if state is CampaignState.ENDED:
        return (ReportKind.FINAL, ReportKind.QUARTERLY)
    return (ReportKind.CLOSING, ReportKind.QUARTERLY) if state is CampaignState.ACCOUNTED else ()


def add_months(day: date, months: int) -> date:
    """Return the same day some months later, or that month's last day where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _due_on(report: DueReport) -> date:
    return report.due_on
