"""Reads how wishes ended as a donor may know it: handed over on a day, and confirmed; never who, nor in what words."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from portal.clock import local_date
from portal.db import session
from portal.wishes.models import Wish, WishEvent
from portal.wishes.rules import WishAction, WishState

_HANDED_OVER = (WishState.HANDED_OVER, WishState.CONFIRMED, WishState.CLOSED)
_CONFIRMED = (WishState.CONFIRMED, WishState.CLOSED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """On which day a wish was handed over, and whether its family said that it came."""

    handed_over_on: date
    is_confirmed: bool


def list_outcomes(numbers: Collection[str]) -> dict[str, Outcome]:
    """Return the outcome of each wish that was handed over and stands so, by its number."""
    rows = session().execute(
        select(Wish.number, Wish.state, func.max(WishEvent.at).label("at"))
        .join(WishEvent, WishEvent.wish_id == Wish.id)
        .where(
            Wish.number.in_(numbers),
            Wish.state.in_(_HANDED_OVER),
            WishEvent.action.in_((WishAction.HAND_OVER, WishAction.SERVE)),
        )
        .group_by(Wish.number, Wish.state)
    )
    return {row.number: Outcome(local_date(row.at), row.state in _CONFIRMED) for row in rows}
