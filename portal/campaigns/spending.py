"""Asks for payments out of campaigns' funds, and lets a second person approve them; `paying` pays.

Each step is one conditional update, so two people who press at once have the
effect of one. Nothing more is approved than the fund holds beside what is
approved already.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select, update

from portal import clock
from portal.accounts.rules import Actor
from portal.audit import service as audit
from portal.campaigns.budget import bound_minor, get_line
from portal.campaigns.funds import fund_of
from portal.campaigns.models import Campaign, Disbursement
from portal.campaigns.neighbours import earmarked_minor
from portal.campaigns.rules import PAYING_STATES, SURPLUS_STATES, WRITERS, CampaignMovedOn, check_role
from portal.campaigns.service import CampaignNotFound, check_approver, get_campaign, needed
from portal.campaigns.spending_models import DisbursementState
from portal.campaigns.wording import words_of
from portal.codes import new_public_id
from portal.db import changed_rows, session, transaction
from portal.gate.rules import Text
from portal.gate.service import Subject, check_approved, check_written

SUPPLIER = "disbursements.supplier"
D = DisbursementState


class DisbursementNotFound(LookupError):
    """There is no such payment."""


class DisbursementMovedOn(Exception):
    """The payment is no longer where the act expects it."""


class AmountWrong(ValueError):
    """An amount is above zero."""


class BudgetExceeded(ValueError):
    """More than the line has left; `left_minor` says how much that is. Another use is filed anew (慈善法 56)."""

    def __init__(self, left_minor: int) -> None:
        super().__init__(f"{left_minor} left")
        self.left_minor = left_minor


class MoreThanHeld(ValueError):
    """More than the fund holds beside what is approved already; `free_minor` says how much is free."""

    def __init__(self, free_minor: int) -> None:
        super().__init__(f"{free_minor} free")
        self.free_minor = free_minor


class SurplusNotYet(ValueError):
    """Only what is left after a campaign's end goes to a like campaign, and only to one that is public."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What somebody of finance asks to pay, to whom, and out of which line of the budget."""

    budget_line_id: int
    amount_minor: int
    purpose: str
    purpose_en: str
    supplier: str
    is_supplier_private: bool = False
    wish_number: str | None = None


def get_disbursement(public_id: str) -> Disbursement:
    """Return a payment by its public id, for the verbs of this portal only.

    Raises DisbursementNotFound.
    """
    found = session().scalar(select(Disbursement).where(Disbursement.public_id == public_id))
    if found is None:
        raise DisbursementNotFound(public_id)
    return found


@transaction
def request_disbursement(actor: Actor, number: str, ask: Ask, excuse: str | None = None) -> str:
    """Ask for a payment out of one line of the budget; return its public id.

    Locks the budget line, so that two who ask at once cannot both have its rest.

    Raises NotAllowed, AmountWrong, BudgetLineNotFound, BudgetExceeded,
    CampaignMovedOn, HoldsPersonalData, ExcuseNeeded, CampaignNotFound.
    """
    check_role(actor, WRITERS)
    campaign = _paying_campaign(number)
    if ask.amount_minor <= 0:
        raise AmountWrong
    line = get_line(campaign, ask.budget_line_id)
    left = line.amount_minor - bound_minor(line.id)
    if ask.amount_minor > left:
        raise BudgetExceeded(left)
    return _add(
        actor,
        campaign,
        excuse,
        budget_line_id=line.id,
        amount_minor=ask.amount_minor,
        purpose=ask.purpose,
        purpose_en=ask.purpose_en,
        supplier=ask.supplier,
        is_supplier_private=ask.is_supplier_private,
        wish_number=ask.wish_number,
    )


@transaction
def request_transfer(
    actor: Actor,
    number: str,
    to_number: str,
    amount_minor: int,
    purpose: str,
    purpose_en: str,
    excuse: str | None = None,
) -> str:
    """Ask that a surplus goes to a like campaign (慈善法 58); return the payment's public id.

    Raises NotAllowed, AmountWrong, SurplusNotYet, HoldsPersonalData, ExcuseNeeded, CampaignNotFound.
    """
    check_role(actor, WRITERS)
    campaign, other = get_campaign(number), get_campaign(to_number)
    fits = campaign.state in SURPLUS_STATES and other.state in PAYING_STATES and campaign.currency == other.currency
    if not fits or campaign.id == other.id:
        raise SurplusNotYet
    if amount_minor <= 0:
        raise AmountWrong
    return _add(
        actor,
        campaign,
        excuse,
        to_campaign_id=other.id,
        amount_minor=amount_minor,
        purpose=purpose,
        purpose_en=purpose_en,
        supplier=other.title,
    )


