"""Moves campaigns through their life; every move is one conditional update with its event in one transaction."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date

from sqlalchemy import func, select, update

from portal import clock
from portal.accounts.rules import SYSTEM, Actor
from portal.audit import service as audit
from portal.campaigns.models import BudgetLine, Campaign, CampaignEvent
from portal.campaigns.plan import (
    FILING_FIELDS,
    PLAN_FIELDS,
    Filing,
    Plan,
    check_dates,
    check_filing,
    check_plan,
)
from portal.campaigns.rules import (
    APPROVERS,
    PUBLIC_STATES,
    WRITERS,
    CampaignAction,
    CampaignMovedOn,
    CampaignState,
    check_filed_ahead,
    check_role,
    check_second_person,
    next_state,
)
from portal.campaigns.wording import about, budget_words, named, plan_words
from portal.codes import new_public_id
from portal.db import changed_rows, session, transaction
from portal.gate.service import check_approved, check_written
from portal.ledger.service import open_fund

PLAN, BUDGET = "plan", "budget"
"""The parts of a draft that are written one by one, each with its own reason for marked words."""


class CampaignNotFound(LookupError):
    """There is no such campaign."""


class BudgetMissing(ValueError):
    """A campaign without a budget cannot be filed."""


class FilingNumberTaken(ValueError):
    """Another campaign has this filing number."""


class ReasonNeeded(ValueError):
    """This act needs a reason that others can read."""


class AlreadyOver(ValueError):
    """The last day of the plan has passed."""


class WishFundsOverlap(ValueError):
    """Another Wish Fund takes gifts on some of these days."""


def get_campaign(number: str) -> Campaign:
    """Return a campaign by its number, for the verbs of this portal only.

    Raises CampaignNotFound.
    """
    found = session().scalar(select(Campaign).where(Campaign.number == number))
    if found is None:
        raise CampaignNotFound(number)
    return found


def plan_of(campaign: Campaign) -> Plan:
    """Return what a campaign's plan says."""
    return Plan(**{name: getattr(campaign, name) for name in PLAN_FIELDS})


def filing_of(campaign: Campaign) -> Filing:
    """Return a campaign's filing; of a draft, what is known of it so far."""
    known = {name: getattr(campaign, name) or "" for name in FILING_FIELDS}
    return Filing(**known | {"filed_on": campaign.filed_on})  # type: ignore[arg-type]


@transaction
def create_campaign(actor: Actor, plan: Plan, excuse: str | None = None) -> str:
    """Begin a draft and return its number; `excuse` says why marked words may stand in it.

    Raises NotAllowed, DatesWrong, HoldsPersonalData, ExcuseNeeded.
    """
    check_role(actor, WRITERS)
    check_dates(plan)
    number = new_public_id()
    check_written(actor, about(number, PLAN), named("campaigns", asdict(plan)), excuse)
    campaign = Campaign(
        number=number,
        state=CampaignState.DRAFT,
        state_since=clock.now(),
        created_at=clock.now(),
        **asdict(plan),
    )
    session().add(campaign)
    session().flush()
    add_event(campaign, "write", None, CampaignState.DRAFT, actor)
    audit.record(actor, "campaign.write", "campaign", campaign.number, after={"title": plan.title})
    return campaign.number


@transaction
def change_plan(actor: Actor, number: str, plan: Plan, excuse: str | None = None) -> None:
    """Change the plan of a draft; a filed or open one is corrected or returned instead.

    Raises NotAllowed, CampaignMovedOn, DatesWrong, HoldsPersonalData, ExcuseNeeded, CampaignNotFound.
    """
    check_role(actor, WRITERS)
    check_dates(plan)
    campaign = get_draft(number)
    check_written(actor, about(number, PLAN), named("campaigns", asdict(plan)), excuse)
    before = plan_of(campaign)
    changed = [name for name in PLAN_FIELDS if getattr(plan, name) != getattr(before, name)]
    if not changed:
        return
    for name in changed:
        setattr(campaign, name, getattr(plan, name))
    note_change(actor, campaign)
    audit.record(actor, "campaign.change", "campaign", number, after={"changed": changed})


