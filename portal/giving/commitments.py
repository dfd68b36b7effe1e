"""Records and decides commitments to match gifts, and lets what is owed follow each gift's money.

What a company owes is no money of a campaign: only what arrived is posted.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update

from portal import clock, codes
from portal.accounts.models import Organisation, OrganisationStatus
from portal.accounts.rules import Actor
from portal.audit import service as audit
from portal.campaigns.queries import find_campaign_for_gift
from portal.campaigns.rules import WRITERS, check_role
from portal.campaigns.service import check_approver
from portal.db import changed_rows, session, transaction
from portal.gate.rules import Text
from portal.gate.service import Subject, check_approved, check_written
from portal.giving.aftermath import left_minor
from portal.giving.commitment_letters import tell_company
from portal.giving.commitment_models import Commitment, GiftMatch, MatchArrival
from portal.giving.commitment_rules import CommitmentNews, CommitmentState, Share, follow_shares, split_gift
from portal.giving.gateways.bank_transfer import reference_of
from portal.giving.making import CampaignTakesNoGifts
from portal.giving.models import BankLine, Gift, Payment
from portal.giving.posting import post_matching
from portal.giving.rules import PaymentState

NAME = "commitments.name"


class CommitmentNotFound(LookupError):
    """There is no such commitment."""


class CommitmentMovedOn(Exception):
    """Another person has decided on the commitment already."""


class NotCertified(Exception):
    """Only a certified organisation commits under its own name; anybody else does by a signed paper."""


class DayOutOfBounds(ValueError):
    """A commitment ends today at the earliest and with its campaign at the latest; `low` and `high` say the days."""

    def __init__(self, low: date, high: date) -> None:
        super().__init__(f"{low} to {high}")
        self.low, self.high = low, high


@dataclass(frozen=True, slots=True)
class Promise:
    """What a company signed: for which campaign, how much at most, until when, and where it is told what it owes."""

    campaign_number: str
    name: str
    paper: str
    email: str
    limit_minor: int
    until_on: date
    locale: str = "zh"
    organisation_id: int | None = None


@transaction
def request_commitment(actor: Actor, promise: Promise, excuse: str | None = None) -> str:
    """Record what a company signed, for another person to approve; return its public id.

    Raises NotAllowed, CampaignTakesNoGifts, NotCertified, DayOutOfBounds, HoldsPersonalData, ExcuseNeeded.
    """
    check_role(actor, WRITERS)
    campaign = find_campaign_for_gift(promise.campaign_number)
    if campaign is None or campaign.why_not_on(clock.today()) is not None:
        raise CampaignTakesNoGifts(promise.campaign_number)
    last = campaign.window.ends_on or clock.today()
    if not clock.today() <= promise.until_on <= last:
        raise DayOutOfBounds(clock.today(), last)
    public_id = codes.new_public_id()
    name = _name_of(promise)
    check_written(actor, Subject("commitment", public_id), [(NAME, name)], excuse)
    session().add(
        Commitment(
            public_id=public_id,
            reference=reference_of("match", public_id),
            campaign_number=campaign.number,
            organisation_id=promise.organisation_id,
            name=name,
            paper=promise.paper,
            contact={"email": promise.email},
            locale=promise.locale,
            limit_minor=promise.limit_minor,
            currency=campaign.currency,
            until_on=promise.until_on,
            state=CommitmentState.REQUESTED,
            requested_by_id=actor.person_id,
            requested_at=clock.now(),
        )
    )
    session().flush()
    after = {"campaign": campaign.number, "limit_minor": promise.limit_minor, "until_on": str(promise.until_on)}
    audit.record(actor, "commitment.request", "commitment", public_id, after=after)
    return public_id


@transaction
def decide_commitment(actor: Actor, public_id: str, *, is_approved: bool, excuse: str | None = None) -> None:
    """Approve or refuse what another person recorded; gifts are matched from now on.

    Raises NotAllowed, OwnWork, CommitmentNotFound, CommitmentMovedOn, HoldsPersonalData, ExcuseNeeded, ModeratorNeeded.
    """
    row = session().scalar(select(Commitment).where(Commitment.public_id == public_id))
    if row is None:
        raise CommitmentNotFound(public_id)
    check_approver(actor, row.requested_by_id)
    if is_approved:
        check_approved(actor, Subject("commitment", public_id), _words(row), excuse)
    after = CommitmentState.ACTIVE if is_approved else CommitmentState.REFUSED
    moved = changed_rows(
        update(Commitment)
        .where(Commitment.id == row.id, Commitment.state == CommitmentState.REQUESTED)
        .values(state=after, decided_by_id=actor.person_id, decided_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if not moved:
        raise CommitmentMovedOn
    session().refresh(row)
    audit.record(
        actor,
        "commitment.approve" if is_approved else "commitment.refuse",
        "commitment",
        public_id,
        before={"state": "requested"},
        after={"state": after},
    )
    if is_approved:
        tell_company(row, CommitmentNews.BEGUN, key=public_id)


def hold_commitments(campaign_number: str) -> list[Commitment]:
    """Lock a campaign's commitments, so that gifts at one moment see what others left; before anything is posted."""
    query = select(Commitment).where(
        Commitment.campaign_number == campaign_number, Commitment.state == CommitmentState.ACTIVE
    )
    query = query.order_by(Commitment.id).with_for_update().execution_options(populate_existing=True)
    return list(session().scalars(query))


