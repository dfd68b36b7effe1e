"""Filing one wish for a family: the form, its drafts, the last look, the slip, and returned wishes put right."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts.rules import Role
from portal.db import session
from portal.households.models import Consent, ConsentUse, Household, IdentityRead
from portal.households.queries import consent_states
from portal.intake import clocks
from portal.intake.models import FilingDraft
from portal.sealing import keyed_hash
from portal.wishes.models import Wish
from portal.wishes.rules import WishAction, WishState
from portal.wishes.service import move_wish
from tests import cast
from tests.intake.office import BLUE, WHITE, build_district, centre_named, clerk_of, everything_stored
from tests.intake.test_import_pages import CODE
from tests.plumbing.sessions import sign_in
from tests.spreadsheets.samples import id_number

ADULT = {
    "name": "江明远",
    "id_number": id_number(date(1950, 3, 7), 1),
    "phone": "139 0000 1234",
    "address": "青石小区3号楼2单元501",
    "group": "dibao",
    "item": "双肩书包",
    "size": "蓝色",
    "quantity": "1",
    "unit_price": "168",
    "reason": "旧的坏了，一直没有换",
    "consent_publish": "yes",
    "consent_share": "no",
    "consent_photo": "no",
    "given_by": "self",
    "through": "form",
}
CHILD = ADULT | {
    "name": "江小满",
    "id_number": id_number(date(2018, 5, 5), 2),
    "guardian": "江岚",
    "guardian_phone": "13911112222",
    "given_by": "guardian",
    "through": "paper",
    "group": "child_in_difficulty",
}


@pytest.fixture
def reporter(app, visitor):
    """Return a need reporter of one service centre, at the form."""
    with app.app_context():
        build_district()
        person = cast.person(Role.NEED_REPORTER, at=centre_named(BLUE), name="周文")
        sign_in(visitor, person).open("/admin/filing")
    return visitor


def fill(visitor, status=200, button="下一步，核对一遍", **changes):
    page = visitor.page
    places = next(each for form in page.forms for each in form.fields if each.name == "place")
    first = next(option.value for option in places.options if option.value)
    return visitor.submit({"place": first} | ADULT | changes, button=button, status=status)


def hand_in(visitor, **changes):
    fill(visitor, **changes)
    return visitor.submit(button="交给服务中心，出小票")


def only(app, table):
    with app.app_context():
        return session().scalars(select(table)).one()


def test_a_wish_is_filed_with_family_consents_helper_and_slip(app, reporter):
    page = hand_in(reporter)
    code = CODE.search(page.html)[0]
    assert "已经交给" in page
    assert page.html.count('class="qr"') == 1
    assert page.headers["Cache-Control"] == "no-store"
    with app.app_context():
        wish = session().scalars(select(Wish)).one()
        household = session().get(Household, wish.household_id)
        assert (wish.state, wish.category, wish.kind) == (WishState.SUBMITTED, "study", "goods")
        assert (wish.reporter, wish.unit_price_minor, wish.age_band) == ("周文", 16_800, "70-79")
        assert wish.family_code_hash == keyed_hash("family-code", code.replace("-", ""))
        assert household.identity["phone"] == "13900001234"
        assert wish.filed_by_id == household.filed_by_id is not None
        answers = {use: state.is_given for use, state in consent_states(wish.id).items()}
        assert answers == {
            ConsentUse.PUBLISH: True,
            ConsentUse.SHARE_WITH_DELIVERER: False,
            ConsentUse.PHOTO: False,
        }
        assert session().scalar(select(func.count(FilingDraft.id))) == 0
        stored = everything_stored()
    assert not [secret for secret in (ADULT["name"], ADULT["id_number"], "13900001234", "旧的坏了") if secret in stored]


def test_the_exact_words_of_each_consent_stand_on_the_form(reporter):
    for words in ("我同意把这个心愿匿名发布在网站上", "我同意把姓名、住址和电话告诉送货的网格员", "不拍人脸"):
        assert words in reporter.page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "心愿人姓名没有填写"),
        ({"id_number": ADULT["id_number"][:-1] + "?"}, "身份证号里有不该有的字符"),
        ({"id_number": "1234"}, "身份证号应有18位"),
        ({"phone": "12345"}, "联系电话看不懂"),
        ({"address": ""}, "家庭住址没有填写"),
        ({"group": ""}, "困难类别没有填写"),
        ({"place": ""}, "请选择社区和网格"),
        ({"item": ""}, "心愿物品没有填写"),
        ({"quantity": "一个"}, "数量“一个”看不懂"),
        ({"unit_price": "五百"}, "单价“五百”看不懂"),
        ({"unit_price": "0"}, "物品的单价不能是0"),
        ({"unit_price": "501"}, "超过每个心愿500元的上限"),
        (CHILD | {"guardian": "", "given_by": "self"}, "心愿人不满14周岁，必须填写监护人"),
        (CHILD | {"given_by": "self"}, "心愿人不满14周岁，要由监护人决定"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(app, reporter, changes, words):
    page = fill(reporter, status=422, **changes)
    assert words in page
    values = next(form for form in page.forms if "id_number" in form.names()).values()
    for name, value in (ADULT | changes).items():
        assert values[name] == ([value] if value or name not in ("place",) else [""])
    with app.app_context():
        assert session().scalar(select(func.count(Wish.id))) == 0


def test_each_consent_must_be_asked_about(reporter):
    page = reporter.page
    place = next(each for form in page.forms for each in form.fields if each.name == "place").options[1].value
    silent = {name: value for name, value in ADULT.items() if not name.startswith("consent_")}
    page = reporter.submit(silent | {"place": place}, button="下一步，核对一遍", status=422)
    assert page.text.count("请问过家庭后选“同意”或“不同意”。") >= 3


def test_a_childs_wish_needs_the_guardians_word(app, reporter):
    hand_in(reporter, **CHILD)
    household = only(app, Household)
    assert (household.needs_guardian, household.is_minor) == (True, True)
    with app.app_context():
        assert set(session().execute(select(Consent.given_by, Consent.through)).all()) == {("guardian", "paper")}


def test_kind_and_category_are_guessed_and_can_be_corrected(app, reporter):
    page = fill(reporter, item="谈心两次", kind="service", unit_price="0")
    guessed = page.form(None, {"kind", "category"}, None).values()
    assert guessed["kind"] == ["service"]
    reporter.submit({"category": "company"}, button="交给服务中心，出小票")
    wish = only(app, Wish)
    assert (wish.kind, wish.category, wish.unit_price_minor) == ("service", "company", 0)


def test_a_service_turned_into_a_thing_without_a_price_is_told(reporter):
    fill(reporter, item="谈心两次", kind="service", unit_price="0")
    page = reporter.submit({"kind": "goods"}, button="交给服务中心，出小票", status=422)
    assert "单价不能是0" in page


def test_a_draft_is_kept_and_gone_on_with(app, reporter):
    reporter.submit({"name": "江明远", "item": "书包"}, button="先存草稿")
    assert "草稿存好了" in reporter.page
    page = reporter.open("/admin/filing")
    assert "书包（江**）" in page
    assert "江明远" not in page.html
    page = reporter.follow("书包（江**）")
    values = next(form for form in page.forms if "item" in form.names()).values()
    assert (values["name"], values["item"]) == (["江明远"], ["书包"])
    hand_in(reporter)
    assert "没填完的草稿" not in reporter.open("/admin/filing")
    with app.app_context():
        assert "江明远" not in everything_stored()


def test_a_draft_belongs_to_whoever_began_it_and_lasts_two_weeks(app, reporter, new_visitor, clock):
    reporter.submit({"name": "江明远"}, button="先存草稿")
    address = reporter.page.address
    with app.app_context():
        other = sign_in(new_visitor(), clerk_of(BLUE))
        assert "江明远" not in everything_stored()
    other.open(address, status=404)
    clock.advance(timedelta(days=14))
    with app.app_context():
        assert clocks.forget_drafts() == 1


def test_a_draft_can_be_thrown_away(app, reporter):
    reporter.submit({"name": "江明远"}, button="先存草稿")
    reporter.submit(button="不填了，删除草稿")
    with app.app_context():
        assert session().scalar(select(func.count(FilingDraft.id))) == 0


def test_pressing_hand_in_twice_files_once(app, reporter):
    page = fill(reporter)
    reporter.submit(button="交给服务中心，出小票")
    reporter.page = page
    reporter.submit(button="交给服务中心，出小票", status=404)
    assert "可能已经交给服务中心" in reporter.page
    with app.app_context():
        assert session().scalar(select(func.count(Wish.id))) == 1


def test_a_second_open_wish_is_told_before_it_is_refused(app, reporter):
    number = re.search(r"心愿 (\w{7}) 已经交给", hand_in(reporter).text)[1]
    reporter.open("/admin/filing")
    page = fill(reporter, item="毛毯")
    assert f"同一个人在您这里有没办结的心愿：{number}。" in page
    assert not [each for form in page.forms for each in form.fields if each.label == "交给服务中心，出小票"]


def test_another_centres_file_is_mentioned_but_not_revealed(app, reporter, new_visitor):
    with app.app_context():
        other = sign_in(new_visitor(), cast.person(Role.NEED_REPORTER, at=centre_named(WHITE)))
    other.open("/admin/filing")
    number = re.search(r"心愿 (\w{7}) 已经交给", hand_in(other).text)[1]
    page = fill(reporter, item="毛毯")
    assert "同一个人在别的服务中心有没办结的心愿。" in page
    assert number not in page.html
    assert WHITE not in page.html
    reporter.open("/admin/filing")
    page = fill(reporter, name="江清和", id_number=id_number(date(1955, 3, 7), 4))
    assert "同一个电话或住址，在别的服务中心也有别人的心愿。" in page
    reporter.open("/admin/filing")
    page = fill(reporter, name="石清和", phone="13700000009", address="青石小区9号楼1单元101")
    assert "同一个身份证号登记过另一个姓名。" in page


def test_a_reporter_learns_of_a_colleagues_file_but_not_its_number(app, reporter, new_visitor):
    with app.app_context():
        colleague = sign_in(new_visitor(), cast.person(Role.NEED_REPORTER, at=centre_named(BLUE)))
        clerk = sign_in(new_visitor(), clerk_of(BLUE))
    colleague.open("/admin/filing")
    number = re.search(r"心愿 (\w{7}) 已经交给", hand_in(colleague).text)[1]
    page = fill(reporter, item="毛毯")
    assert "同一个人在本中心有没办结的心愿，是同事经手的。" in page
    assert number not in page.html
    clerk.open("/admin/filing")
    assert f"同一个人在您这里有没办结的心愿：{number}。" in fill(clerk, item="毛毯")


def test_the_places_offered_are_those_of_ones_own_centre(app, reporter, new_visitor):
    assert WHITE not in reporter.page.html
    assert "青石西社区 第3网格" in reporter.page
    with app.app_context():
        chief = sign_in(new_visitor(), cast.person(Role.ADMINISTRATOR))
        elsewhere = session().scalars(select(Wish.id)).first()
    assert elsewhere is None
    assert WHITE in chief.open("/admin/filing").html


def test_a_forged_place_of_another_centre_is_refused(app, reporter, new_visitor):
    with app.app_context():
        chief = sign_in(new_visitor(), cast.person(Role.ADMINISTRATOR))
    offered = next(each for form in chief.open("/admin/filing").forms for each in form.fields if each.name == "place")
    page = reporter.page
    token = next(each.value for form in page.forms for each in form.fields if each.name == "csrf_token")
    answer = reporter.client.post(
        "/admin/filing",
        data=ADULT | {"place": offered.options[-1].value, "csrf_token": token, "act": "check"},
        headers={"Referer": "http://localhost/"},
    )
    assert answer.status_code == 422
    assert "请选择社区和网格" in answer.text


def returned_wish(app, reporter):
    hand_in(reporter)
    wish = only(app, Wish)
    with app.app_context():
        move_wish(wish.id, WishAction.RETURN, clerk_of(BLUE).actor, note="请写明尺码")
    return wish


def test_a_returned_wish_shows_why_and_is_put_right_in_the_same_form(app, reporter):
    wish = returned_wish(app, reporter)
    page = reporter.open("/admin/filing")
    assert "请写明尺码" in page
    page = reporter.submit(button="打开更正")
    assert f"心愿 {wish.number} 被退回了。" in page
    values = next(form for form in page.forms if "item" in form.names()).values()
    assert (values["name"], values["unit_price"], values["consent_share"]) == (["江明远"], ["168"], ["no"])
    reporter.submit(
        {
            "size": "蓝色，高年级款",
            "phone": "13700000009",
            "consent_share": "yes",
            "given_by": "self",
            "through": "form",
        },
        button="下一步，核对一遍",
    )
    page = reporter.submit(button="重新交给服务中心")
    assert f"心愿 {wish.number} 已经重新交给服务中心。" in page
    again = only(app, Wish)
    assert (again.state, again.size, again.number) == (WishState.SUBMITTED, "蓝色，高年级款", wish.number)
    assert again.family_code_hash == wish.family_code_hash
    assert only(app, Household).identity["phone"] == "13700000009"
    with app.app_context():
        assert consent_states(wish.id)[ConsentUse.SHARE_WITH_DELIVERER].is_given
        assert session().scalar(select(func.count(Consent.id))) == 4
        assert session().scalar(select(func.count(IdentityRead.id))) == 2


def test_a_returned_wish_of_somebody_else_stays_closed(app, reporter, new_visitor):
    wish = returned_wish(app, reporter)
    with app.app_context():
        colleague = sign_in(new_visitor(), cast.person(Role.NEED_REPORTER, at=centre_named(BLUE)))
        clerk = sign_in(new_visitor(), clerk_of(BLUE))
    assert "请写明尺码" not in colleague.open("/admin/filing")
    token = next(each.value for form in colleague.page.forms for each in form.fields if each.name == "csrf_token")
    refused = colleague.client.post(
        f"/admin/wishes/{wish.number}/correct", data={"csrf_token": token}, headers={"Referer": "http://localhost/"}
    )
    assert refused.status_code == 403
    assert "请写明尺码" in clerk.open("/admin/filing")


def test_a_lost_slip_is_renewed_after_a_warning(app, reporter):
    first = CODE.search(hand_in(reporter).html)[0]
    wish = only(app, Wish)
    page = reporter.open(f"/admin/wishes/{wish.number}/family-code")
    assert "旧小票就打不开了" in page
    second = CODE.search(reporter.submit(button="换新码并打印").html)[0]
    assert first != second
    with app.app_context():
        assert only(app, Wish).family_code_hash == keyed_hash("family-code", second.replace("-", ""))


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.SUPERVISOR, Role.FINANCE])
def test_other_roles_have_no_form(app, new_visitor, role):
    with app.app_context():
        stranger = sign_in(new_visitor(), cast.person(role))
    stranger.open("/admin/filing", status=403)
