"""Who may take on wishes: not paused after lapses, not above the allowance, for certified organisations only."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import bindparam, func, select

from portal import clock
from portal.accounts.models import Membership, Organisation, OrganisationStatus
from portal.db import execute_made, session
from portal.limits.rules import Limits
from portal.limits.service import get_limits
from portal.pledges.letters import Facts, tell
from portal.pledges.models import LIVE_STATES, Pledge, PledgerBlock, PledgeState, Promise
from portal.pledges.rules import LAPSES_COUNT_DAYS, News, Pledger
from portal.sealing import keyed_hash
from portal.workdays import add_days

_BLOCKED_UNTIL = select(func.max(PledgerBlock.until)).where(
    PledgerBlock.contact_hash == bindparam("key"),
    PledgerBlock.until > bindparam("at"),
    PledgerBlock.lifted_at.is_(None),
)
_PLEDGES = select(func.count(Pledge.id)).join(Promise, Promise.id == Pledge.promise_id)
_OF_CONTACT = _PLEDGES.where(Promise.contact_hash == bindparam("maker"), Promise.organisation_id.is_(None))
_OF_ORGANISATION = _PLEDGES.where(Promise.organisation_id == bindparam("maker"))
_IS_LIVE = Pledge.state.in_(LIVE_STATES)
_LIVE_OF_CONTACT, _LIVE_OF_ORGANISATION = _OF_CONTACT.where(_IS_LIVE), _OF_ORGANISATION.where(_IS_LIVE)


class TooManyAtOnce(Exception):
    """More wishes in one promise than limits.wishes_per_promise allows."""

    def __init__(self, allowed: int) -> None:
        super().__init__("too many wishes in one promise")
        self.allowed = allowed


class TooManyOpen(Exception):
    """The pledger would have more live pledges than one may have at a time."""

    def __init__(self, allowed: int, is_open: int) -> None:
        super().__init__("too many live pledges")
        self.allowed, self.is_open = allowed, is_open


class NotCertified(Exception):
    """The person does not act for this organisation, or staff have not certified it."""


class PledgerBlocked(Exception):
    """The pledger let wishes lapse and may not take new ones before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__("blocked after lapses")
        self.until = until


def contact_hash(receiver: str) -> str:
    """Return the keyed hash under which a mail address or mobile number finds its promises."""
    return keyed_hash("pledger", receiver)


def check_pledger(pledger: Pledger, count: int, limits: Limits) -> None:
    """Refuse a pledger who may not take this many more wishes now.

    Raises TooManyAtOnce, NotCertified, PledgerBlocked, TooManyOpen.
    """
    if count > limits.wishes_per_promise:
        raise TooManyAtOnce(limits.wishes_per_promise)
    if pledger.organisation_id is not None:
        _require_certified(pledger)
    hashed = contact_hash(pledger.contact.receiver)
    until = blocked_until(block_key(hashed, pledger.organisation_id))
    if until is not None:
        raise PledgerBlocked(until)
    if pledger.organisation_id is None:
        is_open = execute_made(_LIVE_OF_CONTACT, {"maker": hashed}).scalar_one()
    else:
        is_open = execute_made(_LIVE_OF_ORGANISATION, {"maker": pledger.organisation_id}).scalar_one()
    if is_open + count > pledger.open_allowance:
        raise TooManyOpen(pledger.open_allowance, is_open)


def _require_certified(pledger: Pledger) -> None:
    acting = session().scalar(
        select(Organisation.id)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Organisation.id == pledger.organisation_id,
            Organisation.status == OrganisationStatus.CERTIFIED,
            Membership.person_id == pledger.person_id,
        )
    )
    if acting is None:
        raise NotCertified


def block_key(contact_hash: str, organisation_id: int | None) -> str:
    """Return under which key lapses count: the organisation's when the pledge was made for one."""
    return contact_hash if organisation_id is None else keyed_hash("pledger-organisation", str(organisation_id))


def blocked_until(key: str) -> datetime | None:
    """Return until when somebody may take no new wish, or None."""
    until: datetime | None = execute_made(_BLOCKED_UNTIL, {"key": key, "at": clock.now()}).scalar_one()
    return until


def note_lapse(promise: Promise) -> None:
    """Pause a pledger whose lapses reached the limit since the last pause, and say so; call in the lapse's transaction.

    Lapses of the last LAPSES_COUNT_DAYS count; those before the end of an
    earlier pause were paid for by it, and a pause that runs is not lengthened.
    """
    key = block_key(promise.contact_hash, promise.organisation_id)
    if blocked_until(key) is not None:
        return
    limits = get_limits()
    lapses = _count_lapses(promise, key)
    if lapses < limits.lapses_to_block:
        return
    at = clock.now()
    block = PledgerBlock(contact_hash=key, promise_id=promise.id, until=add_days(at, limits.block_days), created_at=at)
    session().add(block)
    session().flush()
    facts = Facts(due_at=block.until, count=lapses, phone=current_app.config["PORTAL"].contact_phone)
    tell(promise, News.BLOCKED, lambda: facts, key=str(block.id))


def _count_lapses(promise: Promise, key: str) -> int:
    since = clock.now() - timedelta(days=LAPSES_COUNT_DAYS)
    pause_end = func.coalesce(PledgerBlock.lifted_at, PledgerBlock.until)
    paid = session().scalar(select(func.max(pause_end)).where(PledgerBlock.contact_hash == key))
    lapses = (Pledge.state == PledgeState.LAPSED, Pledge.ended_at > max(since, paid or since))
    if promise.organisation_id is None:
        return session().scalar(_OF_CONTACT.where(*lapses), {"maker": promise.contact_hash}) or 0
    return session().scalar(_OF_ORGANISATION.where(*lapses), {"maker": promise.organisation_id}) or 0
