"""The budget and the milestones of a campaign: written with the draft, filed with it, then kept."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import delete, func, select

from portal import clock
from portal.accounts.rules import Actor
from portal.audit import service as audit
from portal.campaigns.models import BudgetLine, Campaign, Correction, Disbursement, Milestone
from portal.campaigns.rules import WRITERS, CampaignMovedOn, CampaignState, check_role
from portal.campaigns.service import BUDGET, check_public, get_campaign, get_draft, needed, note_change
from portal.campaigns.spending_models import BINDING_STATES
from portal.campaigns.telling import CORRECTION, Note, NothingChanged
from portal.campaigns.wording import about, named
from portal.db import session, transaction
from portal.gate.service import check_published, check_written


class NothingBudgeted(ValueError):
    """A budget has at least one line, and each line an amount above nothing."""


class BudgetLineNotFound(LookupError):
    """The campaign's budget has no such line."""


class BelowBound(ValueError):
    """Less than what is asked for, approved or paid of the line; `bound_minor` says how much that is."""

    def __init__(self, bound_minor: int) -> None:
        super().__init__(f"{bound_minor} bound")
        self.bound_minor = bound_minor


class MilestoneNotFound(LookupError):
    """There is no such milestone in this campaign."""


@dataclass(frozen=True, slots=True)
class BudgetItem:
    """What one line of the budget is for, how much of it there is, and what one unit costs where it has units."""

    name: str
    name_en: str
    amount_minor: int
    unit_minor: int | None = None
    unit_name: str | None = None
    unit_name_en: str | None = None


@dataclass(frozen=True, slots=True)
class Aim:
    """What a campaign means to have done by a day."""

    name: str
    name_en: str
    due_on: date


@transaction
def set_budget(actor: Actor, number: str, items: Sequence[BudgetItem], excuse: str | None = None) -> None:
    """Write the budget of a draft anew.

    Raises NotAllowed, NothingBudgeted, CampaignMovedOn, HoldsPersonalData, ExcuseNeeded, CampaignNotFound.
    """
    check_role(actor, WRITERS)
    if not items or any(item.amount_minor <= 0 for item in items):
        raise NothingBudgeted
    campaign = get_draft(number)
    words = [text for item in items for text in named("budget_lines", asdict(item))]
    check_written(actor, about(number, BUDGET), words, excuse)
    session().execute(delete(BudgetLine).where(BudgetLine.campaign_id == campaign.id))
    session().add_all(
        BudgetLine(
            campaign_id=campaign.id,
            position=position,
            name=item.name,
            name_en=item.name_en,
            amount_minor=item.amount_minor,
            unit_minor=item.unit_minor,
            unit_name=item.unit_name,
            unit_name_en=item.unit_name_en,
        )
        for position, item in enumerate(items, start=1)
    )
    note_change(actor, campaign)
    audit.record(actor, "campaign.set_budget", "campaign", number, after={"rows": len(items)})


@transaction
def correct_budget_line(
    actor: Actor, number: str, line_id: int, amount_minor: int, note: Note, excuse: str | None = None
) -> None:
    """Change a line of a public campaign's budget; the old sum stays to be read beside the note (Order 81).

    A change of use is filed with the bureau first (慈善法 56); the note says so.

    Raises NotAllowed, CampaignMovedOn, NothingBudgeted, ReasonNeeded,
    NothingChanged, BudgetLineNotFound, BelowBound, HoldsPersonalData,
    ExcuseNeeded, ModeratorNeeded, CampaignNotFound.
    """
    check_role(actor, WRITERS)
    campaign = get_campaign(number)
    check_public(campaign)
    if campaign.state == CampaignState.CLOSED:
        raise CampaignMovedOn("a closed campaign stays as it is")
    if amount_minor <= 0:
        raise NothingBudgeted
    line = get_line(campaign, line_id)
    bound = bound_minor(line.id)
    if amount_minor < bound:
        raise BelowBound(bound)
    if amount_minor == line.amount_minor:
        raise NothingChanged
    check_published(actor, about(number, CORRECTION), note.words, excuse)
    before, after = _sum_text(line.amount_minor), _sum_text(amount_minor)
    session().add(
        Correction(
            campaign_id=campaign.id,
            subject="plan",
            subject_ref=number,
            field="budget",
            before=f"{line.name} {before}",
            before_en=f"{line.name_en} {before}",
            after=f"{line.name} {after}",
            after_en=f"{line.name_en} {after}",
            note=needed(note.text),
            note_en=needed(note.text_en),
            person_id=actor.person_id,
            at=clock.now(),
        )
    )
    line.amount_minor = amount_minor
    audit.record(actor, "campaign.correct", "campaign", number, after={"changed": ["budget"]})


