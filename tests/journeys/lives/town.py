"""The town in which wishes live: its staff, its families and their secrets, its pledgers, its post office."""

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Flask

from portal.accounts.rules import Actor, Role
from portal.db import transaction
from portal.intake.assisting import spots_for
from portal.outbox.senders import Letter, SendFailed
from portal.pledges.contacts import read_contact
from portal.pledges.rules import Pledger
from portal.wishes.rules import STAYS, WishState
from tests import cast
from tests.journeys.lives.sight import Sight
from tests.plumbing.clocks import MONDAY_MORNING, SharedClock
from tests.spreadsheets.samples import id_number

HERE, ELSEWHERE = "南涧服务中心", "松岭服务中心"

_ADULT = {
    "group": "dibao",
    "quantity": "1",
    "consent_share": "yes",
    "consent_photo": "yes",
    "given_by": "self",
    "through": "form",
}
FAMILIES: tuple[dict[str, str], ...] = (
    _ADULT
    | {
        "name": "司空望舒",
        "id_number": id_number(date(2018, 3, 8), 77),
        "phone": "13912340001",
        "guardian": "司空慕白",
        "guardian_phone": "13912340002",
        "address": "南涧小区77号楼3单元1906",
        "reason": "望舒的爸爸在栖霞医院动了手术",
        "group": "child_in_difficulty",
        "given_by": "guardian",
    },
    _ADULT
    | {
        "name": "澹台清和",
        "id_number": id_number(date(1948, 2, 29), 112),
        "phone": "13912340003",
        "address": "南涧小区5号楼1单元203",
        "reason": "澹台阿姨一个人住，夜里起身不方便",
    },
    _ADULT
    | {
        "name": "百里长风",
        "id_number": id_number(date(1950, 4, 6), 18),
        "phone": "13912340004",
        "address": "南涧小区9号楼2单元804",
        "reason": "百里师傅的腿在渔船上伤了",
    },
    _ADULT
    | {
        "name": "百里长云",
        "id_number": id_number(date(1950, 4, 6), 18),
        "phone": "13912340005",
        "address": "南涧小区9号楼2单元805",
        "reason": "长云的收音机坏了，听不到戏",
    },
)
"""Families as a helper types them; the last two stand under one ID number with two names."""

OWN_WORDS = "望舒家里人说"
"""What a family or a clerk for it says begins with these words, which nobody outside and nobody later may read."""

WISHES: tuple[dict[str, str], ...] = (
    {"item": "双肩书包", "size": "蓝色", "unit_price": "168", "kind": "goods", "category": "study"},
    {"item": "血压计", "size": "上臂式", "unit_price": "180", "kind": "goods", "category": "daily_care"},
    {"item": "陪伴聊天", "size": "每周一小时", "unit_price": "0", "kind": "service", "category": "company"},
)

SERVICE = 2

GUESTS = ("lin@example.org", "hai@example.org", "13800138000")
PLEDGER_NAME = "闻人小满"


@dataclass
class Post:
    """The way out of messages: it counts what it carried, and may be closed."""

    carried: Counter[str] = field(default_factory=Counter)
    is_closed: bool = False

    def send(self, letter: Letter) -> None:
        """Carry a message.

        Raises SendFailed while the post office is closed.
        """
        if self.is_closed:
            raise SendFailed("closed")
        self.carried[letter.key] += 1


@dataclass
class Town:
    """The application with one service centre, everybody who meets its wishes, and a clerk from elsewhere."""

    app: Flask
    clock: SharedClock
    renew: Callable[[], None]
    staff: dict[str, Actor] = field(default_factory=dict)
    pledgers: dict[str, Pledger] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    spot: str = ""
    starts: tuple[WishState, ...] = (*STAYS, WishState.CLOSED)
    post: Post = field(default_factory=Post)
    refusals: Counter[str] = field(default_factory=Counter)
    arrows: Counter[tuple[str, str]] = field(default_factory=Counter)

    def begin_anew(self) -> None:
        """Empty the database, turn the clock back and let the same people sit down again."""
        self.app.extensions["portal.database"].dispose()
        self.renew()
        shutil.rmtree(self.app.config["PORTAL"].files_path, ignore_errors=True)
        self.clock.set(MONDAY_MORNING)
        self.post = self.app.extensions["portal.senders"] = Post()
        with self.app.app_context():
            self._settle()

    @transaction
    def _settle(self) -> None:
        here, elsewhere = cast.centre(HERE), cast.centre(ELSEWHERE)
        self.places = {"centre": here.id, "elsewhere": elsewhere.id}
        self.staff = {
            "reporter": cast.actor(Role.NEED_REPORTER, at=here),
            "clerk": cast.actor(Role.CENTRE_CLERK, at=here),
            "colleague": cast.actor(Role.CENTRE_CLERK, at=here),
            "stranger": cast.actor(Role.CENTRE_CLERK, at=elsewhere),
            "writer": cast.actor(Role.MODERATOR),
            "approver": cast.actor(Role.MODERATOR),
            "administrator": cast.actor(Role.ADMINISTRATOR),
        }
        person, member = cast.person(name="顾安"), cast.person(name="沈青")
        self.spot = spots_for(self.staff["clerk"])[0].value
        organisation = cast.organisation("海风书店", member=member)
        self.places["organisation"] = organisation.id
        guests = {contact: Pledger(read_contact(contact), PLEDGER_NAME) for contact in GUESTS}
        self.pledgers = guests | {
            "person": Pledger(read_contact(person.email), person.name, "zh", person.id),
            "company": Pledger(read_contact(member.email), member.name, "en", member.id, organisation.id),
        }

    def note_arrows(self, before: Sight, now: Sight) -> None:
        """Remember which arrows of a wish's way were taken in all lives so far."""
        for event in now.new_rows(before, "wish_events"):
            if event.from_state is not None:
                self.arrows[event.from_state, event.action] += 1

    @property
    def lets_writers_overlap(self) -> bool:
        """Tell whether one transaction may write between another's look and its writing."""
        engine = self.app.extensions["portal.database"].write_engine
        return bool(engine.dialect.name == "postgresql")

    def who(self, name: str) -> Actor:
        """Return a member of staff."""
        return self.staff[name]


def typed_form(family: int, wish: int, spot: str, consent: str = "yes") -> dict[str, Any]:
    """Return the form for one wish as a helper fills it in."""
    return FAMILIES[family] | WISHES[wish] | {"place": spot, "consent_publish": consent}


def secrets_of(family: int) -> tuple[str, ...]:
    """Return what would give a family away."""
    told = ("name", "guardian", "id_number", "phone", "guardian_phone", "address", "reason")
    return tuple(FAMILIES[family][each] for each in told if each in FAMILIES[family])
