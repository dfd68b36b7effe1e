"""What a pledger says of a parcel: days for the post, its number, and a history that keeps every one."""

from datetime import timedelta

from portal.db import session
from portal.pledges.models import Pledge
from portal.pledges.service import mark_refused
from portal.wishes.rules import WishAction
from portal.wishes.service import get_wish_by_id, move_wish
from tests import cast


def row(app, pledge_id):
    with app.app_context():
        return session().get_one(Pledge, pledge_id)


def test_a_parcel_gives_the_post_its_days_once(app, clock, visitor, pledge, page_of):
    wish_id, pledge_id = pledge()
    visitor.open(page_of(pledge_id))
    visitor.submit(form="procure")
    clock.advance(timedelta(days=14))
    page = visitor.submit({"sent-parcel_number": " sf 1029-3847 "}, form="sent")
    assert "东西在路上" in page
    assert "sf 1029-3847" in page
    assert row(app, pledge_id).due_at.date().isoformat() == "2026-12-14"
    clock.advance(timedelta(days=3))
    visitor.submit({"sent-parcel_number": "SF999999"}, form="sent")
    assert row(app, pledge_id).due_at.date().isoformat() == "2026-12-14"
    assert visitor.open(page_of(pledge_id)).text.count("您说东西已经寄出") == 1
    with app.app_context():
        assert get_wish_by_id(wish_id).deadline_at == row(app, pledge_id).due_at


def test_a_parcel_turned_away_stays_in_the_history_beside_the_next(app, clock, visitor, pledge, page_of):
    wish_id, pledge_id = pledge()
    visitor.open(page_of(pledge_id))
    visitor.submit({"sent-parcel_number": "SF10293847"}, form="sent")
    clock.advance(timedelta(days=2))
    with app.app_context():
        due_at = clock.now() + timedelta(days=5)
        move_wish(wish_id, WishAction.REFUSE, cast.clerk(), deadline_at=due_at)
        mark_refused(pledge_id, "尺码不对", due_at)
    page = visitor.open(page_of(pledge_id))
    assert "SF10293847" not in page, "the number belongs to the parcel that came back"
    assert page.text.index("服务中心这次没有收下") < page.text.index("您说东西已经寄出")
    clock.advance(timedelta(days=1))
    again = visitor.submit({"sent-parcel_number": "SF56473829"}, form="sent").text
    assert again.count("您说东西已经寄出") == 2


def test_a_parcel_number_is_letters_and_digits(visitor, pledge, page_of):
    _wish_id, pledge_id = pledge()
    visitor.open(page_of(pledge_id))
    page = visitor.submit({"sent-parcel_number": "请打我电话"}, form="sent", status=422)
    assert "快递单号只有字母和数字" in page
    assert page.form("sent", set(), None).values()["sent-parcel_number"] == ["请打我电话"]
