"""A service is arranged by the clerk, at a public place, and both sides are told; only the clerk knows it was done."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.rules import FAMILY, PLEDGER, Role
from portal.codes import private_token
from portal.db import session
from portal.handover.rules import Answer, Settlement, Through, may_name_a_home
from portal.handover.service import acknowledge, record_service_done, settle_reopened
from portal.pledges.models import Pledge
from portal.pledges.service import propose_times
from portal.ticks import tick
from portal.wishes.rules import WishState
from tests import cast
from tests.handover import stage

SERVICE = {"kind": "service", "item": "上门理发", "category": "home_service"}
WHEN = {"day": "2026-11-28", "time": "15:00"}


@pytest.fixture
def claimed(app):
    with app.app_context():
        return stage.claimed(WishState.PLEDGED, **SERVICE)


@pytest.fixture
def clerk(app, visitor):
    with app.app_context():
        person = cast.person(Role.CENTRE_CLERK, at=cast.centre())
    return stage.sign_in(visitor, person)


def arrange(clerk, wish, **values):
    clerk.open(f"/admin/wishes/{wish.number}/appointment")
    return clerk.submit(WHEN | {"place": "南涧服务中心二楼"} | values)


def test_an_appointment_moves_the_wish_and_tells_both_sides(app, clerk, claimed):
    wish, pledge = claimed
    assert "约好了" in arrange(clerk, wish)
    assert stage.state_of(app, wish) == "procuring"
    with app.app_context():
        assert session().get_one(Pledge, pledge.id).appointment_at.isoformat() == "2026-11-28T07:00:00+00:00"
    assert "pledges.arranged" in [message.kind for message in stage.messages(app, "mail")]
    [to_family] = stage.messages(app, "sms")
    assert "南涧服务中心二楼" in to_family.body
    assert "15:00" in to_family.body
    assert wish.item not in to_family.body


def test_the_clerk_sees_the_times_the_pledger_named(app, clerk, claimed):
    wish, pledge = claimed
    with app.app_context():
        propose_times(PLEDGER, pledge.id, "周末下午都行")
    assert "周末下午都行" in clerk.open(f"/admin/wishes/{wish.number}/appointment")


@pytest.mark.parametrize("place", ["南涧花园19号楼1单元1282", "3栋602室", "许家 15000001408", "十二号楼", " "])
def test_a_place_that_looks_like_a_home_is_refused(app, clerk, claimed, place):
    page = arrange(clerk, claimed[0], place=place)
    assert "地点" in page
    assert stage.state_of(app, claimed[0]) == "pledged"
    assert not stage.messages(app)


@pytest.mark.parametrize("place", ["南涧服务中心二楼", "麦岛社区网格工作站", "崂山区文化馆 203 教室", "中韩街道路口"])
def test_public_places_pass(place):
    assert not may_name_a_home(place)


def test_an_appointment_in_the_past_is_refused(clerk, claimed):
    assert "还没有过去" in arrange(clerk, claimed[0], day="2026-11-20")


def test_it_can_be_arranged_anew(app, clerk, claimed):
    wish, pledge = claimed
    arrange(clerk, wish)
    arrange(clerk, wish, day="2026-11-29")
    with app.app_context():
        assert session().get_one(Pledge, pledge.id).appointment_at.day == 29
    arrange(clerk, wish)
    assert len(stage.messages(app, "sms")) == 3
    assert [message.kind for message in stage.messages(app, "mail")].count("pledges.arranged") == 3


def test_a_service_that_was_done_waits_for_the_family(app, clerk, claimed):
    wish, _pledge = claimed
    arrange(clerk, wish)
    clerk.open(f"/admin/wishes/{wish.number}/served")
    clerk.submit(button="服务做完了")
    assert stage.state_of(app, wish) == "handed_over"
    assert "pledges.handed_over" in [message.kind for message in stage.messages(app, "mail")]


def test_an_arranged_service_lapses_on_nobody_but_climbs_to_the_clerk(app, clock, clerk, claimed):
    wish, pledge = claimed
    arrange(clerk, wish)
    clock.advance(timedelta(days=60))
    with app.app_context():
        assert tick()["wishes_escalated"] == 1
        assert session().get_one(Pledge, pledge.id).state == "procuring"
    assert stage.state_of(app, wish) == "procuring"
    assert "overdue" in [message.kind for message in stage.messages(app, "mail")]


def test_a_pledger_whose_service_is_done_is_reminded_of_nothing(app, clock, clerk, claimed):
    wish, _pledge = claimed
    arrange(clerk, wish)
    clerk.open(f"/admin/wishes/{wish.number}/served")
    clerk.submit(button="服务做完了")
    clock.advance(timedelta(days=10))
    with app.app_context():
        assert tick()["pledgers_reminded"] == 0


def test_goods_are_not_arranged_and_services_are_not_received(app, clerk, claimed):
    with app.app_context():
        goods, _pledge = stage.claimed()
    clerk.open(f"/admin/wishes/{goods.number}/appointment", status=409)
    assert clerk.open(f"/admin/wishes/{claimed[0].number}/receive").address.endswith("/appointment")


def test_a_service_that_was_not_right_is_arranged_again_in_words_of_its_own(app, visitor):
    with app.app_context():
        wish = stage.handed_over(**SERVICE)
        clerk = stage.clerk_of(wish)
        acknowledge(FAMILY, wish.id, Answer.NOT_RECEIVED, Through.CODE, note="等了一下午")
        settle_reopened(clerk, wish.id, Settlement.REPLACE)
        token = private_token("pledge", session().scalars(select(Pledge.public_id)).one())
    again = stage.messages(app, "mail")[-1]
    page = visitor.open(f"/pledges/{token}")
    for told in (again.body, page.text):
        assert "这次没有做成" in told
        assert "交货码" not in told
        assert "等了一下午" not in told
    with app.app_context():
        record_service_done(clerk, wish.id)
    assert [message.kind for message in stage.messages(app, "mail")].count("pledges.handed_over") == 2
