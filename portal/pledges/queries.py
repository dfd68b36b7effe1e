"""Reads pledges for other rooms: the counter, the desk and a signed-in person's list.

What the pledger's own pages show is read in `pages.py`. Hands out frozen
dataclasses only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select

from portal.db import session
from portal.i18n import language
from portal.pledges.models import LIVE_STATES, Pledge, PledgeState, Promise
from portal.publication.models import Publication
from portal.sealing import keyed_hash
from portal.wishes.models import Wish


class PledgeNotFound(LookupError):
    """There is no such pledge."""


class PromiseNotFound(LookupError):
    """There is no such promise."""


@dataclass(frozen=True, slots=True)
class CounterPledge:
    """What a clerk needs when a drop-off code is shown at the counter; never who the pledger is.

    `is_live` is False for a pledge that ended before its goods came.
    """

    pledge_id: int
    wish_id: int
    number: str
    service_centre_id: int
    kind: str
    item: str
    size: str | None
    quantity: int
    price_minor: int
    state: PledgeState
    is_live: bool
    due_at: datetime | None
    sent_at: datetime | None
    parcel_number: str | None


@dataclass(frozen=True, slots=True)
class PledgerSummary:
    """Who pledged a wish and how to reach them, for staff who must arrange something with them."""

    pledge_id: int
    public_id: str
    state: PledgeState
    name: str | None
    organisation: str | None
    channel: str
    contact: str | None
    is_confirmed: bool
    pledged_at: datetime
    due_at: datetime | None
    extended_at: datetime | None
    sent_at: datetime | None
    parcel_number: str | None
    proposed_times: str | None
    appointment_at: datetime | None
    appointment_note: str | None


@dataclass(frozen=True, slots=True)
class EnglishWords:
    """What a wish is called and why in its public English, as far as it has one."""

    item: str | None
    size: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """One promise in the list of the person who made it, or of the organisation it was made for."""

    public_id: str
    person_id: int | None
    organisation: str | None
    created_at: datetime
    wishes: int
    live: int
    fulfilled: int


def lock_pledge(pledge_id: int) -> Pledge:
    """Return the row of a pledge for a verb, so that no other hand moves it until the transaction ends.

    Raises PledgeNotFound.
    """
    pledge = session().get(Pledge, pledge_id, with_for_update=True, populate_existing=True)
    if pledge is None:
        raise PledgeNotFound(pledge_id)
    return pledge


def lock_promise(public_id: str) -> Promise:
    """Return the row of a promise for a verb, so that no other hand changes it until the transaction ends.

    Raises PromiseNotFound.
    """
    promise = session().scalar(select(Promise).where(Promise.public_id == public_id).with_for_update())
    if promise is None:
        raise PromiseNotFound
    return promise


def find_pledge_id(public_id: str) -> int | None:
    """Return the key of the pledge a private address names."""
    return session().scalar(select(Pledge.id).where(Pledge.public_id == public_id))


def find_pledge_by_drop_off(code: str) -> CounterPledge | None:
    """Return the pledge whose drop-off code this is, in the form `codes.tidy` gives; ended pledges too."""
    row = (
        session()
        .execute(
            select(Pledge, Wish)
            .join(Wish, Wish.id == Pledge.wish_id)
            .where(Pledge.drop_off_hash == keyed_hash("drop-off", code))
        )
        .one_or_none()
    )
    if row is None:
        return None
    pledge, wish = row
    return CounterPledge(
        pledge_id=pledge.id,
        wish_id=wish.id,
        number=wish.number,
        service_centre_id=wish.service_centre_id,
        kind=wish.kind,
        item=wish.item,
        size=wish.size,
        quantity=wish.quantity,
        price_minor=wish.total_minor,
        state=PledgeState(pledge.state),
        is_live=pledge.state in LIVE_STATES,
        due_at=pledge.due_at,
        sent_at=pledge.sent_at,
        parcel_number=pledge.parcel_number,
    )


def find_live_pledge(wish_id: int) -> PledgerSummary | None:
    """Return the pledge that holds a wish now."""
    return _summary(_with_promise(wish_id).where(Pledge.state.in_(LIVE_STATES)))


def find_pledger_summary(wish_id: int) -> PledgerSummary | None:
    """Return the latest pledge of a wish, live or ended, for staff."""
    return _summary(_with_promise(wish_id).order_by(Pledge.id.desc()).limit(1))


def list_promises_of(person_id: int) -> list[PromiseLine]:
    """Return the promises a signed-in person made, for themselves or an organisation, newest first."""
    return _promise_lines(Promise.person_id == person_id)


def list_promises_for(organisation_id: int) -> list[PromiseLine]:
    """Return the promises that members made for an organisation, newest first; colleagues look after each other's."""
    return _promise_lines(Promise.organisation_id == organisation_id)


