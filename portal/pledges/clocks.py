"""The clocks of pledges: holds that expire, pledges that lapse, the reminder at half time.

Each row moves in a transaction of its own and only if it still stands as it
was found, so clocks may run twice and in parallel.
"""

from collections.abc import Callable

from sqlalchemy import ColumnElement, select

from portal import clock
from portal.accounts.rules import SYSTEM
from portal.db import session, transaction
from portal.pledges.models import LIVE_STATES, Pledge, PledgeState, Promise
from portal.pledges.moves import step, tell_about
from portal.pledges.pledgers import note_lapse
from portal.pledges.queries import lock_pledge
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
    due = _ids(Pledge.state.in_(TIMED_STATES), Pledge.due_at <= clock.now())
    return sum(_once(_release, pledge_id) for pledge_id in due) + _release_unpledged()


def remind_pledgers() -> int:
    """Remind pledgers whose time is half over, once for each deadline; return how many."""
    at = clock.now()
    half_over = _ids(
        Pledge.state.in_(REMINDED_STATES), Pledge.remind_at <= at, Pledge.reminded_at.is_(None), Pledge.due_at > at
    )
    return sum(_remind(pledge_id) for pledge_id in half_over)


def _ids(*conditions: ColumnElement[bool]) -> list[int]:
    return list(session().scalars(select(Pledge.id).where(*conditions).order_by(Pledge.due_at, Pledge.id)))


def _once(release: Callable[[int], bool], key: int) -> bool:
    """Release one row unless another hand was quicker."""
    try:
        return release(key)
    except WrongState:
        return False


@transaction
def _release(pledge_id: int) -> bool:
    pledge = lock_pledge(pledge_id)
    if pledge.state not in TIMED_STATES or pledge.due_at is None or pledge.due_at > clock.now():
        return False
    was_held = pledge.state == PledgeState.HELD
    move_wish(pledge.wish_id, WishAction.RELEASE, SYSTEM)
    step(pledge, PledgeAction.EXPIRE if was_held else PledgeAction.LAPSE)
    if not was_held:
        tell_about(pledge, News.LAPSED)
        note_lapse(session().get_one(Promise, pledge.promise_id))
    return True


def _release_unpledged() -> int:
    """Give back wishes that count as pledged and have no live pledge; a fault elsewhere must not strand a wish."""
    live = select(Pledge.wish_id).where(Pledge.state.in_(LIVE_STATES))
    stranded = session().scalars(
        select(Wish.id).where(Wish.state.in_(PLEDGED_WISHES), Wish.deadline_at <= clock.now(), Wish.id.not_in(live))
    )
    return sum(_once(_release_wish, wish_id) for wish_id in list(stranded))


@transaction
def _release_wish(wish_id: int) -> bool:
    if get_wish_by_id(wish_id).state not in PLEDGED_WISHES:
        return False
    move_wish(wish_id, WishAction.RELEASE, SYSTEM)
    return True


@transaction
def _remind(pledge_id: int) -> bool:
    pledge = lock_pledge(pledge_id)
    if pledge.state not in REMINDED_STATES or pledge.reminded_at is not None or pledge.due_at is None:
        return False
    pledge.reminded_at = clock.now()
    tell_about(pledge, News.REMINDER, key=pledge.due_at.isoformat())
    return True
