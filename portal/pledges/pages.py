"""Reads what the pages of pledgers show: wishes to choose, one's own pledges, one's own history.

Sees of a wish only its approved public text, its state and the days of its
steps; hands out frozen dataclasses.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from portal import clock
from portal.areas.queries import CentreCard, list_centres
from portal.codes import drop_off_code, grouped, private_token
from portal.db import session
from portal.i18n import language
from portal.pledges.contacts import Contact
from portal.pledges.labels import (
    CONFIRMED_STEP,
    EVENT_LABELS,
    EXTENDED_STEP,
    HANDED_OVER_LABEL,
    PLEDGED_STEP,
    SENT_STEP,
    STATE_LABELS,
    STATE_TONES,
    THANKED_STATES,
)
from portal.pledges.models import LIVE_STATES, Pledge, PledgeState, Promise, Sending
from portal.pledges.queries import PromiseNotFound
from portal.pledges.rules import END_STATES, may_extend
from portal.publication.models import Publication
from portal.wishes.kinds import Category, WishKind
from portal.wishes.models import Wish, WishEvent
from portal.wishes.rules import WishAction, WishState
from portal.workdays import last_day

IN_HAND_STATES = frozenset({WishState.PLEDGED, WishState.PROCURING})


@dataclass(frozen=True, slots=True)
class WishText:
    """What a pledger reads of a wish they took, in their language; the place is theirs to know."""

    number: str
    item: str
    size: str | None
    quantity: int
    category: str
    is_service: bool
    price_minor: int
    centre: CentreCard | None = None


@dataclass(frozen=True, slots=True)
class OwnPledge:
    """One pledge as its pledger sees it."""

    id: int
    token: str
    wish: WishText
    state: PledgeState
    state_label: Any
    tone: str
    is_over: bool
    is_thanked: bool
    pledged_on: date
    due_on: date | None
    days_left: int | None
    code: str | None
    may_extend: bool
    is_extended: bool
    sent_on: date | None
    parcel_number: str | None
    refused_because: str | None
    refused_with_photo: bool
    proposed_times: str | None
    appointment_at: datetime | None
    appointment_note: str | None
    wish_state: WishState

    @property
    def is_pledged(self) -> bool:
        """Tell whether the pledger has not said yet that they are getting the thing."""
        return self.state is PledgeState.PLEDGED

    @property
    def is_procuring(self) -> bool:
        """Tell whether the pledger is getting the thing."""
        return self.state is PledgeState.PROCURING

    @property
    def is_in_hand(self) -> bool:
        """Tell whether the next step is the pledger's or waits for an appointment."""
        return self.state in (PledgeState.PLEDGED, PledgeState.PROCURING) and self.wish_state in IN_HAND_STATES


