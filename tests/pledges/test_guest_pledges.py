"""A guest chooses wishes, reads the terms, confirms by mail or short message, and follows the pledge."""

from datetime import timedelta

import pytest

from portal.accounts.rules import PLEDGER
from portal.limits.service import set_limit
from portal.pledges.contacts import read_contact
from portal.pledges.promising import make_promise
from portal.pledges.rules import Pledger
from portal.wishes.service import get_wish
from tests import cast
from tests.pledges.letterbox import code_in, kinds, letters, link_in

MAIL = "lin@example.org"
PHONE = "138 0013 8000"
AGREED = {"contact": MAIL, "agree": True}


@pytest.fixture
def wishes(publish):
    """The numbers of three published wishes, the last one a service."""
    return [publish("双肩书包"), publish("台灯"), publish("理发", kind="service", category="home_service")]


def state_of(app, number):
    with app.app_context():
        return get_wish(number).state


def choose(visitor, *numbers):
    return visitor.open("/pledges/new?" + "&".join(f"wish={number}" for number in numbers))


def press_confirm(visitor, letter, status=200):
    visitor.open(link_in(letter))
    return visitor.submit(form="confirm/" + link_in(letter).rsplit("/", 1)[1], status=status)


def take_from_another(app, *numbers):
    with app.app_context():
        make_promise(PLEDGER, Pledger(read_contact("quick@example.org")), numbers)


def test_a_guest_sees_wish_terms_and_goods_rules_before_the_button(visitor, wishes):
    page = choose(visitor, wishes[0])
    for text in ("双肩书包", "全新、合格", "7 天内", "10 个工作日", "不要给网站、服务中心或家庭转钱", "不求感谢"):
        assert text in page
    assert page.html.index("约定") < page.html.index("我同意</label>") < page.html.rindex("认领</button>")
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("pressed", [{"add": "y"}, {}])
def test_numbers_that_come_later_are_shown_first_and_what_is_typed_stays(app, visitor, wishes, pressed):
    choose(visitor, wishes[0])
    form = visitor.page.form("promise", set(), None)
    typed = form.values() | {"numbers": [wishes[1]], "contact": [MAIL], "name": ["小林"], "agree": ["y"], **pressed}
    page = visitor.client.post("/pledges/new", data=typed).text
    assert "您选了 2 个心愿" in page
    for kept in (MAIL, "小林"):
        assert f'value="{kept}"' in page
    assert kinds(app) == []


def test_a_mail_link_confirms_only_by_its_button(app, visitor, wishes):
    choose(visitor, wishes[0])
    page = visitor.submit(AGREED | {"name": "小林"}, form="promise")
    assert "到邮箱里确认" in page
    assert "l***@example.org" in page
    assert state_of(app, wishes[0]) == "pledged"
    [letter] = letters(app, MAIL)
    assert "小林" not in letter.body, "an unconfirmed name could be a stranger's message"
    visitor.open(link_in(letter))
    app.test_client().head(link_in(letter))
    assert kinds(app, MAIL) == ["confirm"]
    page = press_confirm(visitor, letter)
    assert "请联系服务中心" in page
    assert kinds(app, MAIL) == ["confirm", "pledged"]
    assert "小林，您好" in letters(app, MAIL)[1].body


def test_confirming_twice_tells_once(app, visitor, wishes):
    choose(visitor, wishes[0])
    visitor.submit(AGREED, form="promise")
    letter = letters(app, MAIL)[0]
    visitor.open(link_in(letter))
    token = link_in(letter).rsplit("/", 1)[1]
    with_token = visitor.page.form("confirm/" + token, set(), None).values()
    for _press in range(2):
        answer = visitor.client.post(link_in(letter), data=with_token)
        assert answer.status_code == 303
    assert kinds(app, MAIL) == ["confirm", "pledged"]
    assert "请联系服务中心" in visitor.open(link_in(letter)), "an opened link now leads to the page"


