"""Reads campaigns for the desk: drafts too, what waits on each, and who did what."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from portal.accounts.queries import names_of
from portal.campaigns.budget import bound_minor
from portal.campaigns.funds import Fund, fund_of
from portal.campaigns.labels import EVENT_LABELS, STATE_LABELS, STATE_TONES
from portal.campaigns.models import (
    BudgetLine,
    Campaign,
    CampaignEvent,
    CampaignUpdate,
    Disbursement,
    DisclosureReport,
    Milestone,
    Question,
)
from portal.campaigns.queries import ReportClock, due_report, list_due_reports, report_clock, said
from portal.campaigns.rules import PAYING_STATES, CampaignState
from portal.campaigns.spending_models import WAITING_STATES
from portal.campaigns.telling import WRITTEN
from portal.campaigns.waiting import OPEN_QUESTIONS
from portal.db import session


@dataclass(frozen=True, slots=True)
class DeskCampaign:
    """One campaign in the desk's list, with how much waits for somebody."""

    number: str
    title: str
    state: CampaignState
    state_label: str
    state_tone: str
    starts_on: date | None
    ends_on: date | None
    is_paused: bool
    report: ReportClock | None
    waiting: int


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One line of the budget with what of it is still free to ask for."""

    id: int
    name: str
    amount_minor: int
    bound_minor: int

    @property
    def left_minor(self) -> int:
        """What can still be asked for."""
        return self.amount_minor - self.bound_minor


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One step of a campaign."""

    at: datetime
    title: str
    who: str
    note: str | None


@dataclass(frozen=True, slots=True)
class DeskDetail:
    """All that the desk shows of one campaign."""

    row: Campaign
    title: str
    state: CampaignState
    state_label: str
    state_tone: str
    fund: Fund
    report: ReportClock | None
    lines: tuple[DeskLine, ...]
    milestones: tuple[Milestone, ...]
    updates: tuple[CampaignUpdate, ...]
    reports: tuple[DisclosureReport, ...]
    payments: tuple[Disbursement, ...]
    questions: tuple[Question, ...]
    history: tuple[HistoryLine, ...]
    names: dict[int, str]


def list_desk_campaigns() -> tuple[DeskCampaign, ...]:
    """Return all campaigns, the newest first, each with what waits on it."""
    rows = list(session().scalars(select(Campaign).order_by(Campaign.created_at.desc(), Campaign.id.desc())))
    waiting = _waiting()
    return tuple(
        DeskCampaign(
            number=row.number,
            title=said(row, "title"),
            state=CampaignState(row.state),
            state_label=str(STATE_LABELS[CampaignState(row.state)]),
            state_tone=STATE_TONES[CampaignState(row.state)],
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            is_paused=row.paused_at is not None,
            report=report_clock(due),
            waiting=waiting.get(row.id, 0),
        )
        for row, due in zip(rows, list_due_reports(rows), strict=True)
    )


def read_desk_campaign(row: Campaign) -> DeskDetail:
    """Return one campaign as the desk shows it."""
    events = _of(CampaignEvent, row, CampaignEvent.sequence.desc())
    updates = _of(CampaignUpdate, row, CampaignUpdate.id.desc())
    reports = _of(DisclosureReport, row, DisclosureReport.id.desc())
    payments = _of(Disbursement, row, Disbursement.id.desc())
    names = names_of(_people(events, updates, reports, payments))
    state = CampaignState(row.state)
    return DeskDetail(
        row=row,
        title=said(row, "title"),
        state=state,
        state_label=str(STATE_LABELS[state]),
        state_tone=STATE_TONES[state],
        fund=fund_of(row.number, row.currency),
        report=report_clock(due_report(row)),
        lines=list_desk_lines(row.id),
        milestones=_of(Milestone, row, Milestone.due_on),
        updates=updates,
        reports=reports,
        payments=payments,
        questions=_of(Question, row, Question.id.desc()),
        history=tuple(
            HistoryLine(each.at, str(EVENT_LABELS[each.action]), names.get(each.person_id or 0, ""), each.note)
            for each in events
        ),
        names=names,
    )


def list_desk_lines(campaign_id: int) -> tuple[DeskLine, ...]:
    """Return the budget of a campaign with what is bound on each line."""
    query = select(BudgetLine).where(BudgetLine.campaign_id == campaign_id).order_by(BudgetLine.position)
    return tuple(
        DeskLine(line.id, said(line, "name"), line.amount_minor, bound_minor(line.id))
        for line in session().scalars(query)
    )


def list_like_campaigns(row: Campaign) -> list[tuple[str, str]]:
    """Return number and title of campaigns that a surplus could go to."""
    query = select(Campaign).where(
        Campaign.id != row.id, Campaign.state.in_(PAYING_STATES), Campaign.currency == row.currency
    )
    return [(other.number, said(other, "title")) for other in session().scalars(query.order_by(Campaign.id))]


def list_open_questions() -> list[tuple[Question, Campaign]]:
    """Return questions nobody has answered, the oldest first, with their campaigns."""
    query = (
        select(Question, Campaign)
        .join(Campaign, Campaign.id == Question.campaign_id)
        .where(Question.status.in_(OPEN_QUESTIONS))
        .order_by(Question.asked_at, Question.id)
    )
    return [(question, campaign) for question, campaign in session().execute(query)]


def _waiting() -> dict[int, int]:
    """Return by campaign how many texts, payments and questions wait for a decision, and whether it waits itself."""
    filed = session().scalars(select(Campaign.id).where(Campaign.state == CampaignState.FILED))
    found = dict.fromkeys(filed, 1)
    tables: tuple[tuple[Any, Any], ...] = (
        (CampaignUpdate, CampaignUpdate.status == WRITTEN),
        (DisclosureReport, DisclosureReport.status == WRITTEN),
        (Disbursement, Disbursement.state.in_(WAITING_STATES)),
        (Question, Question.status.in_(OPEN_QUESTIONS)),
    )
    for table, condition in tables:
        query = select(table.campaign_id, func.count()).where(condition).group_by(table.campaign_id)
        for campaign_id, count in session().execute(query):
            found[campaign_id] = found.get(campaign_id, 0) + count
    return found


def _of(table: Any, row: Campaign, order: Any) -> tuple[Any, ...]:
    return tuple(session().scalars(select(table).where(table.campaign_id == row.id).order_by(order)))


def _people(*lists: tuple[Any, ...]) -> set[int]:
    places = ("person_id", "written_by_id", "approved_by_id", "requested_by_id", "decided_by_id", "paid_by_id")
    people = {getattr(each, place, None) for found in lists for each in found for place in places}
    return {person for person in people if person is not None}
