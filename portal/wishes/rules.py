"""The life cycle of a wish as pure tables: states, who owns them, how long, and what happens then.

No database, no Flask, no clock. Sources: 社会救助法, the practice of micro-wish
programmes, and PIPL for the family's right to withdraw at any time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from portal.accounts.rules import Actor, ActorKind, NotAllowed, Role
from portal.limits.rules import Limits
from portal.workdays import add_days, add_working_days, last_day


class WishState(StrEnum):
    """Where a wish stands."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    VERIFIED = "verified"
    PUBLISHED = "published"
    SUSPENDED = "suspended"
    PLEDGED = "pledged"
    PROCURING = "procuring"
    RECEIVED = "received"
    HANDED_OVER = "handed_over"
    CONFIRMED = "confirmed"
    REOPENED = "reopened"
    REFERRED = "referred"
    CLOSED = "closed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class WishAction(StrEnum):
    """What moves a wish from one state to another."""

    SUBMIT = "submit"
    RESUBMIT = "resubmit"
    VERIFY = "verify"
    RETURN = "return"
    REJECT = "reject"
    REFER = "refer"
    PUBLISH = "publish"
    SUSPEND = "suspend"
    RESUME = "resume"
    REWRITE = "rewrite"
    PLEDGE = "pledge"
    RELEASE = "release"
    PROCURE = "procure"
    RECEIVE = "receive"
    REFUSE = "refuse"
    HAND_OVER = "hand_over"
    SERVE = "serve"
    CONFIRM = "confirm"
    COMPLAIN = "complain"
    FIND = "find"
    REPLACE = "replace"
    REPUBLISH = "republish"
    CLOSE = "close"
    WITHDRAW = "withdraw"


class WrongState(Exception):
    """The wish is no longer where the action expects it."""


class OnOverdue(StrEnum):
    """What the clock does when a state's deadline has passed."""

    ESCALATE = "escalate"
    RESCUE = "rescue"
    RELEASE = "release"


@dataclass(frozen=True)
class Stay:
    """How a wish may rest in a state: whose task it is, until when, and what then."""

    owner: Role | ActorKind
    deadline: Callable[[datetime, Limits], datetime]
    on_overdue: OnOverdue


S, A = WishState, WishAction

STAYS: dict[WishState, Stay] = {
    S.SUBMITTED: Stay(
        Role.CENTRE_CLERK, lambda at, lim: add_working_days(at, lim.verify_working_days), OnOverdue.ESCALATE
    ),
    S.RETURNED: Stay(Role.NEED_REPORTER, lambda at, lim: add_days(at, lim.return_days), OnOverdue.ESCALATE),
    S.VERIFIED: Stay(
        Role.MODERATOR, lambda at, lim: add_working_days(at, lim.publish_working_days), OnOverdue.ESCALATE
    ),
    S.PUBLISHED: Stay(Role.MODERATOR, lambda at, lim: add_days(at, lim.rescue_days), OnOverdue.RESCUE),
    S.SUSPENDED: Stay(Role.MODERATOR, lambda at, lim: add_days(at, lim.suspend_days), OnOverdue.ESCALATE),
    S.PLEDGED: Stay(ActorKind.PLEDGER, lambda at, lim: add_days(at, lim.contact_days), OnOverdue.RELEASE),
    S.PROCURING: Stay(
        ActorKind.PLEDGER, lambda at, lim: add_working_days(at, lim.deliver_working_days), OnOverdue.RELEASE
    ),
    S.RECEIVED: Stay(Role.CENTRE_CLERK, lambda at, lim: add_days(at, lim.collect_days), OnOverdue.ESCALATE),
    S.HANDED_OVER: Stay(ActorKind.FAMILY, lambda at, lim: add_days(at, lim.confirm_days), OnOverdue.ESCALATE),
    S.CONFIRMED: Stay(Role.MODERATOR, lambda at, lim: add_days(at, lim.close_days), OnOverdue.ESCALATE),
    S.REOPENED: Stay(
        Role.CENTRE_CLERK, lambda at, lim: add_working_days(at, lim.reopen_working_days), OnOverdue.ESCALATE
    ),
    S.REFERRED: Stay(Role.CENTRE_CLERK, lambda at, lim: add_days(at, lim.refer_days), OnOverdue.ESCALATE),
}
"""Every state a wish can rest in. States that are not here are the end of the way."""

