"""Neither side ever learns the other: pledgers read nothing of the family, families nothing of the pledger."""

import pytest
from sqlalchemy import select

from portal.accounts.rules import FAMILY, Role
from portal.codes import private_token
from portal.db import session
from portal.handover.rules import Answer, Fault, Settlement, Through, Way
from portal.handover.service import (
    acknowledge,
    close_wish,
    hand_over,
    receive_goods,
    refuse_goods,
    settle_reopened,
    wish_for_way,
)
from portal.pledges.models import Pledge
from tests import cast
from tests.handover import stage

FAMILYS = (
    cast.FAMILY_NAME,
    cast.FAMILY_ID,
    cast.FAMILY_PHONE,
    cast.FAMILY_ADDRESS,
    cast.GUARDIAN,
    cast.REASON,
    "我家的话",
)
PLEDGERS = (stage.PLEDGER_NAME, stage.PLEDGER_MAIL, "海风书店")


@pytest.fixture
def whole_way(app):
    """A wish that went everywhere: refused, received, complained about, replaced, handed over, closed."""
    with app.app_context():
        wish, _pledge = stage.claimed()
        clerk = stage.clerk_of(wish)
        refuse_goods(clerk, wish.id, Fault.NOT_NEW)
        receive_goods(clerk, wish.id, stage.ALL_WELL)
        wish_for_way(FAMILY, wish.id, Way.PICK_UP, "我家的话：周三来")
        hand_over(clerk, wish.id, code=stage.pick_up(app, wish))
        acknowledge(FAMILY, wish.id, Answer.WRONG, Through.CODE, note="我家的话：肩带断了")
        settle_reopened(clerk, wish.id, Settlement.REPLACE, "我家的话，店员记的")
        receive_goods(clerk, wish.id, stage.ALL_WELL)
        hand_over(clerk, wish.id, code=stage.pick_up(app, wish, 2))
        acknowledge(FAMILY, wish.id, Answer.RECEIVED, Through.CODE, note="我家的话：谢谢")
        close_wish(cast.moderator(), wish.id)
        return wish


def test_no_message_to_a_pledger_carries_the_family(app, whole_way):
    kinds = [message.kind for message in stage.messages(app, "mail")]
    assert kinds == [
        f"pledges.{kind}"
        for kind in ("refused", "received", "handed_over", "refused", "received", "handed_over", "fulfilled")
    ]
    for message in stage.messages(app, "mail"):
        for secret in FAMILYS:
            assert secret not in message.subject + message.body


def test_no_message_to_a_family_carries_the_pledger_or_the_thing(app, whole_way):
    messages = stage.messages(app, "sms")
    assert len(messages) == 2
    for message in messages:
        for secret in (*PLEDGERS, whole_way.item, cast.FAMILY_NAME):
            assert secret not in message.body


def test_the_pledgers_page_carries_no_family(app, visitor, whole_way):
    with app.app_context():
        public_id = session().scalar(select(Pledge.public_id))
        token = private_token("pledge", public_id)
    page = visitor.open(f"/pledges/{token}")
    assert whole_way.item in page
    for secret in FAMILYS:
        assert secret not in page.html


def test_the_familys_page_carries_no_pledger(app, visitor, whole_way):
    with app.app_context():
        code = stage.family_code(whole_way)
    visitor.open("/family")
    page = visitor.submit({"code": code})
    for secret in PLEDGERS:
        assert secret not in page.html


def test_the_counters_pages_carry_neither(app, visitor, whole_way):
    with app.app_context():
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre())
        coming, _pledge = stage.claimed()
        waiting = stage.arrived()
    stage.sign_in(visitor, clerk)
    for address in (
        "/admin/counter",
        "/admin/deliveries",
        f"/admin/wishes/{coming.number}/receive",
        f"/admin/wishes/{coming.number}/refuse",
        f"/admin/wishes/{waiting.number}/hand-over",
        f"/admin/wishes/{waiting.number}/slip",
    ):
        page = visitor.open(address)
        for secret in (*FAMILYS[:-1], *PLEDGERS):
            assert secret not in page.html, address


def test_a_pick_up_code_is_never_a_drop_off_code(app):
    with app.app_context():
        wish, pledge = stage.claimed()
    drop_off, pick_up = stage.drop_off(app, pledge), stage.pick_up(app, wish)
    assert (drop_off[0], pick_up[0]) == ("S", "Q")
    assert drop_off[1:] != pick_up[1:]
