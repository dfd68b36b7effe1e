"""Verbs of pledges. Each is one transaction: the pledge, the wish, the deadline of both and the letter go together.

Only make, confirm, begin, extend, say sent, cancel and the clock move a wish.
The counter moves the wish itself and then says here what became of the pledge.
"""

from datetime import datetime

from sqlalchemy import select

from portal import clock
from portal.accounts.rules import Actor
from portal.db import session, transaction
from portal.limits.service import get_limits
from portal.pledges.models import LIVE_STATES, Pledge, PledgeState, Sending
from portal.pledges.moves import Extra, check_step, deadline, is_service, new_drop_off, step, tell_about, tell_together
from portal.pledges.promising import confirm_by_code, confirm_promise, make_promise
from portal.pledges.queries import lock_pledge, lock_promise
from portal.pledges.rules import (
    ENDINGS,
    News,
    PledgeAction,
    due_after_sending,
    extended_due,
    may_extend,
)
from portal.wishes.rules import WishAction, WishState, WrongState, deadline_of
from portal.wishes.service import get_wish_by_id, move_wish, set_deadline
from portal.workdays import add_days

__all__ = [
    "begin_all",
    "begin_procuring",
    "cancel_pledge",
    "confirm_by_code",
    "confirm_promise",
    "end_pledge_of_wish",
    "extend_pledge",
    "make_promise",
    "mark_arranged",
    "mark_fulfilled",
    "mark_received",
    "mark_refused",
    "mark_served",
    "propose_times",
    "say_sent",
    "tell_pledger",
]


@transaction
def begin_procuring(actor: Actor, pledge_id: int) -> None:
    """Note that the pledger has contacted the centre and is getting the thing; the time to deliver starts.

    Does nothing where it is noted already. Raises WrongState, NotAllowed,
    PledgeNotFound.
    """
    pledge = lock_pledge(pledge_id)
    if pledge.state == PledgeState.PROCURING:
        return
    _begin(actor, pledge)
    tell_about(pledge, News.PROCURING)


@transaction
def begin_all(actor: Actor, public_id: str) -> int:
    """Note the same for every pledge of a promise that waits for it, with one letter; return how many there were.

    Raises NotAllowed, PromiseNotFound.
    """
    promise = lock_promise(public_id)
    waiting = Pledge.promise_id == promise.id, Pledge.state == PledgeState.PLEDGED
    pledges = list(session().scalars(select(Pledge).where(*waiting).order_by(Pledge.id).with_for_update()))
    for pledge in pledges:
        _begin(actor, pledge)
    if pledges:
        tell_together(pledges, News.PROCURING)
    return len(pledges)


@transaction
def extend_pledge(actor: Actor, pledge_id: int) -> None:
    """Move the deadline on by limits.extension_working_days, once in a pledge's life and before it has passed.

    Raises WrongState, PledgeNotFound.
    """
    pledge = lock_pledge(pledge_id)
    if not may_extend(PledgeState(pledge.state), pledge.due_at, pledge.extended_at, clock.now()):
        raise WrongState("no extension left")
    assert pledge.due_at is not None
    _move_deadline(pledge, extended_due(pledge.due_at, get_limits()))
    pledge.extended_at = clock.now()


@transaction
def say_sent(actor: Actor, pledge_id: int, parcel_number: str) -> None:
    """Note that the thing is on its way, with the parcel's number; the first time, the post gets its days.

    Who had not said so before has thereby begun to procure. Raises WrongState
    (also for a service), NotAllowed, PledgeNotFound.
    """
    pledge = lock_pledge(pledge_id)
    if is_service(pledge):
        raise WrongState("a service is not sent")
    begin_procuring(actor, pledge_id)
    pledge.parcel_number = parcel_number
    if pledge.sent_at is None and pledge.due_at is not None:
        pledge.sent_at = clock.now()
        session().add(Sending(pledge_id=pledge.id, attempt=pledge.attempt, at=pledge.sent_at))
        _move_deadline(pledge, due_after_sending(pledge.due_at, clock.now(), get_limits()))


@transaction
def propose_times(actor: Actor, pledge_id: int, times: str) -> None:
    """Note when a pledger could do a service, for the centre to arrange; they have thereby begun.

    A thing would wait for the centre without end. Raises WrongState (also for
    a thing), NotAllowed, PledgeNotFound.
    """
    pledge = lock_pledge(pledge_id)
    if not is_service(pledge):
        raise WrongState("a thing is brought without an appointment")
    begin_procuring(actor, pledge_id)
    pledge.proposed_times = times


@transaction
def cancel_pledge(actor: Actor, pledge_id: int, reason: str | None = None) -> None:
    """Give a wish back to the pool at once; no lapse. The reason is kept sealed in the wish's history.

    Does nothing where it is cancelled already. Raises WrongState, NotAllowed,
    PledgeNotFound.
    """
    pledge = lock_pledge(pledge_id)
    if pledge.state == PledgeState.CANCELLED:
        return
    check_step(pledge, PledgeAction.CANCEL)
    was_held = pledge.state == PledgeState.HELD
    move_wish(pledge.wish_id, WishAction.RELEASE, actor, note=reason)
    step(pledge, PledgeAction.CANCEL)
    if not was_held:
        tell_about(pledge, News.CANCELLED)


