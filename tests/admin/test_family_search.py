"""A clerk finds a family's wishes by the number it says: exactly, at the own centre, without leaving the number."""

from datetime import date

import pytest
from sqlalchemy import select

from portal.accounts.rules import Role
from portal.admin.family_search import says_number
from portal.audit.models import AuditEntry
from portal.db import session, transaction
from portal.households.hashing import id_hash, phone_hash
from portal.households.models import Household, IdentityRead
from tests import cast
from tests.plumbing.sessions import sign_in
from tests.spreadsheets.samples import id_number

NUMBER = id_number(date(2011, 7, 21), 5)
PHONE = "13900001234"
GUARDIAN_PHONE = "13700004321"
ADDRESS = "/admin/wishes/of-a-family"


@transaction
def known_by(wish, number, phone):
    row = session().get_one(Household, wish.household_id)
    row.id_hash, row.phone_hash, row.guardian_phone_hash = id_hash(number), phone_hash(phone), None
    if number == NUMBER:
        row.guardian_phone_hash = phone_hash(GUARDIAN_PHONE)
    return wish.number


@pytest.fixture
def numbers(app):
    """Return a wish of the family at the clerk's centre, one of the same family elsewhere, and a neighbour's."""
    with app.app_context():
        elsewhere = cast.wish(at=cast.centre("北港服务中心"))
        return (
            known_by(cast.wish(), NUMBER, PHONE),
            known_by(elsewhere, NUMBER, PHONE),
            known_by(cast.wish(), id_number(date(2011, 7, 21), 7), "13900005678"),
        )


@pytest.fixture
def clerk(app, visitor):
    with app.app_context():
        person = cast.person(Role.CENTRE_CLERK, at=cast.centre())
    return sign_in(visitor, person)


@pytest.mark.parametrize(
    "typed", [NUMBER, f" {NUMBER[:6]} {NUMBER[6:14]}-{NUMBER[14:]}", "139 0000 1234", "+86 13900001234", GUARDIAN_PHONE]
)
def test_exact_number_leads_to_the_wishes_of_the_own_centre(app, clerk, numbers, typed):
    clerk.open("/admin/wishes")
    clerk.follow("按身份证号或电话找")
    page = clerk.submit({"number": typed})
    own, elsewhere, neighbour = numbers
    assert f"/admin/wishes/{own}" in page.html
    assert elsewhere not in page.html
    assert neighbour not in page.html
    assert NUMBER not in page.html
    with app.app_context():
        [entry] = session().scalars(select(AuditEntry).where(AuditEntry.action == "household.search"))
        assert entry.after == {"found": 1}
        assert NUMBER not in f"{entry.subject_ref} {entry.after}"
        assert session().scalars(select(IdentityRead)).all() == []


def test_unknown_and_unclear_numbers_are_told_apart_and_what_was_typed_stays(clerk, numbers):
    clerk.open(ADDRESS)
    assert "没有找到" in clerk.submit({"number": "13900009999"})
    wrong = NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2")
    page = clerk.submit({"number": wrong}, status=422)
    assert "校验码不对" in page
    assert wrong in page.html
    assert "请填写11位手机号" in clerk.submit({"number": "许怡宁"}, status=422)


@pytest.mark.parametrize("role", [Role.NEED_REPORTER, Role.MODERATOR, Role.ADMINISTRATOR])
def test_nobody_but_a_clerk_searches(app, visitor, role):
    with app.app_context():
        person = cast.person(role, at=cast.centre() if role is Role.NEED_REPORTER else None)
    sign_in(visitor, person).open(ADDRESS, status=403)
    assert "按身份证号或电话找" not in visitor.open("/admin/wishes")


@pytest.mark.parametrize("typed", [NUMBER, NUMBER[:-1], f"{NUMBER[:6]} {NUMBER[6:]}", PHONE, "许怡宁 139-0000-1234"])
@pytest.mark.parametrize("page", ["/admin/wishes", "/admin/wishes/export.csv"])
def test_number_in_the_search_of_the_list_leads_to_where_no_address_keeps_it(clerk, page, typed):
    answer = clerk.client.get(page, query_string={"q": typed, "state": "submitted"})
    assert (answer.status_code, answer.headers["Location"]) == (303, ADDRESS)
    shown = clerk.open(ADDRESS)
    assert "身份证号和电话请在这里找" in shown
    assert not any(part in answer.text + shown.html for part in (*typed.split(), PHONE, NUMBER[:-1]))


def test_who_may_not_search_families_is_told_so_and_keeps_the_other_filters(app, visitor):
    with app.app_context():
        sign_in(visitor, cast.person(Role.MODERATOR))
    page = visitor.open(f"/admin/wishes?q={PHONE}&state=submitted")
    assert "请不要填在这里" in page
    assert PHONE not in page.html
    assert "state=submitted" in page.html


@pytest.mark.parametrize("typed", ["双肩书包", "K7QX4M2", "A4纸500张", "12寸自行车", "2026"])
def test_words_and_wish_numbers_are_searched_for_as_ever(typed):
    assert not says_number(typed)
