"""One row of a list: what becomes a wish, and what is said about the rest."""

import itertools
from datetime import date, timedelta

import pytest

from portal.intake.identity import Gender
from portal.intake.problems import WORDING
from portal.intake.rules import ADULT_IN_CHILD_GROUP, GENDER_DIFFERS, in_yuan
from portal.wishes.kinds import BeneficiaryGroup, Category, WishKind
from tests.intake.readings import ADULT, CHILD_ID, codes, read, wish
from tests.spreadsheets.samples import TODAY, id_number


def test_plain_row_becomes_a_wish_without_remarks():
    reading = read(item="拼装书桌", size="可升降", quantity=1, unit_price=320.5, group="低保", consent_publish="是")
    assert reading.problems == ()
    wish = reading.wish
    assert (wish.row, wish.sequence, wish.name) == (3, "3", "江明远")
    assert (wish.birth_on, wish.gender, wish.group) == (date(1950, 3, 7), Gender.MALE, BeneficiaryGroup.DIBAO)
    assert (wish.item, wish.size, wish.kind, wish.category) == ("拼装书桌", "可升降", WishKind.GOODS, Category.STUDY)
    assert (wish.quantity, wish.unit_price_minor, wish.total_minor) == (1, 32_050, 32_050)
    assert (wish.consent_publish, wish.consent_share, wish.consent_photo) == (True, None, None)
    assert wish.flags == frozenset()


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("service_centre", "missing"),
        ("community", "missing"),
        ("name", "missing"),
        ("id_number", "missing"),
        ("group", "missing"),
        ("phone", "missing"),
        ("address", "missing"),
        ("item", "missing"),
        ("quantity", "missing"),
        ("unit_price", "missing"),
        ("reported_on", "missing"),
        ("consent_publish", "consent_missing"),
    ],
)
def test_what_a_wish_cannot_do_without_is_asked_for(field, code):
    for nothing in (None, "  \u3000", "\u200b"):
        assert codes(**{field: nothing}) == [(field, code)]
    assert read(**{field: None}).wish is None


@pytest.mark.parametrize(
    "field",
    ["item", "name", "id_number", "phone", "address", "quantity", "unit_price", "consent_publish", "size", "reason"],
)
@pytest.mark.parametrize("text", ["=1+1", "＝A1", ' =HYPERLINK("x")', "'=1"])
def test_text_that_means_a_formula_is_reported_as_one(field, text):
    assert (field, "formula") in codes(**{field: text})


def test_what_need_not_be_there_may_be_absent():
    row = wish(sequence=None, grid=None, gender=None, guardian="无", size="-", reporter=None)
    assert (row.sequence, row.grid, row.guardian, row.size, row.reporter) == (None, None, None, None, None)
    assert row.gender is Gender.MALE


def test_absent_reason_is_only_worth_a_look():
    assert codes(reason=None) == [("reason", "reason_missing")]
    assert wish(reason=None).reason == ""


def test_reason_may_hold_anything_about_the_family():
    told = "可打奶奶电话15000001408，住3号楼2单元"
    assert wish(reason=told).reason == told


@pytest.mark.parametrize("field", ["item", "size", "reason", "address", "reporter", "guardian", "name"])
def test_endless_text_is_refused(field):
    assert codes(**{field: "长" * 600}) == [(field, "too_long")]


def test_total_over_the_limit_names_the_limit():
    problem = read(unit_price=250.01, quantity=2).problems[0]
    assert (problem.code, problem.column) == ("price_limit", "O")
    assert "500.02" in problem.message
    assert "500元" in problem.message
    assert wish(item="台灯", unit_price=250, quantity=2).total_minor == 50_000


def test_only_a_service_may_cost_nothing():
    assert codes(item="书包", unit_price=0) == [("unit_price", "price_zero")]
    assert wish(item="陪伴聊天", unit_price=0).kind is WishKind.SERVICE
    assert wish(item="书包", kind="服务", unit_price=0).kind is WishKind.SERVICE
    assert codes(item="陪伴聊天", kind="物品", unit_price=0) == [("unit_price", "price_zero")]


def test_child_under_fourteen_needs_a_guardian_on_the_day_of_the_report():
    assert codes(id_number=CHILD_ID) == [("guardian", "guardian_missing")]
    assert wish(id_number=CHILD_ID, guardian="江安（祖母）").needs_guardian
    day = date(2026, 11, 3)
    for born, problems in ((day.replace(year=2012), []), (date(2012, 11, 4), [("guardian", "guardian_missing")])):
        assert codes(id_number=id_number(born, 17), reported_on=day) == problems


def test_child_is_not_its_own_guardian():
    assert codes(id_number=CHILD_ID, guardian="江 明远") == [("guardian", "guardian_is_child")]


