"""The moderator's pages: sealed words beside public ones, marks that explain themselves, many at once, two people."""

import re

import pytest
from sqlalchemy import event

from portal.accounts.rules import FAMILY, Role
from portal.db import database
from portal.publication.queries import find_public_wish
from portal.publication.versions import list_versions
from portal.redaction.marks import NOBODY
from portal.wishes.publishing import suggest, write_publication
from portal.wishes.rules import WishAction, WishState
from portal.wishes.service import move_wish
from tests import cast
from tests.plumbing.sessions import sign_in


@pytest.fixture
def desk(app, new_visitor):
    """Return a function that brings one more moderator, signed in."""

    def bring(*roles):
        with app.app_context():
            person = cast.person(*(roles or (Role.MODERATOR,)))
        return sign_in(new_visitor(), person)

    return bring


@pytest.fixture
def verified(app):
    with app.app_context():
        return cast.wish(WishState.VERIFIED)


def open_editor(moderator, wish):
    return moderator.open(f"/admin/wishes/{wish.number}/publication")


def is_public(app, wish):
    with app.app_context():
        return find_public_wish(wish.number) is not None


def test_the_editor_shows_the_sealed_reason_but_not_who_the_family_is(desk, verified):
    page = open_editor(desk(), verified)
    assert cast.REASON in page
    hidden = (cast.FAMILY_NAME, cast.FAMILY_PHONE, cast.FAMILY_ADDRESS, cast.GUARDIAN, cast.FAMILY_ID)
    assert [word for word in hidden if word in page.html] == []


def test_the_editor_begins_with_the_composed_suggestion(desk, verified):
    [form] = [form for form in open_editor(desk(), verified).forms if "reason_en" in form.names()]
    values = form.values()
    assert values["item_en"] == ["School backpack"]
    assert values["size_en"] == ["Blue, for older pupils"]
    assert values["reason"] == ["想要一个结实的书包上学用。"]


def test_the_editor_can_begin_with_the_familys_own_words_where_nothing_in_them_is_marked(desk, verified):
    moderator = desk()
    open_editor(moderator, verified)
    page = moderator.follow("从这句话写起")
    [form] = [form for form in page.forms if "reason_en" in form.names()]
    assert form.values()["reason"] == [f"{cast.REASON}。"]
    assert form.values()["reason_en"] == [""]


def test_the_text_of_a_withdrawn_wish_waits_for_nobody(app, desk, verified):
    with app.app_context():
        write_publication(cast.moderator(), verified.id, suggest(verified, NOBODY).text)
        move_wish(verified.id, WishAction.WITHDRAW, FAMILY)
    assert "这一叠已经办完了" in desk().open("/admin/publications?pile=approve")


def test_the_number_of_queries_does_not_grow_with_the_piles(app, desk):
    moderator = desk()
    with app.app_context():
        author = cast.moderator()

    def add():
        with app.app_context():
            cast.wish(WishState.VERIFIED)
            wish = cast.wish(WishState.VERIFIED)
            write_publication(author, wish.id, suggest(wish, NOBODY).text)

    add()
    before = [queries_of(moderator, pile) for pile in ("write", "approve")]
    for _ in range(6):
        add()
    assert [queries_of(moderator, pile) for pile in ("write", "approve")] == before


def queries_of(visitor, pile):
    seen = []
    with visitor.client.application.app_context():
        engine = database().read_engine

    def note(*args):
        seen.append(args[2])

    event.listen(engine, "before_cursor_execute", note)
    visitor.open(f"/admin/publications?pile={pile}")
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_a_check_marks_what_looks_like_personal_data_and_saves_nothing(app, desk, verified):
    moderator = desk()
    open_editor(moderator, verified)
    page = moderator.submit({"reason": "在南涧小学读书，想要书包。"}, button="check")
    assert "<mark>南涧小学</mark>" in page.html
    assert "像是学校或班级" in page
    with app.app_context():
        assert list_versions(verified.number) == []