def get_draft(number: str) -> Campaign:
    """Return a campaign that may still be written, locked against those who write at the same time.

    Raises CampaignNotFound, CampaignMovedOn.
    """
    campaign = session().scalar(select(Campaign).where(Campaign.number == number).with_for_update())
    if campaign is None:
        raise CampaignNotFound(number)
    if campaign.state != CampaignState.DRAFT:
        raise CampaignMovedOn(f"nothing is written in {campaign.state}")
    return campaign


@transaction
def file_campaign(actor: Actor, number: str, filing: Filing, excuse: str | None = None) -> None:
    """Record that the plan was filed with the bureau and stands on a designated platform (慈善法 24, 27).

    Raises NotAllowed, CampaignMovedOn, PlanIncomplete, DatesWrong, AddressWrong,
    BudgetMissing, FilingNumberTaken, FiledTooLate, HoldsPersonalData, CampaignNotFound.
    """
    check_role(actor, WRITERS)
    campaign = get_draft(number)
    plan = plan_of(campaign)
    check_plan(plan)
    check_filing(filing)
    check_written(actor, about(number, PLAN), named("campaigns", asdict(filing)), excuse)
    if session().scalar(select(BudgetLine.id).where(BudgetLine.campaign_id == campaign.id).limit(1)) is None:
        raise BudgetMissing
    _check_number_is_free(campaign, filing.filing_no)
    assert plan.starts_on is not None
    check_filed_ahead(filing.filed_on, plan.starts_on, is_emergency=plan.is_emergency)
    _move(campaign, CampaignAction.FILE, actor, values=asdict(filing) | {"filed_by_id": actor.person_id})


@transaction
def return_campaign(actor: Actor, number: str, reason: str) -> None:
    """Give a filed campaign back to be written anew; it then needs a filing of its own.

    Raises NotAllowed, CampaignMovedOn, ReasonNeeded, CampaignNotFound.
    """
    values = {"filing_no": None, "filed_on": None, "filed_by_id": None}
    _move(get_campaign(number), CampaignAction.RETURN, actor, note=needed(reason), values=values)


@transaction
def open_campaign(actor: Actor, number: str, excuse: str | None = None) -> None:
    """Approve what another person wrote and filed: the page is public, and takes gifts within its dates.

    Opens the campaign's restricted fund in the book.

    Raises NotAllowed, OwnWork, CampaignMovedOn, AlreadyOver, WishFundsOverlap,
    HoldsPersonalData, ExcuseNeeded, ModeratorNeeded, CampaignNotFound.
    """
    campaign = get_campaign(number)
    if campaign.ends_on is None or campaign.ends_on < clock.today():
        raise AlreadyOver
    if campaign.is_wish_fund:
        _check_wish_funds(campaign)
    values = {"opened_by_id": actor.person_id, "opened_on": clock.today()}
    _move(campaign, CampaignAction.OPEN, actor, values=values)
    for part, words in ((PLAN, plan_words(campaign)), (BUDGET, budget_words(campaign))):
        check_approved(actor, about(number, part), words, excuse)
    open_fund(campaign.number, campaign.currency)


@transaction
def end_campaign(actor: Actor, number: str, reason: str | None = None) -> None:
    """End a campaign: by the clock after its last day, or by finance before it with a reason.

    Raises NotAllowed, CampaignMovedOn, ReasonNeeded, CampaignNotFound.
    """
    campaign = get_campaign(number)
    if actor.kind is SYSTEM.kind:
        ended_on = campaign.ends_on or clock.today()
    else:
        ended_on, reason = clock.today(), needed(reason or "")
    _move(campaign, CampaignAction.END, actor, note=reason, values={"ended_on": ended_on})


