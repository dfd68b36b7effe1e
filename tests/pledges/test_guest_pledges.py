"""A guest chooses wishes, reads the terms, confirms by mail or short message, and follows the pledge."""

import pytest
from flask import Flask

from portal.wishes.rules import WishState
from portal.wishes.service import get_wish
from tests import cast
from tests.pledges.letterbox import code_in, kinds, letters, link_in

MAIL = "lin@example.org"
PHONE = "138 0013 8000"
AGREED = {"contact": MAIL, "agree": True}


@pytest.fixture
def wishes(app: Flask) -> list[str]:
    """The numbers of three published wishes, the last one a service."""
    with app.app_context():
        goods = [cast.wish(WishState.PUBLISHED, item=item).number for item in ("双肩书包", "台灯")]
        return [*goods, cast.wish(WishState.PUBLISHED, kind="service", item="理发", category="home_service").number]


def state_of(app: Flask, number: str) -> str:
    with app.app_context():
        return get_wish(number).state


def test_a_guest_sees_wish_terms_and_goods_rules_before_the_button(app, visitor, wishes):
    page = visitor.open(f"/pledges/new?wish={wishes[0]}")
    for text in ("双肩书包", "全新、合格", "7 天内", "10 个工作日", "不要给网站、服务中心或家庭转钱", "不求感谢"):
        assert text in page
    assert page.html.index("约定") < page.html.index("同意</label>") < page.html.rindex("认领</button>")
    assert page.headers["Cache-Control"] == "no-store"


def test_a_mail_link_confirms_only_by_its_button(app, visitor, wishes):
    visitor.open(f"/pledges/new?wish={wishes[0]}")
    page = visitor.submit(AGREED | {"name": "小林"}, form="promise")
    assert "到邮箱里确认" in page
    assert "l***@example.org" in page
    assert state_of(app, wishes[0]) == "pledged"
    [letter] = letters(app, MAIL)
    assert "小林" not in letter.body
    visitor.open(link_in(letter))
    assert kinds(app, MAIL) == ["confirm"]
    page = visitor.submit(form="confirm/" + link_in(letter).rsplit("/", 1)[1])
    assert "您认领的 1 个心愿" in page
    assert kinds(app, MAIL) == ["confirm", "pledged"]
    assert "小林，您好" in letters(app, MAIL)[1].body
    visitor.open(link_in(letter))
    assert kinds(app, MAIL) == ["confirm", "pledged"]


def test_a_code_by_short_message_confirms(app, visitor, wishes):
    visitor.open(f"/pledges/new?wish={wishes[0]}&wish={wishes[2]}")
    visitor.submit({"contact": PHONE, "agree": True}, form="promise")
    [letter] = letters(app, "+8613800138000")
    wrong = "000000" if code_in(letter) != "000000" else "111111"
    page = visitor.submit({"code": wrong}, form="code", status=422)
    assert "确认码不对" in page
    page = visitor.submit({"code": code_in(letter)}, form="code")
    assert "您认领的 2 个心愿" in page
    assert kinds(app) == ["confirm", "pledged"]
