"""The life of a campaign as pure tables: states, who may move it, and on which days it takes gifts.

No database, no Flask, no clock. Sources: 慈善法 22, 24, 25, 27, 58, 79 and
公开募捐管理办法 (Order 74) 11.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.accounts.rules import Actor, ActorKind, NotAllowed, Role

FILED_AHEAD_DAYS = 10
"""How long before its start a plan is filed (Order 74 art. 11); an emergency may be filed afterwards."""


class CampaignState(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    FILED = "filed"
    OPEN = "open"
    ENDED = "ended"
    ACCOUNTED = "accounted"
    CLOSED = "closed"


class CampaignAction(StrEnum):
    """What moves a campaign from one state to another."""

    FILE = "file"
    RETURN = "return"
    OPEN = "open"
    END = "end"
    ACCOUNT = "account"
    CLOSE = "close"


class WhyNoGift(StrEnum):
    """Why a campaign takes no gift on a day."""

    NOT_OPEN = "not_open"
    NOT_YET = "not_yet"
    OVER = "over"
    PAUSED = "paused"
    REPORT_OVERDUE = "report_overdue"


class CampaignMovedOn(Exception):
    """The campaign is no longer where the action expects it."""


class OwnWork(Exception):
    """Nobody approves what they wrote, filed or asked for themselves."""


class FiledTooLate(ValueError):
    """The plan was filed less than ten days before its start."""


@dataclass(frozen=True)
class Move:
    """One arrow of the life: where it leads, who may take it, and whether it must be a second person or a report."""

    to: CampaignState
    roles: frozenset[Role] = frozenset()
    by_another: bool = False
    by_clock: bool = False


S, A = CampaignState, CampaignAction

WRITERS = frozenset({Role.FINANCE})
"""Who writes campaigns, their news and reports, and asks for payments."""

APPROVERS = frozenset({Role.FINANCE, Role.MODERATOR, Role.ADMINISTRATOR})
"""Who approves what another person wrote."""

MOVES: dict[tuple[CampaignState, CampaignAction], Move] = {
    (S.DRAFT, A.FILE): Move(S.FILED, WRITERS),
    (S.FILED, A.RETURN): Move(S.DRAFT, APPROVERS),
    (S.FILED, A.OPEN): Move(S.OPEN, APPROVERS, by_another=True),
    (S.OPEN, A.END): Move(S.ENDED, WRITERS, by_clock=True),
    (S.ENDED, A.ACCOUNT): Move(S.ACCOUNTED, APPROVERS, by_another=True),
    (S.ACCOUNTED, A.CLOSE): Move(S.CLOSED, APPROVERS),
}
"""Every arrow there is. What is not here cannot happen."""

PUBLIC_STATES = frozenset({S.OPEN, S.ENDED, S.ACCOUNTED, S.CLOSED})
"""States in which everybody can read a campaign's page; before that it may ask for nothing."""

PAYING_STATES = frozenset({S.OPEN, S.ENDED, S.ACCOUNTED})
"""States in which money is paid out for the campaign's purpose."""

SURPLUS_STATES = frozenset({S.ENDED, S.ACCOUNTED})
"""States in which what is left may go to a like campaign (慈善法 58)."""


def next_state(
    state: CampaignState, action: CampaignAction, actor: Actor, written_by: frozenset[int] = frozenset()
) -> CampaignState:
    """Return where an action leads; `written_by` are those who wrote what is approved by it.

    Raises CampaignMovedOn when the state has no such arrow, NotAllowed when it
    is not the actor's to take, OwnWork when it needs a second person.
    """
    move = MOVES.get((state, action))
    if move is None:
        raise CampaignMovedOn(f"{action} from {state}")
    if actor.kind is ActorKind.SYSTEM and move.by_clock:
        return move.to
    check_role(actor, move.roles)
    if move.by_another:
        check_second_person(actor, written_by)
    return move.to


def check_role(actor: Actor, roles: frozenset[Role]) -> None:
    """Refuse whoever is not staff with one of these roles.

    Raises NotAllowed.
    """
    if actor.kind is not ActorKind.STAFF or not actor.has_role(*roles):
        raise NotAllowed


def check_second_person(actor: Actor, written_by: frozenset[int]) -> None:
    """Refuse whoever wrote it, and whoever has no name.

    Raises OwnWork.
    """
    if actor.person_id is None or actor.person_id in written_by:
        raise OwnWork


def check_filed_ahead(filed_on: date, starts_on: date, *, is_emergency: bool) -> None:
    """Refuse a start that comes too soon after the filing (Order 74 art. 11).

    Raises FiledTooLate.
    """
    if not is_emergency and starts_on < filed_on + timedelta(days=FILED_AHEAD_DAYS):
        raise FiledTooLate


@dataclass(frozen=True)
class GiftWindow:
    """What decides whether a campaign takes gifts on a day; `report_due_on` is when its next report is due."""

    state: CampaignState
    starts_on: date | None
    ends_on: date | None
    is_paused: bool
    report_due_on: date | None
    grace_days: int


def why_no_gift(window: GiftWindow, day: date) -> WhyNoGift | None:
    """Return why a campaign takes no gift on a day, or None when it does (慈善法 24, 27).

    A report that is overdue beyond the limit stops gifts by itself, whether
    or not the clock has run.
    """
    if window.state is S.OPEN and window.starts_on and day < window.starts_on:
        return WhyNoGift.NOT_YET
    if window.state is S.OPEN and window.ends_on and day > window.ends_on:
        return WhyNoGift.OVER
    if window.state is not S.OPEN or window.starts_on is None or window.ends_on is None:
        return WhyNoGift.OVER if window.state in PUBLIC_STATES else WhyNoGift.NOT_OPEN
    if is_past_grace(window.report_due_on, day, window.grace_days):
        return WhyNoGift.REPORT_OVERDUE
    return WhyNoGift.PAUSED if window.is_paused else None


def is_past_grace(due_on: date | None, day: date, grace_days: int) -> bool:
    """Tell whether a report is overdue for longer than the limit allows."""
    return due_on is not None and day > due_on + timedelta(days=grace_days)