def follow_gift(gift: Gift, payment: Payment, held: list[Commitment], *, is_new: bool) -> None:
    """Let what is owed follow a gift's money; call in its transaction, with the commitments held.

    A gift that came in just now is matched as far as there is room; one that
    was matched before counts only for what of it is still here.
    """
    if payment.state != PaymentState.SUCCEEDED or not held:
        return
    if is_new:
        _match(gift, payment, held)
        return
    by_id = {each.id: each for each in held}
    matches = list(session().scalars(select(GiftMatch).where(GiftMatch.gift_id == gift.id).order_by(GiftMatch.id)))
    shares = [Share(each.amount_minor, each.counts_minor, _room(by_id[each.commitment_id])) for each in matches]
    for match, counts in zip(matches, follow_shares(left_minor(payment), shares), strict=True):
        by_id[match.commitment_id].owed_minor += counts - match.counts_minor
        match.counts_minor = counts
    session().flush()


def take_match(line: BankLine, reference: str) -> bool:
    """Book a line of a statement as a company's match; tell whether it is one, of no more than is owed.

    Locks the commitment; posts last: the bank against the fund's matching part.
    What is more than owed waits for a person.
    """
    row = session().scalar(
        select(Commitment)
        .where(Commitment.reference == reference, Commitment.state == CommitmentState.ACTIVE)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None or line.currency != row.currency or line.amount_minor > row.owed_minor - row.arrived_minor:
        return False
    # For the statement it is neither gift nor refund, and the note says what it is.
    line.state, line.note, line.settled_at = "aside", reference, clock.now()
    line.settled_by_id = line.imported_by_id
    row.arrived_minor += line.amount_minor
    tell_company(row, CommitmentNews.ARRIVED, key=str(line.id), amount_minor=line.amount_minor)
    session().flush()
    session().add(
        MatchArrival(
            commitment_id=row.id,
            bank_line_id=line.id,
            amount_minor=line.amount_minor,
            arrived_at=clock.now(),
            entry_sequence=post_matching(row.campaign_number, line),
        )
    )
    session().flush()
    return True


@transaction
def tell_what_is_owed() -> int:
    """Tell each company what it owes: once a month, and when its sum is used up or its day has passed."""
    query = select(Commitment).where(
        Commitment.state == CommitmentState.ACTIVE, Commitment.owed_minor > Commitment.arrived_minor
    )
    told = 0
    for row in session().scalars(query.order_by(Commitment.id).with_for_update()):
        occasion = _occasion(row)
        if occasion is None or occasion == row.told_for:
            continue
        row.told_for = occasion
        tell_company(row, CommitmentNews.OWED, key=f"{row.public_id}:{occasion}")
        told += 1
    return told


def _match(gift: Gift, payment: Payment, held: list[Commitment]) -> None:
    paid_on = clock.local_date(payment.paid_at or clock.now())
    fitting = [each for each in held if _takes(each, gift, paid_on)]
    # Money that is on its way back already (too late, after a stop) is not matched.
    for row, share in zip(fitting, split_gift(left_minor(payment), [_room(each) for each in fitting]), strict=True):
        if share:
            row.owed_minor += share
            session().add(
                GiftMatch(
                    gift_id=gift.id,
                    commitment_id=row.id,
                    amount_minor=share,
                    counts_minor=share,
                    matched_at=clock.now(),
                )
            )
    session().flush()


def _takes(row: Commitment, gift: Gift, paid_on: date) -> bool:
    """Tell whether a gift of a day is matched; nobody matches their own gifts."""
    assert row.decided_at is not None
    is_own = row.organisation_id is not None and row.organisation_id == gift.organisation_id
    return not is_own and clock.local_date(row.decided_at) <= paid_on <= row.until_on


def _room(row: Commitment) -> int:
    return row.limit_minor - row.owed_minor


def _occasion(row: Commitment) -> str | None:
    assert row.decided_at is not None
    today = clock.today()
    month = f"{today:%Y-%m}"
    if row.until_on < today or row.owed_minor == row.limit_minor:
        return f"end-{month}"
    return month if clock.local_date(row.decided_at) < today.replace(day=1) else None


def _name_of(promise: Promise) -> str:
    if promise.organisation_id is None:
        return promise.name
    found = session().get(Organisation, promise.organisation_id)
    if found is None or found.status != OrganisationStatus.CERTIFIED:
        raise NotCertified
    return found.name


def _words(row: Commitment) -> list[Text]:
    return [(NAME, row.name)]
