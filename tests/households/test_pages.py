"""The sealed room on the staff's pages: the panel, opening a record, putting it right, settling a shared number."""

from datetime import date

import pytest
from sqlalchemy import select

from portal.accounts.rules import Role
from portal.audit.models import AuditEntry
from portal.db import session, transaction
from portal.households import service
from portal.households.models import Household, IdentityRead
from portal.households.queries import is_id_shared
from portal.wishes.models import Wish
from portal.wishes.rules import WishState
from tests import cast
from tests.plumbing.sessions import sign_in
from tests.spreadsheets.samples import id_number

REASON = "核对收件地址"
CHILD_ID = id_number(date(2011, 7, 21), 5)


@pytest.fixture
def wish(app):
    with app.app_context():
        wish = cast.wish(WishState.SUBMITTED)
        _give_number(wish.household_id, CHILD_ID)
        return wish


@transaction
def _give_number(household_id, number):
    row = session().get_one(Household, household_id)
    row.identity = row.identity | {"id_number": number}


@pytest.fixture
def clerk(app, wish, visitor):
    with app.app_context():
        sign_in(visitor, cast.person(Role.CENTRE_CLERK, at=cast.centre(), name="周文"))
    visitor.open(f"/admin/wishes/{wish.number}")
    return visitor


def test_the_wish_page_shows_consents_and_flags_but_no_identity(clerk):
    page = clerk.page
    assert "还没有人打开过身份信息。" in page
    assert "匿名公开心愿" in page
    for secret in (cast.FAMILY_NAME, cast.FAMILY_PHONE, cast.FAMILY_ADDRESS, cast.GUARDIAN, CHILD_ID):
        assert secret not in page.html


def test_a_record_is_opened_once_for_a_reason_and_everybody_sees_that_it_was(app, clerk, wish):
    page = clerk.submit({"reason": REASON}, form="/open")
    spaced = f"{CHILD_ID[:6]} {CHILD_ID[6:14]} {CHILD_ID[14:]}"
    for shown in (cast.FAMILY_NAME, cast.FAMILY_PHONE, cast.FAMILY_ADDRESS, cast.GUARDIAN, spaced):
        assert shown in page
    assert page.headers["Cache-Control"] == "no-store"
    page = clerk.follow("看完了，关上")
    assert page.address == f"/admin/wishes/{wish.number}"
    assert f"周文：{REASON}" in page
    assert cast.FAMILY_NAME not in page.html


def test_without_a_reason_nothing_is_opened(app, clerk):
    page = clerk.submit({"reason": "  "}, form="/open")
    assert "请先写明为什么要打开身份信息。" in page
    assert cast.FAMILY_NAME not in page.html
    with app.app_context():
        assert session().scalar(select(IdentityRead.id)) is None


def test_a_record_cannot_be_opened_by_following_a_link(app, clerk, wish):
    clerk.open(f"/admin/households/{wish.household_id}/open", status=405)


@pytest.mark.parametrize(
    ("role", "centre"),
    [
        (Role.CENTRE_CLERK, "海云服务中心"),
        (Role.NEED_REPORTER, "南涧服务中心"),
        (Role.SUPERVISOR, None),
        (Role.ADMINISTRATOR, None),
    ],
)
def test_whoever_has_no_task_with_it_opens_nothing(app, clerk, wish, new_visitor, role, centre):
    with app.app_context():
        stranger = sign_in(new_visitor(), cast.person(role, at=cast.centre(centre) if centre else None))
    own = stranger.open("/admin")
    token = next(each.value for form in own.forms for each in form.fields if each.name == "csrf_token")
    for verb in ("open", "id-checked", "correct"):
        answer = stranger.client.post(
            f"/admin/households/{wish.household_id}/{verb}",
            data={"csrf_token": token, "reason": REASON, "name": "石明", "id_number": CHILD_ID, "phone": "13900000000"}
            | {"address": "海云花园1号", "guardian": "石安"},
            headers={"Referer": "http://localhost/"},
        )
        assert answer.status_code == 403
        assert cast.FAMILY_NAME not in answer.text
    with app.app_context():
        assert session().scalar(select(IdentityRead.id)) is None


def test_a_clerk_puts_a_record_right_and_the_age_band_follows(app, clerk, wish):
    clerk.submit({"reason": REASON}, form="/open")
    grown = id_number(date(1955, 7, 21), 5)
    page = clerk.submit({"id_number": grown, "phone": "137 0000 0009", "reason": "号码抄错"}, form="/correct")
    assert "身份信息已经更正" in page
    with app.app_context():
        household = session().get(Household, wish.household_id)
        assert household.identity["id_number"] == grown
        assert household.identity["phone"] == "13700000009"
        assert household.is_minor is False
        assert session().get(Wish, wish.id).age_band == "70-79"
        entry = session().scalars(select(AuditEntry).where(AuditEntry.action == "household.correct")).one()
        assert grown not in str(entry.after)


def test_a_correction_that_cannot_be_read_is_told_beside_its_field(app, clerk, wish):
    clerk.submit({"reason": REASON}, form="/open")
    page = clerk.submit({"id_number": "123", "phone": "x", "reason": ""}, form="/correct", status=422)
    for words in ("身份证号应有18位", "请写明为什么更正。"):
        assert words in page
    assert page.form("/correct", set(), None).values()["id_number"] == ["123"]


def test_a_child_cannot_be_left_without_a_guardian(clerk):
    clerk.submit({"reason": REASON}, form="/open")
    little = id_number(date(2018, 7, 21), 6)
    page = clerk.submit({"id_number": little, "guardian": "", "reason": "更正"}, form="/correct", status=422)
    assert "必须填写监护人" in page


def test_a_shared_number_is_settled_by_whoever_saw_the_document(app, clerk, wish):
    with app.app_context():
        shared = service.get_household(wish.household_id).id_hash
        other = cast.household(name="曹华兰")
        _share_number(other.id, shared)
    page = clerk.open(f"/admin/wishes/{wish.number}")
    assert "同一个身份证号还登记在另一个姓名下。" in page
    page = clerk.submit(form="/id-checked")
    assert "看过证件原件。" in page
    with app.app_context():
        assert not is_id_shared(wish.household_id)


@transaction
def _share_number(household_id, id_hash):
    session().get_one(Household, household_id).id_hash = id_hash


def test_after_the_purge_the_page_says_so(app, clerk, wish):
    with app.app_context():
        service.schedule_purge(wish.household_id, date(2026, 1, 1))
        service.purge_household(wish.household_id)
    page = clerk.open(f"/admin/wishes/{wish.number}")
    assert "按规定删除" in page
    assert not [form for form in page.forms if form.action.endswith("/open")]
