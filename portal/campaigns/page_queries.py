"""Reads what stands on a campaign's page beside its plan: updates, milestones, reports, questions and corrections."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal import clock
from portal.campaigns.disclosure import ReportKind
from portal.campaigns.labels import FIELD_LABELS, REPORT_LABELS
from portal.campaigns.models import (
    Campaign,
    CampaignPicture,
    CampaignUpdate,
    Correction,
    DisclosureReport,
    Milestone,
    Question,
)
from portal.campaigns.queries import said
from portal.campaigns.questions import PUBLIC_STATUSES, QuestionKind, QuestionStatus
from portal.campaigns.rules import PUBLIC_STATES
from portal.campaigns.telling import LIVE
from portal.db import session


@dataclass(frozen=True, slots=True)
class PublicCorrection:
    """One text that was put right: what it said, why it was changed, and when."""

    field: str
    before: str
    note: str
    on: date


@dataclass(frozen=True, slots=True)
class PublicPicture:
    """A picture of an update, and what it shows in words."""

    public_id: str
    caption: str


@dataclass(frozen=True, slots=True)
class PublicUpdate:
    """News everybody can read."""

    public_id: str
    title: str
    body: str
    published_on: date
    pictures: tuple[PublicPicture, ...]
    corrections: tuple[PublicCorrection, ...]


@dataclass(frozen=True, slots=True)
class PublicMilestone:
    """Something a campaign means to have done by a day."""

    id: int
    name: str
    due_on: date
    reached_on: date | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class PublicReport:
    """A published report with the figures of its day."""

    public_id: str
    label: str
    body: str
    published_on: date
    is_late: bool
    received_minor: int
    disbursed_minor: int
    held_minor: int
    corrections: tuple[PublicCorrection, ...]


@dataclass(frozen=True, slots=True)
class PublicQuestion:
    """A question or concern in the wording that was let through, and its answer once there is one."""

    kind: QuestionKind
    status: QuestionStatus
    body: str
    language: str
    asked_on: date
    answer: str | None
    answered_on: date | None


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """All that a campaign tells beside its plan and its money."""

    updates: tuple[PublicUpdate, ...]
    milestones: tuple[PublicMilestone, ...]
    reports: tuple[PublicReport, ...]
    questions: tuple[PublicQuestion, ...]
    corrections: tuple[PublicCorrection, ...]


def read_page(number: str) -> CampaignPage:
    """Return what a public campaign tells, the newest first; milestones by their day."""
    campaign_id = session().scalar(select(Campaign.id).where(Campaign.number == number))
    corrections = _corrections(campaign_id)
    return CampaignPage(
        updates=_updates(campaign_id, corrections),
        milestones=_milestones(campaign_id),
        reports=_reports(campaign_id, corrections),
        questions=_questions(campaign_id),
        corrections=corrections("plan", number),
    )


def find_public_picture(number: str, public_id: str) -> str | None:
    """Return the name of a picture of a published update."""
    return session().scalar(
        select(CampaignPicture.picture)
        .join(CampaignUpdate, CampaignUpdate.id == CampaignPicture.update_id)
        .join(Campaign, Campaign.id == CampaignUpdate.campaign_id)
        .where(
            Campaign.number == number,
            Campaign.state.in_(PUBLIC_STATES),
            CampaignUpdate.status == LIVE,
            CampaignPicture.public_id == public_id,
        )
    )


_Corrections = Callable[[str, str], tuple[PublicCorrection, ...]]


def _corrections(campaign_id: int | None) -> _Corrections:
    """Return a function from a subject and its reference to its corrections, the newest first."""
    found: dict[tuple[str, str], list[PublicCorrection]] = defaultdict(list)
    query = select(Correction).where(Correction.campaign_id == campaign_id).order_by(Correction.id.desc())
    for row in session().scalars(query):
        label = str(FIELD_LABELS.get(row.field, "")) if row.subject == "plan" else ""
        correction = PublicCorrection(label, said(row, "before"), said(row, "note"), clock.local_date(row.at))
        found[row.subject, row.subject_ref].append(correction)
    return lambda subject, ref: tuple(found[subject, ref])


def _updates(campaign_id: int | None, corrections: _Corrections) -> tuple[PublicUpdate, ...]:
    is_shown = (CampaignUpdate.campaign_id == campaign_id, CampaignUpdate.status == LIVE)
    pictures: dict[int, list[PublicPicture]] = defaultdict(list)
    for row in session().scalars(
        select(CampaignPicture)
        .join(CampaignUpdate, CampaignUpdate.id == CampaignPicture.update_id)
        .where(*is_shown)
        .order_by(CampaignPicture.position)
    ):
        pictures[row.update_id].append(PublicPicture(row.public_id, said(row, "caption")))
    query = select(CampaignUpdate).where(*is_shown)
    return tuple(
        PublicUpdate(
            public_id=row.public_id,
            title=said(row, "title"),
            body=said(row, "body"),
            published_on=_day(row.published_on),
            pictures=tuple(pictures[row.id]),
            corrections=corrections("update", row.public_id),
        )
        for row in session().scalars(query.order_by(CampaignUpdate.published_on.desc(), CampaignUpdate.id.desc()))
    )


def _milestones(campaign_id: int | None) -> tuple[PublicMilestone, ...]:
    query = select(Milestone).where(Milestone.campaign_id == campaign_id).order_by(Milestone.due_on, Milestone.id)
    today = clock.today()
    return tuple(
        PublicMilestone(
            row.id, said(row, "name"), row.due_on, row.reached_on, row.reached_on is None and row.due_on < today
        )
        for row in session().scalars(query)
    )


def _reports(campaign_id: int | None, corrections: _Corrections) -> tuple[PublicReport, ...]:
    query = select(DisclosureReport).where(DisclosureReport.campaign_id == campaign_id, DisclosureReport.status == LIVE)
    return tuple(
        PublicReport(
            public_id=row.public_id,
            label=str(REPORT_LABELS[ReportKind(row.kind)]),
            body=said(row, "body"),
            published_on=_day(row.published_on),
            is_late=row.due_on is not None and _day(row.published_on) > row.due_on,
            received_minor=row.received_minor or 0,
            disbursed_minor=row.disbursed_minor or 0,
            held_minor=row.held_minor or 0,
            corrections=corrections("report", row.public_id),
        )
        for row in session().scalars(query.order_by(DisclosureReport.published_on.desc(), DisclosureReport.id.desc()))
    )


def _questions(campaign_id: int | None) -> tuple[PublicQuestion, ...]:
    query = select(Question).where(Question.campaign_id == campaign_id, Question.status.in_(PUBLIC_STATUSES))
    return tuple(
        PublicQuestion(
            kind=QuestionKind(row.kind),
            status=QuestionStatus(row.status),
            body=row.public_body or "",
            language=row.locale,
            asked_on=clock.local_date(row.asked_at),
            answer=row.answer,
            answered_on=_day_of(row.answered_at),
        )
        for row in session().scalars(query.order_by(Question.asked_at.desc(), Question.id.desc()))
    )


def _day(value: date | None) -> date:
    assert value is not None
    return value


def _day_of(at: datetime | None) -> date | None:
    return clock.local_date(at) if at else None
