"""The pledger's private pages: what next, the code, one extension, cancelling, a parcel, times, thanks."""

import io
import re
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from portal.accounts.rules import PLEDGER
from portal.codes import drop_off_code, grouped, private_token
from portal.db import session
from portal.pledges.contacts import read_contact
from portal.pledges.models import Pledge, Promise
from portal.pledges.promising import WishesTaken, make_promise
from portal.pledges.queries import find_pledge_by_drop_off
from portal.pledges.rules import Pledger
from portal.pledges.service import mark_arranged, mark_fulfilled, mark_received, mark_refused, tell_pledger
from portal.wishes.rules import WishAction, WishState
from portal.wishes.service import get_wish_by_id, move_wish
from tests import cast
from tests.pledges.letterbox import kinds, letters


def wish_state(app, wish_id):
    with app.app_context():
        return get_wish_by_id(wish_id).state


def row(app, pledge_id):
    with app.app_context():
        return session().get_one(Pledge, pledge_id)


def code_of(app, pledge_id):
    with app.app_context():
        return grouped(drop_off_code(session().get_one(Pledge, pledge_id).public_id, 1))


def test_the_page_says_what_next_until_when_and_where(app, visitor, pledge, page_of):
    _wish_id, pledge_id = pledge()
    page = visitor.open(page_of(pledge_id))
    for text in (
        "请联系服务中心",
        "2026年11月30日",
        "还有 7 天",
        "南涧服务中心",
        "南涧路1号",
        "0532-55500001",
        "8:30-17:00",
    ):
        assert text in page
    assert page.headers["Cache-Control"] == "no-store"


def test_a_wish_of_several_is_one_pledge_and_every_page_says_so(app, visitor, publish):
    number = publish(quantity=3)
    with app.app_context():
        make_promise(PLEDGER, Pledger(read_contact("lin@example.org"), None, "zh"), [number])
        with pytest.raises(WishesTaken):
            make_promise(PLEDGER, Pledger(read_contact("su@example.org"), None, "zh"), [number])
        other = cast.wish(WishState.PUBLISHED, quantity=3).number
    for address in (f"/wishes/{other}", f"/pledges/new?wish={other}"):
        assert "3 件 由同一位认领人一起带来" in visitor.open(address), address


def test_the_drop_off_code_is_shown_with_a_picture_and_finds_the_pledge(app, visitor, pledge, page_of):
    wish_id, pledge_id = pledge()
    code = code_of(app, pledge_id)
    with app.app_context():
        found = find_pledge_by_drop_off(code.replace("-", ""))
    page = visitor.open(page_of(pledge_id))
    assert code in page
    assert 'class="qr"' in page.html
    assert found is not None
    assert (found.pledge_id, found.wish_id, found.is_live) == (pledge_id, wish_id, True)


def test_the_page_tells_what_to_write_on_a_parcel_but_not_the_code(app, visitor, new_visitor, pledge, page_of):
    _wish_id, pledge_id = pledge()
    for reader in (visitor, new_visitor("en")):
        label = reader.open(page_of(pledge_id)).html.split('id="parcel"')[1].split("</p>")[0]
        for text in ("南涧服务中心 “益同行”收", "崂山区南涧路1号", "0532-55500001"):
            assert text in label
        assert code_of(app, pledge_id) not in label


def test_the_page_shows_how_far_the_pledge_has_come(app, visitor, pledge, page_of):
    wish_id, pledge_id = pledge()
    now = re.compile(r'aria-current="step">.*?现在：</span>\s*<span class="way-label">(.*?)</span>', re.DOTALL)
    assert now.findall(visitor.open(page_of(pledge_id)).html) == ["联系服务中心"]
    assert now.findall(visitor.submit(form="procure").html) == ["送到服务中心"]
    with app.app_context():
        move_wish(wish_id, WishAction.RECEIVE, cast.clerk())
        mark_received(pledge_id)
    assert now.findall(visitor.open(page_of(pledge_id)).html) == ["交到需要的人手里"]


def test_a_service_has_no_drop_off_code(app, visitor, pledge, page_of):
    _wish_id, pledge_id = pledge("service")
    assert "交货码" not in visitor.open(page_of(pledge_id))
    assert row(app, pledge_id).drop_off_hash is None


def test_a_held_pledge_has_no_drop_off_code_yet(app, visitor, pledge, page_of):
    _wish_id, pledge_id = pledge(is_confirmed=False)
    assert "交货码" not in visitor.open(page_of(pledge_id))
    assert row(app, pledge_id).drop_off_hash is None