def _promise_lines(condition: ColumnElement[bool]) -> list[PromiseLine]:
    rows = session().execute(
        select(Promise, Pledge.state)
        .join(Pledge, Pledge.promise_id == Promise.id)
        .where(condition)
        .order_by(Promise.created_at.desc(), Promise.id.desc())
    )
    states: dict[int, list[str]] = {}
    promises: dict[int, Promise] = {}
    for promise, state in rows:
        promises[promise.id] = promise
        states.setdefault(promise.id, []).append(state)
    return [
        PromiseLine(
            public_id=promise.public_id,
            person_id=promise.person_id,
            organisation=(promise.contact or {}).get("organisation"),
            created_at=promise.created_at,
            wishes=len(states[promise.id]),
            live=sum(state in LIVE_STATES for state in states[promise.id]),
            fulfilled=states[promise.id].count(PledgeState.FULFILLED),
        )
        for promise in promises.values()
    ]


def public_items(numbers: list[str]) -> dict[str, str]:
    """Return what each wish is called in public, in the language in use; also of wishes no longer public."""
    rows = session().execute(
        select(Publication.number, Publication.item, Publication.item_en)
        .where(Publication.number.in_(numbers), Publication.approved_by_id.is_not(None))
        .order_by(Publication.version)
    )
    english = language() == "en"
    return {number: (item_en or item) if english else item for number, item, item_en in rows}


def english_items(numbers: Iterable[str]) -> dict[str, str]:
    """Return what wishes are called in public, to staff who read English; nothing on Chinese pages."""
    return public_items(list(numbers)) if language() == "en" else {}


def english_words(numbers: Iterable[str]) -> dict[str, EnglishWords]:
    """Return the public English of wishes to staff who read it; nothing on Chinese pages."""
    if language() != "en":
        return {}
    rows = session().execute(
        select(Publication.number, Publication.item_en, Publication.size_en, Publication.reason_en)
        .where(Publication.number.in_(list(numbers)), Publication.approved_by_id.is_not(None))
        .order_by(Publication.version)
    )
    return {number: EnglishWords(item, size, reason) for number, item, size, reason in rows}


def _with_promise(wish_id: int) -> Select[Pledge, Promise]:
    return select(Pledge, Promise).join(Promise, Promise.id == Pledge.promise_id).where(Pledge.wish_id == wish_id)


def _summary(query: Select[Pledge, Promise]) -> PledgerSummary | None:
    row = session().execute(query).one_or_none()
    if row is None:
        return None
    pledge, promise = row
    contact = promise.contact or {}
    return PledgerSummary(
        pledge_id=pledge.id,
        public_id=pledge.public_id,
        state=PledgeState(pledge.state),
        name=contact.get("name"),
        organisation=contact.get("organisation"),
        channel=promise.channel,
        contact=contact.get("email") or contact.get("phone"),
        is_confirmed=promise.confirmed_at is not None,
        pledged_at=pledge.created_at,
        due_at=pledge.due_at,
        extended_at=pledge.extended_at,
        sent_at=pledge.sent_at,
        parcel_number=pledge.parcel_number,
        proposed_times=pledge.proposed_times,
        appointment_at=pledge.appointment_at,
        appointment_note=pledge.appointment_note,
    )
