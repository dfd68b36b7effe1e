"""Stops and starts new gifts of an open campaign: by staff with a stated reason, or because a report is overdue."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, update

from portal import clock
from portal.accounts.rules import Actor
from portal.audit import service as audit
from portal.campaigns.models import Campaign
from portal.campaigns.rules import APPROVERS, CampaignMovedOn, CampaignState, check_role
from portal.campaigns.service import add_event, get_campaign, needed
from portal.campaigns.wording import about
from portal.db import changed_rows, session, transaction
from portal.gate.service import check_published

STAFF_PAUSE, REPORT_PAUSE = "staff", "report"


@transaction
def pause_gifts(actor: Actor, number: str, note: str, note_en: str, excuse: str | None = None) -> None:
    """Take no new gifts for a campaign for now; the reason stands on its page.

    Raises NotAllowed, ReasonNeeded, CampaignMovedOn, HoldsPersonalData, ExcuseNeeded,
    ModeratorNeeded, CampaignNotFound.
    """
    check_role(actor, APPROVERS)
    words = [("campaigns.pause_note", note), ("campaigns.pause_note_en", note_en)]
    check_published(actor, about(number, "pause"), words, excuse)
    set_pause(actor, get_campaign(number), STAFF_PAUSE, needed(note), needed(note_en))


@transaction
def resume_gifts(actor: Actor, number: str) -> None:
    """Take gifts again that staff had paused.

    Raises NotAllowed, CampaignMovedOn, CampaignNotFound.
    """
    check_role(actor, APPROVERS)
    lift_pause(actor, get_campaign(number), STAFF_PAUSE)


def set_pause(actor: Actor, campaign: Campaign, why: str, note: str | None = None, note_en: str | None = None) -> None:
    """Pause an open campaign that is not paused, inside the transaction of whoever asks.

    Raises CampaignMovedOn.
    """
    values = {"paused_at": clock.now(), "pause_reason": why, "pause_note": note, "pause_note_en": note_en}
    _swap(campaign, Campaign.paused_at.is_(None), values)
    add_event(campaign, "pause", CampaignState.OPEN, CampaignState.OPEN, actor, note)
    audit.record(actor, "campaign.pause", "campaign", campaign.number, after={"pause_reason": why})


def lift_pause(actor: Actor, campaign: Campaign, why: str) -> None:
    """Lift a pause of one kind, inside the transaction of whoever asks.

    Raises CampaignMovedOn.
    """
    values = {"paused_at": None, "pause_reason": None, "pause_note": None, "pause_note_en": None}
    _swap(campaign, Campaign.pause_reason == why, values)
    add_event(campaign, "resume", CampaignState.OPEN, CampaignState.OPEN, actor)
    audit.record(actor, "campaign.resume", "campaign", campaign.number, before={"pause_reason": why})


def _swap(campaign: Campaign, condition: ColumnElement[bool], values: Mapping[str, Any]) -> None:
    statement = update(Campaign).where(Campaign.id == campaign.id, Campaign.state == CampaignState.OPEN, condition)
    changed = changed_rows(statement.values(**values).execution_options(synchronize_session=False))
    if changed != 1:
        raise CampaignMovedOn("another was first")
    session().refresh(campaign)
