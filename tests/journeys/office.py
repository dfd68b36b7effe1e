"""A district with its staff at their desks, to which communities bring lists."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Person
from portal.accounts.rules import Role
from portal.db import session
from portal.ticks import tick
from portal.wishes.models import Wish
from tests import cast
from tests.intake.office import BLUE, at_centre, build_district, centre_named
from tests.journeys.community_list import community_list
from tests.journeys.people import Clerk, Company, Family, GridWorker, Moderator, Pledger
from tests.journeys.witness import WatchedVisitor, Witness, plain
from tests.pledges.letterbox import letters
from tests.plumbing.sessions import sign_in
from tests.plumbing.visitor import Visitor
from tests.spreadsheets.samples import wish_line


@dataclass
class Case:
    """One wish with its family."""

    number: str
    family: Family


@dataclass
class Office:
    """Everybody a wish of one service centre meets."""

    app: Flask
    new_visitor: Callable[..., Visitor]
    clerk: Clerk
    grid_worker: GridWorker
    grid_worker_id: int
    writer: Moderator
    approver: Moderator
    administrator: Clerk
    desks: list[tuple[Visitor, int]]
    outside: Witness = field(default_factory=Witness)
    at_home: Witness = field(default_factory=Witness)
    families: list[Mapping[str, Any]] = field(default_factory=list)

    def bring(self, *changes: Mapping[str, Any]) -> list[Case]:
        """Let a community's list of these wishes come in and its slips be handed out; the rest is invented."""
        lines = [
            wish_line(order, seed=31) | {"consent_publish": "是"} | dict(change)
            for order, change in enumerate(changes, 1)
        ]
        address = self.clerk.take_in(community_list(at_centre(BLUE, lines)))
        return self.hand_slips_out(lines, self.clerk.print_slips(address))

    def hand_slips_out(self, lines: Sequence[Mapping[str, Any]], codes: Mapping[str, str]) -> list[Case]:
        """Let the families of the rows that came in last have their slips."""
        self.families += lines
        numbers = self.numbers()[-len(lines) :]
        return [Case(number, Family(self.somebody(self.at_home), codes[number])) for number in numbers]

    def somebody(self, witness: Witness | None = None) -> Visitor:
        """Let one more person from outside, or from a family, open the portal under the eyes of a witness."""
        return WatchedVisitor(self.new_visitor(), witness or self.outside)

    def numbers(self) -> list[str]:
        """Return the numbers of all wishes in the order they came in."""
        with self.app.app_context():
            return list(session().scalars(select(Wish.number).order_by(Wish.id)))

    def publish_all(self) -> None:
        """Let all wishes that may be be verified, written about and approved."""
        self.clerk.verify_all()
        self.writer.write_all()
        self.approver.approve_all()

    def pledger(self, contact: str = "lin@example.org") -> Pledger:
        """Let one more guest come by."""
        return Pledger(self.somebody(), contact)

    def company(self, name: str) -> Company:
        """Let a member of a certified company sit down."""
        with self.app.app_context():
            member = cast.person(name="沈青")
            organisation = cast.organisation(name, member=member)
            return Company(sign_in(self.somebody(), member), organisation.id)

    def tick(self) -> None:
        """Let every clock move."""
        with self.app.app_context():
            moved = tick()
        assert min(moved.values()) >= 0, moved

    def return_to_desks(self) -> None:
        """Let everybody sign in again after some days."""
        for visitor, person_id in self.desks:
            with self.app.app_context():
                sign_in(visitor, session().get_one(Person, person_id))

    def check_walls(self) -> None:
        """Make sure that nobody outside learnt who a family is, and no family who pledged."""
        phones = {plain(str(line["phone"])) for line in self.families}
        for letter in letters(self.app):
            if letter.receiver not in phones:
                self.outside.see(f"letter {letter.kind}", f"{letter.subject}\n{letter.body}")
        assert self.outside.find(*_secrets(self.families)) == []
        assert self.at_home.find("example.org", "海风书店", "沈青") == []

    def state_of(self, case: Case) -> str:
        """Return where a wish stands."""
        with self.app.app_context():
            return session().scalars(select(Wish.state).where(Wish.number == case.number)).one()


def open_office(app: Flask, new_visitor: Callable[..., Visitor]) -> Office:
    """Build the district and sit its people down."""

    desks: list[tuple[Visitor, int]] = []

    def at_desk(person: Person) -> Visitor:
        desks.append((new_visitor(), person.id))
        return sign_in(desks[-1][0], person)

    with app.app_context():
        build_district()
        blue = centre_named(BLUE)
        reporter = cast.person(Role.NEED_REPORTER, at=blue, name="梁巡")
        return Office(
            app,
            new_visitor,
            clerk=Clerk(at_desk(cast.person(Role.CENTRE_CLERK, at=blue, name="周文"))),
            grid_worker=GridWorker(at_desk(reporter)),
            grid_worker_id=reporter.id,
            writer=Moderator(at_desk(cast.person(Role.MODERATOR, name="何写"))),
            approver=Moderator(at_desk(cast.person(Role.MODERATOR, name="孙批"))),
            administrator=Clerk(at_desk(cast.person(Role.ADMINISTRATOR, name="方管"))),
            desks=desks,
        )


def _secrets(lines: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return what would give families away; a name of two characters may stand in any text by chance."""
    told = ("name", "guardian", "id_number", "phone", "address")
    words = {plain(str(line[name])) for line in lines for name in told if line.get(name)}
    return {word for word in words if len(word) > 2}
