"""Fills a database with what years leave behind: wishes in every state, pledges, deliveries, the trail, messages."""

from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from random import Random
from typing import Any

from sqlalchemy import insert

from portal import clock, codes
from portal.accounts.models import Person, RoleGrant
from portal.accounts.rules import Role
from portal.areas.models import ServiceCentre
from portal.audit.models import AuditEntry
from portal.db import Row, session, transaction
from portal.demo.catalogue import DemoItem
from portal.handover.models import Acknowledgement, Delivery
from portal.households.models import Consent, ConsentUse, Household
from portal.limits.rules import Limits
from portal.outbox.models import Message
from portal.pledges.models import Pledge, PledgeState, Promise
from portal.publication.generalising import EVERYTHING
from portal.publication.models import Publication, PublicationStatus, PublicTraits
from portal.wishes.models import Wish, WishEvent
from portal.wishes.rules import STAYS, WishState, deadline_of
from portal.wishes.service import AVAILABILITY
from tests.bench.district import AT_ONCE, add_centres, event_of, fresh_numbers, household_of, publication_of, wish_of

S, P = WishState, PledgeState

MIX: dict[WishState, int] = {
    S.SUBMITTED: 40,
    S.RETURNED: 10,
    S.VERIFIED: 90,
    S.PUBLISHED: 220,
    S.SUSPENDED: 5,
    S.PLEDGED: 30,
    S.PROCURING: 40,
    S.RECEIVED: 150,
    S.HANDED_OVER: 20,
    S.CONFIRMED: 10,
    S.REOPENED: 5,
    S.REFERRED: 20,
    S.CLOSED: 300,
    S.REJECTED: 20,
    S.WITHDRAWN: 40,
}
"""How many of a thousand wishes stand where."""

PLEDGES: dict[WishState, PledgeState] = {
    S.PLEDGED: P.PLEDGED,
    S.PROCURING: P.PROCURING,
    S.RECEIVED: P.RECEIVED,
    **dict.fromkeys((S.HANDED_OVER, S.CONFIRMED, S.REOPENED, S.CLOSED), P.FULFILLED),
}
A_TICK_AGO = timedelta(minutes=10)
YEARS_DAYS, WEEKS_DAYS, MONTHS_DAYS = 1000, 12, 150

Rows = list[dict[str, Any]]


