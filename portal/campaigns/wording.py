"""Which of a campaign's words everybody reads, as the gate before public texts names them. Changes nothing."""

from collections.abc import Mapping

from sqlalchemy import select

from portal.campaigns.models import BudgetLine, Campaign, CampaignUpdate, DisclosureReport, Milestone
from portal.campaigns.plan import FILING_FIELDS, PLAN_FIELDS
from portal.db import Row, session
from portal.gate.fields import PUBLIC
from portal.gate.rules import Text
from portal.gate.service import Subject


def about(number: str, part: str) -> Subject:
    """Return what words belong to: a campaign, and which part of it they are."""
    return Subject("campaign", number, part)


def named(table: str, values: Mapping[str, object]) -> list[Text]:
    """Return the public texts among the values of a table's columns."""
    found = ((f"{table}.{name}", value) for name, value in values.items())
    return [(field, value) for field, value in found if isinstance(value, str) and field.removesuffix("_en") in PUBLIC]


def words_of(row: Row) -> list[Text]:
    """Return the public texts of a row."""
    return named(row.__tablename__, {column.key: getattr(row, column.key) for column in row.__table__.columns})


def plan_words(campaign: Campaign) -> list[Text]:
    """Return the words of a plan and its filing that are public once it is open."""
    return named("campaigns", {name: getattr(campaign, name) for name in (*PLAN_FIELDS, *FILING_FIELDS)})


def budget_words(campaign: Campaign) -> list[Text]:
    """Return what a campaign's budget lines and milestones are called."""
    rows = [
        *session().scalars(select(BudgetLine).where(BudgetLine.campaign_id == campaign.id)),
        *session().scalars(select(Milestone).where(Milestone.campaign_id == campaign.id)),
    ]
    return [text for row in rows for text in words_of(row)]


def report_subject(number: str, row: DisclosureReport) -> Subject:
    """Return what a report's words belong to."""
    return about(number, f"report {row.public_id}")


def update_subject(number: str, row: CampaignUpdate) -> Subject:
    """Return what an update's words belong to."""
    return about(number, f"update {row.public_id}")
