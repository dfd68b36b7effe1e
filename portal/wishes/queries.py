"""Reads one wish and its whole history for staff; never an identity, and sealed words only for those who need them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal import clock
from portal.accounts.models import Person, RoleGrant
from portal.accounts.rules import Actor, ActorKind, NotAllowed, Role
from portal.areas.models import Community, Grid, ServiceCentre
from portal.db import session
from portal.i18n import language
from portal.wishes.labels import event_label, owner_label
from portal.wishes.models import Wish, WishEvent
from portal.wishes.rules import WishAction, WishState, actions_for
from portal.wishes.service import get_wish

DISTRICT_READERS = frozenset({Role.MODERATOR, Role.SUPERVISOR, Role.ADMINISTRATOR})
SEALED_READERS = frozenset({Role.CENTRE_CLERK, Role.MODERATOR})


@dataclass(frozen=True, slots=True)
class StaffWish:
    """A wish as one member of staff may see it; `reason` and `reporter` are None for those who have no need of them."""

    id: int
    number: str
    household_id: int
    service_centre_id: int
    place: str
    kind: str
    category: str
    item: str
    size: str | None
    quantity: int
    unit_price_minor: int
    total_minor: int
    group: str
    age_band: str
    reported_on: date
    reason: str | None
    reporter: str | None
    sees_sealed: bool
    state: WishState
    state_since: datetime
    deadline_at: datetime | None
    is_overdue: bool
    overdue_level: int
    family_viewed_at: datetime | None
    actions: tuple[WishAction, ...]


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One step of a wish: what, when, by whom, and why where the reader may know it."""

    at: datetime
    title: str
    who: str
    note: str | None


def may_see(actor: Actor, wish: Wish) -> bool:
    """Tell whether a member of staff may see a wish: the district's, their centre's, or one they filed."""
    if actor.may(DISTRICT_READERS | {Role.CENTRE_CLERK}, wish.service_centre_id):
        return True
    return _filed(actor, wish)


def sees_sealed(actor: Actor, wish: Wish) -> bool:
    """Tell whether a member of staff may read the family's own words about a wish."""
    return actor.may(SEALED_READERS, wish.service_centre_id) or _filed(actor, wish)


def get_staff_wish(actor: Actor, number: str) -> StaffWish:
    """Return a wish as an actor may see it.

    Raises WishNotFound, NotAllowed.
    """
    wish = get_wish(number)
    if not may_see(actor, wish):
        raise NotAllowed
    is_open = sees_sealed(actor, wish)
    return StaffWish(
        id=wish.id,
        number=wish.number,
        household_id=wish.household_id,
        service_centre_id=wish.service_centre_id,
        place=_place(wish),
        kind=wish.kind,
        category=wish.category,
        item=wish.item,
        size=wish.size,
        quantity=wish.quantity,
        unit_price_minor=wish.unit_price_minor,
        total_minor=wish.total_minor,
        group=wish.group,
        age_band=wish.age_band,
        reported_on=wish.reported_on,
        reason=wish.reason if is_open else None,
        reporter=wish.reporter if is_open else None,
        sees_sealed=is_open,
        state=WishState(wish.state),
        state_since=wish.state_since,
        deadline_at=wish.deadline_at,
        is_overdue=wish.overdue_level > 0 or (wish.deadline_at is not None and wish.deadline_at <= clock.now()),
        overdue_level=wish.overdue_level,
        family_viewed_at=wish.family_viewed_at,
        actions=tuple(actions_for(WishState(wish.state), actor, wish.service_centre_id)),
    )


def list_history(wish_id: int, *, with_notes: bool) -> list[HistoryLine]:
    """Return the steps of a wish, the newest first; `with_notes` for those who may read sealed words."""
    query = select(WishEvent).where(WishEvent.wish_id == wish_id).order_by(WishEvent.sequence.desc())
    events = list(session().scalars(query))
    staff = _staff_names({event.person_id for event in events if event.person_id})
    return [
        HistoryLine(event.at, event_label(event.action), _who(event, staff), event.note if with_notes else None)
        for event in events
    ]


def went_to_policy_help(wish: Wish) -> bool:
    """Tell whether a wish went to policy help, and nothing was handed over since."""
    if wish.state == WishState.REFERRED:
        return True
    if wish.state not in (WishState.CONFIRMED, WishState.REOPENED, WishState.CLOSED):
        return False
    came_by = (
        select(WishEvent.action)
        .where(
            WishEvent.wish_id == wish.id,
            WishEvent.action.in_((WishAction.REFER, WishAction.HAND_OVER, WishAction.SERVE)),
        )
        .order_by(WishEvent.sequence.desc())
        .limit(1)
    )
    return session().scalar(came_by) == WishAction.REFER


def _filed(actor: Actor, wish: Wish) -> bool:
    return actor.person_id is not None and wish.filed_by_id == actor.person_id


def _staff_names(person_ids: set[int]) -> dict[int, str]:
    """Return people by role and name, as colleagues know them."""
    rows = session().execute(
        select(Person.id, Person.name, RoleGrant.role)
        .outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
        .where(Person.id.in_(person_ids))
        .order_by(RoleGrant.id)
    )
    names: dict[int, str] = {}
    for person_id, name, role in rows:
        names.setdefault(person_id, f"{owner_label(Role(role))} {name}" if role else name)
    return names


def _who(event: WishEvent, staff: dict[int, str]) -> str:
    kind = ActorKind(event.actor_kind)
    known = staff.get(event.person_id) if event.person_id and kind is ActorKind.STAFF else None
    return known or owner_label(kind)


def _place(wish: Wish) -> str:
    """Return where a wish belongs, as narrow as it is known."""
    centre = session().get_one(ServiceCentre, wish.service_centre_id)
    community = session().get(Community, wish.community_id) if wish.community_id else None
    grid = session().get(Grid, wish.grid_id) if wish.grid_id else None
    names = [centre.name_en if language() == "en" else centre.name]
    return " · ".join([*names, *(each.name for each in (community, grid) if each is not None)])