@transaction
def fill_years(wishes: int) -> None:
    """Add thirty centres with their staff and so many wishes, wherever they stand."""
    draw, centres, numbers = Random(wishes), add_centres(), fresh_numbers()
    staff = Staff(centres, grid_workers=max(1, wishes // 1000))
    for start in range(0, wishes, AT_ONCE):
        _add_wishes(draw, staff, list(islice(numbers, min(AT_ONCE, wishes - start))))


class Staff:
    """A clerk at each centre, grid workers and the staff of the district; `role@bench.example` is the first."""

    def __init__(self, centres: list[ServiceCentre], grid_workers: int) -> None:
        self.centres = centres
        self.moderators = [_person(Role.MODERATOR, number) for number in range(4)]
        self.finance = _person(Role.FINANCE, 0)
        self.administrator = _person(Role.ADMINISTRATOR, 0)
        self.clerks = {centre.id: _person(Role.CENTRE_CLERK, at, centre.id) for at, centre in enumerate(centres)}
        # Nobody brings home more than anybody can, so their number grows with the wishes.
        self.reporters = [_person(Role.NEED_REPORTER, number) for number in range(grid_workers)]
        # With half of the district the first clerk's lists are full pages at any size.
        for centre in centres[1:15]:
            _grant(self.clerks[centres[0].id], Role.CENTRE_CLERK, centre.id)


def _person(role: Role, number: int, service_centre_id: int | None = None) -> int:
    now = clock.now()
    email = f"{role}{number or ''}@bench.example"
    row = Person(name=f"{role} {number}", email=email, password_hash="", created_at=now, second_factor_enrolled_at=now)
    session().add(row)
    session().flush()
    _grant(row.id, role, service_centre_id)
    return row.id


def _grant(person_id: int, role: Role, service_centre_id: int | None) -> None:
    session().add(
        RoleGrant(person_id=person_id, role=role, service_centre_id=service_centre_id, granted_at=clock.now())
    )


def _add_wishes(draw: Random, staff: Staff, numbers: list[str]) -> None:
    now = clock.now()
    places = draw.choices(staff.centres, k=len(numbers))
    homes = _insert_returning(Household, [household_of(place, now) for place in places])
    drawn = [wish_of(draw, now, *each) for each in zip(numbers, places, homes, strict=True)]
    states = draw.choices(list(MIX), list(MIX.values()), k=len(numbers))
    wishes = [_stand(draw, now, row, state, staff) for (row, _item, _place), state in zip(drawn, states, strict=True)]
    keys = _insert_returning(Wish, wishes)
    ended = dict(zip(keys, wishes, strict=True))
    _add_texts(draw, staff, drawn)
    _add_households_words(ended)
    _add_pledges(ended)
    _add_hand_overs(staff, ended)
    _add_trail(draw, staff, ended)


def _stand(draw: Random, now: datetime, row: dict[str, Any], state: WishState, staff: Staff) -> dict[str, Any]:
    """Put a wish where it stands, since when and until when; what was late at the last tick has climbed."""
    days = YEARS_DAYS if state not in STAYS else MONTHS_DAYS if state is S.PUBLISHED else WEEKS_DAYS
    since = now - timedelta(days=draw.randrange(days), seconds=draw.randrange(80_000))
    deadline = _deadline(state, since.replace(hour=3, minute=0, second=0, microsecond=0))
    is_climbed = deadline is not None and deadline < now - A_TICK_AGO
    row["reported_on"] = clock.local_date(since - timedelta(days=30))
    row |= {
        "created_at": since - timedelta(days=30),
        "filed_by_id": draw.choice(staff.reporters) if draw.random() < 0.5 else None,
        "state": state,
        "state_since": since,
        "deadline_at": now + timedelta(days=2) if is_climbed or state is S.PUBLISHED else deadline,
        "overdue_level": int(is_climbed),
        "closed_at": since if state is S.CLOSED else None,
    }
    return row


@cache
def _deadline(state: WishState, since: datetime) -> datetime | None:
    return deadline_of(state, since, Limits())


def _add_texts(draw: Random, staff: Staff, drawn: list[tuple[dict[str, Any], DemoItem, ServiceCentre]]) -> None:
    texts: Rows = []
    traits: Rows = []
    for row, item, place in drawn:
        state = row["state"]
        if state not in AVAILABILITY and state is not S.SUSPENDED and (state is not S.VERIFIED or draw.random() < 0.6):
            continue
        author, approver = draw.sample(staff.moderators, 2)
        text = publication_of(row, item, place, (author, approver))
        text["availability"] = AVAILABILITY.get(state, text["availability"])
        if state is S.SUSPENDED:
            text["status"] = PublicationStatus.WITHDRAWN
        if state is S.VERIFIED:
            text |= {"status": PublicationStatus.WRITTEN, "approved_by_id": None, "decided_at": None}
        texts.append(text)
        exact = {name: row[name] for name in ("number", "group", "age_band", "service_centre_id")}
        traits.append(exact | {"shown": EVERYTHING, "is_live": state in AVAILABILITY})
    session().execute(insert(Publication), texts)
    session().execute(insert(PublicTraits), traits)


def _add_households_words(wishes: dict[int, dict[str, Any]]) -> None:
    said = {"is_given": True, "given_by": "self", "through": "list"}
    session().execute(
        insert(Consent),
        [
            said | {"wish_id": key, "household_id": row["household_id"], "use": use, "at": row["created_at"]}
            for key, row in wishes.items()
            for use in (ConsentUse.PUBLISH, ConsentUse.SHARE_WITH_DELIVERER)
        ],
    )


def _add_pledges(wishes: dict[int, dict[str, Any]]) -> None:
    pledged = {key: row for key, row in wishes.items() if row["state"] in PLEDGES}
    contact = {"name": "热心人", "email": "donor@bench.example"}
    promises = _insert_returning(
        Promise,
        [
            {"public_id": codes.new_public_id(), "contact": contact, "contact_hash": f"donor {key % 5000}"}
            | {"channel": "mail", "locale": "zh", "created_at": row["state_since"], "confirmed_at": row["state_since"]}
            for key, row in pledged.items()
        ],
    )
    session().execute(
        insert(Pledge),
        [
            {"public_id": codes.new_public_id(), "promise_id": promise, "wish_id": key, "state": PLEDGES[row["state"]]}
            | {"state_since": row["state_since"], "due_at": row["deadline_at"], "created_at": row["state_since"]}
            for promise, (key, row) in zip(promises, pledged.items(), strict=True)
        ],
    )


def _add_hand_overs(staff: Staff, wishes: dict[int, dict[str, Any]]) -> None:
    received = (S.RECEIVED, S.HANDED_OVER, S.CONFIRMED, S.REOPENED, S.CLOSED)
    session().execute(
        insert(Delivery),
        [
            {"wish_id": key, "way": "home" if key % 3 else "pick_up", "created_at": row["state_since"]}
            | {"deliverer_id": staff.reporters[key % len(staff.reporters)] if key % 3 else None}
            | {"ended_at": None if row["state"] is S.RECEIVED else row["state_since"]}
            for key, row in wishes.items()
            if row["state"] in received
        ],
    )
    session().execute(
        insert(Acknowledgement),
        [
            {"wish_id": key, "answer": "received", "through": "code", "at": row["state_since"]}
            for key, row in wishes.items()
            if row["state"] in (S.CONFIRMED, S.CLOSED)
        ],
    )


def _add_trail(draw: Random, staff: Staff, wishes: dict[int, dict[str, Any]]) -> None:
    session().execute(insert(WishEvent), [event_of(key, row["state_since"]) for key, row in wishes.items()])
    acts: Rows = []
    messages: Rows = []
    for row in wishes.values():
        clerk, moderator = staff.clerks[row["service_centre_id"]], draw.choice(staff.moderators)
        for person, action in ((clerk, "wish.verify"), (moderator, "publication.write"), (moderator, "wish.close")):
            of = {"subject_kind": "wish", "subject_ref": row["number"], "before": None, "after": {"note": None}}
            acts.append(of | {"at": row["state_since"], "person_id": person, "action": action})
        state = draw.choices(("sent", "waiting", "dead"), (870, 10, 120))[0]
        messages.append(
            {"channel": "mail", "kind": "pledge", "dedupe_key": row["number"], "state": state, "attempts": 1}
            | {"receiver": None, "due_at": row["state_since"], "created_at": row["state_since"]}
            | {"last_error": "refused" if state == "dead" else None}
        )
    session().execute(insert(AuditEntry), acts)
    session().execute(insert(Message), messages)


def _insert_returning(table: type[Row], rows: Rows) -> list[int]:
    if not rows:
        return []
    added = session().scalars(insert(table).returning(table.id, sort_by_parameter_order=True), rows)
    return list(added.all())
