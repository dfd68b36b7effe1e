"""The people, places and wishes tests tell their stories with; all invented.

Call inside an application context. Rows are written straight into the tables,
so that a test of one room does not depend on the verbs of another; wishes are
brought to a state by their real moves where the state has a history.
"""

from datetime import date, timedelta
from itertools import count

from argon2 import PasswordHasher
from sqlalchemy import select

from portal import clock, codes
from portal.accounts.models import Membership, Organisation, OrganisationStatus, Person, RoleGrant
from portal.accounts.rules import SYSTEM, Actor, Role
from portal.areas.models import Community, Grid, ServiceCentre
from portal.db import session, transaction
from portal.households.models import Consent, ConsentUse, Household
from portal.limits.service import get_limits
from portal.publication.generalising import EVERYTHING
from portal.publication.models import Availability, Publication, PublicationStatus, PublicTraits
from portal.sealing import keyed_hash
from portal.wishes.models import Wish
from portal.wishes.rules import WishState, deadline_of
from portal.wishes.service import AVAILABILITY, add_event

PASSWORD = "correct horse battery staple"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
FAMILY_NAME = "许怡宁"
FAMILY_ID = "370212201107219960"
FAMILY_PHONE = "15000001408"
FAMILY_ADDRESS = "南涧花园19号楼1单元1282"
GUARDIAN = "黄美兰"
REASON = "旧书包背带断了两次，奶奶缝过"

_numbers = count(1)
_hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@transaction
def centre(name: str = "南涧服务中心") -> ServiceCentre:
    """Return a service centre with one community and one grid; the same one for the same name."""
    found = session().scalar(select(ServiceCentre).where(ServiceCentre.name == name))
    if found is not None:
        return found
    place = ServiceCentre(
        name=name,
        name_en=f"Centre {next(_numbers)}",
        address="南涧路1号",
        phone="0532-55500001",
        hours="周一至周五 8:30-17:00",
    )
    session().add(place)
    session().flush()
    community = Community(service_centre_id=place.id, name=name[:2] + "东社区", station_address="南涧东街1号")
    session().add(community)
    session().flush()
    session().add(Grid(community_id=community.id, name="第1网格"))
    session().flush()
    return place


@transaction
def person(*roles: Role, at: ServiceCentre | None = None, name: str = "", enrolled: bool = True) -> Person:
    """Return a new person with these roles at a centre (district-wide without one), password PASSWORD.

    Those whose role needs it have the second factor TOTP_SECRET unless not `enrolled`.
    """
    number = next(_numbers)
    somebody = Person(
        name=name or f"工作人员{number}",
        email=f"person{number}@example.org",
        password_hash=_hasher.hash(PASSWORD),
        locale="zh",
        is_enabled=True,
        created_at=clock.now(),
        second_factor_secret=TOTP_SECRET if enrolled else None,
        second_factor_enrolled_at=clock.now() if enrolled else None,
    )
    session().add(somebody)
    session().flush()
    for role in roles:
        session().add(
            RoleGrant(
                person_id=somebody.id,
                role=role,
                service_centre_id=at.id if at else None,
                granted_at=clock.now(),
            )
        )
    session().flush()
    session().refresh(somebody, ["grants"])
    return somebody


def actor(*roles: Role, at: ServiceCentre | None = None) -> Actor:
    """Return a new person with these roles as the one who acts."""
    return person(*roles, at=at).actor


def clerk(at: ServiceCentre | None = None) -> Actor:
    """Return a clerk of a centre (the usual one when none is named)."""
    return actor(Role.CENTRE_CLERK, at=at or centre())


def moderator() -> Actor:
    """Return a moderator of the district."""
    return actor(Role.MODERATOR)


def administrator() -> Actor:
    """Return an administrator."""
    return actor(Role.ADMINISTRATOR)


