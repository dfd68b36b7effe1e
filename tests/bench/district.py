"""Fills a database with a district of any size, straight into the tables, in seconds; all of it invented."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from sqlalchemy import insert, select

from portal import clock, codes
from portal.accounts.models import Person
from portal.areas.models import ServiceCentre
from portal.areas.rules import centre_name_in_english
from portal.db import session, transaction
from portal.demo.areas import HOURS, demo_centres
from portal.demo.catalogue import ITEMS, DemoItem
from portal.demo.stories import GROUPS
from portal.households.models import Household
from portal.publication.compose import PublicText, search_text
from portal.publication.models import Availability, Publication, PublicationStatus
from portal.sealing import keyed_hash
from portal.wishes.kinds import AgeBand
from portal.wishes.models import Wish, WishEvent
from portal.wishes.rules import WishState

AT_ONCE = 2000
WAITING_DAYS = 120
_AGES = {"child": AgeBand.CHILD, "teen": AgeBand.TEENAGER, "adult": AgeBand.ADULT, "old": AgeBand.SEVENTIES}


@transaction
def fill(wishes: int) -> None:
    """Add thirty centres and so many wishes, all of them published and open, spread over the last months."""
    draw, now = Random(wishes), clock.now()
    centres = add_centres()
    people, numbers = (add_person("author"), add_person("approver")), fresh_numbers()
    for start in range(0, wishes, AT_ONCE):
        _add_wishes(draw, now, centres, people, list(islice(numbers, min(AT_ONCE, wishes - start))))


def open_numbers() -> list[str]:
    """Return the numbers of the wishes that can be pledged."""
    return list(session().scalars(select(Wish.number).where(Wish.state == WishState.PUBLISHED).order_by(Wish.id)))


def fresh_numbers() -> Iterator[str]:
    """Yield numbers of wishes, none of them twice."""
    taken: set[str] = set()
    while True:
        number = codes.new_wish_number()
        if number not in taken:
            taken.add(number)
            yield number


def add_centres() -> list[ServiceCentre]:
    """Add the thirty service centres."""
    return [_add_centre(centre.name, centre.address, centre.phone) for centre in demo_centres()]


def _add_centre(name: str, address: str, phone: str) -> ServiceCentre:
    row = ServiceCentre(
        name=name, name_en=centre_name_in_english(name), address=address, phone=phone, hours=HOURS, is_active=True
    )
    session().add(row)
    session().flush()
    return row


def add_person(name: str) -> int:
    """Add somebody who signs in nowhere, and return their key."""
    row = Person(name=name, email=f"{name}@bench.example", password_hash="", created_at=clock.now())
    session().add(row)
    session().flush()
    return row.id


def _add_wishes(
    draw: Random, now: datetime, centres: list[ServiceCentre], people: tuple[int, int], numbers: list[str]
) -> None:
    places = [draw.choice(centres) for _number in numbers]
    homes = session().scalars(
        insert(Household).returning(Household.id, sort_by_parameter_order=True),
        [household_of(place, now) for place in places],
    )
    keys = homes.all()
    rows = [wish_of(draw, now, *each) for each in zip(numbers, places, keys, strict=True)]
    session().execute(insert(Publication), [publication_of(row, item, place, people) for row, item, place in rows])
    added = session().scalars(
        insert(Wish).returning(Wish.id, sort_by_parameter_order=True), [row for row, _item, _place in rows]
    )
    session().execute(insert(WishEvent), [event_of(key, now) for key in added.all()])


def household_of(place: ServiceCentre, now: datetime) -> dict[str, Any]:
    """Return the row of a new household."""
    family = codes.new_public_id()
    return {
        "identity": {"name": f"家庭{family}", "phone": "15000000000"},
        "id_hash": keyed_hash("id-number", family),
        "person_hash": keyed_hash("person", family),
        "service_centre_id": place.id,
        "is_minor": False,
        "needs_guardian": False,
        "created_at": now,
    }


def wish_of(
    draw: Random, now: datetime, number: str, place: ServiceCentre, household_id: int
) -> tuple[dict[str, Any], DemoItem, ServiceCentre]:
    """Return the row of a new wish, with what it is for and where."""
    item = draw.choice(ITEMS)
    age = draw.choice(item.ages)
    since = now - timedelta(days=draw.randrange(WAITING_DAYS), seconds=draw.randrange(80_000))
    row = {
        "number": number,
        "household_id": household_id,
        "service_centre_id": place.id,
        "kind": item.kind,
        "category": item.category,
        "item": item.item,
        "size": item.size,
        "quantity": item.quantity,
        "unit_price_minor": item.price_yuan * 100,
        "currency": "CNY",
        "reason": item.told,
        "group": draw.choice(GROUPS[age]),
        "age_band": _AGES[age],
        "reported_on": clock.local_date(since),
        "state": WishState.PUBLISHED,
        "state_since": since,
        "deadline_at": now + timedelta(days=30),
        "created_at": since,
        "open_since": since,
        "family_code_hash": keyed_hash("family-code", codes.new_family_code()),
    }
    return row, item, place


def publication_of(
    row: dict[str, Any], item: DemoItem, place: ServiceCentre, people: tuple[int, int]
) -> dict[str, Any]:
    """Return the row of the public text of a wish."""
    author, approver = people
    text = PublicText(item.item, item.item_en, item.size, item.size_en, item.reason, item.reason_en)
    return {
        "number": row["number"],
        "version": 1,
        "status": PublicationStatus.LIVE,
        "availability": Availability.OPEN,
        **{name: row[name] for name in ("kind", "category", "quantity", "currency", "group", "age_band")},
        **asdict(text),
        "price_minor": item.price_yuan * 100 * item.quantity,
        "service_centre_id": place.id,
        "search_text": search_text(text, row["number"], place.name, place.name_en),
        "waiting_since": row["reported_on"],
        "written_by_id": author,
        "written_at": row["created_at"],
        "approved_by_id": approver,
        "decided_at": row["created_at"],
    }


def event_of(wish_id: int, now: datetime) -> dict[str, Any]:
    """Return the row of one step of a wish."""
    return {
        "wish_id": wish_id,
        "sequence": 1,
        "action": "publish",
        "from_state": WishState.VERIFIED,
        "to_state": WishState.PUBLISHED,
        "actor_kind": "system",
        "at": now,
    }
