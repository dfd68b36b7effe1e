"""Reads what in campaigns waits for one of the staff: approvals, payments, questions, reports that come due."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from portal.accounts.rules import Actor
from portal.campaigns.models import Campaign, CampaignEvent, CampaignUpdate, DisclosureReport, Question
from portal.campaigns.queries import last_reports, next_due, report_clock, said
from portal.campaigns.questions import QuestionStatus
from portal.campaigns.rules import APPROVERS, PUBLIC_STATES, WRITERS, CampaignState
from portal.campaigns.spending_models import Disbursement, DisbursementState
from portal.campaigns.telling import WRITTEN
from portal.db import session
from portal.limits.service import get_limits

OPEN_QUESTIONS = (QuestionStatus.WAITING, QuestionStatus.LOOKING)


@dataclass(frozen=True, slots=True)
class CampaignMatter:
    """One thing in a campaign that waits, and since when or until when."""

    kind: str
    number: str
    title: str
    since: datetime | None = None
    due_on: date | None = None
    is_overdue: bool = False


def list_matters(actor: Actor) -> list[CampaignMatter]:
    """Return what waits for an actor: approvals of what others wrote, questions, payments to make, reports to write."""
    found: list[CampaignMatter] = []
    if actor.has_role(*APPROVERS):
        found += _to_approve(actor)
    if actor.has_role(*WRITERS):
        found += _rows("pay", Disbursement, Disbursement.decided_at, Disbursement.state == DisbursementState.APPROVED)
        found += _reports_due()
    return found


def _to_approve(actor: Actor) -> Iterator[CampaignMatter]:
    yield from _filed()
    for kind, table, since, by, condition in (
        ("text", CampaignUpdate, CampaignUpdate.written_at, "written_by_id", CampaignUpdate.status == WRITTEN),
        ("text", DisclosureReport, DisclosureReport.written_at, "written_by_id", DisclosureReport.status == WRITTEN),
        (
            "payment",
            Disbursement,
            Disbursement.requested_at,
            "requested_by_id",
            Disbursement.state == DisbursementState.REQUESTED,
        ),
    ):
        yield from _rows(kind, table, since, condition, getattr(table, by) != actor.person_id)
    yield from _rows("question", Question, Question.asked_at, Question.status.in_(OPEN_QUESTIONS))


def _filed() -> Iterator[CampaignMatter]:
    filed_at = (
        select(func.max(CampaignEvent.at))
        .where(CampaignEvent.campaign_id == Campaign.id, CampaignEvent.action == "file")
        .scalar_subquery()
    )
    query = select(Campaign, filed_at).where(Campaign.state == CampaignState.FILED).order_by(Campaign.id)
    for campaign, at in session().execute(query):
        yield CampaignMatter("open", campaign.number, said(campaign, "title"), at)


def _rows(kind: str, table: Any, since: Any, *conditions: Any) -> Iterator[CampaignMatter]:
    query = (
        select(Campaign, since)
        .join(table, table.campaign_id == Campaign.id)
        .where(*conditions)
        .order_by(since, table.id)
        .limit(200)
    )
    for campaign, at in session().execute(query):
        yield CampaignMatter(kind, campaign.number, said(campaign, "title"), at)


def _reports_due() -> Iterator[CampaignMatter]:
    """Yield the reports whose last day is near enough for a reminder, or has passed."""
    written, near = last_reports(), get_limits().report_remind_days
    query = select(Campaign).where(Campaign.state.in_(PUBLIC_STATES - {CampaignState.CLOSED})).order_by(Campaign.id)
    for campaign in session().scalars(query):
        due = report_clock(next_due(campaign, written.get(campaign.id)))
        if due is not None and due.days_left <= near:
            yield CampaignMatter(
                "report", campaign.number, said(campaign, "title"), due_on=due.due_on, is_overdue=due.is_overdue
            )
