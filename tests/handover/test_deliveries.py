"""Goods are brought home where the family agreed, by the one person they were given to; every look is logged."""

import pytest
from sqlalchemy import select

from portal.accounts.rules import FAMILY, NotAllowed, Role
from portal.db import session
from portal.family.service import withdraw_consent
from portal.handover.deliveries import assign_deliveries
from portal.handover.models import Delivery
from portal.handover.rules import Way
from portal.handover.service import assign_delivery, hand_over, wish_for_way
from portal.households.models import ConsentUse, IdentityRead
from portal.households.service import ConsentMissing
from portal.wishes.models import WishEvent
from tests import cast
from tests.handover import stage


@pytest.fixture
def waiting(app):
    """A wish whose goods are at the centre; its family agreed to home delivery."""
    with app.app_context():
        return stage.arrived()


@pytest.fixture
def grid_worker(app):
    with app.app_context():
        return cast.person(Role.NEED_REPORTER, at=cast.centre(), name="网格员老周")


@pytest.fixture
def given(app, waiting, grid_worker):
    """The wish, given to the grid worker to bring home."""
    with app.app_context():
        assign_delivery(stage.clerk_of(waiting), waiting.id, grid_worker.id)
    return waiting


def test_a_clerk_gives_goods_to_a_grid_worker_of_the_centre(app, visitor, waiting, grid_worker):
    with app.app_context():
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre())
        elsewhere = cast.person(Role.NEED_REPORTER, at=cast.centre("北山服务中心"), name="别处网格员")
    stage.sign_in(visitor, clerk).open(f"/admin/wishes/{waiting.number}/delivery")
    assert "别处网格员" not in visitor.page
    page = visitor.submit({"deliverer": grid_worker.id})
    assert "本中心别人在送的" in page
    with app.app_context():
        assert session().scalars(select(Delivery)).one().deliverer_id == grid_worker.id
        clerk_actor = stage.clerk_of(waiting)
        with pytest.raises(NotAllowed):
            assign_delivery(clerk_actor, waiting.id, elsewhere.id)


def test_a_clerk_gives_many_goods_to_one_grid_worker_and_hears_what_could_not_be(app, visitor, waiting, grid_worker):
    with app.app_context():
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre())
        elsewhere = cast.person(Role.NEED_REPORTER, at=cast.centre("北山服务中心"), name="别处网格员")
        goods = [waiting, stage.arrived(), stage.arrived()]
        for each in goods:
            wish_for_way(FAMILY, each.id, Way.HOME)
        withdraw_consent(FAMILY, goods[2].id, ConsentUse.SHARE_WITH_DELIVERER)
        wish_for_way(FAMILY, goods[2].id, Way.HOME)
    stage.sign_in(visitor, clerk).open("/admin/deliveries")
    assert "别处网格员" not in visitor.page
    picked = [each.number for each in goods]
    assert "请选由谁送上门" in visitor.submit({"pick": picked}, form="bulk", status=422)
    assert visitor.page.html.count(" checked>") == 3, "what was ticked stays"
    assert "请先勾选" in visitor.submit({"pick": [], "deliverer": grid_worker.id}, form="bulk", status=422)
    page = visitor.submit({"pick": picked, "deliverer": grid_worker.id}, form="bulk")
    assert "2 件安排好了" in page
    assert f"请逐个打开来看：{picked[2]}" in page
    with app.app_context():
        given = dict(session().execute(select(Delivery.wish_id, Delivery.deliverer_id)).all())
        assert given == {goods[0].id: grid_worker.id, goods[1].id: grid_worker.id, goods[2].id: None}
        assert assign_deliveries(clerk.actor, picked[:1], elsewhere.id) == ([], picked[:1])


def test_without_consent_nobody_brings_anything_home(app, visitor, grid_worker):
    with app.app_context():
        wish = stage.arrived(consents=(ConsentUse.PUBLISH,))
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre())
        with pytest.raises(ConsentMissing):
            assign_delivery(clerk.actor, wish.id, grid_worker.id)
    stage.sign_in(visitor, clerk).open(f"/admin/wishes/{wish.number}/delivery")
    assert "家庭还没有同意" in visitor.page
    assert "不能送上门" in visitor.submit({"deliverer": grid_worker.id})


def test_the_address_stays_closed_until_it_is_opened_and_that_is_logged(app, visitor, given, grid_worker):
    stage.sign_in(visitor, grid_worker).open("/admin/deliveries")
    visitor.follow("去送 双肩书包")
    for text in (cast.FAMILY_NAME, cast.FAMILY_PHONE, cast.FAMILY_ADDRESS):
        assert text not in visitor.page.html
    page = visitor.submit(form="/address")
    for text in (cast.FAMILY_NAME, cast.FAMILY_PHONE, cast.FAMILY_ADDRESS):
        assert text in page
    assert page.headers["Cache-Control"] == "no-store"
    with app.app_context():
        [read] = session().scalars(select(IdentityRead))
        assert (read.person_id, read.reason) == (grid_worker.id, "delivery")


def test_only_whom_it_was_given_to_sees_the_delivery(app, new_visitor, given):
    with app.app_context():
        colleague = cast.person(Role.NEED_REPORTER, at=cast.centre())
    other = stage.sign_in(new_visitor(), colleague)
    assert given.item not in other.open("/admin/deliveries")
    other.open(f"/admin/deliveries/{given.number}", status=403)
    other.open(f"/admin/wishes/{given.number}/hand-over")
    other.submit({"code": stage.pick_up(app, given)}, status=403)
    assert stage.state_of(app, given) == "received"


def test_at_the_door_the_pick_up_code_proves_it(app, visitor, given, grid_worker):
    stage.sign_in(visitor, grid_worker).open(f"/admin/deliveries/{given.number}")
    visitor.follow("送到了，交给家庭")
    page = visitor.submit({"code": stage.pick_up(app, given)})
    assert page.address == "/admin/deliveries"
    assert stage.state_of(app, given) == "handed_over"


def test_nobody_home_keeps_the_delivery_and_leaves_a_note(app, visitor, given, grid_worker):
    stage.sign_in(visitor, grid_worker).open(f"/admin/deliveries/{given.number}")
    page = visitor.submit({"note": "邻居说傍晚回来"}, form="/nobody-home")
    assert "上一次：邻居说傍晚回来" in page
    assert stage.state_of(app, given) == "received"
    with app.app_context():
        assert "nobody_home" in session().scalars(select(WishEvent.action).where(WishEvent.wish_id == given.id)).all()


def test_withdrawn_consent_stops_home_delivery_at_once(app, visitor, given, grid_worker):
    stage.sign_in(visitor, grid_worker).open(f"/admin/deliveries/{given.number}")
    with app.app_context():
        withdraw_consent(FAMILY, given.id, ConsentUse.SHARE_WITH_DELIVERER)
        row = session().scalars(select(Delivery)).one()
        assert (row.way, row.deliverer_id) == (Way.PICK_UP, None)
    page = visitor.submit(form="/address", status=403)
    assert cast.FAMILY_ADDRESS not in page.html
    assert given.item not in visitor.open("/admin/deliveries")
    with app.app_context(), pytest.raises(NotAllowed):
        hand_over(grid_worker.actor, given.id, is_signed=True)


def test_the_family_can_still_collect_at_the_counter(app, given):
    with app.app_context():
        hand_over(stage.clerk_of(given), given.id, code=stage.pick_up(app, given))
    assert stage.state_of(app, given) == "handed_over"
