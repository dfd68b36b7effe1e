"""The one place that changes a pledge's state: a conditional update, the deadline beside the wish's, the letter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import format_date
from sqlalchemy import select, update

from portal import clock
from portal.areas.queries import get_centre
from portal.codes import drop_off_code, grouped, private_token
from portal.db import changed_rows, session
from portal.pledges.letters import Facts, tell
from portal.pledges.models import Pledge, PledgeState, Promise
from portal.pledges.queries import public_items
from portal.pledges.rules import END_STATES, News, PledgeAction, half_time, next_pledge_state
from portal.sealing import keyed_hash
from portal.web import absolute_url
from portal.wishes.kinds import WishKind
from portal.wishes.rules import WrongState
from portal.wishes.service import get_wish_by_id
from portal.workdays import last_day


@dataclass(frozen=True)
class Extra:
    """What a letter says beyond the pledge itself."""

    reason: str = ""
    at: datetime | None = None


def check_step(pledge: Pledge, action: PledgeAction) -> PledgeState:
    """Return where an action would lead this pledge.

    Raises WrongState.
    """
    return next_pledge_state(PledgeState(pledge.state), action)


def step(pledge: Pledge, action: PledgeAction, **values: Any) -> None:
    """Take one arrow of a pledge's life, writing further columns with it; call inside a transaction.

    Raises WrongState, also when another hand was quicker.
    """
    before = PledgeState(pledge.state)
    after = next_pledge_state(before, action)
    at = clock.now()
    if after in END_STATES:
        values |= {"ended_at": at, "due_at": None, "remind_at": None}
    changed = changed_rows(
        update(Pledge)
        .where(Pledge.id == pledge.id, Pledge.state == before)
        .values(state=after, state_since=at, **values)
        .execution_options(synchronize_session=False)
    )
    if changed != 1:
        raise WrongState(f"pledge {before} was left meanwhile")
    session().refresh(pledge)


def deadline(due_at: datetime) -> dict[str, datetime | None]:
    """Return the columns of a deadline that runs from now, with its reminder at half time still to come."""
    return {"due_at": due_at, "remind_at": half_time(clock.now(), due_at), "reminded_at": None}


def new_drop_off(seed: str, attempt: int) -> dict[str, Any]:
    """Return the columns of a fresh drop-off code, from this attempt on the first that no other pledge has."""
    while True:
        hashed = keyed_hash("drop-off", drop_off_code(seed, attempt))
        if session().scalar(select(Pledge.id).where(Pledge.drop_off_hash == hashed)) is None:
            return {"attempt": attempt, "drop_off_hash": hashed}
        attempt += 1


def is_service(pledge: Pledge) -> bool:
    """Tell whether something is done rather than brought."""
    return get_wish_by_id(pledge.wish_id).kind == WishKind.SERVICE


def tell_about(pledge: Pledge, news: News, extra: Extra | None = None, *, key: str = "") -> bool:
    """Tell a pledger about one pledge, once for each key; tell whether it had not been told before."""
    promise = session().get_one(Promise, pledge.promise_id)
    said = extra or Extra()
    return tell(promise, news, lambda: _facts(pledge, said), key=f"{pledge.public_id}:{key}")


def tell_together(pledges: Sequence[Pledge], news: News, *, key: str = "") -> bool:
    """Tell a pledger about several pledges of one promise in one letter; about a single one as `tell_about` does."""
    if len(pledges) == 1:
        return tell_about(pledges[0], news, key=key)
    promise = session().get_one(Promise, pledges[0].promise_id)
    name = f"{pledges[0].public_id}+{len(pledges)}:{key}"
    return tell(promise, news, lambda: _facts_together(promise, pledges), key=name)


def tell_pledged(promise: Promise, pledges: Sequence[Pledge]) -> bool:
    """Tell a pledger that the wishes of a promise are theirs now, and until when to contact the centre."""

    def facts() -> Facts:
        return replace(_facts_together(promise, pledges), due_at=pledges[0].due_at)

    return tell(promise, News.PLEDGED, facts, key=promise.public_id)


def _facts(pledge: Pledge, extra: Extra) -> Facts:
    wish = get_wish_by_id(pledge.wish_id)
    centre = get_centre(wish.service_centre_id)
    return Facts(
        link=absolute_url("pledges.show", token=private_token("pledge", pledge.public_id)),
        item=public_items([wish.number]).get(wish.number, wish.number),
        is_service=wish.kind == WishKind.SERVICE,
        is_procuring=pledge.state == PledgeState.PROCURING,
        centre=centre.label,
        phone=centre.phone,
        due_at=pledge.due_at,
        at=extra.at,
        code=grouped(drop_off_code(pledge.seed, pledge.attempt)),
        reason=extra.reason,
    )


def _facts_together(promise: Promise, pledges: Sequence[Pledge]) -> Facts:
    numbers = {pledge.id: get_wish_by_id(pledge.wish_id).number for pledge in pledges}
    items = public_items(list(numbers.values()))
    return Facts(
        link=absolute_url("pledges.promise", token=private_token("promise", promise.public_id)),
        count=len(pledges),
        lines=tuple(_line(pledge, numbers[pledge.id], items) for pledge in pledges),
    )


def _line(pledge: Pledge, number: str, items: dict[str, str]) -> str:
    day = format_date(last_day(pledge.due_at), "long") if pledge.due_at else ""
    return "  ".join(part for part in (number, items.get(number, ""), day) if part)