def test_no_is_an_answer_and_the_wish_comes_in():
    row = wish(consent_publish="否", consent_share="同意", consent_photo="×")
    assert (row.consent_publish, row.consent_share, row.consent_photo) == (False, True, False)


def test_gender_unlike_the_identity_number_is_a_remark_and_no_problem():
    reading = read(gender="女")
    assert reading.problems == ()
    assert reading.wish.gender is Gender.FEMALE
    assert GENDER_DIFFERS in reading.wish.flags


def test_adult_in_a_group_of_children_is_a_remark_and_no_problem():
    reading = read(group="孤儿")
    assert reading.problems == ()
    assert reading.wish.flags == {ADULT_IN_CHILD_GROUP}


def test_several_groups_keep_the_first_and_say_so():
    assert codes(group="低保、困境儿童") == [("group", "group_several")]
    assert wish(group="低保、困境儿童").group is BeneficiaryGroup.DIBAO


def test_guardians_telephone_serves_where_the_family_has_none():
    assert wish(phone=None, guardian_phone="15000001408").phone == "15000001408"
    assert codes(guardian_phone="123") == [("guardian_phone", "phone_wrong")]


def test_further_telephone_numbers_are_left_out_and_said_so():
    assert codes(phone="15000001408/13900002871") == [("phone", "phone_several")]
    assert wish(phone="15000001408/13900002871").phone == "15000001408"


def test_day_of_the_report_is_neither_ahead_nor_long_ago():
    assert codes(reported_on=TODAY + timedelta(days=1)) == [("reported_on", "date_future")]
    assert codes(reported_on=TODAY - timedelta(days=400)) == [("reported_on", "date_old")]
    assert codes(reported_on=TODAY) == []


def test_place_is_named_as_the_district_names_it():
    row = wish(service_centre="青石", community="青石东", grid="2")
    assert (row.service_centre, row.community, row.grid) == ("青石服务中心", "青石东社区", "第2网格")
    assert codes(service_centre="青石服务中心", community="白杨南社区", grid=None) == [
        ("community", "community_elsewhere")
    ]
    assert codes(service_centre="青石服务中心", community="青石东社区", grid="第9网格") == [("grid", "grid_unknown")]


def test_vague_address_makes_no_household_key():
    assert codes(address="青石东社区") == [("address", "address_vague")]
    assert wish(address="青石东社区").address_key is None


def test_every_problem_of_a_row_is_told_at_once():
    wrong = {"name": "江3", "id_number": "123", "phone": "1", "quantity": "一个", "unit_price": "两百", "group": "穷"}
    found = codes(**wrong, reported_on="昨天")
    assert {field for field, _ in found} == {*wrong, "reported_on"}


def test_problem_names_the_column_a_person_sees():
    problem = read(quantity="一个").problems[0]
    assert (problem.row, problem.column, problem.label) == (3, "N", "数量")
    assert problem.message == "数量“一个”看不懂。请只写数字，例如1。"


def test_person_is_known_even_where_the_rest_is_wrong():
    reading = read(quantity="一个")
    assert reading.wish is None
    assert (reading.person.id_number, reading.person.name) == (ADULT["id_number"], "江明远")
    assert read(id_number="1").person is None


def test_same_wish_has_the_same_key_however_it_is_typed():
    wide = {
        "item": " 拼装书桌",
        "quantity": "１个",
        "id_number": ADULT["id_number"].translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        "name": "江　明　远",
    }
    plain = {"item": "拼装书桌", "quantity": 1, "size": "Ａ4"}
    assert wish(**plain).row_key == wish(**plain | wide | {"size": "a4"}).row_key


@pytest.mark.parametrize(
    "change", [{"item": "书包"}, {"size": "小"}, {"quantity": 2}, {"name": "江明"}, {"reported_on": TODAY}]
)
def test_another_wish_has_another_key(change):
    base = {"item": "拼装书桌", "size": "大", "quantity": 1, "unit_price": 9}
    assert wish(**base).row_key != wish(**base | change).row_key


@pytest.mark.parametrize(("minor", "text"), [(0, "0"), (50_000, "500"), (50_002, "500.02"), (1_050, "10.50")])
def test_amounts_in_messages_have_decimals_only_where_needed(minor, text):
    assert in_yuan(minor) == text


def test_no_message_quotes_an_identity():
    """Names, numbers, telephones and addresses are never parameters of a message."""
    secrets = {
        "name": "秘密3",
        "id_number": "秘密身份",
        "phone": "秘密电话",
        "address": "秘密地址",
        "guardian": "秘密" * 60,
    }
    problems = read(**secrets).problems
    assert {"name", "id_number", "phone"} <= {problem.field for problem in problems}
    assert not any("秘密" in problem.message for problem in problems)


def test_every_wording_names_its_parameters():
    for code, text in WORDING.items():
        assert str(text), code
    assert not [a for a, b in itertools.combinations(WORDING, 2) if str(WORDING[a]) == str(WORDING[b])]
