"""Builds the demo: the district, its people, and every wish's way by the portal's own verbs on a moved clock."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from random import Random

from flask import current_app
from sqlalchemy import select, update

from portal import clock
from portal.accounts.models import Membership, Organisation, OrganisationStatus, Person, RoleGrant
from portal.accounts.organisations import OrganisationDetails, register_organisation
from portal.accounts.passwords import hash_password
from portal.accounts.rules import Role
from portal.areas.models import Community, Grid, ServiceCentre
from portal.areas.rules import centre_name_in_english
from portal.clock import FrozenClock
from portal.db import session, transaction
from portal.demo.areas import HOURS, DemoCentre, demo_centres
from portal.demo.campaigns import DemoCampaigns
from portal.demo.gifts import DemoGifts
from portal.demo.monthly import DemoMonths
from portal.demo.people import (
    COMPANIES,
    COMPANY_MAIL,
    DONORS,
    ENGLISH_DONORS,
    PASSWORD,
    SECOND_FACTOR,
    WAITING_COMPANIES,
    DemoPerson,
    demo_staff,
    demo_uscc,
)
from portal.demo.purchases import DemoPurchases
from portal.demo.stories import demo_stories
from portal.demo.timeline import Timeline
from portal.demo.walk import Cast, Walk
from portal.intake.drafts import save_draft
from portal.ledger.log import sign_checkpoint
from portal.outbox.models import Message
from portal.pledges.contacts import Contact
from portal.pledges.rules import Pledger

Progress = Callable[[int, int], None]

PAST_DAYS = 120
DRAFTS: tuple[tuple[float, dict[str, str]], ...] = (
    (11, {"name": "苏小禾", "item": "护眼台灯", "quantity": "1", "reason": "家里只有一盏顶灯，写字看不清。"}),
    (1, {"name": "谭福德", "item": "坐便椅", "size": "带扶手"}),
)
"""Wishes a grid worker began on the phone, how many days ago."""


def is_built() -> bool:
    """Tell whether the database holds a district already."""
    return session().scalar(select(ServiceCentre.id).limit(1)) is not None


@transaction
def build_demo(progress: Progress) -> None:
    """Fill an empty database with the demo district, in one transaction."""
    system_clock = current_app.extensions["portal.clock"]
    now = system_clock.now()
    moved = FrozenClock(now - timedelta(days=PAST_DAYS))
    current_app.extensions["portal.clock"] = moved
    try:
        for centre in demo_centres():
            _add_centre(centre)
        cast = Cast(staff=_add_staff(), pledgers=_add_pledgers())
        _tell_stories(cast, moved, now, progress)
        _lead_campaigns(cast, moved, now)
        _mark_all_sent()
    finally:
        current_app.extensions["portal.clock"] = system_clock


def _tell_stories(cast: Cast, moved: FrozenClock, now: datetime, progress: Progress) -> None:
    stories = list(demo_stories())
    draw = Random(128)
    for done, story in enumerate(stories, 1):
        Walk(story, cast, moved, now, draw).go()
        progress(done, len(stories))
        if done % 50 == 0:
            session().flush()
            session().expunge_all()


def _lead_campaigns(cast: Cast, moved: FrozenClock, now: datetime) -> None:
    timeline = Timeline()
    campaigns = DemoCampaigns(cast.staff, timeline)
    campaigns.schedule()
    gifts = DemoGifts(cast.staff, timeline, campaigns.numbers)
    gifts.schedule()
    DemoMonths(timeline, campaigns.numbers).schedule()
    gifts.schedule_payouts(PAST_DAYS)
    moved.set(now)
    DemoPurchases(cast.staff, timeline).schedule()
    _leave_things_waiting(cast, timeline)
    for days_ago in range(PAST_DAYS):
        timeline.add(days_ago, sign_checkpoint)
    timeline.run(moved, now)


def _leave_things_waiting(cast: Cast, timeline: Timeline) -> None:
    """Let two organisations register, and a grid worker begin two wishes."""
    for number, (name, kind) in enumerate(WAITING_COMPANIES, len(COMPANIES) + 1):
        timeline.add(number - len(COMPANIES) + 1, partial(_register, number, name, kind))
    grid = next(person.actor for person in cast.staff if person.actor.has_role(Role.NEED_REPORTER))
    for days_ago, typed in DRAFTS:
        timeline.add(days_ago, partial(save_draft, grid, None, typed))


def _register(number: int, name: str, kind: str) -> None:
    person = Person(
        name=f"{name}经办人",
        email=f"company{number}@demo.example",
        password_hash=hash_password(PASSWORD),
        created_at=clock.now(),
    )
    session().add(person)
    session().flush()
    details = OrganisationDetails(name, demo_uscc(number), kind, person.name, f"139000000{number:02d}")
    register_organisation(person.id, details)


def _add_centre(centre: DemoCentre) -> None:
    row = ServiceCentre(
        name=centre.name,
        name_en=centre_name_in_english(centre.name),
        address=centre.address,
        phone=centre.phone,
        hours=HOURS,
    )
    session().add(row)
    session().flush()
    for community in centre.communities:
        place = Community(service_centre_id=row.id, name=community.name, station_address=community.station_address)
        session().add(place)
        session().flush()
        session().add_all(Grid(community_id=place.id, name=name) for name in community.grids)


def _add_staff() -> list[Person]:
    password_hash = hash_password(PASSWORD)
    centres = {name: key for key, name in session().execute(select(ServiceCentre.id, ServiceCentre.name))}
    return [_add_person(person, password_hash, centres) for person in demo_staff()]


def _add_person(person: DemoPerson, password_hash: str, centres: dict[str, int]) -> Person:
    row = Person(
        name=person.name,
        email=person.email,
        password_hash=password_hash,
        second_factor_secret=SECOND_FACTOR,
        second_factor_enrolled_at=clock.now(),
        created_at=clock.now(),
    )
    session().add(row)
    session().flush()
    for name in person.centres or (None,):
        key = centres[name] if name else None
        session().add(RoleGrant(person_id=row.id, role=person.role, service_centre_id=key, granted_at=clock.now()))
    session().flush()
    session().refresh(row)
    return row


def _add_pledgers() -> list[Pledger]:
    password_hash = hash_password(PASSWORD)
    companies = [_add_company(number, *company, password_hash) for number, company in enumerate(COMPANIES, 1)]
    donors = [
        Pledger(
            Contact("mail", f"donor{number}@demo.example"), name=name, locale="en" if name in ENGLISH_DONORS else "zh"
        )
        for number, name in enumerate(DONORS, 1)
    ]
    return companies + donors


def _add_company(number: int, name: str, kind: str, password_hash: str) -> Pledger:
    mail = COMPANY_MAIL if number == 1 else f"company{number}@demo.example"
    person = Person(name=f"{name}经办人", email=mail, password_hash=password_hash, created_at=clock.now())
    organisation = Organisation(
        name=name,
        uscc=demo_uscc(number),
        kind=kind,
        contact_name=f"{name}经办人",
        contact_phone=f"139000000{number:02d}",
        status=OrganisationStatus.CERTIFIED,
        registered_at=clock.now(),
        decided_at=clock.now(),
    )
    session().add_all((person, organisation))
    session().flush()
    session().add(
        Membership(person_id=person.id, organisation_id=organisation.id, is_owner=True, joined_at=clock.now())
    )
    return Pledger(Contact("mail", mail), name=name, person_id=person.id, organisation_id=organisation.id)


def _mark_all_sent() -> None:
    """Count the messages of the past as sent, so that nobody is told old news."""
    session().flush()
    session().execute(update(Message).values(state="sent", sent_at=Message.created_at, attempts=1))
