"""Lets the foundation take a wish that it buys: the same pledge, the same unit, so nobody else can have it.

Such a pledge has no pledger to write to. Its hold expires like any other; its
deadlines are moved on by whoever buys, and never let the wish lapse.
"""

from datetime import datetime

from flask import current_app
from sqlalchemy import select

from portal import clock
from portal.accounts.rules import PLEDGER, SYSTEM
from portal.codes import new_public_id
from portal.db import session, transaction
from portal.pledges.models import Pledge, PledgeState, Promise
from portal.pledges.moves import deadline, new_drop_off, step
from portal.pledges.pledgers import contact_hash
from portal.pledges.promising import HoldExpired, WishesTaken, take_wish
from portal.pledges.rules import PledgeAction
from portal.wishes.kinds import WishKind
from portal.wishes.rules import WishAction
from portal.wishes.service import get_wish, move_wish, set_deadline

_RELEASABLE = (PledgeState.HELD, PledgeState.PLEDGED, PledgeState.PROCURING)


@transaction
def reserve_wish(number: str, until: datetime) -> int:
    """Hold a wish for the foundation until a moment; return the key of the promise.

    Raises WishesTaken (also for a service, which cannot be bought), WishNotFound.
    """
    wish = get_wish(number)
    promise = _add_promise(until)
    if wish.kind != WishKind.GOODS or not take_wish(promise, wish, until, PLEDGER):
        session().delete(promise)
        session().flush()
        raise WishesTaken((number,), ())
    session().flush()
    return promise.id


@transaction
def keep_reserved(promise_id: int, due_at: datetime) -> None:
    """Pledge for good what is still held, and begin to get it until a moment; it has a drop-off code from now on.

    Raises HoldExpired.
    """
    promise, pledge = session().get_one(Promise, promise_id), lock_bought_pledge(promise_id)
    if pledge.state != PledgeState.HELD:
        raise HoldExpired
    promise.confirmed_at = clock.now()
    step(pledge, PledgeAction.CONFIRM, **deadline(due_at), **new_drop_off(pledge.public_id, 1))
    move_wish(pledge.wish_id, WishAction.PROCURE, PLEDGER, deadline_at=due_at)
    step(pledge, PledgeAction.PROCURE)


@transaction
def postpone(promise_id: int, due_at: datetime) -> None:
    """Give a pledge of the foundation and its wish another deadline."""
    pledge = lock_bought_pledge(promise_id)
    for name, value in deadline(due_at).items():
        setattr(pledge, name, value)
    set_deadline(pledge.wish_id, due_at)


@transaction
def release_reserved(promise_id: int) -> bool:
    """Give a wish back to those who may pledge it; tell whether the foundation still had it in hand."""
    pledge = lock_bought_pledge(promise_id)
    if pledge.state not in _RELEASABLE:
        return False
    move_wish(pledge.wish_id, WishAction.RELEASE, SYSTEM)
    step(pledge, PledgeAction.CANCEL)
    return True


def lock_bought_pledge(promise_id: int) -> Pledge:
    """Return the one pledge of a promise of the foundation, so that no other hand moves it meanwhile."""
    query = select(Pledge).where(Pledge.promise_id == promise_id).with_for_update()
    return session().execute(query.execution_options(populate_existing=True)).scalar_one()


def _add_promise(until: datetime) -> Promise:
    settings = current_app.config["PORTAL"]
    promise = Promise(
        public_id=new_public_id(),
        contact={"name": settings.foundation_name, "organisation": None, "email": None, "phone": None},
        contact_hash=contact_hash("foundation"),
        channel="mail",
        locale="zh",
        is_bought=True,
        created_at=clock.now(),
        hold_until=until,
    )
    session().add(promise)
    session().flush()
    return promise
