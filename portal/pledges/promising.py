"""Making a promise: taking wishes for a pledger, holding them until the contact is confirmed, confirming.

A wish is taken by one conditional update of its state and by the partial
unique index on live pledges; either alone would let one pledger win only.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, insert, select, update
from sqlalchemy.orm import load_only

from portal import clock
from portal.accounts.models import Organisation
from portal.accounts.rules import Actor
from portal.codes import new_public_id, private_token
from portal.db import as_read, execute_made, insert_unless_there, session, transaction
from portal.limits.rules import Limits
from portal.limits.service import get_limits
from portal.pledges.letters import Facts, tell
from portal.pledges.models import Pledge, PledgeState, Promise
from portal.pledges.moves import deadline, new_drop_off, step, tell_pledged
from portal.pledges.pledgers import check_pledger, contact_hash
from portal.pledges.queries import lock_promise
from portal.pledges.rules import CODE_TRIES, News, PledgeAction, Pledger
from portal.sealing import keyed_hash
from portal.web import absolute_url
from portal.wishes.kinds import WishKind
from portal.wishes.models import Wish
from portal.wishes.rules import WishAction, WishState, WrongState, deadline_of
from portal.wishes.service import get_wish_by_id, move_wish, set_deadline

_WANTED = (
    select(Wish)
    .where(Wish.number.in_(bindparam("numbers", expanding=True)))
    .order_by(Wish.id)
    .options(
        load_only(
            *(Wish.number, Wish.kind, Wish.state, Wish.version, Wish.service_centre_id, Wish.open_since, Wish.closed_at)
        )
    )
)
_ADD_PLEDGE = insert(cast("Table", Pledge.__table__))


class WishesTaken(Exception):
    """Wishes are no longer free, and nothing was taken; `free` are those that still were."""

    def __init__(self, lost: tuple[str, ...], free: tuple[str, ...]) -> None:
        super().__init__(f"{len(lost)} wishes are no longer free")
        self.lost, self.free = lost, free


class HoldExpired(Exception):
    """The wishes were held for the stated minutes and have gone back to the pool."""


class CodeAnswer(StrEnum):
    """What became of a typed SMS code."""

    CONFIRMED = "confirmed"
    WRONG = "wrong"
    USED_UP = "used_up"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class PromiseMade:
    """What a promise took and what it could not."""

    public_id: str
    taken: tuple[str, ...]
    lost: tuple[str, ...]
    is_confirmed: bool


@transaction
def make_promise(
    actor: Actor, pledger: Pledger, numbers: Sequence[str], *, take_free: bool = True, public_id: str | None = None
) -> PromiseMade:
    """Take wishes by their numbers for a pledger: a guest's are held limits.hold_minutes, others' are pledged at once.

    `take_free` says whether the rest is wanted when some are gone. `public_id`
    names the promise beforehand, so that a form sent twice makes one promise.

    Raises WishesTaken, TooManyAtOnce, TooManyOpen, PledgerBlocked, NotCertified.
    """
    wanted = tuple(dict.fromkeys(numbers))
    name = public_id or new_public_id()
    limits = get_limits()
    promise = _insert_promise(name, pledger, limits)
    if promise is None:
        return _made_before(name, actor, pledger, wanted, take_free)
    check_pledger(pledger, len(wanted), limits)
    taken, lost = _take_all(promise, wanted, actor)
    if not taken or (lost and not take_free):
        raise WishesTaken(lost, taken)
    if pledger.is_confirmed:
        tell_pledged(promise, session().scalars(_pledges_of(promise)).all())
    else:
        _ask_to_confirm(promise, key="first")
    return PromiseMade(name, taken, lost, pledger.is_confirmed)


@transaction
def confirm_promise(public_id: str) -> None:
    """Pledge for good what was held, because the contact was shown to be the pledger's own.

    Does nothing where it was confirmed before. Raises HoldExpired,
    PromiseNotFound.
    """
    promise = lock_promise(public_id)
    if promise.confirmed_at is not None:
        return
    held = session().scalars(_pledges_of(promise).where(Pledge.state == PledgeState.HELD).with_for_update()).all()
    if not held or promise.hold_until is None or promise.hold_until <= clock.now():
        raise HoldExpired
    promise.confirmed_at, promise.code_hash = clock.now(), None
    due_at = _contact_due()
    for pledge in held:
        set_deadline(pledge.wish_id, due_at)
        kind = get_wish_by_id(pledge.wish_id).kind
        step(pledge, PledgeAction.CONFIRM, **_pledged_columns(pledge.public_id, kind, due_at))
    tell_pledged(promise, held)


@transaction
def confirm_by_code(public_id: str, code: str) -> CodeAnswer:
    """Confirm a promise by the code sent to a mobile number; each wrong one is counted, CODE_TRIES at most.

    Raises PromiseNotFound.
    """
    promise = lock_promise(public_id)
    if promise.confirmed_at is not None:
        # The code is spent: whoever asks again must not be let in without it.
        return CodeAnswer.EXPIRED
    if promise.code_hash is None or promise.code_attempts >= CODE_TRIES:
        return CodeAnswer.USED_UP
    if promise.code_hash != _code_hash(public_id, code):
        promise.code_attempts += 1
        return CodeAnswer.USED_UP if promise.code_attempts >= CODE_TRIES else CodeAnswer.WRONG
    try:
        confirm_promise(public_id)
    except HoldExpired:
        return CodeAnswer.EXPIRED
    return CodeAnswer.CONFIRMED


@transaction
def cancel_hold(actor: Actor, public_id: str) -> tuple[str, ...]:
    """Give back what a promise holds unconfirmed, such as after a slip in the contact; return the wishes' numbers.

    Raises PromiseNotFound.
    """
    promise = lock_promise(public_id)
    held = session().scalars(_pledges_of(promise).where(Pledge.state == PledgeState.HELD).with_for_update()).all()
    for pledge in held:
        move_wish(pledge.wish_id, WishAction.RELEASE, actor)
        step(pledge, PledgeAction.CANCEL)
    return tuple(_numbers_of(promise)) if held else ()


@transaction
def ask_again(public_id: str) -> bool:
    """Send the link once more, or a new code in place of the old one; at most once a minute.

    The tries of the old code stay counted. Tells whether something was sent.
    Raises HoldExpired, PromiseNotFound.
    """
    promise = lock_promise(public_id)
    if promise.confirmed_at is not None or promise.hold_until is None or promise.hold_until <= clock.now():
        raise HoldExpired
    return _ask_to_confirm(promise, key=f"{clock.now():%Y%m%d%H%M}")


def _insert_promise(public_id: str, pledger: Pledger, limits: Limits) -> Promise | None:
    """Add the row of a promise and return it, or None where this name was given before."""
    at = clock.now()
    is_mail = pledger.contact.channel == "mail"
    values: dict[str, Any] = {
        "public_id": public_id,
        "contact": {
            "name": pledger.name,
            "organisation": _organisation_name(pledger.organisation_id),
            "email": pledger.contact.receiver if is_mail else None,
            "phone": None if is_mail else pledger.contact.receiver,
        },
        "contact_hash": contact_hash(pledger.contact.receiver),
        "channel": pledger.contact.channel,
        "locale": pledger.locale,
        "person_id": pledger.person_id,
        "organisation_id": pledger.organisation_id,
        "code_attempts": 0,
        "created_at": at,
        "confirmed_at": at if pledger.is_confirmed else None,
        "hold_until": None if pledger.is_confirmed else at + timedelta(minutes=limits.hold_minutes),
        "is_bought": False,
    }
    key = insert_unless_there(Promise, **values)
    return None if key is None else as_read(Promise(id=key, **values))


def _organisation_name(organisation_id: int | None) -> str | None:
    if organisation_id is None:
        return None
    return session().scalar(select(Organisation.name).where(Organisation.id == organisation_id))


def _made_before(
    public_id: str, actor: Actor, pledger: Pledger, wanted: tuple[str, ...], take_free: bool
) -> PromiseMade:
    """Return what a form already made; a form kept open and filled again with other wishes makes another promise."""
    promise = lock_promise(public_id)
    before = tuple(_numbers_of(promise))
    if promise.contact_hash == contact_hash(pledger.contact.receiver) and set(before) <= set(wanted):
        lost = tuple(number for number in wanted if number not in before)
        return PromiseMade(public_id, before, lost, promise.confirmed_at is not None)
    return make_promise(actor, pledger, wanted, take_free=take_free)


def _take_all(promise: Promise, wanted: tuple[str, ...], actor: Actor) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Take wishes in the order of their keys, so that two pledgers of the same list never wait for each other."""
    wishes = session().scalars(_WANTED, {"numbers": wanted}).all()
    due_at = promise.hold_until or _contact_due()
    taken = {wish.number for wish in wishes if take_wish(promise, wish, due_at, actor)}
    return (
        tuple(number for number in wanted if number in taken),
        tuple(number for number in wanted if number not in taken),
    )