END_STATES = frozenset(WishState) - STAYS.keys()

ESCALATION: tuple[Role, ...] = (Role.CENTRE_CLERK, Role.MODERATOR, Role.ADMINISTRATOR)
"""Whom an overdue wish climbs to, one level at each further passing; the last level is reminded without end."""


@dataclass(frozen=True)
class Move:
    """One arrow of the life cycle: where it leads and who may take it."""

    to: WishState
    kinds: frozenset[ActorKind]
    roles: frozenset[Role] = frozenset()


def _staff(to: WishState, *roles: Role) -> Move:
    return Move(to, frozenset({ActorKind.STAFF}), frozenset(roles))


def _pledger_or(to: WishState, *roles: Role) -> Move:
    return Move(to, frozenset({ActorKind.PLEDGER, ActorKind.SYSTEM, ActorKind.STAFF}), frozenset(roles))


def _family_or(to: WishState, *roles: Role) -> Move:
    return Move(to, frozenset({ActorKind.FAMILY, ActorKind.STAFF}), frozenset(roles))


_CLERK, _REPORTER, _MODERATOR = Role.CENTRE_CLERK, Role.NEED_REPORTER, Role.MODERATOR
_WITHDRAWABLE = tuple(state for state in STAYS if state not in (S.HANDED_OVER, S.CONFIRMED))

MOVES: dict[tuple[WishState, WishAction], Move] = {
    (S.RETURNED, A.RESUBMIT): _staff(S.SUBMITTED, _REPORTER, _CLERK),
    (S.SUBMITTED, A.VERIFY): _staff(S.VERIFIED, _CLERK),
    (S.SUBMITTED, A.RETURN): _staff(S.RETURNED, _CLERK),
    (S.SUBMITTED, A.REJECT): _staff(S.REJECTED, _CLERK),
    (S.SUBMITTED, A.REFER): _staff(S.REFERRED, _CLERK),
    (S.RETURNED, A.REJECT): _staff(S.REJECTED, _CLERK),
    (S.VERIFIED, A.RETURN): _staff(S.SUBMITTED, _MODERATOR),
    (S.VERIFIED, A.REFER): _staff(S.REFERRED, _CLERK, _MODERATOR),
    (S.VERIFIED, A.PUBLISH): _staff(S.PUBLISHED, _MODERATOR),
    (S.PUBLISHED, A.PUBLISH): _staff(S.PUBLISHED, _MODERATOR),
    (S.PUBLISHED, A.SUSPEND): Move(
        S.SUSPENDED,
        frozenset({ActorKind.STAFF, ActorKind.FAMILY, ActorKind.SYSTEM}),
        frozenset({_MODERATOR, _CLERK}),
    ),
    (S.PUBLISHED, A.REFER): _staff(S.REFERRED, _MODERATOR),
    (S.SUSPENDED, A.RESUME): _staff(S.PUBLISHED, _MODERATOR),
    (S.SUSPENDED, A.REWRITE): _staff(S.VERIFIED, _MODERATOR, _CLERK),
    (S.SUSPENDED, A.REFER): _staff(S.REFERRED, _MODERATOR, _CLERK),
    (S.PUBLISHED, A.PLEDGE): _pledger_or(S.PLEDGED),
    (S.PLEDGED, A.RELEASE): _pledger_or(S.PUBLISHED, _CLERK, _MODERATOR),
    (S.PROCURING, A.RELEASE): _pledger_or(S.PUBLISHED, _CLERK, _MODERATOR),
    (S.PLEDGED, A.PROCURE): _pledger_or(S.PROCURING, _CLERK),
    (S.PROCURING, A.PROCURE): _pledger_or(S.PROCURING, _CLERK),
    (S.PLEDGED, A.RECEIVE): _staff(S.RECEIVED, _CLERK),
    (S.PROCURING, A.RECEIVE): _staff(S.RECEIVED, _CLERK),
    (S.PLEDGED, A.REFUSE): _staff(S.PROCURING, _CLERK),
    (S.PROCURING, A.REFUSE): _staff(S.PROCURING, _CLERK),
    (S.RECEIVED, A.HAND_OVER): _staff(S.HANDED_OVER, _CLERK, _REPORTER),
    (S.PROCURING, A.SERVE): _staff(S.HANDED_OVER, _CLERK),
    (S.HANDED_OVER, A.CONFIRM): _family_or(S.CONFIRMED, _CLERK),
    (S.REFERRED, A.CONFIRM): _family_or(S.CONFIRMED, _CLERK),
    (S.REOPENED, A.CONFIRM): _family_or(S.CONFIRMED, _CLERK),
    (S.HANDED_OVER, A.COMPLAIN): _family_or(S.REOPENED, _CLERK),
    (S.CONFIRMED, A.COMPLAIN): _family_or(S.REOPENED, _CLERK),
    (S.REOPENED, A.FIND): _staff(S.RECEIVED, _CLERK),
    (S.REOPENED, A.REPLACE): _staff(S.PROCURING, _CLERK),
    (S.REOPENED, A.REPUBLISH): _staff(S.PUBLISHED, _MODERATOR, _CLERK),
    (S.REOPENED, A.REFER): _staff(S.REFERRED, _CLERK, _MODERATOR),
    (S.CONFIRMED, A.CLOSE): _staff(S.CLOSED, _MODERATOR),
    **{(state, A.WITHDRAW): _family_or(S.WITHDRAWN, _CLERK) for state in _WITHDRAWABLE},
}
"""Every arrow there is. What is not here cannot happen."""


