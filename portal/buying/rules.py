"""The life of a purchase as pure tables: whose turn it is, until when, and how it ends; no database, Flask or clock.

A purchase holds its wish through a pledge of the foundation, and its end
follows from what became of that pledge, of the gift and of the payment.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.accounts.rules import ActorKind, Role
from portal.campaigns.spending_models import BINDING_STATES, DisbursementState
from portal.limits.rules import Limits
from portal.pledges.models import PledgeState
from portal.pledges.rules import END_STATES as PLEDGE_ENDS
from portal.wishes.rules import OnOverdue, WishState
from portal.workdays import add_working_days


class PurchaseState(StrEnum):
    """Where a purchase stands; `surplus` is money that could not buy its wish and stays in the Wish Fund."""

    RESERVED = "reserved"
    PAID = "paid"
    DONE = "done"
    LAPSED = "lapsed"
    SURPLUS = "surplus"
    RETURNED = "returned"
    ENDED = "ended"


class Why(StrEnum):
    """Why a wish is not bought after all."""

    TAKEN = "taken"
    WITHDRAWN = "withdrawn"
    SUSPENDED = "suspended"
    REARRANGED = "rearranged"
    GIVEN_UP = "given_up"


@dataclass(frozen=True)
class Stay:
    """How a purchase may rest in a state: whose turn it is, until when, and what then."""

    owner: Role | ActorKind
    deadline: Callable[[datetime, Limits], datetime]
    on_overdue: OnOverdue


S, P, D = PurchaseState, PledgeState, DisbursementState

STAYS: dict[PurchaseState, Stay] = {
    S.RESERVED: Stay(
        ActorKind.PLEDGER, lambda at, lim: at + timedelta(minutes=lim.fund_hold_minutes), OnOverdue.RELEASE
    ),
    S.PAID: Stay(Role.FINANCE, lambda at, lim: add_working_days(at, lim.buy_working_days), OnOverdue.ESCALATE),
}
"""Every state a purchase can rest in. States that are not here are the end of its way."""

ESCALATION: tuple[Role, ...] = (Role.FINANCE, Role.ADMINISTRATOR)
"""Who is told of an overdue purchase, one further at each passing; the last is reminded without end."""

IN_HAND = frozenset({P.PLEDGED, P.PROCURING})
"""States of the foundation's pledge in which the thing has not reached the centre."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a purchase hangs on."""

    pledge: PledgeState
    wish: WishState
    is_gift: bool = True
    is_gift_back: bool = False
    payment: DisbursementState | None = None

    @property
    def is_ordered(self) -> bool:
        """Tell whether money was asked for, approved or paid to buy the thing."""
        return self.payment in BINDING_STATES


@dataclass(frozen=True, slots=True)
class End:
    """How a purchase ends; with `releases` its wish goes back to those who may still pledge it."""

    state: PurchaseState
    why: Why | None = None
    releases: bool = False


def end_of(state: PurchaseState, facts: Facts) -> End | None:
    """Return how a live purchase ends as things stand, or None while it goes on."""
    if state is S.RESERVED:
        return End(S.LAPSED) if facts.pledge in PLEDGE_ENDS else None
    if facts.pledge is P.FULFILLED:
        return End(S.DONE) if facts.payment is D.PAID else None
    if facts.pledge in PLEDGE_ENDS:
        return End(S.SURPLUS if facts.is_gift else S.ENDED, _why(facts))
    if facts.pledge in IN_HAND and not facts.is_ordered:
        return _end_without_money(facts)
    return None


def is_finances_turn(facts: Facts) -> bool:
    """Tell whether a paid purchase waits for finance: the thing is not brought yet, or what it cost is not posted."""
    return facts.pledge in IN_HAND or facts.payment is not D.PAID


def escalates_to(level: int) -> Role:
    """Return who is told when a purchase is overdue for the `level`-th time (from 1)."""
    return ESCALATION[min(level, len(ESCALATION)) - 1]


def _end_without_money(facts: Facts) -> End | None:
    if facts.is_gift:
        return End(S.RETURNED, releases=True) if facts.is_gift_back else None
    return End(S.ENDED, Why.GIVEN_UP, releases=True)


def _why(facts: Facts) -> Why:
    if facts.wish is WishState.WITHDRAWN:
        return Why.WITHDRAWN
    if facts.wish is WishState.SUSPENDED:
        return Why.SUSPENDED
    return Why.GIVEN_UP if facts.pledge is P.CANCELLED else Why.REARRANGED