@transaction
def approve_disbursement(actor: Actor, public_id: str, excuse: str | None = None) -> None:
    """Approve what another person asked for, as long as the fund holds it beside what is promised already.

    Raises NotAllowed, OwnWork, MoreThanHeld, HoldsPersonalData, ExcuseNeeded,
    ModeratorNeeded, DisbursementMovedOn, DisbursementNotFound.
    """
    row = get_disbursement(public_id)
    check_approver(actor, row.requested_by_id)
    check_approved(actor, payment_subject(row), payment_words(row), excuse)
    # The campaign's row is held, so that two who approve at once cannot both promise the same money.
    campaign = session().get_one(Campaign, row.campaign_id, with_for_update=True)
    free = free_minor(campaign, row.wish_number)
    if row.amount_minor > free:
        raise MoreThanHeld(free)
    step(actor, row, D.REQUESTED, D.APPROVED, _decided(actor))


@transaction
def refuse_disbursement(actor: Actor, public_id: str, reason: str) -> None:
    """Refuse what another person asked for, with a reason.

    Raises NotAllowed, OwnWork, ReasonNeeded, DisbursementMovedOn, DisbursementNotFound.
    """
    row = get_disbursement(public_id)
    check_approver(actor, row.requested_by_id)
    step(actor, row, D.REQUESTED, D.REFUSED, _decided(actor) | {"decision_note": needed(reason)})


@transaction
def cancel_disbursement(actor: Actor, public_id: str) -> None:
    """Take back what was asked for and is not paid.

    Raises NotAllowed, DisbursementMovedOn, DisbursementNotFound.
    """
    check_role(actor, WRITERS)
    row = get_disbursement(public_id)
    before = D.APPROVED if row.state == D.APPROVED else D.REQUESTED
    step(actor, row, before, D.CANCELLED, {})


def _paying_campaign(number: str) -> Campaign:
    campaign = session().scalar(select(Campaign).where(Campaign.number == number))
    if campaign is None:
        raise CampaignNotFound(number)
    if campaign.state not in PAYING_STATES:
        raise CampaignMovedOn(f"nothing is paid in {campaign.state}")
    return campaign


def free_minor(campaign: Campaign, wish_number: str | None = None) -> int:
    """Return what a fund holds beside what is approved already, and beside what donors gave for wishes but this one."""
    approved = select(func.sum(Disbursement.amount_minor)).where(
        Disbursement.campaign_id == campaign.id, Disbursement.state == D.APPROVED
    )
    held = fund_of(campaign.number, campaign.currency).held_minor
    return held - int(session().scalar(approved) or 0) - earmarked_minor(campaign.number, wish_number)


def payment_words(row: Disbursement) -> list[Text]:
    """Return what everybody reads of a payment; a private person's name is not among it."""
    return [text for text in words_of(row) if text[0] != SUPPLIER or not row.is_supplier_private]


def payment_subject(row: Disbursement) -> Subject:
    """Return what a payment's words belong to."""
    return Subject("disbursement", row.public_id)


def _add(actor: Actor, campaign: Campaign, excuse: str | None, **values: object) -> str:
    row = Disbursement(
        public_id=new_public_id(),
        campaign_id=campaign.id,
        state=D.REQUESTED,
        currency=campaign.currency,
        requested_by_id=actor.person_id,
        requested_at=clock.now(),
        **values,
    )
    session().add(row)
    session().flush()
    check_written(actor, payment_subject(row), payment_words(row), excuse)
    about = {"campaign": campaign.number, "amount_minor": row.amount_minor}
    audit.record(actor, "disbursement.request", "disbursement", row.public_id, after=about)
    return row.public_id


def _decided(actor: Actor) -> dict[str, object]:
    return {"decided_by_id": actor.person_id, "decided_at": clock.now()}


def step(
    actor: Actor,
    row: Disbursement,
    before: DisbursementState,
    after: DisbursementState,
    values: Mapping[str, object],
) -> None:
    """Take one step of a payment inside the transaction of whoever asks.

    Raises DisbursementMovedOn (also for the loser of a race).
    """
    changed = changed_rows(
        update(Disbursement)
        .where(Disbursement.id == row.id, Disbursement.state == before)
        .values(state=after, **values)
        .execution_options(synchronize_session=False)
    )
    if changed != 1:
        raise DisbursementMovedOn(f"{after} from {row.state}")
    session().refresh(row)
    audit.record(
        actor, f"disbursement.{after}", "disbursement", row.public_id, before={"state": before}, after={"state": after}
    )