def test_saying_one_is_getting_it_starts_the_time_to_deliver(app, visitor, pledge, page_of):
    wish_id, pledge_id = pledge()
    visitor.open(page_of(pledge_id))
    page = visitor.submit(form="procure")
    assert "请把东西送到或者寄到服务中心" in page
    assert "2026年12月7日" in page
    assert wish_state(app, wish_id) == "procuring"
    assert kinds(app) == ["confirm", "pledged", "procuring"]


def press_twice(visitor, button_of, values=None):
    """Send one form twice, as a double click does, and return the answers."""
    form = visitor.page.form(button_of, set(), None)
    return [visitor.client.post(form.action, data=form.values() | (values or {})).status_code for _press in range(2)]


def test_every_button_pressed_twice_has_one_effect(app, visitor, pledge, page_of):
    wish_id, pledge_id = pledge()
    visitor.open(page_of(pledge_id))
    assert press_twice(visitor, "procure") == [303, 303]
    visitor.open(page_of(pledge_id))
    assert press_twice(visitor, "extend") == [303, 303]
    assert row(app, pledge_id).due_at.date().isoformat() == "2026-12-14"
    assert press_twice(visitor, "sent", {"sent-parcel_number": "SF1029384756"}) == [303, 303]
    assert row(app, pledge_id).due_at.date().isoformat() == "2026-12-14"
    assert press_twice(visitor, "cancel") == [303, 303]
    assert wish_state(app, wish_id) == "published"
    assert kinds(app) == ["confirm", "pledged", "procuring", "cancelled"]


def test_the_extension_is_one_and_only_before_the_deadline(app, clock, visitor, pledge, page_of):
    wish_id, pledge_id = pledge()
    visitor.open(page_of(pledge_id))
    page = visitor.submit(form="extend")
    assert "2026年12月7日" in page, "five working days after Monday the 30th"
    assert "延期一次" not in [each.label for form in page.forms for each in form.fields]
    with app.app_context():
        assert get_wish_by_id(wish_id).deadline_at == row(app, pledge_id).due_at
    _wish_id, late = pledge(contact="late@example.org")
    visitor.open(page_of(late))
    clock.advance(timedelta(days=8))
    assert "这一步现在已经不能做了" in visitor.submit(form="extend", status=409)


def test_cancelling_gives_the_wish_back_at_once_and_is_no_lapse(app, visitor, pledge, page_of):
    wish_id, pledge_id = pledge()
    visitor.open(page_of(pledge_id))
    page = visitor.submit({"cancel-reason": "买不到这个尺码"}, form="cancel")
    assert "您取消了认领" in page
    assert "交货码" not in page
    assert wish_state(app, wish_id) == "published"
    assert row(app, pledge_id).state == "cancelled"
    assert kinds(app) == ["confirm", "pledged", "cancelled"]


def test_a_service_pledger_proposes_times_and_sees_the_appointment(app, clock, visitor, pledge, page_of):
    wish_id, pledge_id = pledge("service")
    visitor.open(page_of(pledge_id))
    page = visitor.submit({"times-times": "周六上午"}, form="times")
    assert "周六上午" in page
    with app.app_context():
        mark_arranged(pledge_id, clock.now() + timedelta(days=12, hours=5), "到南涧服务中心一楼找值班人员")
    page = visitor.open(page_of(pledge_id))
    assert "时间已经约好" in page
    assert "2026年12月5日" in page
    assert "一楼找值班人员" in page
    with app.app_context():
        move_wish(wish_id, WishAction.SERVE, cast.clerk())
        mark_fulfilled(wish_id)
    assert "谢谢您" in visitor.open(page_of(pledge_id))
    assert kinds(app) == ["confirm", "pledged", "procuring", "arranged", "fulfilled"]


def test_refused_goods_come_with_the_reason_and_a_new_code(app, clock, visitor, pledge, page_of):
    wish_id, pledge_id = pledge()
    old = visitor.open(page_of(pledge_id)).html.split('id="drop-off">')[1][:9]
    with app.app_context():
        due_at = clock.now() + timedelta(days=9)
        move_wish(wish_id, WishAction.REFUSE, cast.clerk(), deadline_at=due_at)
        mark_refused(pledge_id, "包装已经打开", due_at)
        assert find_pledge_by_drop_off(old.replace("-", "")) is None
    page = visitor.open(page_of(pledge_id))
    assert "包装已经打开" in page
    assert old not in page
    assert "包装已经打开" in letters(app)[-1].body


def test_thanks_reveal_nothing_and_ask_for_nothing(app, visitor, pledge, page_of):
    wish_id, pledge_id = pledge()
    with app.app_context():
        move_wish(wish_id, WishAction.RECEIVE, cast.clerk())
        mark_received(pledge_id)
    assert "您不用再做什么" in visitor.open(page_of(pledge_id))
    with app.app_context():
        move_wish(wish_id, WishAction.HAND_OVER, cast.clerk())
        tell_pledger(wish_id, "handed_over")
        mark_fulfilled(wish_id)
    page = visitor.open(page_of(pledge_id))
    assert "已经到了需要它的人手里" in page
    assert page.forms == []
    everything = page.html + "".join(each.body for each in letters(app))
    for secret in (cast.FAMILY_NAME, cast.FAMILY_PHONE, cast.FAMILY_ADDRESS, cast.GUARDIAN, cast.REASON, "刘若"):
        assert secret not in everything