def test_one_click_says_the_same_of_nobody_in_particular_and_saves_nothing(app, desk, verified):
    moderator = desk()
    open_editor(moderator, verified)
    typed = {"reason": f"{cast.FAMILY_NAME}在南涧小学读书，电话13711112222。", "reason_en": "At Bay Primary School."}
    page = moderator.submit(typed, button="check", status=422)
    assert "改成“一所小学”" in page
    start = len(cast.FAMILY_NAME) + 1
    page = moderator.submit({}, button=f"reason:{start}:{start + 4}")
    assert "在一所小学读书" in page.html
    page = moderator.submit({}, button=f"reason:0:{len(cast.FAMILY_NAME)}")
    page = moderator.submit({}, button=next(each for each in buttons(page) if each.startswith("reason_en")))
    page = moderator.submit({}, button=next(each for each in buttons(page) if each.startswith("reason:")))
    [form] = [form for form in page.forms if "reason_en" in form.names()]
    assert form.values()["reason"] == ["孩子在一所小学读书，电话。"]
    assert form.values()["reason_en"] == ["At a primary school."]
    with app.app_context():
        assert list_versions(verified.number) == []


def buttons(page):
    return re.findall(r'name="reword" value="([^"]+)"', page.html)


def test_a_place_that_is_not_marked_is_left_alone(desk, verified):
    moderator = desk()
    open_editor(moderator, verified)
    moderator.submit({"reason": "在南涧小学读书。"}, button="check")
    page = moderator.submit({"reason": "想在南涧小学读书。"}, button="reason:1:5", status=200)
    [form] = [form for form in page.forms if "reason_en" in form.names()]
    assert form.values()["reason"] == ["想在南涧小学读书。"]


def test_a_check_that_finds_nothing_asks_for_eyes(desk, verified):
    moderator = desk()
    open_editor(moderator, verified)
    assert "没有发现像个人信息的地方" in moderator.submit({}, button="check")


def test_the_familys_name_is_refused_beside_the_field_and_what_was_typed_stays(app, desk, verified):
    moderator = desk()
    open_editor(moderator, verified)
    typed = f"{cast.FAMILY_NAME}想要书包。"
    page = moderator.submit({"reason": typed}, button="save", status=422)
    assert f"不能公开：{cast.FAMILY_NAME}" in page
    assert typed in page.html
    with app.app_context():
        assert list_versions(verified.number) == []


def test_a_missing_translation_is_refused_beside_the_field(desk, verified):
    moderator = desk()
    open_editor(moderator, verified)
    assert "请填写这一项" in moderator.submit({"reason_en": ""}, button="save", status=422)
    open_editor(moderator, verified)
    assert "另一种语言写了尺码规格" in moderator.submit({"size_en": ""}, button="save", status=422)


def test_one_writes_and_another_approves(app, desk, verified):
    author, other = desk(), desk()
    open_editor(author, verified)
    author.submit({}, button="save")
    assert not is_public(app, verified)
    assert "这是您自己写的" in open_editor(author, verified)
    open_editor(other, verified)
    assert "已批准，现在公开了" in other.submit({}, form="decision", button="approve")
    assert is_public(app, verified)


def test_an_author_cannot_approve_by_a_forged_form(app, desk, verified):
    author, other = desk(), desk()
    open_editor(author, verified)
    author.submit({}, button="save")
    open_editor(other, verified)
    form = other.page.form("decision", set(), None)
    author.page = other.page
    answer = author.client.post(form.action, data={"act": "approve", "csrf_token": _token(author)})
    assert answer.status_code == 422
    assert not is_public(app, verified)


def _token(visitor):
    page = visitor.open("/admin/publications?pile=approve")
    return page.forms[0].values()["csrf_token"][0]