def test_a_code_by_short_message_confirms(app, visitor, wishes):
    choose(visitor, wishes[0], wishes[2])
    visitor.submit({"contact": PHONE, "agree": True}, form="promise")
    [letter] = letters(app, "+8613800138000")
    wrong = "000000" if code_in(letter) != "000000" else "111111"
    assert "确认码不对" in visitor.submit({"code": wrong}, form="code", status=422)
    assert "您认领的 2 个心愿" in visitor.submit({"code": code_in(letter)}, form="code")
    assert kinds(app) == ["confirm", "pledged"]


def test_five_wrong_codes_use_the_code_up(app, visitor, wishes):
    choose(visitor, wishes[0])
    visitor.submit({"contact": PHONE, "agree": True}, form="promise")
    code = code_in(letters(app)[0])
    wrong = "000000" if code != "000000" else "111111"
    for _try in range(5):
        page = visitor.submit({"code": wrong}, form="code", status=422)
    assert "试的次数用完了" in page
    visitor.submit({"code": code}, form="code", status=422)
    visitor.submit(form="again")
    assert "试的次数用完了" in visitor.submit({"code": code_in(letters(app)[-1])}, form="code", status=422)
    assert state_of(app, wishes[0]) == "pledged"
    visitor.submit(form="cancel")
    assert state_of(app, wishes[0]) == "published"


def test_a_new_code_replaces_the_old_one(app, clock, visitor, wishes):
    choose(visitor, wishes[0])
    visitor.submit({"contact": PHONE, "agree": True}, form="promise")
    visitor.submit(form="again")
    clock.advance(timedelta(minutes=1))
    visitor.submit(form="again")
    first, *_others, last = letters(app)
    if code_in(first) != code_in(last):
        visitor.submit({"code": code_in(first)}, form="code", status=422)
    assert "请联系服务中心" in visitor.submit({"code": code_in(last)}, form="code")


def test_a_slip_in_the_contact_is_mended_at_once(app, visitor, wishes):
    choose(visitor, wishes[0])
    visitor.submit(AGREED | {"contact": "lni@example.org"}, form="promise")
    page = visitor.submit(form="cancel")
    assert "双肩书包" in page
    visitor.submit(AGREED, form="promise")
    assert kinds(app, MAIL) == ["confirm"]


def test_who_typed_a_strangers_mail_never_reaches_the_private_page(app, visitor, new_visitor, wishes):
    choose(visitor, wishes[0])
    form = visitor.page.form("promise", set(), None).values() | {"contact": [MAIL], "agree": ["y"]}
    visitor.submit(AGREED, form="promise")
    waiting = visitor.page.address
    press_confirm(new_visitor(), letters(app, MAIL)[0])
    assert "已经确认" in visitor.open(waiting)
    again = visitor.client.post("/pledges/new", data=form)
    assert again.headers["Location"].startswith("/pledges/waiting/")
    assert "/pledges/promises/" not in visitor.open(waiting).html


def test_an_expired_hold_says_so_and_offers_the_wish_again(app, clock, visitor, wishes):
    choose(visitor, wishes[0])
    visitor.submit(AGREED, form="promise")
    waiting = visitor.page.address
    visitor.open(link_in(letters(app)[0]))
    clock.advance(timedelta(minutes=30))
    assert "不算失约" in visitor.submit(form="confirm/" + visitor.page.address.rsplit("/", 1)[1], status=410)
    assert "再认领一次" in visitor.open(waiting, status=410)
    visitor.follow("看看还在不在，再认领一次")


def test_what_was_typed_stays_when_something_is_missing(visitor, wishes):
    choose(visitor, wishes[0])
    page = visitor.submit({"contact": "not a mail", "name": "小林"}, form="promise", status=422)
    assert "请填写完整的邮箱，或者中国大陆的手机号码。" in page
    assert "请先看过约定，同意后再认领。" in page
    kept = page.form("promise", set(), None).values()
    assert kept["contact"] == ["not a mail"]
    assert kept["name"] == ["小林"]
    assert kept["wish"] == [wishes[0]]