@transaction
def set_milestones(actor: Actor, number: str, aims: Sequence[Aim], excuse: str | None = None) -> None:
    """Write the milestones of a draft anew.

    Raises NotAllowed, CampaignMovedOn, HoldsPersonalData, ExcuseNeeded, CampaignNotFound.
    """
    check_role(actor, WRITERS)
    campaign = get_draft(number)
    words = [text for aim in aims for text in named("milestones", asdict(aim))]
    check_written(actor, about(number, BUDGET), words, excuse)
    session().execute(delete(Milestone).where(Milestone.campaign_id == campaign.id))
    session().add_all(
        Milestone(campaign_id=campaign.id, name=aim.name, name_en=aim.name_en, due_on=aim.due_on) for aim in aims
    )
    note_change(actor, campaign)
    audit.record(actor, "campaign.set_milestones", "campaign", number, after={"rows": len(aims)})


@transaction
def reach_milestone(actor: Actor, number: str, milestone_id: int) -> bool:
    """Say that a milestone of a public campaign is reached today; tell whether it was not before.

    Raises NotAllowed, MilestoneNotFound, CampaignMovedOn, CampaignNotFound.
    """
    check_role(actor, WRITERS)
    campaign = get_campaign(number)
    check_public(campaign)
    milestone = session().scalar(
        select(Milestone).where(Milestone.id == milestone_id, Milestone.campaign_id == campaign.id)
    )
    if milestone is None:
        raise MilestoneNotFound(milestone_id)
    if milestone.reached_on is not None:
        return False
    milestone.reached_on = clock.today()
    audit.record(actor, "campaign.reach_milestone", "campaign", number, after={"milestone": milestone.name})
    return True


def get_line(campaign: Campaign, line_id: int) -> BudgetLine:
    """Return a line of a campaign's budget, locked against those who ask for money of it.

    Raises BudgetLineNotFound.
    """
    query = select(BudgetLine).where(BudgetLine.id == line_id, BudgetLine.campaign_id == campaign.id)
    line = session().scalar(query.with_for_update())
    if line is None:
        raise BudgetLineNotFound(line_id)
    return line


def bound_minor(budget_line_id: int) -> int:
    """Return how much of a budget line is asked for, approved or paid."""
    query = select(func.sum(Disbursement.amount_minor)).where(
        Disbursement.budget_line_id == budget_line_id, Disbursement.state.in_(BINDING_STATES)
    )
    return int(session().scalar(query) or 0)


def budget_of(campaign: Campaign) -> list[BudgetItem]:
    """Return a campaign's budget as it was written."""
    query = select(BudgetLine).where(BudgetLine.campaign_id == campaign.id).order_by(BudgetLine.position)
    return [
        BudgetItem(row.name, row.name_en, row.amount_minor, row.unit_minor, row.unit_name, row.unit_name_en)
        for row in session().scalars(query)
    ]


def milestones_of(campaign: Campaign) -> list[Aim]:
    """Return a campaign's milestones as they were written, by their days."""
    query = select(Milestone).where(Milestone.campaign_id == campaign.id).order_by(Milestone.due_on, Milestone.id)
    return [Aim(row.name, row.name_en, row.due_on) for row in session().scalars(query)]


def _sum_text(minor: int) -> str:
    return f"¥{minor // 100:,}.{minor % 100:02d}"