@dataclass(frozen=True, slots=True)
class OwnPromise:
    """One promise as its pledger sees it, with its pledges in the order of their making."""

    public_id: str
    token: str
    channel: str
    masked: str
    contact_hash: str
    name: str | None
    organisation: str | None
    is_confirmed: bool
    is_held: bool
    hold_until: datetime | None
    pledges: tuple[OwnPledge, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a pledge's history, dated to the day."""

    when: date
    title: Any


def wish_texts(numbers: Sequence[str]) -> dict[str, WishText]:
    """Return the newest approved public text of each wish, also of one that is not public any more."""
    rows = session().scalars(
        select(Publication)
        .where(Publication.number.in_(numbers), Publication.approved_by_id.is_not(None))
        .order_by(Publication.version)
    )
    return {row.number: _text(row) for row in rows}


def get_own_pledge(pledge_id: int) -> OwnPledge:
    """Return one pledge, for whoever holds its private address."""
    return _own_pledges(Pledge.id == pledge_id)[0]


def get_own_promise(public_id: str) -> OwnPromise:
    """Return one promise with all of its pledges, for whoever holds one of its private addresses.

    Raises PromiseNotFound.
    """
    promise = session().scalar(select(Promise).where(Promise.public_id == public_id))
    if promise is None:
        raise PromiseNotFound
    contact = promise.contact or {}
    pledges = _own_pledges(Pledge.promise_id == promise.id)
    return OwnPromise(
        public_id=public_id,
        token=private_token("promise", public_id),
        channel=promise.channel,
        masked=_masked(promise),
        contact_hash=promise.contact_hash,
        name=contact.get("name"),
        organisation=contact.get("organisation"),
        is_confirmed=promise.confirmed_at is not None,
        is_held=promise.confirmed_at is None
        and promise.hold_until is not None
        and promise.hold_until > clock.now()
        and any(pledge.state is PledgeState.HELD for pledge in pledges),
        hold_until=promise.hold_until,
        pledges=tuple(pledges),
    )


def list_steps(pledge_id: int) -> list[Step]:
    """Return the history of a pledge as its pledger may know it, newest first, by days."""
    pledge = session().get_one(Pledge, pledge_id)
    steps = sorted(_own_steps(pledge) + _wish_steps(pledge), key=lambda step: step[0])
    return [Step(clock.local_date(at), title) for at, title in reversed(steps)]


def _wish_steps(pledge: Pledge) -> list[tuple[datetime, Any]]:
    """Return the steps of the wish while this pledge held it."""
    query = (
        select(WishEvent.action, WishEvent.from_state, WishEvent.at)
        .where(WishEvent.wish_id == pledge.wish_id, WishEvent.at >= pledge.created_at)
        .order_by(WishEvent.sequence)
    )
    if pledge.ended_at is not None:
        query = query.where(WishEvent.at <= pledge.ended_at)
    return [
        (at, EVENT_LABELS[WishAction(action)])
        for action, from_state, at in session().execute(query)
        if action in EVENT_LABELS and (action, from_state) != (WishAction.PROCURE, WishState.PROCURING)
    ]


def _own_steps(pledge: Pledge) -> list[tuple[datetime, Any]]:
    promise = session().get_one(Promise, pledge.promise_id)
    was_asked = promise.hold_until is not None
    dated = [
        (pledge.created_at, PLEDGED_STEP),
        (promise.confirmed_at if was_asked else None, CONFIRMED_STEP),
        (pledge.extended_at, EXTENDED_STEP),
    ]
    sent = session().scalars(select(Sending.at).where(Sending.pledge_id == pledge.id))
    return [(at, title) for at, title in dated if at is not None] + [(at, SENT_STEP) for at in sent]


def _own_pledges(condition: ColumnElement[bool]) -> list[OwnPledge]:
    found = (
        session()
        .execute(
            select(Pledge, Wish.number, Wish.kind, Wish.state, Wish.service_centre_id)
            .join(Wish, Wish.id == Pledge.wish_id)
            .where(condition)
            .order_by(Pledge.id)
        )
        .all()
    )
    texts = wish_texts([row.number for row in found])
    centres = {centre.id: centre for centre in list_centres(with_closed=True)}
    return [
        _own(
            row.Pledge,
            replace(texts.get(row.number) or _unnamed(row.number, row.kind), centre=centres[row.service_centre_id]),
            WishState(row.state),
        )
        for row in found
    ]


def _own(pledge: Pledge, wish: WishText, wish_state: WishState) -> OwnPledge:
    state = PledgeState(pledge.state)
    is_thanked = state is PledgeState.FULFILLED or (state in LIVE_STATES and wish_state in THANKED_STATES)
    has_code = state in (PledgeState.PLEDGED, PledgeState.PROCURING) and not wish.is_service
    return OwnPledge(
        id=pledge.id,
        token=private_token("pledge", pledge.public_id),
        wish=wish,
        state=state,
        state_label=HANDED_OVER_LABEL if is_thanked else STATE_LABELS[state],
        tone=STATE_TONES[state],
        is_over=state in END_STATES,
        is_thanked=is_thanked,
        pledged_on=clock.local_date(pledge.created_at),
        due_on=last_day(pledge.due_at) if pledge.due_at else None,
        days_left=(last_day(pledge.due_at) - clock.today()).days if pledge.due_at else None,
        code=grouped(drop_off_code(pledge.seed, pledge.attempt)) if has_code else None,
        may_extend=may_extend(state, pledge.due_at, pledge.extended_at, clock.now()),
        is_extended=pledge.extended_at is not None,
        sent_on=clock.local_date(pledge.sent_at) if pledge.sent_at else None,
        parcel_number=pledge.parcel_number,
        refused_because=pledge.refused_because,
        refused_with_photo=pledge.refused_with_photo,
        proposed_times=pledge.proposed_times,
        appointment_at=pledge.appointment_at,
        appointment_note=pledge.appointment_note,
        wish_state=wish_state,
    )


def _text(row: Publication) -> WishText:
    english = language() == "en"
    return WishText(
        number=row.number,
        item=(row.item_en or row.item) if english else row.item,
        size=(row.size_en or row.size) if english else row.size,
        quantity=row.quantity,
        category=row.category,
        is_service=row.kind == WishKind.SERVICE,
        price_minor=row.price_minor,
    )


def _unnamed(number: str, kind: str) -> WishText:
    """Return a text that gives away nothing, for a wish whose public text is not to be found."""
    return WishText(number, number, None, 1, Category.OTHER, kind == WishKind.SERVICE, 0)


def _masked(promise: Promise) -> str:
    contact = promise.contact or {}
    receiver = contact.get("email") or contact.get("phone")
    return Contact(promise.channel, receiver).masked if receiver else ""