def test_a_refused_text_comes_back_with_its_reason(desk, verified):
    author, other = desk(), desk()
    open_editor(author, verified)
    author.submit({}, button="save")
    open_editor(other, verified)
    assert "请写明退回的原因" in other.submit({"reason": ""}, form="decision", button="refuse", status=422)
    other.submit({"reason": "写得太像一家人的事"}, form="decision", button="refuse")
    page = open_editor(author, verified)
    assert "上一版被退回了" in page
    assert "写得太像一家人的事" in page


def test_marked_words_are_approved_for_a_stated_reason_only(app, desk, verified):
    author, other = desk(), desk()
    open_editor(author, verified)
    author.submit({"reason": "在南涧小学读书，想要书包。"}, button="save")
    page = open_editor(other, verified)
    assert "<mark>南涧小学</mark>" in page.html
    assert "请写明原因" in other.submit({"reason": ""}, form="decision", button="approve", status=422)
    other.submit({"reason": "学校有两千人"}, form="decision", button="approve")
    assert is_public(app, verified)


def test_a_text_decided_meanwhile_is_told_kindly(app, desk, verified):
    author, other, third = desk(), desk(), desk()
    open_editor(author, verified)
    author.submit({}, button="save")
    open_editor(other, verified)
    open_editor(third, verified)
    other.submit({}, form="decision", button="approve")
    assert "情况刚刚有了变化" in third.submit({}, form="decision", button="approve", status=409)


def test_twenty_suggestions_are_taken_and_approved_in_two_goes(app, desk):
    with app.app_context():
        wishes = [cast.wish(WishState.VERIFIED) for _ in range(3)]
        odd = cast.wish(WishState.VERIFIED, item="老物件", category="other")
    author, other = desk(), desk()
    author.open("/admin/publications?ticked=all")
    page = author.submit({}, button="write")
    assert "3 个采用了建议，等别人批准。" in page
    assert odd.number in page.html
    other.open("/admin/publications?pile=approve&ticked=all")
    assert "批准了 3 个，已经公开。" in other.submit({}, button="approve")
    assert all(is_public(app, wish) for wish in wishes)


def test_in_a_pile_one_that_cannot_be_approved_does_not_hold_up_the_others(app, desk):
    with app.app_context():
        author = cast.moderator()
        good, bad = cast.wish(WishState.VERIFIED), cast.wish(WishState.VERIFIED, consents=())
        for wish in (good, bad):
            write_publication(author, wish.id, suggest(wish, NOBODY).text)
    other = desk()
    other.open("/admin/publications?pile=approve&ticked=all")
    page = other.submit({}, button="approve")
    assert "批准了 1 个" in page
    assert bad.number in page.html
    assert is_public(app, good)
    assert not is_public(app, bad)


def test_nobodys_own_text_can_be_ticked(app, desk):
    author = desk()
    with app.app_context():
        wish = cast.wish(WishState.VERIFIED)
    open_editor(author, wish)
    author.submit({}, button="save")
    page = author.open("/admin/publications?pile=approve")
    assert "您写的，请另一位审核员批准" in page
    assert not [field for form in page.forms for field in form.fields if field.name == "pick"]


def test_saving_leads_to_the_next_wish_of_the_pile(app, desk):
    with app.app_context():
        first, second = sorted([cast.wish(WishState.VERIFIED).number, cast.wish(WishState.VERIFIED).number])
    moderator = desk()
    moderator.open(f"/admin/wishes/{first}/publication")
    assert moderator.submit({}, button="save_next").address == f"/admin/wishes/{second}/publication"


@pytest.mark.parametrize("role", [Role.CENTRE_CLERK, Role.NEED_REPORTER, Role.SUPERVISOR])
def test_public_texts_are_for_moderators_only(app, desk, verified, role):
    somebody = desk(role)
    somebody.open("/admin/publications", status=403)
    somebody.open(f"/admin/wishes/{verified.number}/publication", status=403)


def test_an_unknown_wish_is_not_found(desk):
    desk().open("/admin/wishes/ABCDEFG/publication", status=404)
