"""What is handed over enters the registers with the hand-over, and leaves them when the family says it is not right."""

import pytest
from sqlalchemy import select

from portal.accounts.rules import FAMILY, Role
from portal.db import session, transaction
from portal.handover.acknowledgements import acknowledge, settle_reopened
from portal.handover.rules import Answer, Settlement, Through
from portal.handover.service import hand_over, receive_goods
from portal.ledger.models import GoodsLine, HoursLine
from portal.wishes.models import Wish
from tests import cast
from tests.handover import stage

SERVICE = {"kind": "service", "item": "上门理发", "category": "home_service"}


def lines(register):
    return list(session().scalars(select(register).order_by(register.id)))


@transaction
def of_three(wish_id):
    """Let a wish be for three of its thing."""
    session().get_one(Wish, wish_id).quantity = 3


def test_goods_enter_the_register_when_they_are_handed_over(app_context):
    wish, _pledge = stage.claimed()
    of_three(wish.id)
    receive_goods(stage.clerk_of(wish), wish.id, stage.ALL_WELL, value_minor=8_800)
    assert lines(GoodsLine) == []
    hand_over(stage.clerk_of(wish), wish.id, is_signed=True)
    [line] = lines(GoodsLine)
    assert (line.wish_number, line.category, line.quantity, line.value_minor) == (
        wish.number,
        wish.category,
        3,
        8_800,
    )


def test_received_changes_nothing_and_anything_else_is_undone_until_the_next_hand_over(app_context):
    kept, reopened = stage.handed_over(), stage.handed_over()
    acknowledge(FAMILY, kept.id, Answer.RECEIVED, Through.CODE)
    acknowledge(FAMILY, reopened.id, Answer.NOT_RECEIVED, Through.CODE)
    assert [line.quantity for line in lines(GoodsLine) if line.wish_number == kept.number] == [1]
    assert [line.quantity for line in lines(GoodsLine) if line.wish_number == reopened.number] == [1, -1]
    settle_reopened(stage.clerk_of(reopened), reopened.id, Settlement.FIND)
    hand_over(stage.clerk_of(reopened), reopened.id, is_signed=True)
    assert [line.quantity for line in lines(GoodsLine) if line.wish_number == reopened.number] == [1, -1, 1]


@pytest.fixture
def clerk(app, visitor):
    with app.app_context():
        person = cast.person(Role.CENTRE_CLERK, at=cast.centre())
    return stage.sign_in(visitor, person)


@pytest.mark.parametrize(("hours", "minutes"), [("1.5", [90]), ("0.1", [6]), ("100", [6_000]), ("", [])])
def test_the_time_a_service_took_enters_the_register_where_it_is_known(app, clerk, hours, minutes):
    with app.app_context():
        wish, _pledge = stage.claimed(**SERVICE)
    clerk.open(f"/admin/wishes/{wish.number}/served")
    assert "记下了" in clerk.submit({"hours": hours})
    with app.app_context():
        assert [line.minutes for line in lines(HoursLine)] == minutes


@pytest.mark.parametrize("hours", ["0", "-1", "101", "NaN", "1e9", "很久"])
def test_time_that_cannot_be_is_said_beside_its_field_and_changes_nothing(app, clerk, hours):
    with app.app_context():
        wish, _pledge = stage.claimed(**SERVICE)
    clerk.open(f"/admin/wishes/{wish.number}/served")
    page = clerk.submit({"hours": hours})
    assert "一共用了几小时" in page
    assert "form-errors" in page.html
    assert stage.state_of(app, wish) == "procuring"
    with app.app_context():
        assert lines(HoursLine) == []