@transaction
def move_campaign(actor: Actor, campaign: Campaign, action: CampaignAction, written_by: frozenset[int]) -> None:
    """Take an arrow that a report brings with it; `written_by` are those who wrote what is approved.

    Raises NotAllowed, OwnWork, CampaignMovedOn.
    """
    _move(campaign, action, actor, written_by=written_by)


def hands_of(campaign: Campaign) -> frozenset[int]:
    """Return everybody who wrote, changed or filed a campaign."""
    query = select(CampaignEvent.person_id).where(
        CampaignEvent.campaign_id == campaign.id, CampaignEvent.action.in_(("write", "change", "file"))
    )
    return frozenset(hand for hand in session().scalars(query) if hand is not None)


def note_change(actor: Actor, campaign: Campaign) -> None:
    """Note that somebody changed a draft, who then cannot be the one to approve it."""
    add_event(campaign, "change", CampaignState.DRAFT, CampaignState.DRAFT, actor)


def check_public(campaign: Campaign) -> None:
    """Refuse a campaign that nobody can read yet.

    Raises CampaignMovedOn.
    """
    if campaign.state not in PUBLIC_STATES:
        raise CampaignMovedOn(f"nothing is public in {campaign.state}")


def check_approver(actor: Actor, written_by_id: int) -> None:
    """Refuse whoever has no say, and whoever wrote it.

    Raises NotAllowed, OwnWork.
    """
    check_role(actor, APPROVERS)
    check_second_person(actor, frozenset({written_by_id}))


def needed(text: str) -> str:
    """Return a text without its margins.

    Raises ReasonNeeded where there is none.
    """
    if not text.strip():
        raise ReasonNeeded
    return text.strip()


def add_event(
    campaign: Campaign, action: str, before: str | None, after: str, actor: Actor, note: str | None = None
) -> None:
    """Add one step to a campaign's history."""
    last = session().scalar(select(func.max(CampaignEvent.sequence)).where(CampaignEvent.campaign_id == campaign.id))
    session().add(
        CampaignEvent(
            campaign_id=campaign.id,
            sequence=(last or 0) + 1,
            action=action,
            from_state=before,
            to_state=after,
            person_id=actor.person_id,
            note=note,
            at=clock.now(),
        )
    )
    session().flush()


def _move(
    campaign: Campaign,
    action: CampaignAction,
    actor: Actor,
    *,
    note: str | None = None,
    values: Mapping[str, object] | None = None,
    written_by: frozenset[int] | None = None,
) -> None:
    before = CampaignState(campaign.state)
    after = next_state(before, action, actor, hands_of(campaign) if written_by is None else written_by)
    changed = changed_rows(
        update(Campaign)
        .where(Campaign.id == campaign.id, Campaign.state == before)
        .values(state=after, state_since=clock.now(), version=Campaign.version + 1, **values or {})
        .execution_options(synchronize_session=False)
    )
    if changed != 1:
        raise CampaignMovedOn(f"{action} from {before}")
    session().refresh(campaign)
    add_event(campaign, action, before, after, actor, note)
    about = {"state": before}, {"state": after} | ({"note": note} if note else {})
    audit.record(actor, f"campaign.{action}", "campaign", campaign.number, before=about[0], after=about[1])


def _check_number_is_free(campaign: Campaign, filing_no: str) -> None:
    query = select(Campaign.id).where(Campaign.filing_no == filing_no, Campaign.id != campaign.id)
    if session().scalar(query) is not None:
        raise FilingNumberTaken(filing_no)


def _check_wish_funds(campaign: Campaign) -> None:
    """Refuse a second Wish Fund on the same days, so that "bought for you" always knows its campaign."""
    query = select(Campaign.id).where(
        Campaign.is_wish_fund,
        Campaign.state == CampaignState.OPEN,
        Campaign.id != campaign.id,
        Campaign.starts_on <= (campaign.ends_on or date.max),
        Campaign.ends_on >= (campaign.starts_on or date.min),
    )
    if session().scalar(query.limit(1)) is not None:
        raise WishFundsOverlap
