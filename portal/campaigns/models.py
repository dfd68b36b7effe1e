"""Tables of campaigns and what they tell: plan, budget, milestones, updates, corrections, questions, reports.

What is paid out of them has tables of its own in `spending_models`.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.campaigns.spending_models import Disbursement, FoundationYear
from portal.db import Row
from portal.sealing import SealedText

__all__ = [
    "BudgetLine",
    "Campaign",
    "CampaignEvent",
    "CampaignPicture",
    "CampaignUpdate",
    "Correction",
    "Disbursement",
    "DisclosureReport",
    "FoundationYear",
    "Milestone",
    "Question",
]

_PERSON = "people.id"
_CAMPAIGN = "campaigns.id"


class Campaign(Row):
    """One filed campaign: the plan (慈善法 24), its filing, and where it stands.

    `contact` is an office's, not a family's. A Wish Fund buys what wishes of
    kind "bought for you" name.
    """

    __tablename__ = "campaigns"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'filed', 'open', 'ended', 'accounted', 'closed')", name="state_known"),
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="dates_in_order"),
        CheckConstraint("target_minor IS NULL OR target_minor > 0", name="target_positive"),
        CheckConstraint(
            "state IN ('draft', 'filed') OR (filing_no IS NOT NULL AND filing_no <> '' AND filed_on IS NOT NULL"
            " AND platform_url IS NOT NULL AND pf_certificate <> '' AND starts_on IS NOT NULL AND ends_on IS NOT NULL"
            " AND opened_by_id IS NOT NULL)",
            name="open_is_filed",
        ),
        CheckConstraint("opened_by_id IS NULL OR opened_by_id <> filed_by_id", name="opened_by_another"),
        CheckConstraint("(paused_at IS NULL) = (pause_reason IS NULL)", name="pause_has_reason"),
        CheckConstraint("pause_reason IS NULL OR pause_reason IN ('report', 'staff')", name="pause_reason_known"),
        Index("ix_campaigns_state_ends", "state", "ends_on"),
    )

    number: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    state_since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(default="CNY")

    title: Mapped[str]
    title_en: Mapped[str]
    summary: Mapped[str]
    summary_en: Mapped[str]
    story: Mapped[str]
    story_en: Mapped[str]
    purpose: Mapped[str]
    purpose_en: Mapped[str]
    beneficiaries: Mapped[str]
    beneficiaries_en: Mapped[str]
    area: Mapped[str]
    area_en: Mapped[str]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    person_in_charge: Mapped[str]
    person_in_charge_en: Mapped[str]
    contact: Mapped[str]
    contact_en: Mapped[str]
    ways_to_give: Mapped[str]
    ways_to_give_en: Mapped[str]
    bank_account_name: Mapped[str]
    bank_account_name_en: Mapped[str]
    bank_name: Mapped[str]
    bank_name_en: Mapped[str]
    bank_account: Mapped[str]
    use: Mapped[str]
    use_en: Mapped[str]
    fundraising_cost: Mapped[str]
    fundraising_cost_en: Mapped[str]
    surplus_rule: Mapped[str]
    surplus_rule_en: Mapped[str]
    pf_certificate: Mapped[str]
    target_minor: Mapped[int | None] = mapped_column(BigInteger)
    is_emergency: Mapped[bool] = mapped_column(default=False)
    is_wish_fund: Mapped[bool] = mapped_column(default=False)

    filing_no: Mapped[str | None] = mapped_column(unique=True)
    filed_on: Mapped[date | None]
    platform_name: Mapped[str | None]
    platform_name_en: Mapped[str | None]
    platform_url: Mapped[str | None]

    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    created_at: Mapped[datetime]
    opened_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str | None]
    pause_note: Mapped[str | None]
    pause_note_en: Mapped[str | None]


class CampaignEvent(Row):
    """One step of a campaign: who moved it, from where to where, and why. Append-only."""

    __tablename__ = "campaign_events"
    __table_args__ = (UniqueConstraint("campaign_id", "sequence"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey(_CAMPAIGN))
    sequence: Mapped[int]
    action: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    note: Mapped[str | None]
    at: Mapped[datetime]


class BudgetLine(Row):
    """One line of a campaign's budget; what is paid names the line it is paid from.

    `unit_minor` is what one of something costs, named in `unit_name`, where the
    line is made of such units: a gift can then say what it achieves.
    """

    __tablename__ = "budget_lines"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount_positive"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey(_CAMPAIGN), index=True)
    position: Mapped[int]
    name: Mapped[str]
    name_en: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    unit_minor: Mapped[int | None] = mapped_column(BigInteger)
    unit_name: Mapped[str | None]
    unit_name_en: Mapped[str | None]


class Milestone(Row):
    """Something a campaign means to have done by a day, and when it was."""

    __tablename__ = "milestones"

    campaign_id: Mapped[int] = mapped_column(ForeignKey(_CAMPAIGN), index=True)
    name: Mapped[str]
    name_en: Mapped[str]
    due_on: Mapped[date]
    reached_on: Mapped[date | None]


class CampaignUpdate(Row):
    """News of a campaign that a second person approved before anybody could read it (PIPL 24)."""

    __tablename__ = "campaign_updates"
    __table_args__ = (
        CheckConstraint("status IN ('written', 'live', 'refused')", name="status_known"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> written_by_id", name="approved_by_another"),
        CheckConstraint("status <> 'live' OR approved_by_id IS NOT NULL", name="live_is_approved"),
        Index("ix_campaign_updates_campaign_status", "campaign_id", "status"),
    )

    public_id: Mapped[str] = mapped_column(unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey(_CAMPAIGN))
    status: Mapped[str]
    title: Mapped[str]
    title_en: Mapped[str]
    body: Mapped[str]
    body_en: Mapped[str]
    written_by_id: Mapped[int] = mapped_column(ForeignKey(_PERSON))
    written_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]
    published_on: Mapped[date | None]


class CampaignPicture(Row):
    """A picture of an update, with what it shows in words for those who do not see it."""

    __tablename__ = "campaign_pictures"

    public_id: Mapped[str] = mapped_column(unique=True)
    update_id: Mapped[int] = mapped_column(ForeignKey("campaign_updates.id"), index=True)
    position: Mapped[int]
    picture: Mapped[str]
    caption: Mapped[str]
    caption_en: Mapped[str]


class DisclosureReport(Row):
    """A report the disclosure clock asks for, with the figures of the day it was published; approved by another."""

    __tablename__ = "disclosure_reports"
    __table_args__ = (
        CheckConstraint("kind IN ('quarterly', 'emergency', 'final', 'closing')", name="kind_known"),
        CheckConstraint("status IN ('written', 'live', 'refused')", name="status_known"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> written_by_id", name="approved_by_another"),
        CheckConstraint(
            "status <> 'live' OR (approved_by_id IS NOT NULL AND published_on IS NOT NULL"
            " AND received_minor IS NOT NULL AND disbursed_minor IS NOT NULL AND held_minor IS NOT NULL)",
            name="live_is_whole",
        ),
        Index(
            "uq_disclosure_reports_written",
            "campaign_id",
            unique=True,
            sqlite_where=text("status = 'written'"),
            postgresql_where=text("status = 'written'"),
        ),
        Index("ix_disclosure_reports_campaign_status", "campaign_id", "status"),
    )

    public_id: Mapped[str] = mapped_column(unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey(_CAMPAIGN))
    kind: Mapped[str]
    status: Mapped[str]
    due_on: Mapped[date | None]
    body: Mapped[str]
    body_en: Mapped[str]
    received_minor: Mapped[int | None] = mapped_column(BigInteger)
    disbursed_minor: Mapped[int | None] = mapped_column(BigInteger)
    held_minor: Mapped[int | None] = mapped_column(BigInteger)
    written_by_id: Mapped[int] = mapped_column(ForeignKey(_PERSON))
    written_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]
    published_on: Mapped[date | None]


class Correction(Row):
    """A published text that was changed: the old words stay to be read, with a note (Order 81). Append-only."""

    __tablename__ = "campaign_corrections"
    __table_args__ = (
        CheckConstraint("subject IN ('plan', 'update', 'report', 'milestone')", name="subject_known"),
        Index("ix_campaign_corrections_subject", "campaign_id", "subject", "subject_ref"),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey(_CAMPAIGN))
    subject: Mapped[str]
    subject_ref: Mapped[str]
    field: Mapped[str]
    before: Mapped[str]
    before_en: Mapped[str]
    after: Mapped[str]
    after_en: Mapped[str]
    note: Mapped[str]
    note_en: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey(_PERSON))
    at: Mapped[datetime]


class Question(Row):
    """A question or concern of anybody; what everybody reads of it is the wording a member of staff let through.

    `contact` is a mail address, only to tell the asker of the answer.
    """

    __tablename__ = "campaign_questions"
    __table_args__ = (
        CheckConstraint("kind IN ('question', 'concern')", name="kind_known"),
        CheckConstraint("status IN ('waiting', 'looking', 'answered', 'refused')", name="status_known"),
        CheckConstraint("status NOT IN ('looking', 'answered') OR public_body IS NOT NULL", name="public_is_worded"),
        CheckConstraint("status <> 'answered' OR answer IS NOT NULL", name="answered_has_answer"),
        Index("ix_campaign_questions_campaign_status", "campaign_id", "status"),
    )

    public_id: Mapped[str] = mapped_column(unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey(_CAMPAIGN))
    kind: Mapped[str]
    status: Mapped[str]
    body: Mapped[str] = mapped_column(SealedText)
    public_body: Mapped[str | None]
    contact: Mapped[str | None] = mapped_column(SealedText)
    locale: Mapped[str]
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    moderated_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    moderated_at: Mapped[datetime | None]
