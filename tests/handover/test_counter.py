"""Goods come in by a drop-off code and go out by a pick-up code, at the clerk's own counter only."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.rules import FAMILY, Role
from portal.db import session, transaction
from portal.handover.models import Delivery, Receipt
from portal.handover.rules import Way
from portal.handover.service import wish_for_way
from portal.households.models import ConsentUse, Household
from portal.pledges.models import Pledge
from portal.sealing import keyed_hash
from portal.web import counter_address
from tests import cast
from tests.handover import stage
from tests.plumbing.visitor import Upload

WRONG = "打不开本中心的任何物品"


@pytest.fixture
def clerk(app, visitor):
    with app.app_context():
        person = cast.person(Role.CENTRE_CLERK, at=cast.centre())
    return stage.sign_in(visitor, person)


@pytest.fixture
def coming(app):
    """A claimed wish and its pledge."""
    with app.app_context():
        return stage.claimed()


@pytest.fixture
def waiting(app):
    """A wish whose goods are at the centre."""
    with app.app_context():
        return stage.arrived()


def show_code(clerk, code):
    clerk.open("/admin/counter")
    return clerk.submit({"code": code})


def receive(clerk):
    return clerk.submit({"item_matches": True, "is_new": True, "is_safe": True, "value": "168.00"})


def test_a_drop_off_code_opens_the_wish_to_compare(app, clerk, coming):
    wish, pledge = coming
    page = show_code(clerk, stage.drop_off(app, pledge))
    assert page.address == f"/admin/wishes/{wish.number}/receive"
    for text in (wish.item, wish.size, wish.number, "1 件"):
        assert text in page


def test_codes_are_taken_as_people_write_them(app, clerk, coming):
    code = stage.drop_off(app, coming[1])
    assert "/receive" in show_code(clerk, f" {code[:4].lower()} - {code[4:].lower()} ").address


def test_received_goods_move_the_wish_and_tell_both_sides(app, clerk, coming):
    wish, pledge = coming
    show_code(clerk, stage.drop_off(app, pledge))
    page = receive(clerk)
    assert "已经收下" in page
    assert "已经发短信" in page
    assert stage.state_of(app, wish) == "received"
    with app.app_context():
        assert session().get_one(Pledge, pledge.id).state == "received"
        row = session().scalars(select(Receipt)).one()
        assert (row.outcome, row.value_minor) == ("received", 16800)
    [to_pledger] = stage.messages(app, "mail")
    [to_family] = stage.messages(app, "sms")
    assert to_pledger.receiver == stage.PLEDGER_MAIL
    assert to_family.receiver == cast.FAMILY_PHONE


def test_the_short_message_brings_code_address_and_hours_but_not_the_thing(app, clerk, coming):
    wish, pledge = coming
    show_code(clerk, stage.drop_off(app, pledge))
    receive(clerk)
    [message] = stage.messages(app, "sms")
    code = stage.pick_up(app, wish)
    for text in (f"{code[:4]}-{code[4:]}", "南涧路1号", "周一至周五 8:30-17:00", "0532-55500001"):
        assert text in message.body
    for text in (wish.item, wish.number, cast.FAMILY_NAME, "困境", stage.PLEDGER_NAME):
        assert text not in message.body


@pytest.mark.parametrize("missing", ["item_matches", "is_new", "is_safe"])
def test_goods_are_taken_in_only_when_every_comparison_holds(app, clerk, coming, missing):
    wish, pledge = coming
    show_code(clerk, stage.drop_off(app, pledge))
    page = clerk.submit({name: name != missing for name in ("item_matches", "is_new", "is_safe")})
    assert "核对过这一条才能收下" in page
    assert stage.state_of(app, wish) == "procuring"


def test_a_family_without_a_telephone_is_told_by_a_person(app, clerk, coming):
    wish, pledge = coming
    with app.app_context():
        _remove_telephone(wish)
    show_code(clerk, stage.drop_off(app, pledge))
    assert "请打电话或上门告诉他们来取" in receive(clerk)
    assert stage.messages(app, "sms") == []


@transaction
def _remove_telephone(wish):
    row = session().get_one(Household, wish.household_id)
    row.identity = {name: value for name, value in row.identity.items() if "phone" not in name}


def test_refused_goods_go_back_with_a_reason_a_picture_and_new_time(app, clerk, coming):
    _wish, pledge = coming
    show_code(clerk, stage.drop_off(app, pledge))
    clerk.follow("对不上，不收")
    page = clerk.submit(
        {"fault": "not_matching", "note": "要高年级款", "photo": Upload(stage.picture("PNG"), "IMG_1.png")}
    )
    assert "已经记下" in page
    with app.app_context():
        changed = session().get_one(Pledge, pledge.id)
        assert changed.state == "procuring"
        assert changed.attempt == 2
        assert changed.due_at > app.extensions["portal.clock"].now() + timedelta(days=4)
        row = session().scalars(select(Receipt)).one()
        assert (row.outcome, row.reason, row.item_matches, row.is_new) == ("refused", "not_matching", False, True)
        assert row.photo
    [message] = stage.messages(app, "mail")
    assert "和心愿写的不一样（要高年级款）" in message.body
    assert WRONG in show_code(clerk, stage.drop_off(app, pledge))


def test_a_pledger_who_reads_english_hears_the_reason_in_english(app, new_visitor):
    with app.app_context():
        wish, _pledge = stage.claimed(locale="en")
        person = cast.person(Role.CENTRE_CLERK, at=cast.centre())
    clerk = stage.sign_in(new_visitor(), person)
    clerk.open(f"/admin/wishes/{wish.number}/refuse")
    clerk.submit({"fault": "damaged"})
    [message] = stage.messages(app, "mail")
    assert "damaged" in message.body.lower()
    assert "破损" not in message.body


def test_a_refusal_for_another_reason_needs_words(app, clerk, coming):
    clerk.open(f"/admin/wishes/{coming[0].number}/refuse")
    assert "请写明原因" in clerk.submit({"fault": "other"})
    assert stage.state_of(app, coming[0]) == "procuring"


def test_what_is_no_picture_is_refused_in_words_and_nothing_happens(app, clerk, coming):
    clerk.open(f"/admin/wishes/{coming[0].number}/refuse")
    page = clerk.submit({"fault": "damaged", "note": "壳裂了", "photo": Upload(b"<svg/>", "x.jpg")})
    assert "不是能打开的照片" in page
    assert "壳裂了" in page.html
    assert stage.state_of(app, coming[0]) == "procuring"


def test_a_pick_up_code_hands_over(app, clerk, waiting):
    page = show_code(clerk, stage.pick_up(app, waiting))
    assert waiting.item in page
    page = clerk.submit(form="/hand-over")
    assert "已经交给家庭" in page
    assert stage.state_of(app, waiting) == "handed_over"
    with app.app_context():
        row = session().scalars(select(Delivery)).one()
        assert (row.proof, row.slip, row.ended_at is not None) == ("code", None, True)
    assert [message.kind for message in stage.messages(app, "mail")] == ["pledges.received", "pledges.handed_over"]


def test_a_used_pick_up_code_opens_nothing_any_more(app, clerk, waiting):
    show_code(clerk, stage.pick_up(app, waiting))
    clerk.submit(form="/hand-over")
    assert WRONG in show_code(clerk, stage.pick_up(app, waiting))


def test_a_signature_on_paper_hands_over_where_there_is_no_code(app, clerk, waiting):
    clerk.open(f"/admin/wishes/{waiting.number}/hand-over")
    assert "请输入取货码" in clerk.submit({"code": ""})
    clerk.submit({"is_signed": True})
    assert stage.state_of(app, waiting) == "handed_over"
    with app.app_context():
        assert session().scalars(select(Delivery)).one().proof == "signature"


def test_a_picture_of_the_slip_is_kept_only_with_consent(app, clerk, waiting):
    page = clerk.open(f"/admin/wishes/{waiting.number}/hand-over")
    assert "没有同意拍照" in page
    with app.app_context():
        stage.agree(waiting, ConsentUse.PHOTO)
    clerk.open(f"/admin/wishes/{waiting.number}/hand-over")
    clerk.submit({"is_signed": True, "slip": Upload(stage.picture(), "slip.jpg")})
    with app.app_context():
        assert session().scalars(select(Delivery)).one().slip


def test_unknown_ended_and_foreign_codes_get_the_same_answer(app, clerk, waiting):
    with app.app_context():
        elsewhere, pledge = stage.claimed(centre=cast.centre("北山服务中心"))
        away = stage.arrived(centre=cast.centre("北山服务中心"))
    known = (stage.drop_off(app, pledge), stage.pick_up(app, away), stage.pick_up(app, elsewhere))
    pages = {_without_code(show_code(clerk, code), code) for code in (*known, "S0000000", "Q0000000", "hello")}
    assert len(pages) == 1
    assert WRONG in pages.pop()


def _without_code(page, code):
    return re.sub(r'value="[^"]{40,}"', "", page.html.replace(code, ""))


def test_wrong_codes_are_limited_per_clerk(app, clerk):
    for _ in range(15):
        show_code(clerk, "Q1234567")
    clerk.open("/admin/counter")
    answer = clerk.submit({"code": "Q1234567"}, status=429)
    assert int(answer.headers["Retry-After"]) > 0


def test_right_codes_are_not_counted(app, clerk, coming):
    for _ in range(20):
        assert "/receive" in show_code(clerk, stage.drop_off(app, coming[1])).address


def test_wrong_pick_up_codes_at_the_door_are_limited_too(app, clerk, waiting):
    for _ in range(15):
        clerk.open(f"/admin/wishes/{waiting.number}/hand-over")
        assert "取货码不对" in clerk.submit({"code": "Q1234567"})
    clerk.open(f"/admin/wishes/{waiting.number}/hand-over")
    clerk.submit({"code": stage.pick_up(app, waiting)}, status=429)


@pytest.mark.parametrize("page", ["receive", "refuse", "hand-over", "delivery", "slip", "settle", "appointment"])
def test_a_clerk_of_another_centre_gets_none_of_the_pages(app, new_visitor, coming, page):
    with app.app_context():
        stranger = cast.person(Role.CENTRE_CLERK, at=cast.centre("北山服务中心"))
    stage.sign_in(new_visitor(), stranger).open(f"/admin/wishes/{coming[0].number}/{page}", status=403)


def test_the_counter_lists_what_waits_with_what_the_family_wished(app, clerk, waiting):
    with app.app_context():
        wish_for_way(FAMILY, waiting.id, Way.HOME, "周三下午在家")
    page = clerk.open("/admin/counter")
    assert "家庭想请人送上门" in page
    assert "周三下午在家" in page


def test_staff_who_read_english_find_the_english_words_of_things(app, clerk, coming, waiting):
    clerk.open("/language/en?next=/admin")
    assert "School backpack" in clerk.open("/admin/counter")
    page = show_code(clerk, stage.drop_off(app, coming[1]))
    assert "School backpack" in page
    assert "Blue, for older pupils" in page


def test_a_scanner_at_the_keyboard_types_the_whole_address_of_the_picture(app, clerk, coming, waiting):
    for code, page in ((stage.drop_off(app, coming[1]), "receive"), (stage.pick_up(app, waiting), "pick-up")):
        with app.app_context():
            address = counter_address(code)
        assert address.endswith(f"/admin/counter#{code}")
        opened = show_code(clerk, address)
        assert opened.address.endswith("/receive") if page == "receive" else "交给家庭" in opened


def test_the_slip_to_sign_names_the_wish_and_nobody(app, clerk, waiting):
    page = clerk.open(f"/admin/wishes/{waiting.number}/slip")
    assert waiting.number in page
    for name in (cast.FAMILY_NAME, cast.GUARDIAN, cast.FAMILY_PHONE, cast.FAMILY_ADDRESS, stage.PLEDGER_NAME):
        assert name not in page.html


def test_the_slip_to_sign_speaks_the_familys_language_to_staff_who_read_english_too(app, clerk, waiting):
    clerk.open("/language/en?next=/admin")
    page = clerk.open(f"/admin/wishes/{waiting.number}/slip")
    assert page.language == "en"
    for text in ("家庭留存", "收到的东西或服务：双肩书包", "签名", "服务中心"):
        assert text in page


def test_a_second_press_of_the_button_gets_a_friendly_409(app, clerk, coming):
    address = f"/admin/wishes/{coming[0].number}/receive"
    clerk.open(address)
    form = {"item_matches": True, "is_new": True, "is_safe": True}
    first = clerk.page
    clerk.submit(form)
    clerk.page = first
    assert "情况刚刚有了变化" in clerk.submit(form, status=409)


def test_hashes_of_codes_are_stored_and_codes_are_not(app, waiting):
    with app.app_context():
        row = session().scalars(select(Delivery)).one()
        assert row.pick_up_hash == keyed_hash("pick-up", stage.pick_up(app, waiting))
