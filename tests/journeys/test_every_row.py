"""A community's whole list comes in by the command line, and every wish of it is taken to its end by the forms."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from sqlalchemy import select

from portal.accounts.rules import Role
from portal.areas.models import ServiceCentre
from portal.db import session
from portal.handover.rules import Answer, Fault, Settlement
from portal.households.models import ConsentUse
from portal.intake.commands import import_wishes
from portal.wishes.models import Wish
from portal.wishes.rules import WishAction
from tests import cast
from tests.journeys.community_list import community_lines, community_list
from tests.journeys.office import Case, Office
from tests.journeys.people import Clerk, GridWorker, Pledger
from tests.plumbing.environment import put_settings
from tests.plumbing.sessions import sign_in
from tests.plumbing.visitor import Upload

ROWS = {"sqlite": 28, "postgresql": 16}
GUEST_TAKES = 12


def test_every_wish_of_a_list_can_be_taken_to_its_end(office, settings, monkeypatch, database_kind, tmp_path):
    put_settings(settings, monkeypatch)
    rows = ROWS[database_kind]
    path = tmp_path / "名单.xlsx"
    lines = community_lines(rows, date(2026, 11, 20))
    path.write_bytes(community_list(lines))
    assert f"收进了{rows}个新心愿。" in bring_in(path)
    district = District(office, lines)

    district.verify()
    office.writer.write_all()
    office.approver.approve_all()
    assert set(district.states()) == {"published", "referred"}

    district.pledge()
    assert set(district.states()) == {"pledged", "procuring", "referred"}
    for turn, case in enumerate(district.cases):
        district.finish(turn, case)
    office.approver.close_all()
    assert district.states() == {"closed": rows}

    assert f"以前收过的{rows}个" in bring_in(path)
    office.administrator.visitor.open("/admin/imports")
    page = office.administrator.visitor.submit({"file": Upload(path.read_bytes(), path.name)}, form="/admin/imports")
    assert "/take-in" not in page.html
    assert district.states() == {"closed": rows}


def bring_in(path: Path) -> str:
    """Give `portal import-wishes` a list, with this test's settings in the environment, and return what it says."""
    done = CliRunner().invoke(import_wishes, [str(path), "--language", "zh"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


class District:
    """All service centres of a list, each with a clerk and a grid worker of its own, and everybody who pledges."""

    def __init__(self, office: Office, lines: list[dict[str, Any]]) -> None:
        self.office = office
        with office.app.app_context():
            centres = session().scalars(select(ServiceCentre).order_by(ServiceCentre.id)).all()
            self.clerks = {each.id: Clerk(self._at_desk(Role.CENTRE_CLERK, each)) for each in centres}
            reporters = {each.id: cast.person(Role.NEED_REPORTER, at=each) for each in centres}
            self.grid_workers = {
                centre_id: (person.id, GridWorker(sign_in(office.new_visitor(), person)))
                for centre_id, person in reporters.items()
            }
            rows = session().execute(select(Wish.number, Wish.service_centre_id, Wish.kind).order_by(Wish.id)).all()
        codes = office.administrator.print_slips("/admin/imports/1")
        self.centre_of = {row.number: row.service_centre_id for row in rows}
        self.services = {row.number for row in rows if row.kind == "service"}
        self.cases = office.hand_slips_out(lines, codes)
        self.agreed = {
            row.number: line["consent_publish"] in ("是", "√") for row, line in zip(rows, lines, strict=True)
        }
        self.pledger_of: dict[str, Pledger] = {}

    def _at_desk(self, role: Role, centre: ServiceCentre):
        return sign_in(self.office.new_visitor(), cast.person(role, at=centre))

    def clerk_of(self, case: Case) -> Clerk:
        return self.clerks[self.centre_of[case.number]]

    def states(self) -> Counter[str]:
        """Return how many wishes stand in which state."""
        return Counter(self.office.state_of(case) for case in self.cases)

    def verify(self) -> None:
        """Let the clerks verify what they may, and settle one by one what stands against the rest."""
        for clerk in self.clerks.values():
            clerk.verify_all()
        left = [case for case in self.cases if self.office.state_of(case) == "submitted"]
        assert len(left) > len(self.cases) // 8, "some rows must need a person's eye"
        for turn, case in enumerate(left):
            clerk = self.clerk_of(case)
            clerk.check_document(case.number)
            if self.agreed[case.number] or turn % 2:
                if not self.agreed[case.number]:
                    clerk.record_consent(case.number, ConsentUse.PUBLISH)
                clerk.decide(case.number, WishAction.VERIFY)
            else:
                clerk.decide(case.number, WishAction.REFER, "请临时救助窗口帮忙")

    def pledge(self) -> None:
        """Let a company take most of the wishes from a pasted list, and a guest the others."""
        numbers = [case.number for case in self.cases if self.office.state_of(case) == "published"]
        company, guest = self.office.company("海风书店"), self.office.pledger()
        promises = (
            company.pledge("，".join(numbers[GUEST_TAKES:])),
            guest.pledge_as_guest(self.office.app, *numbers[:GUEST_TAKES]),
        )
        company.begin_all(promises[0].address)
        self.pledger_of = dict.fromkeys(company.pages, company) | dict.fromkeys(guest.pages, guest)

    def finish(self, turn: int, case: Case) -> None:
        """Take a wish from its pledge or referral to the family's yes, each time by another way."""
        if case.number not in self.pledger_of:
            self.clerk_of(case).answer_for_family(case.number, Answer.RECEIVED, "临时救助已经批了")
            return
        self.give(turn, case)
        if turn % 7 == 0:
            case.family.say(Answer.WRONG, "小了一号")
            self.clerk_of(case).settle(case.number, Settlement.REPLACE)
            self.give(turn + 1, case)
        elif turn % 11 == 0 and case.number not in self.services:
            case.family.say(Answer.NOT_RECEIVED)
            self.clerk_of(case).settle(case.number, Settlement.FIND)
            self.hand_over(turn, case)
        if turn % 5 == 0:
            self.clerk_of(case).answer_for_family(case.number, Answer.RECEIVED)
        else:
            case.family.say(Answer.RECEIVED)

    def give(self, turn: int, case: Case) -> None:
        """Let a service be done, or a thing be brought and handed over."""
        clerk, pledger = self.clerk_of(case), self.pledger_of[case.number]
        if case.number in self.services:
            pledger.propose_times(case.number, "周末都可以")
            clerk.arrange(case.number, date(2026, 12, 5), "10:00", "服务中心一楼")
            clerk.note_served(case.number)
            return
        if turn % 6 == 0:
            clerk.refuse(pledger.drop_off_code(case.number), Fault.DAMAGED)
        clerk.receive(pledger.drop_off_code(case.number))
        self.hand_over(turn, case)

    def hand_over(self, turn: int, case: Case) -> None:
        """Hand a thing over at the door, at the counter by code, or against a signature."""
        clerk, centre_id = self.clerk_of(case), self.centre_of[case.number]
        if turn % 4 == 0:
            case.family.ask_to_bring()
            clerk.send_home(case.number, self.grid_workers[centre_id][0])
            worker = self.grid_workers[centre_id][1]
            worker.open_address(case.number)
            worker.hand_over(case.number, case.family.pick_up_code())
        elif turn % 4 == 1:
            clerk.hand_over_signed(case.number)
        else:
            clerk.hand_over(case.family.pick_up_code())