def next_state(state: WishState, action: WishAction, actor: Actor, service_centre_id: int) -> WishState:
    """Return where an action leads.

    Raises WrongState when the state has no such arrow, NotAllowed when it is
    not the actor's to take.
    """
    move = MOVES.get((state, action))
    if move is None:
        raise WrongState(f"{action} from {state}")
    if actor.kind not in move.kinds:
        raise NotAllowed
    if actor.kind is ActorKind.STAFF:
        actor.require(move.roles, service_centre_id)
    return move.to


def actions_for(state: WishState, actor: Actor, service_centre_id: int) -> list[WishAction]:
    """Return what an actor may do with a wish in this state, in the order of the table."""
    return [
        action
        for (origin, action), move in MOVES.items()
        if origin is state
        and actor.kind in move.kinds
        and (actor.kind is not ActorKind.STAFF or actor.may(move.roles, service_centre_id))
    ]


def deadline_of(state: WishState, since: datetime, limits: Limits) -> datetime | None:
    """Return until when a wish may rest in a state it entered at a moment; None at the end of the way."""
    stay = STAYS.get(state)
    return stay.deadline(since, limits) if stay else None


def latest_days(now: datetime, limits: Limits) -> tuple[date, date]:
    """Return the last days on which whoever pledges now is in time: to contact the centre, and then to deliver."""
    contact_at = STAYS[S.PLEDGED].deadline(now, limits)
    contact_on = last_day(contact_at)
    return contact_on, last_day(STAYS[S.PROCURING].deadline(contact_at - timedelta(seconds=1), limits))


def escalates_to(state: WishState, level: int) -> Role:
    """Return who is told when a wish in this state is overdue for the `level`-th time (from 1)."""
    owner = STAYS[state].owner
    first = ESCALATION.index(owner) if owner in ESCALATION else -1
    return ESCALATION[min(first + level, len(ESCALATION) - 1)]


def may_close_by_slip(handed_over_at: datetime, now: datetime, limits: Limits) -> bool:
    """Tell whether a signed slip may stand for the family's yes: only after the stated wait."""
    return now >= add_days(handed_over_at, limits.confirm_days)
