"""Reports the disclosure clock asks for: written by finance, published by a second person with the day's figures.

Publishing the final account moves an ended campaign on, and whatever report
was overdue lifts the pause it caused (慈善法 72, 79; Order 81).
"""

from sqlalchemy import func, select

from portal import clock
from portal.accounts.rules import Actor
from portal.audit import service as audit
from portal.campaigns.disclosure import ReportKind, kinds_to_write
from portal.campaigns.funds import fund_of
from portal.campaigns.models import Campaign, Disbursement, DisclosureReport
from portal.campaigns.pausing import REPORT_PAUSE, lift_pause
from portal.campaigns.queries import due_report
from portal.campaigns.rules import APPROVERS, WRITERS, CampaignAction, CampaignMovedOn, CampaignState, check_role
from portal.campaigns.service import (
    check_approver,
    get_campaign,
    move_campaign,
    needed,
)
from portal.campaigns.spending_models import WAITING_STATES, DisbursementState
from portal.campaigns.telling import CORRECTION, LIVE, REFUSED, WRITTEN, Note, NotWaiting, correct, decide
from portal.campaigns.wording import about, named, report_subject, words_of
from portal.codes import new_public_id
from portal.db import session, transaction
from portal.gate.service import check_approved, check_published, check_written


class ReportNotFound(LookupError):
    """There is no such report."""


class ReportWaiting(ValueError):
    """Another report of the campaign waits to be approved."""


class StillOpen(ValueError):
    """The fund still holds money, a payment is not settled, or no report tells of the last one."""


@transaction
def write_report(
    actor: Actor, number: str, kind: ReportKind, body: str, body_en: str, excuse: str | None = None
) -> str:
    """Write a report that another person is to publish; return its public id.

    Raises NotAllowed, CampaignMovedOn, ReportWaiting, ReasonNeeded, HoldsPersonalData, ExcuseNeeded,
    CampaignNotFound.
    """
    check_role(actor, WRITERS)
    campaign = get_campaign(number)
    if kind not in kinds_to_write(CampaignState(campaign.state), is_emergency=campaign.is_emergency):
        raise CampaignMovedOn(f"no {kind} report in {campaign.state}")
    waiting = select(DisclosureReport.id).where(
        DisclosureReport.campaign_id == campaign.id, DisclosureReport.status == WRITTEN
    )
    if session().scalar(waiting) is not None:
        raise ReportWaiting
    due = due_report(campaign)
    row = DisclosureReport(
        public_id=new_public_id(),
        campaign_id=campaign.id,
        kind=kind,
        status=WRITTEN,
        due_on=due.due_on if due else None,
        body=needed(body),
        body_en=needed(body_en),
        written_by_id=actor.person_id,
        written_at=clock.now(),
    )
    session().add(row)
    session().flush()
    check_written(actor, report_subject(number, row), words_of(row), excuse)
    audit.record(actor, "campaign.write_report", "campaign", number, after={"kind": kind})
    return row.public_id


@transaction
def publish_report(actor: Actor, public_id: str, excuse: str | None = None) -> None:
    """Publish what another person wrote, with what the fund received, paid and holds on this day.

    Raises NotAllowed, OwnWork, NotWaiting, CampaignMovedOn, HoldsPersonalData,
    ExcuseNeeded, ModeratorNeeded, ReportNotFound.
    """
    row = get_report(public_id)
    check_approver(actor, row.written_by_id)
    campaign = session().get_one(Campaign, row.campaign_id)
    fund = fund_of(campaign.number, campaign.currency)
    decide(
        DisclosureReport,
        row.id,
        actor,
        status=LIVE,
        approved_by_id=actor.person_id,
        published_on=clock.today(),
        received_minor=fund.raised_minor,
        disbursed_minor=fund.disbursed_minor,
        held_minor=fund.held_minor,
    )
    check_approved(actor, report_subject(campaign.number, row), words_of(row), excuse)
    audit.record(actor, "campaign.publish_report", "campaign", campaign.number, after={"kind": row.kind})
    if campaign.pause_reason == REPORT_PAUSE and campaign.state == CampaignState.OPEN:
        lift_pause(actor, campaign, REPORT_PAUSE)
    if row.kind == ReportKind.FINAL:
        move_campaign(actor, campaign, CampaignAction.ACCOUNT, frozenset({row.written_by_id}))


@transaction
def refuse_report(actor: Actor, public_id: str, reason: str) -> None:
    """Give a report back to whoever wrote it, with a reason.

    Raises NotAllowed, OwnWork, ReasonNeeded, NotWaiting, ReportNotFound.
    """
    row = get_report(public_id)
    check_approver(actor, row.written_by_id)
    decide(DisclosureReport, row.id, actor, status=REFUSED, decision_note=needed(reason))
    number = session().get_one(Campaign, row.campaign_id).number
    audit.record(actor, "campaign.refuse_report", "campaign", number, after={"kind": row.kind})


@transaction
def correct_report(
    actor: Actor, public_id: str, body: str, body_en: str, note: Note, excuse: str | None = None
) -> None:
    """Put a published report right; the old words stay to be read beside the note (Order 81).

    Raises NotAllowed, NotWaiting, ReasonNeeded, NothingChanged, HoldsPersonalData,
    ExcuseNeeded, ModeratorNeeded, ReportNotFound.
    """
    check_role(actor, WRITERS)
    row = get_report(public_id)
    if row.status != LIVE:
        raise NotWaiting(public_id)
    campaign = session().get_one(Campaign, row.campaign_id)
    words = [*named("disclosure_reports", {"body": body, "body_en": body_en}), *note.words]
    check_published(actor, about(campaign.number, CORRECTION), words, excuse)
    correct(actor, campaign, "report", public_id, row, {"body": {"body": body, "body_en": body_en}}, note)


@transaction
def close_campaign(actor: Actor, number: str) -> None:
    """Close a campaign: nothing held, nothing to be paid, and a report that tells of the last payment.

    Raises NotAllowed, CampaignMovedOn, StillOpen, CampaignNotFound.
    """
    check_role(actor, APPROVERS)
    campaign = get_campaign(number)
    if campaign.state == CampaignState.ACCOUNTED and not _is_settled(campaign):
        raise StillOpen
    move_campaign(actor, campaign, CampaignAction.CLOSE, frozenset())


def get_report(public_id: str) -> DisclosureReport:
    """Return a report by its public id, for the verbs of this portal only.

    Raises ReportNotFound.
    """
    row = session().scalar(select(DisclosureReport).where(DisclosureReport.public_id == public_id))
    if row is None:
        raise ReportNotFound(public_id)
    return row


def _is_settled(campaign: Campaign) -> bool:
    payments = Disbursement.campaign_id == campaign.id
    if fund_of(campaign.number, campaign.currency).held_minor != 0:
        return False
    if session().scalar(select(Disbursement.id).where(payments, Disbursement.state.in_(WAITING_STATES)).limit(1)):
        return False
    last_paid = session().scalar(
        select(func.max(Disbursement.paid_on)).where(payments, Disbursement.state == DisbursementState.PAID)
    )
    last_told = session().scalar(
        select(func.max(DisclosureReport.published_on)).where(
            DisclosureReport.campaign_id == campaign.id,
            DisclosureReport.status == LIVE,
            DisclosureReport.kind.in_((ReportKind.FINAL, ReportKind.CLOSING)),
        )
    )
    return last_told is not None and (last_paid is None or last_told >= last_paid)