def test_the_history_shows_days_and_nothing_of_the_family(app, visitor, pledge, page_of):
    wish_id, pledge_id = pledge()
    visitor.open(page_of(pledge_id))
    visitor.submit(form="procure")
    with app.app_context():
        move_wish(wish_id, WishAction.RECEIVE, cast.clerk(), note="许怡宁家")
        mark_received(pledge_id)
    page = visitor.open(page_of(pledge_id))
    history = page.text.split("走过的每一步")[1]
    assert history.index("服务中心收下了") < history.index("您开始准备") < history.index("您认领了这个心愿")
    assert "许怡宁" not in page


def test_the_next_pledgers_steps_stay_theirs(app, visitor, pledge, page_of, publish):
    wish_id, pledge_id = pledge()
    visitor.open(page_of(pledge_id))
    visitor.submit(form="cancel")
    with app.app_context():
        move_wish(wish_id, WishAction.SUSPEND, cast.moderator())
        move_wish(wish_id, WishAction.RESUME, cast.moderator())
    page = visitor.open(page_of(pledge_id))
    assert page.text.count("认领结束，心愿回到列表里") == 1


@pytest.mark.parametrize(
    "address", ["/pledges/{}", "/pledges/promises/{}", "/pledges/confirm/{}", "/pledges/waiting/{}"]
)
def test_a_made_up_address_opens_nothing(app, visitor, pledge, address):
    _wish_id, pledge_id = pledge()
    public_id = row(app, pledge_id).public_id.lower()
    visitor.open(address.format(f"{public_id}-aaaaaaaaaaaaaaaaaaaa"), status=404)
    visitor.open(address.format("x"), status=404)


def test_a_pledges_address_does_not_open_its_promise(app, visitor, pledge, page_of):
    _wish_id, pledge_id = pledge()
    token = page_of(pledge_id).rsplit("/", 1)[1]
    visitor.open(f"/pledges/promises/{token}", status=404)
    visitor.open(f"/pledges/confirm/{token}", status=404)


def test_several_wishes_come_as_a_list_to_buy_and_deliver_by(app, visitor, pledge, page_of):
    _wish_id, first = pledge("goods", "service")
    with app.app_context():
        promise = session().get_one(Promise, session().get_one(Pledge, first).promise_id)
        token = private_token("promise", promise.public_id)
    visitor.open(f"/pledges/promises/{token}")
    answer = visitor.client.get(f"/pledges/promises/{token}/list.xlsx")
    assert answer.headers["Cache-Control"] == "no-store"
    heads, *lines = load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True)
    assert heads[:2] == ("心愿编号", "心愿内容")
    goods, service = sorted(lines, key=lambda line: line[7] or "", reverse=True)
    assert goods[7] == code_of(app, first)
    assert goods[4] == 168
    assert service[7] is None
    assert goods[8:] == ("南涧服务中心", "南涧路1号", "周一至周五 8:30-17:00", "0532-55500001")
    visitor.open(page_of(first).replace("/pledges/", "/pledges/promises/") + "/list.xlsx", status=404)


def test_a_wish_that_moved_on_answers_409_kindly(app, visitor, pledge, page_of):
    wish_id, pledge_id = pledge()
    visitor.open(page_of(pledge_id))
    with app.app_context():
        move_wish(wish_id, WishAction.RECEIVE, cast.clerk())
        mark_received(pledge_id)
    assert "请回到认领页面" in visitor.submit(form="cancel", status=409)
    assert wish_state(app, wish_id) == WishState.RECEIVED


def test_a_lost_link_is_sent_to_its_owner_only(app, visitor, pledge):
    pledge()
    pledge(contact="other@example.org")
    answers = []
    for contact in ("lin@example.org", "nobody@example.org"):
        visitor.open("/pledges/find")
        answers.append(visitor.submit({"contact": contact}, form="find").text)
    assert answers[0] == answers[1]
    assert kinds(app)[4:] == ["links"]
    assert letters(app)[-1].receiver == "lin@example.org"
    assert letters(app)[-1].body.count("/pledges/promises/") == 1


def test_unconfirmed_promises_are_not_found(app, visitor, pledge):
    pledge(is_confirmed=False)
    visitor.open("/pledges/find")
    visitor.submit({"contact": "lin@example.org"}, form="find")
    assert kinds(app) == ["confirm"]
