"""What every table of the desk promises: an export in which nothing is evaluated, and acts on many rows at once."""

import io

import openpyxl
import pytest
from sqlalchemy import select, update

from portal.accounts.models import Organisation, OrganisationStatus, Person
from portal.accounts.rules import Role
from portal.areas.sheet import rate_area_sheet, read_areas
from portal.audit.models import AuditEntry
from portal.db import session, transaction
from portal.outbox.models import Message
from portal.spreadsheets.reading import open_sheet
from portal.wishes.rules import WishState
from portal.wishes.service import get_wish
from tests import cast
from tests.plumbing.sessions import sign_in

EXPORTS = (
    "/admin/wishes/export",
    "/admin/people/export",
    "/admin/organisations/export",
    "/admin/areas/export",
    "/admin/messages/export",
    "/admin/publications/export",
    "/admin/publications/export.{ending}?pile=approve",
    "/admin/blocks/export",
    "/admin/imports/export",
    "/admin/counter/export",
    "/admin/audit/export",
)
FORMULA = "=HYPERLINK(1)"


@pytest.fixture
def administrator(app, visitor):
    """Return an administrator's desk in a district where people type formulas for names."""
    with app.app_context():
        cast.wish(item=FORMULA)
        cast.wish(WishState.VERIFIED, item=FORMULA)
        cast.wish(WishState.RECEIVED, item=FORMULA)
        cast.organisation(FORMULA, member=cast.person(name=FORMULA))
        person = cast.person(Role.ADMINISTRATOR)
    return sign_in(visitor, person)


@transaction
def let_wait():
    """Put all organisations back before the decision about them."""
    session().execute(update(Organisation).values(status=OrganisationStatus.REGISTERED))


def states(app, numbers):
    with app.app_context():
        return [get_wish(number).state for number in numbers]


@pytest.mark.parametrize("address", EXPORTS)
def test_every_table_is_exported_without_anything_to_evaluate(app, administrator, address):
    address = address if "{" in address else address + ".{ending}"
    text = administrator.client.get(address.format(ending="csv")).get_data().decode("utf-8-sig")
    assert len(text.splitlines()) >= 1
    assert f'"{FORMULA}"' not in text
    answer = administrator.client.get(address.format(ending="xlsx"))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data())).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
    assert cast.FAMILY_NAME not in text
    assert administrator.client.get(address.format(ending="pdf")).status_code == 404
    with app.app_context():
        acts = set(session().scalars(select(AuditEntry.action)))
    assert acts & {"list.export", "wishes.export", "audit.export"}


def test_exported_areas_can_be_brought_in_again(app, administrator):
    data = administrator.client.get("/admin/areas/export.xlsx").get_data()
    report = read_areas(open_sheet(data, "areas.xlsx", fit=rate_area_sheet))
    assert report.is_accepted
    assert report.tree == {"南涧服务中心": {"南涧东社区": ("第1网格",)}}


def test_areas_are_found_by_centre_and_by_community(app, administrator):
    with app.app_context():
        cast.centre("北港服务中心")
    assert "北港服务中心" not in administrator.open("/admin/areas?q=南涧东社区")
    assert "没有这样的服务中心或社区" in administrator.open("/admin/areas?q=没有")


def test_several_wishes_are_returned_with_one_reason(app, visitor):
    with app.app_context():
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre())
        numbers = [cast.wish().number for _ in range(3)]
    sign_in(visitor, clerk).open("/admin/wishes?state=submitted")
    page = visitor.submit({"pick": numbers[:2], "reason": " "}, button="return")
    assert "请写明原因" in page
    page = visitor.submit({"pick": numbers[:2], "reason": "缺身份证复印件"}, button="return")
    assert "2 个心愿办好了。" in page
    assert states(app, numbers) == ["returned", "returned", "submitted"]
    assert "缺身份证复印件" in visitor.open(f"/admin/wishes/{numbers[0]}")


def test_moderator_suspends_several_and_shows_them_again(app, visitor):
    with app.app_context():
        moderator = cast.person(Role.MODERATOR)
        numbers = [cast.wish(WishState.PUBLISHED).number for _ in range(2)]
    sign_in(visitor, moderator).open("/admin/wishes?state=published")
    visitor.submit({"pick": numbers, "reason": "核对一下"}, button="suspend")
    assert states(app, numbers) == ["suspended", "suspended"]
    visitor.open("/admin/wishes?state=suspended")
    visitor.submit({"pick": numbers, "reason": "没有问题"}, button="resume")
    assert states(app, numbers) == ["published", "published"]


@pytest.mark.parametrize("verb", ["reject", "suspend", "close", "publish", "anything", ""])
def test_acts_that_the_page_does_not_offer_are_refused(app, visitor, verb):
    with app.app_context():
        reader = cast.person(Role.MODERATOR)
        number = cast.wish().number
    sign_in(visitor, reader).open("/admin/wishes?state=submitted")
    token = visitor.page.forms[-1].values()["csrf_token"]
    answer = visitor.client.post(
        "/admin/wishes/bulk", data={"csrf_token": token, "pick": number, "verb": verb, "state": "submitted"}
    )
    assert answer.status_code == 400
    assert states(app, [number]) == ["submitted"]


def test_several_people_are_shut_out_but_never_oneself(app, administrator):
    with app.app_context():
        others = [cast.person(name="甲"), cast.person(name="乙")]
        own = session().scalars(select(Person).where(Person.grants.any(role="administrator"))).one()
        keys = [person.id for person in (*others, own)]
    administrator.open("/admin/people")
    page = administrator.submit({"pick": keys}, button="disable")
    assert "办好了 2 位。" in page
    assert f"这几位没有改动：{own.name}" in page
    with app.app_context():
        enabled = dict(session().execute(select(Person.id, Person.is_enabled)).all())
    assert [enabled[key] for key in keys] == [False, False, True]


def test_links_to_choose_a_password_go_to_several_at_once(app, administrator):
    with app.app_context():
        keys = [cast.person().id for _ in range(2)]
    administrator.open("/admin/people")
    administrator.submit({"pick": keys}, button="send_link")
    with app.app_context():
        assert len(session().scalars(select(Message).where(Message.kind == "welcome")).all()) == 2


def test_several_organisations_that_wait_are_certified_at_once(app, visitor):
    with app.app_context():
        moderator = cast.person(Role.MODERATOR)
        keys = [cast.organisation(f"单位{n}", uscc=f"91370212MA3C0000{n}X").id for n in range(2)]
        let_wait()
    sign_in(visitor, moderator).open("/admin/organisations")
    page = visitor.submit({"pick": keys}, button="认证通过")
    assert "认证了 2 个单位" in page
    with app.app_context():
        assert set(session().scalars(select(Organisation.status))) == {OrganisationStatus.CERTIFIED}
