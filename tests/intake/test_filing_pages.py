"""Filing one wish for a family: the form, its drafts, the last look, the slip, and returned wishes put right."""

import re
from datetime import date

import pytest
from sqlalchemy import func, select

from portal.accounts.rules import Role
from portal.db import session
from portal.households.models import Consent, ConsentUse, Household
from portal.households.queries import consent_states
from portal.intake.models import FilingDraft
from portal.sealing import keyed_hash
from portal.wishes.models import Wish
from portal.wishes.rules import WishState
from tests import cast
from tests.intake.at_the_form import ADULT, CHILD, fill, hand_in, only
from tests.intake.office import BLUE, CODE, WHITE, centre_named, clerk_of, everything_stored
from tests.plumbing.sessions import sign_in
from tests.spreadsheets.samples import id_number


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
