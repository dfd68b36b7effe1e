"""Reads commitments: what everybody may see of them, and what the desk sees.

What is left of one is shown to everybody in tenths of its sum and as it stood
when the day began. A rest that moved with each gift would tell its amount next
to the name that appears at the same moment, though its donor keeps it private.
Only that nothing is left shows at once, so that nobody is promised what is
not there. What arrived is exact: it stands in the public ledger.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from portal import clock
from portal.accounts.models import Organisation, OrganisationStatus
from portal.campaigns.models import Campaign
from portal.campaigns.neighbours import PublicMatch
from portal.campaigns.queries import said
from portal.db import session
from portal.giving.commitment_models import Commitment, GiftMatch
from portal.giving.commitment_rules import CommitmentState, left_in_steps, step_of

SHOWN = 100


@dataclass(frozen=True, slots=True)
class ListedCommitment:
    """A commitment as the desk sees it."""

    public_id: str
    campaign_number: str
    campaign_title: str
    name: str
    is_certified: bool
    paper: str
    reference: str
    limit_minor: int
    owed_minor: int
    arrived_minor: int
    currency: str
    until_on: date
    state: str
    requested_by_id: int


def list_public_matches(campaign_number: str) -> list[PublicMatch]:
    """Return who matches a campaign's gifts, and who did and paid for it, the earliest first."""
    query = select(Commitment).where(
        Commitment.campaign_number == campaign_number, Commitment.state == CommitmentState.ACTIVE
    )
    return [_public(row) for row in session().scalars(query.order_by(Commitment.id))]


def list_running_matches(campaign_number: str) -> list[PublicMatch]:
    """Return who would match a gift today."""
    return [each for each in list_public_matches(campaign_number) if each.is_running]


def list_commitments() -> list[ListedCommitment]:
    """Return commitments for the desk: those that wait first, then the newest."""
    query = select(Commitment, Campaign).join(Campaign, Campaign.number == Commitment.campaign_number)
    waits_first = (Commitment.state != CommitmentState.REQUESTED, Commitment.id.desc())
    return [
        ListedCommitment(
            public_id=row.public_id,
            campaign_number=campaign.number,
            campaign_title=said(campaign, "title"),
            name=row.name,
            is_certified=row.organisation_id is not None,
            paper=row.paper,
            reference=row.reference,
            limit_minor=row.limit_minor,
            owed_minor=row.owed_minor,
            arrived_minor=row.arrived_minor,
            currency=row.currency,
            until_on=row.until_on,
            state=row.state,
            requested_by_id=row.requested_by_id,
        )
        for row, campaign in session().execute(query.order_by(*waits_first).limit(SHOWN))
    ]


def list_certified() -> list[tuple[int, str]]:
    """Return the organisations that may commit under their own names."""
    query = select(Organisation.id, Organisation.name).where(Organisation.status == OrganisationStatus.CERTIFIED)
    return [(row.id, row.name) for row in session().execute(query.order_by(Organisation.name))]


def _public(row: Commitment) -> PublicMatch:
    before_today = (
        session().scalar(
            select(func.coalesce(func.sum(GiftMatch.counts_minor), 0)).where(
                GiftMatch.commitment_id == row.id, GiftMatch.matched_at < clock.start_of_day(clock.today())
            )
        )
        or 0
    )
    is_full = row.owed_minor >= row.limit_minor
    return PublicMatch(
        name=row.name,
        limit_minor=row.limit_minor,
        until_on=row.until_on,
        left_minor=left_in_steps(row.limit_minor, int(before_today)),
        step_minor=step_of(row.limit_minor),
        is_full=is_full,
        is_running=not is_full and row.until_on >= clock.today(),
        arrived_minor=row.arrived_minor,
    )
