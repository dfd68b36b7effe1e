"""The life of a pledge as pure tables and sums: its moves, deadlines and allowances; no database, Flask or clock.

A pledge is a reservation with a deadline, not a public promise (慈善法 41, reading).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.limits.rules import Limits
from portal.pledges.contacts import Contact
from portal.pledges.models import PledgeState
from portal.wishes.rules import WrongState
from portal.workdays import add_working_days

OPEN_AS_GUEST = 20
OPEN_AS_PERSON = 50
OPEN_AS_ORGANISATION = 500
"""Live pledges one contact, one signed-in person or one certified organisation may have at a time."""

CODE_TRIES = 5
"""Wrong SMS codes a promise bears; with six digits a guesser wins once in 200,000 promises."""

LAPSES_COUNT_DAYS = 365
"""How long a lapse is remembered against a pledger."""


class PledgeAction(StrEnum):
    """What moves a pledge from one state to another."""

    CONFIRM = "confirm"
    EXPIRE = "expire"
    PROCURE = "procure"
    CANCEL = "cancel"
    LAPSE = "lapse"
    RECEIVE = "receive"
    REFUSE = "refuse"
    FULFIL = "fulfil"
    END = "end"


class News(StrEnum):
    """What a pledger is told."""

    CONFIRM = "confirm"
    PLEDGED = "pledged"
    REMINDER = "reminder"
    PROCURING = "procuring"
    ARRANGED = "arranged"
    RECEIVED = "received"
    REFUSED = "refused"
    HANDED_OVER = "handed_over"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"
    SUSPENDED = "suspended"
    LINKS = "links"
    RENEWED = "renewed"


ENDINGS = (News.WITHDRAWN, News.REOPENED, News.SUSPENDED)
"""Why a live pledge may end without the pledger's doing."""

S, A = PledgeState, PledgeAction

MOVES: dict[tuple[PledgeState, PledgeAction], PledgeState] = {
    (S.HELD, A.CONFIRM): S.PLEDGED,
    (S.HELD, A.EXPIRE): S.EXPIRED,
    (S.HELD, A.CANCEL): S.CANCELLED,
    (S.HELD, A.END): S.ENDED,
    (S.PLEDGED, A.PROCURE): S.PROCURING,
    (S.PLEDGED, A.CANCEL): S.CANCELLED,
    (S.PLEDGED, A.LAPSE): S.LAPSED,
    (S.PLEDGED, A.RECEIVE): S.RECEIVED,
    (S.PLEDGED, A.REFUSE): S.PROCURING,
    (S.PLEDGED, A.END): S.ENDED,
    (S.PROCURING, A.CANCEL): S.CANCELLED,
    (S.PROCURING, A.LAPSE): S.LAPSED,
    (S.PROCURING, A.RECEIVE): S.RECEIVED,
    (S.PROCURING, A.REFUSE): S.PROCURING,
    (S.PROCURING, A.FULFIL): S.FULFILLED,
    (S.PROCURING, A.END): S.ENDED,
    (S.RECEIVED, A.REFUSE): S.PROCURING,
    (S.RECEIVED, A.FULFIL): S.FULFILLED,
    (S.RECEIVED, A.END): S.ENDED,
}
"""Every arrow there is. A service is fulfilled straight from procuring; a thing that is turned away at the counter, or
proves wrong in the family's hands, goes back to procuring."""

END_STATES = frozenset({S.FULFILLED, S.EXPIRED, S.CANCELLED, S.LAPSED, S.ENDED})


@dataclass(frozen=True)
class Pledger:
    """Who pledges: how to reach them, what to call them, and for whom they act.

    A signed-in person's contact counts as confirmed, a guest's does not yet.
    """

    contact: Contact
    name: str | None = None
    locale: str = "zh"
    person_id: int | None = None
    organisation_id: int | None = None

    @property
    def is_confirmed(self) -> bool:
        """Tell whether the contact is known to be the pledger's own."""
        return self.person_id is not None

    @property
    def open_allowance(self) -> int:
        """How many live pledges this pledger may have at a time."""
        if self.organisation_id is not None:
            return OPEN_AS_ORGANISATION
        return OPEN_AS_GUEST if self.person_id is None else OPEN_AS_PERSON


def next_pledge_state(state: PledgeState, action: PledgeAction) -> PledgeState:
    """Return where an action leads.

    Raises WrongState when the state has no such arrow.
    """
    after = MOVES.get((state, action))
    if after is None:
        raise WrongState(f"{action} from pledge {state}")
    return after


def half_time(start: datetime, due_at: datetime) -> datetime:
    """Return the moment halfway to a deadline, when the one reminder goes out."""
    return start + max(timedelta(), due_at - start) / 2


def may_extend(state: PledgeState, due_at: datetime | None, extended_at: datetime | None, now: datetime) -> bool:
    """Tell whether a pledger may take the one extension: before the deadline, once in a pledge's life."""
    return state in (S.PLEDGED, S.PROCURING) and extended_at is None and due_at is not None and now < due_at


def extended_due(due_at: datetime, limits: Limits) -> datetime:
    """Return the deadline some working days after the one in force."""
    return add_working_days(due_at - timedelta(seconds=1), limits.extension_working_days)


def due_after_sending(due_at: datetime, now: datetime, limits: Limits) -> datetime:
    """Return the deadline of goods said to be on their way: the post gets the length of one extension.

    It is given once, when a parcel is announced for the first time; another
    parcel number moves nothing. A parcel that does not arrive by then lapses
    like any other pledge.
    """
    return max(due_at, add_working_days(now, limits.extension_working_days))


def due_after_refusal(due_at: datetime | None, now: datetime, limits: Limits) -> datetime:
    """Return until when goods that were turned away may be brought again: never sooner than one extension."""
    again = add_working_days(now, limits.extension_working_days)
    return again if due_at is None else max(due_at, again)