@transaction
def end_pledge_of_wish(wish_id: int, why: str) -> bool:
    """End the live pledge of a wish that is withdrawn, reopened or suspended, and tell the pledger; no lapse.

    Never moves the wish. Tells whether there was a live pledge. Raises
    ValueError for another reason, WrongState.
    """
    news = News(why)
    if news not in ENDINGS:
        raise ValueError(why)
    pledge = _find_live(wish_id)
    if pledge is None:
        return False
    was_held = pledge.state == PledgeState.HELD
    step(pledge, PledgeAction.END)
    if not was_held:
        tell_about(pledge, news)
    return True


@transaction
def mark_received(pledge_id: int) -> None:
    """Note that the centre has taken the thing in, and tell the pledger; the wish was moved by the counter.

    Raises WrongState, PledgeNotFound.
    """
    pledge = lock_pledge(pledge_id)
    step(pledge, PledgeAction.RECEIVE, due_at=None, remind_at=None, refused_because=None, refused_with_photo=False)
    tell_about(pledge, News.RECEIVED, key=str(pledge.attempt))


@transaction
def mark_refused(pledge_id: int, reason: str, due_at: datetime, *, has_photo: bool = False) -> None:
    """Note that the thing was turned away and may be brought again until `due_at`, with a new drop-off code.

    Also where the thing, or the service, proved wrong in the family's hands.
    `reason` is told to the pledger, so it must not speak of the family;
    `has_photo` says whether the counter kept a picture they may see.
    Raises WrongState, PledgeNotFound.
    """
    pledge = lock_pledge(pledge_id)
    check_step(pledge, PledgeAction.REFUSE)
    again = pledge.attempt + 1
    code = {"attempt": again} if is_service(pledge) else new_drop_off(pledge.seed, again)
    step(
        pledge,
        PledgeAction.REFUSE,
        refused_because=reason,
        refused_with_photo=has_photo,
        sent_at=None,
        parcel_number=None,
        proposed_times=None,
        appointment_at=None,
        appointment_note=None,
        **deadline(due_at),
        **code,
    )
    tell_about(pledge, News.REFUSED, Extra(reason=reason), key=due_at.isoformat())


@transaction
def mark_arranged(pledge_id: int, appointment_at: datetime, note: str | None = None) -> None:
    """Note when a service takes place and tell the pledger; the pledge stays due until the end of that day at least.

    `note` is shown to the pledger: where to come and whom at the centre to ask
    for, never who the family is. Raises WrongState, PledgeNotFound.
    """
    pledge = lock_pledge(pledge_id)
    if pledge.state != PledgeState.PROCURING or pledge.due_at is None:
        raise WrongState(f"appointment for pledge {pledge.state}")
    pledge.appointment_at, pledge.appointment_note = appointment_at, note
    _move_deadline(pledge, max(pledge.due_at, add_days(appointment_at, 0)))
    tell_about(pledge, News.ARRANGED, Extra(at=appointment_at), key=str(get_wish_by_id(pledge.wish_id).version))


@transaction
def mark_served(pledge_id: int) -> None:
    """Note that a service was done: nothing is due from the pledger any more; the family is asked next.

    Raises PledgeNotFound.
    """
    pledge = lock_pledge(pledge_id)
    pledge.due_at = pledge.remind_at = None


@transaction
def mark_fulfilled(wish_id: int) -> None:
    """Note that the wish came true, and thank the pledger; does nothing where no pledge is live.

    Raises WrongState for a thing the centre has not received.
    """
    pledge = _find_live(wish_id)
    if pledge is None:
        return
    step(pledge, PledgeAction.FULFIL)
    tell_about(pledge, News.FULFILLED, key=str(pledge.attempt))


@transaction
def tell_pledger(wish_id: int, kind: str) -> bool:
    """Tell the latest pledger of a wish a piece of news of rules.News, once for each attempt; tell whether it is new.

    Raises ValueError for a kind that does not exist.
    """
    news = News(kind)
    latest = session().scalar(select(Pledge).where(Pledge.wish_id == wish_id).order_by(Pledge.id.desc()).limit(1))
    return latest is not None and tell_about(latest, news, key=str(latest.attempt))


def _begin(actor: Actor, pledge: Pledge) -> None:
    check_step(pledge, PledgeAction.PROCURE)
    due_at = deadline_of(WishState.PROCURING, clock.now(), get_limits())
    assert due_at is not None
    move_wish(pledge.wish_id, WishAction.PROCURE, actor, deadline_at=due_at)
    step(pledge, PledgeAction.PROCURE, **deadline(due_at))


def _move_deadline(pledge: Pledge, due_at: datetime) -> None:
    """Give pledge and wish another deadline, with a reminder at its half time."""
    for name, value in deadline(due_at).items():
        setattr(pledge, name, value)
    set_deadline(pledge.wish_id, due_at)


def _find_live(wish_id: int) -> Pledge | None:
    return session().scalar(
        select(Pledge).where(Pledge.wish_id == wish_id, Pledge.state.in_(LIVE_STATES)).with_for_update()
    )