def test_unticking_a_wish_leaves_it_out(app, visitor, wishes):
    choose(visitor, *wishes[:2])
    visitor.submit(AGREED | {"wish": [wishes[1]]}, form="promise")
    assert (state_of(app, wishes[0]), state_of(app, wishes[1])) == ("published", "pledged")
    choose(visitor, wishes[0])
    assert "请至少选一个心愿" in visitor.submit(AGREED | {"wish": []}, form="promise", status=422)


def test_a_pasted_list_names_what_is_wrong_with_each_number(visitor, app, wishes):
    take_from_another(app, wishes[2])
    with app.app_context():
        hidden = cast.wish().number
    slip = wishes[0][:-1] + ("0" if wishes[0][-1] != "0" else "1")
    visitor.open("/pledges/new")
    pasted = f"1. {wishes[0]}\n2、{wishes[1].lower()}；{wishes[0]}\n{wishes[2]} {slip} ABC12 {hidden}"
    page = visitor.submit({"numbers": pasted}, form="add")
    assert "您选了 2 个心愿" in page
    assert f"“{slip}”：校验位对不上" in page
    assert "“ABC12”：心愿编号是 7 位" in page
    assert f"{wishes[2]} · {hidden}" in page, "a taken wish and one that never was public look the same"
    assert "相似的心愿，还在等" not in page, "the only free ones are chosen already"


def test_no_more_than_the_limit_at_once(app, visitor, publish):
    with app.app_context():
        set_limit(cast.administrator(), "wishes_per_promise", 2)
    numbers = [publish() for _number in range(3)]
    page = choose(visitor, *numbers)
    assert "您选了 2 个心愿" in page
    assert "一次最多认领 2 个心愿" in page


def test_losers_see_what_is_gone_and_what_is_free(app, visitor, wishes):
    choose(visitor, *wishes[:2])
    similar = wishes[2]
    take_from_another(app, wishes[0])
    page = visitor.submit(AGREED | {"take_free": False}, form="promise", status=409)
    assert "刚被别人认领了" in page
    assert state_of(app, wishes[1]) == "published", "nothing is taken where only all was wanted"
    assert kinds(app, MAIL) == []
    assert {wishes[1], similar} == {each.value for each in page.forms[0].fields if each.kind == "checkbox"}
    page = visitor.submit(button="认领勾选的心愿")
    assert "您选了 1 个心愿" in page


def test_the_rest_is_taken_where_that_was_wanted(app, visitor, wishes):
    choose(visitor, *wishes[:2])
    take_from_another(app, wishes[0])
    page = visitor.submit(AGREED, form="promise")
    assert "有 1 个心愿刚被别人认领，其余的已经为您留下" in page
    assert state_of(app, wishes[1]) == "pledged"
    assert kinds(app, MAIL) == ["confirm"]


def test_the_last_wish_gone_is_a_409_with_similar_ones(app, visitor, wishes):
    choose(visitor, wishes[0])
    take_from_another(app, wishes[0])
    page = visitor.submit(AGREED, form="promise", status=409)
    assert "相似的心愿，还在等" in page


def test_a_form_sent_twice_makes_one_promise(app, visitor, wishes):
    choose(visitor, *wishes[:2])
    form = visitor.page.form("promise", set(), None).values() | {"contact": [MAIL], "agree": ["y"]}
    places = {visitor.client.post("/pledges/new", data=form).headers["Location"] for _press in range(2)}
    assert len(places) == 1
    assert kinds(app, MAIL) == ["confirm"]


def test_a_form_kept_open_and_filled_with_other_wishes_makes_another_promise(app, visitor, wishes):
    choose(visitor, *wishes)
    form = visitor.page.form("promise", set(), None).values() | {"contact": [MAIL], "agree": ["y"]}
    places = [
        visitor.client.post("/pledges/new", data=form | {"wish": [number]}).headers["Location"] for number in wishes[:2]
    ]
    assert places[0] != places[1]
    assert state_of(app, wishes[1]) == "pledged"


def test_english_reads_english(app, new_visitor, wishes):
    reader = new_visitor("en")
    choose(reader, wishes[0])
    reader.submit(AGREED, form="promise")
    assert letters(app, MAIL)[0].kind == "pledges.confirm"
    with app.app_context():
        assert "School backpack" in choose(reader, wishes[1])