def take_wish(promise: Promise, wish: Wish, due_at: datetime, actor: Actor) -> bool:
    """Take one wish for a promise inside its transaction; tell whether it was free."""
    try:
        move_wish(wish.id, WishAction.PLEDGE, actor, deadline_at=due_at)
    except WrongState:
        return False
    at = clock.now()
    name = new_public_id()
    if promise.confirmed_at is None:
        columns: dict[str, Any] = {"state": PledgeState.HELD, "due_at": due_at}
    else:
        columns = {"state": PledgeState.PLEDGED} | _pledged_columns(name, wish.kind, due_at)
    row = {"public_id": name, "promise_id": promise.id, "wish_id": wish.id, "state_since": at, "created_at": at}
    execute_made(_ADD_PLEDGE, row | columns)
    return True


def _contact_due() -> datetime:
    due_at = deadline_of(WishState.PLEDGED, clock.now(), get_limits())
    assert due_at is not None
    return due_at


def _pledged_columns(public_id: str, kind: str, due_at: datetime) -> dict[str, Any]:
    """Return the columns of a pledge that is no longer only held: its deadline, and the drop-off code of goods."""
    return deadline(due_at) | ({} if kind == WishKind.SERVICE else new_drop_off(public_id, 1))


def _ask_to_confirm(promise: Promise, *, key: str) -> bool:
    code = f"{secrets.randbelow(1_000_000):06d}" if promise.channel == "sms" else ""
    link = absolute_url("pledges.confirm", token=private_token("promise-confirm", promise.public_id))
    facts = Facts(code=code, link="" if code else link, at=promise.hold_until)
    is_new = tell(promise, News.CONFIRM, lambda: facts, key=f"{promise.public_id}:{key}")
    if is_new and code:
        session().execute(
            update(Promise).where(Promise.id == promise.id).values(code_hash=_code_hash(promise.public_id, code))
        )
    return is_new


def _code_hash(public_id: str, code: str) -> str:
    return keyed_hash("promise-code", f"{public_id}:{code}")


def _pledges_of(promise: Promise) -> Select[Pledge]:
    return select(Pledge).where(Pledge.promise_id == promise.id).order_by(Pledge.id)


def _numbers_of(promise: Promise) -> list[str]:
    return list(
        session().scalars(
            select(Wish.number)
            .join(Pledge, Pledge.wish_id == Wish.id)
            .where(Pledge.promise_id == promise.id)
            .order_by(Pledge.id)
        )
    )
