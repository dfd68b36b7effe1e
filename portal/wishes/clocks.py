"""The clocks of a wish that somebody must look after: overdue tasks climb, unclaimed wishes look for rescue.

A pledger's deadlines have a clock in the room of pledges. Each batch here is
one transaction of conditional updates with its messages, so two ticks at once
have the effect of one, and a message never tells of something that was not done.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, and_, or_, select, update

from portal import clock
from portal.accounts.queries import (
    StaffAddress,
    list_certified_organisations,
    members_of,
    people_with_role,
)
from portal.accounts.rules import SYSTEM, Role
from portal.db import changed_rows, session, transaction
from portal.i18n import in_language
from portal.limits.service import get_limits
from portal.outbox.service import enqueue
from portal.planning import looked_at
from portal.sealing import keyed_hash
from portal.web import absolute_url
from portal.wishes.kinds import WishKind
from portal.wishes.labels import state_label
from portal.wishes.models import Wish
from portal.wishes.rules import ESCALATION, STAYS, OnOverdue, WishState
from portal.wishes.service import add_event, escalate_wish
from portal.workdays import add_days, add_working_days

BATCH = 50


@dataclass(frozen=True, slots=True)
class Due:
    """One wish whose deadline has passed, as a tick saw it."""

    id: int
    number: str
    state: WishState
    service_centre_id: int
    version: int
    deadline_at: datetime


def escalate_overdue() -> int:
    """Raise each overdue task by one level, tell whoever it climbs to, and set the next date; return how many."""
    return _in_batches(_is_escalated(), _escalate_batch)


def ask_for_rescue() -> int:
    """Ask certified organisations and moderators for wishes nobody has claimed in time; return how many.

    The wish stays open and is asked for again after the same number of days.
    """
    return _in_batches(looked_at(Wish.state) == WishState.PUBLISHED, _rescue_batch)


def _is_escalated() -> ColumnElement[bool]:
    """Match states whose passing climbs; an arranged service too, since only the clerk knows whether it was done."""
    states = [state for state, stay in STAYS.items() if stay.on_overdue is OnOverdue.ESCALATE]
    state = looked_at(Wish.state)
    return or_(state.in_(states), and_(state == WishState.PROCURING, Wish.kind == WishKind.SERVICE))


def _in_batches(which: ColumnElement[bool], work: Callable[[list[Due]], int]) -> int:
    moved, last_id = 0, 0
    while batch := _list_due(which, last_id):
        moved += work(batch)
        last_id = batch[-1].id
    return moved


def _list_due(which: ColumnElement[bool], after_id: int) -> list[Due]:
    rows = session().execute(
        select(
            Wish.id,
            Wish.number,
            Wish.state,
            Wish.service_centre_id,
            Wish.version,
            Wish.deadline_at,
        )
        .where(which, Wish.deadline_at <= clock.now(), looked_at(Wish.id) > after_id)
        .order_by(looked_at(Wish.id))
        .limit(BATCH)
    )
    return [
        Due(row.id, row.number, WishState(row.state), row.service_centre_id, row.version, at)
        for row in rows
        if (at := row.deadline_at) is not None
    ]


@transaction
def _escalate_batch(batch: list[Due]) -> int:
    next_at = add_working_days(clock.now(), get_limits().escalate_working_days)
    climbed: dict[tuple[Role, int], list[Due]] = defaultdict(list)
    for due in batch:
        role = escalate_wish(due.id, due.deadline_at, next_at)
        if role is None:
            continue
        climbed[Role(role), due.service_centre_id].append(due)
    for (role, service_centre_id), wishes in climbed.items():
        for person in _people_to_tell(role, service_centre_id):
            _tell_of_overdue(person, wishes)
    return sum(map(len, climbed.values()))


def _people_to_tell(role: Role, service_centre_id: int) -> list[StaffAddress]:
    """Return who holds a role; where nobody does, who holds the next one up."""
    for rank in ESCALATION[ESCALATION.index(role) :]:
        if people := people_with_role(rank, service_centre_id):
            return people
    return []


def _tell_of_overdue(person: StaffAddress, wishes: list[Due]) -> None:
    with in_language(person.locale):
        lines = [
            _("%(number)s：%(state)s，%(link)s", number=due.number, state=state_label(due.state), link=_desk_url(due))
            for due in wishes
        ]
        enqueue(
            person.address,
            "overdue",
            subject=ngettext("%(num)s 个心愿已经逾期，请处理", "%(num)s 个心愿已经逾期，请处理", len(wishes)),
            body="\n".join(
                [
                    _("下面的心愿已经过了办理期限，请登录工作台处理："),
                    "",
                    *lines,
                    "",
                    _("处理之前，系统会继续提醒，并逐级上报。"),
                ]
            ),
            dedupe_key=_key("overdue", person.person_id, wishes),
        )


def _desk_url(due: Due) -> str:
    return absolute_url("admin.show_wish", number=due.number)


@transaction
def _rescue_batch(batch: list[Due]) -> int:
    next_at = add_days(clock.now(), get_limits().rescue_days)
    asked = [due for due in batch if _renew_call(due, next_at)]
    if not asked:
        return 0
    for helper in _list_helpers():
        _ask_helper(helper, asked)
    for person in people_with_role(Role.MODERATOR):
        _tell_moderator(person, asked)
    return len(asked)


def _renew_call(due: Due, next_at: datetime) -> bool:
    """Set the next date of an open wish and note that help was asked for; tell whether this tick was first."""
    changed = changed_rows(
        update(Wish)
        .where(Wish.id == due.id, Wish.state == WishState.PUBLISHED, Wish.deadline_at == due.deadline_at)
        .values(deadline_at=next_at, overdue_level=Wish.overdue_level + 1)
        .execution_options(synchronize_session=False)
    )
    if changed != 1:
        return False
    add_event(due.id, "ask_rescue", due.state, due.state, SYSTEM)
    return True


def _list_helpers() -> list[StaffAddress]:
    """Return the members of certified organisations that agreed to be asked, each person once."""
    people = {
        member.person_id: member
        for organisation in list_certified_organisations()
        if organisation.is_asked_for_rescue
        for member in members_of(organisation.id)
    }
    return list(people.values())


def _ask_helper(helper: StaffAddress, wishes: list[Due]) -> None:
    with in_language(helper.locale):
        enqueue(
            helper.address,
            "rescue",
            subject=ngettext("%(num)s 个心愿等了很久，想请您看看", "%(num)s 个心愿等了很久，想请您看看", len(wishes)),
            body="\n".join(
                [
                    _("下面的心愿一直没有人认领。您的单位说过愿意在这时候被问到，所以写信给您："),
                    "",
                    *(absolute_url("wishes.detail", number=due.number) for due in wishes),
                    "",
                    _("方便就认领一个；不方便也没有关系，不用回复。"),
                ]
            ),
            dedupe_key=_key("rescue", helper.person_id, wishes),
        )


def _tell_moderator(person: StaffAddress, wishes: list[Due]) -> None:
    with in_language(person.locale):
        enqueue(
            person.address,
            "rescue_moderator",
            subject=ngettext("%(num)s 个心愿到期无人认领", "%(num)s 个心愿到期无人认领", len(wishes)),
            body="\n".join(
                [
                    _("下面的心愿到期仍无人认领，已经请愿意帮忙的单位看一看。请想想是否要改写、转办或另找资源："),
                    "",
                    *map(_desk_url, wishes),
                ]
            ),
            dedupe_key=_key("rescue_moderator", person.person_id, wishes),
        )


def _key(kind: str, person_id: int, wishes: list[Due]) -> str:
    """Return a key that is the same only for the same receiver, wishes and passed deadlines."""
    facts = ",".join(f"{due.number}@{due.deadline_at.isoformat()}" for due in wishes)
    return f"{kind}:{person_id}:{keyed_hash('digest', facts)}"
