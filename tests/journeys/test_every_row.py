"""A community's whole list comes in by the command line, and every wish of it is taken to its end by the forms."""

import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import select

from portal.accounts.rules import Role
from portal.areas.models import ServiceCentre
from portal.config import PREFIX, Settings
from portal.db import session
from portal.households.models import ConsentUse
from portal.wishes.models import Wish
from portal.wishes.rules import WishAction
from tests import cast
from tests.journeys.community_list import community_lines, community_list
from tests.journeys.office import Case, Office
from tests.journeys.people import Clerk, Family, Pledger
from tests.plumbing.processes import outer_environment
from tests.plumbing.sessions import sign_in
from tests.plumbing.visitor import Upload

ROWS = 60
GUESTS_TAKE = 12


def test_every_wish_of_a_list_can_be_taken_to_its_end(office, settings, clock, tmp_path):
    path = tmp_path / "名单.xlsx"
    path.write_bytes(community_list(community_lines(ROWS, date(2026, 11, 20))))
    assert f"收进了{ROWS}个新心愿。" in portal(settings, "import-wishes", path, "--language", "zh")
    district = District(office)

    district.verify()
    office.writer.write_all()
    office.approver.approve_all()
    assert set(district.states()) == {"published", "referred"}

    district.pledge()
    assert set(district.states()) == {"pledged", "referred"}
    for turn, case in enumerate(district.cases):
        district.bring_to_family(turn, case)
    office.approver.close_all()
    assert district.states() == {"closed": ROWS}

    assert "以前收过的60个" in portal(settings, "import-wishes", path, "--language", "zh")
    office.administrator.visitor.open("/admin/imports")
    page = office.administrator.visitor.submit({"file": Upload(path.read_bytes(), path.name)}, form="/admin/imports")
    assert "/take-in" not in page.html
    assert district.states() == {"closed": ROWS}


def portal(settings: Settings, *arguments: object) -> str:
    """Run the portal command in a process of its own, against the test's database, and return what it says."""
    program = Path(sys.executable).with_name("portal")
    surroundings = outer_environment() | {f"{PREFIX}{name.upper()}": _as_text(value) for name, value in settings}
    done = subprocess.run(
        [program, *map(str, arguments)], env=surroundings, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _as_text(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(_as_text, value))
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


class District:
    """All service centres of a list, each with a clerk and a grid worker of its own, and everybody who pledges."""

    def __init__(self, office: Office) -> None:
        self.office = office
        with office.app.app_context():
            centres = session().scalars(select(ServiceCentre).order_by(ServiceCentre.id)).all()
            self.clerks = {each.id: Clerk(self._at_desk(Role.CENTRE_CLERK, each)) for each in centres}
            self.grid_workers = {each.id: cast.person(Role.NEED_REPORTER, at=each) for each in centres}
            rows = session().execute(select(Wish.number, Wish.service_centre_id, Wish.kind).order_by(Wish.id)).all()
        codes = office.administrator.print_slips("/admin/imports/1")
        self.centre_of = {row.number: row.service_centre_id for row in rows}
        self.services = {row.number for row in rows if row.kind == "service"}
        self.cases = [Case(row.number, Family(office.new_visitor(), codes[row.number])) for row in rows]
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
        assert len(left) > ROWS // 8, "some rows must need a person's eye"
        for turn, case in enumerate(left):
            clerk = self.clerk_of(case)
            if not clerk.has_checked_document(case.number) or turn % 2:
                clerk.record_consent(case.number, ConsentUse.PUBLISH)
                clerk.decide(case.number, WishAction.VERIFY)
            else:
                clerk.decide(case.number, WishAction.REFER, "临时救助窗口")
