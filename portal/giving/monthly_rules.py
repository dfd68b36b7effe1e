"""The life of a gift that is given each month, as pure tables; no database, Flask or clock.

Two hands move it: the donor and the foundation wish, the provider does. What
is wished is written down first and stays wished until the provider has done
it; what the provider does by itself becomes what is wished.
"""

from enum import StrEnum

from portal.giving.gateways.protocol import MandateStatus

RETRY_DAYS = (1, 3, 7)
"""How many days after a month that failed the card is tried again; after the last one the monthly gift stops."""

DAYS_TO_MOVE = 30
"""How long a monthly gift waits for its donor when its campaign takes nothing any more; then it stops."""


class MonthlyState(StrEnum):
    """Where a monthly gift stands; `late` is one whose newest month has failed and is tried again."""

    INTENDED = "intended"
    ACTIVE = "active"
    LATE = "late"
    PAUSED = "paused"
    STOPPED = "stopped"


LIVE_STATES = frozenset({MonthlyState.ACTIVE, MonthlyState.LATE, MonthlyState.PAUSED})
"""States in which the provider charges, or may be asked to again."""


class Wish(StrEnum):
    """How a monthly gift is to be."""

    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"


class Because(StrEnum):
    """Why a monthly gift is to be as it is."""

    DONOR = "donor"
    STAFF = "staff"
    CAMPAIGN = "campaign"
    FAILED = "failed"
    PROVIDER = "provider"
    DISPUTED = "disputed"
    DUPLICATED = "duplicated"


class MonthlyNews(StrEnum):
    """What the donor of a monthly gift is told; what each month brings is told by its own gift."""

    CHANGED = "monthly_changed"
    CARD = "monthly_card"
    FAILED = "monthly_failed"
    PAUSED = "monthly_paused"
    HELD = "monthly_held"
    RESUMED = "monthly_resumed"
    MOVED = "monthly_moved"
    STOPPED = "monthly_stopped"


_AFTER = {
    MandateStatus.ACTIVE: MonthlyState.ACTIVE,
    MandateStatus.LATE: MonthlyState.LATE,
    MandateStatus.PAUSED: MonthlyState.PAUSED,
    MandateStatus.STOPPED: MonthlyState.STOPPED,
}

_MEANS = {
    MonthlyState.INTENDED: Wish.ACTIVE,
    MonthlyState.ACTIVE: Wish.ACTIVE,
    MonthlyState.LATE: Wish.ACTIVE,
    MonthlyState.PAUSED: Wish.PAUSED,
    MonthlyState.STOPPED: Wish.STOPPED,
}


def next_monthly_state(state: MonthlyState, status: MandateStatus) -> MonthlyState:
    """Return where a monthly gift stands after its provider said something; what is stopped stays so."""
    return state if state is MonthlyState.STOPPED else _AFTER[status]


def is_as_wished(state: MonthlyState, wish: Wish) -> bool:
    """Tell whether the provider has done what was wished; what was stopped for good cannot be wished back."""
    return state is MonthlyState.STOPPED or _MEANS[state] is wish


def wish_after(wish: Wish, before: MonthlyState, after: MonthlyState) -> Wish:
    """Return what counts as wished after the provider moved: its own move, unless something else is wished still."""
    if after is MonthlyState.STOPPED:
        return Wish.STOPPED
    return _MEANS[after] if is_as_wished(before, wish) else wish
