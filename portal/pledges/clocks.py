"""The clocks of pledges: holds that expire, pledges that lapse, the reminder at half time, contacts forgotten.

Each promise moves in a transaction of its own, and each row only if it still
stands as it was found, so clocks may run twice and in parallel.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, exists, select, update

from portal import clock
from portal.accounts.rules import SYSTEM
from portal.db import session, transaction
from portal.limits.service import get_limits
from portal.planning import looked_at
from portal.pledges.models import LIVE_STATES, Pledge, PledgeState, Promise
from portal.pledges.moves import step, tell_together
from portal.pledges.pledgers import note_lapse
from portal.pledges.rules import News, PledgeAction
from portal.wishes.models import Wish
from portal.wishes.rules import WishAction, WishState, WrongState
from portal.wishes.service import get_wish_by_id, move_wish

TIMED_STATES = (PledgeState.HELD, PledgeState.PLEDGED, PledgeState.PROCURING)
REMINDED_STATES = (PledgeState.PLEDGED, PledgeState.PROCURING)
PLEDGED_WISHES = (WishState.PLEDGED, WishState.PROCURING)


def release_overdue() -> int:
    """Give wishes back whose hold or deadline has passed; return how many.

    A hold that was never confirmed expires and is no lapse; a pledge that was
    lapses, and enough lapses pause the pledger.
    """
    return sum(_release(promise_id) for promise_id in _promises(_is_overdue())) + _release_unpledged()


def remind_pledgers() -> int:
    """Remind pledgers whose time is half over, once for each deadline; return of how many pledges."""
    return sum(_remind(promise_id) for promise_id in _promises(_is_half_over()))


def forget_pledgers() -> int:
    """Empty what could identify a pledger: limits.purge_days after the last pledge ended, at once for unconfirmed ones.

    Keyed hashes, states and times stay, so that lapses still count (PIPL 47). Returns how many promises were emptied.
    """
    at = clock.now()
    before = at - timedelta(days=get_limits().purge_days)
    of_promise = looked_at(Pledge.state).in_(LIVE_STATES), Pledge.ended_at > before
    live, recent = (exists().where(Pledge.promise_id == Promise.id, which) for which in of_promise)
    never_confirmed = Promise.confirmed_at.is_(None) & (Promise.hold_until <= at - timedelta(days=1))
    done = ~live & (never_confirmed | ~recent)
    found = session().scalars(select(Promise.id).where(Promise.contact.is_not(None), done).order_by(Promise.id))
    return sum(_forget(promise_id) for promise_id in list(found))


@transaction
def _forget(promise_id: int) -> bool:
    session().get_one(Promise, promise_id).contact = None
    words = dict.fromkeys(("parcel_number", "proposed_times", "appointment_note", "refused_because"))
    session().execute(update(Pledge).where(Pledge.promise_id == promise_id).values(**words))
    return True


def _promises(condition: ColumnElement[bool]) -> list[int]:
    return list(session().scalars(select(Pledge.promise_id).where(condition).distinct().order_by(Pledge.promise_id)))


def _pledges(promise_id: int, condition: ColumnElement[bool]) -> list[Pledge]:
    query = select(Pledge).where(Pledge.promise_id == promise_id, condition).order_by(Pledge.id)
    return list(session().scalars(query.with_for_update()))


@transaction
def _release(promise_id: int) -> int:
    """Release what is due of one promise; its pledger hears of all of it in one letter."""
    promise = session().get_one(Promise, promise_id)
    released = [pledge for pledge in _pledges(promise_id, _is_overdue()) if _give_back(pledge)]
    lapsed = [pledge for pledge in released if pledge.state == PledgeState.LAPSED]
    if lapsed:
        tell_together(lapsed, News.LAPSED)
        note_lapse(promise)
    return len(released)


def _is_overdue() -> ColumnElement[bool]:
    """Match what has passed its time while the next step was the pledger's; the foundation's own only while held."""
    is_theirs = _is_of_a_pledger() | (Pledge.state == PledgeState.HELD)
    return Pledge.state.in_(TIMED_STATES) & (Pledge.due_at <= clock.now()) & _waits_for_pledger() & is_theirs


def _waits_for_pledger() -> ColumnElement[bool]:
    """Match all but services whose pledger named times or has an appointment: those are the centre's turn."""
    return Pledge.proposed_times.is_(None) & Pledge.appointment_at.is_(None)


def _is_of_a_pledger() -> ColumnElement[bool]:
    """Match all but what the foundation buys: its room watches over that and lets nothing lapse."""
    return Pledge.promise_id.not_in(select(Promise.id).where(Promise.is_bought))


def _give_back(pledge: Pledge) -> bool:
    """Give one wish back, unless another hand was quicker."""
    is_held = pledge.state == PledgeState.HELD
    try:
        move_wish(pledge.wish_id, WishAction.RELEASE, SYSTEM)
    except WrongState:
        return False
    step(pledge, PledgeAction.EXPIRE if is_held else PledgeAction.LAPSE)
    return True


def _release_unpledged() -> int:
    """Give back wishes that count as pledged and have no live pledge; a fault elsewhere must not strand a wish."""
    live = exists().where(Pledge.wish_id == Wish.id, Pledge.state.in_(LIVE_STATES))
    is_due = (looked_at(Wish.state).in_(PLEDGED_WISHES), Wish.deadline_at <= clock.now())
    stranded = session().scalars(select(Wish.id).where(*is_due, ~live))
    return sum(_release_wish(wish_id) for wish_id in list(stranded))


@transaction
def _release_wish(wish_id: int) -> bool:
    if get_wish_by_id(wish_id).state not in PLEDGED_WISHES:
        return False
    move_wish(wish_id, WishAction.RELEASE, SYSTEM)
    return True


def _is_half_over() -> ColumnElement[bool]:
    at = clock.now()
    return (
        Pledge.state.in_(REMINDED_STATES)
        & (Pledge.remind_at <= at)
        & Pledge.reminded_at.is_(None)
        & (Pledge.due_at > at)
        & _waits_for_pledger()
        & _is_of_a_pledger()
    )


@transaction
def _remind(promise_id: int) -> int:
    reminded = _pledges(promise_id, _is_half_over())
    for pledge in reminded:
        pledge.reminded_at = clock.now()
    if reminded:
        tell_together(reminded, News.REMINDER, key=str(reminded[0].remind_at))
    return len(reminded)