@transaction
def household(at: ServiceCentre | None = None, *, id_number: str = "", name: str = FAMILY_NAME) -> Household:
    """Return a sealed household of a child with a guardian; a fresh ID number unless one is given."""
    number = next(_numbers)
    id_number = id_number or f"37021220110721{number % 10000:04d}"
    row = Household(
        identity={
            "name": name,
            "id_number": id_number,
            "birth_date": "2011-07-21",
            "phone": FAMILY_PHONE,
            "address": FAMILY_ADDRESS,
            "guardian": GUARDIAN,
        },
        id_hash=keyed_hash("id-number", id_number),
        person_hash=keyed_hash("person", id_number + name),
        phone_hash=keyed_hash("phone", FAMILY_PHONE),
        address_hash=keyed_hash("address", FAMILY_ADDRESS),
        service_centre_id=(at or centre()).id,
        is_minor=True,
        needs_guardian=False,
        created_at=clock.now(),
    )
    session().add(row)
    session().flush()
    return row


@transaction
def wish(
    state: WishState = WishState.SUBMITTED,
    *,
    at: ServiceCentre | None = None,
    kind: str = "goods",
    item: str = "双肩书包",
    category: str = "study",
    consents: tuple[ConsentUse, ...] = (ConsentUse.PUBLISH, ConsentUse.SHARE_WITH_DELIVERER),
    days_ago: int = 0,
    price_minor: int = 16800,
    quantity: int = 1,
) -> Wish:
    """Return a wish in a state, with its household, consents, deadline and (where the state has one) publication."""
    place = at or centre()
    since = clock.now() - timedelta(days=days_ago)
    row = Wish(
        number=codes.new_wish_number(),
        household_id=household(place).id,
        service_centre_id=place.id,
        kind=kind,
        category=category,
        item=item,
        size="蓝色，高年级款",
        quantity=quantity,
        unit_price_minor=price_minor,
        currency="CNY",
        reason=REASON,
        group="child_in_difficulty",
        age_band="14-17",
        reporter="刘若",
        reported_on=date(2026, 11, 1),
        state=state,
        state_since=since,
        deadline_at=deadline_of(state, since, get_limits()),
        created_at=since,
        open_since=since if state in AVAILABILITY else None,
    )
    session().add(row)
    session().flush()
    for use in consents:
        session().add(
            Consent(
                household_id=row.household_id,
                wish_id=row.id,
                use=use,
                is_given=True,
                given_by="guardian",
                through="list",
                at=since,
            )
        )
    add_event(row.id, "submit", None, state, SYSTEM)
    if state in AVAILABILITY:
        publish(row)
    return row


@transaction
def publish(of: Wish) -> Publication:
    """Give a wish a live public text, written by one moderator and approved by another."""
    place = session().get_one(ServiceCentre, of.service_centre_id)
    row = Publication(
        number=of.number,
        version=1,
        status=PublicationStatus.LIVE,
        availability=AVAILABILITY.get(WishState(of.state), Availability.OPEN),
        kind=of.kind,
        category=of.category,
        item=of.item,
        item_en="School backpack",
        size=of.size,
        size_en="Blue, for older pupils",
        quantity=of.quantity,
        price_minor=of.total_minor,
        currency="CNY",
        group=of.group,
        age_band=of.age_band,
        service_centre_id=place.id,
        reason="书包用了很久，想换一个结实的。",
        reason_en="The old bag is worn out; a sturdy one would help.",
        search_text=f"{of.item} 书包用了很久 {place.name}".lower(),
        waiting_since=clock.local_date(of.state_since),
        written_by_id=person(Role.MODERATOR).id,
        written_at=clock.now(),
        approved_by_id=person(Role.MODERATOR).id,
        decided_at=clock.now(),
    )
    traits = {"group": of.group, "age_band": of.age_band, "service_centre_id": place.id}
    session().add_all([row, PublicTraits(number=of.number, shown=EVERYTHING, is_live=True, **traits)])
    session().flush()
    return row


@transaction
def organisation(
    name: str = "海风书店", uscc: str = "91370212MA3C00001X", *, member: Person | None = None
) -> Organisation:
    """Return a certified organisation, with a member who may act for it when one is given."""
    row = Organisation(
        name=name,
        uscc=uscc,
        kind="company",
        contact_name="沈青",
        contact_phone="13900000000",
        status=OrganisationStatus.CERTIFIED,
        registered_at=clock.now(),
        decided_at=clock.now(),
    )
    session().add(row)
    session().flush()
    if member is not None:
        session().add(Membership(person_id=member.id, organisation_id=row.id, is_owner=True, joined_at=clock.now()))
        session().flush()
    return row
