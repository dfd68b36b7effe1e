"""Kept pictures are seen by the staff of the centre and the pledger concerned, and by nobody else."""

import pytest
from sqlalchemy import select

from portal.accounts.rules import FAMILY, Role
from portal.audit.models import AuditEntry
from portal.codes import private_token
from portal.db import session
from portal.family.service import withdraw_consent
from portal.handover.models import Delivery, Receipt
from portal.handover.rules import Fault
from portal.handover.service import hand_over, refuse_goods
from portal.households.models import ConsentUse
from portal.photos import PictureMissing, keep_picture, open_picture
from tests import cast
from tests.handover import stage


@pytest.fixture
def refused(app):
    """A pledge whose goods were turned away with a picture, and the receipt's key."""
    with app.app_context():
        wish, pledge = stage.claimed()
        photo = keep_picture(stage.picture())
        refuse_goods(stage.clerk_of(wish), wish.id, Fault.DAMAGED, photo=photo)
        return wish, pledge, session().scalars(select(Receipt.id)).one()


def test_the_pledger_sees_the_goods_by_the_private_address(app, client, visitor, refused):
    with app.app_context():
        token = private_token("pledge", refused[1].public_id)
    assert f"/pledges/{token}/goods.jpg" in visitor.open(f"/pledges/{token}").html
    answer = client.get(f"/pledges/{token}/goods.jpg")
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    wrong = token[:-1] + ("0" if token[-1] != "0" else "1")
    assert client.get(f"/pledges/{wrong}/goods.jpg").status_code == 404


@pytest.mark.parametrize(
    ("role", "centre", "status"),
    [
        (Role.CENTRE_CLERK, "南涧服务中心", 200),
        (Role.CENTRE_CLERK, "北山服务中心", 403),
        (Role.MODERATOR, None, 200),
        (Role.NEED_REPORTER, "南涧服务中心", 403),
        (Role.SUPERVISOR, None, 403),
    ],
)
def test_only_staff_who_handle_the_wish_see_its_pictures(app, client, visitor, refused, role, centre, status):
    with app.app_context():
        person = cast.person(role, at=cast.centre(centre) if centre else None)
    stage.sign_in(visitor, person)
    assert visitor.client.get(f"/admin/pictures/goods/{refused[2]}").status_code == status
    assert client.get(f"/admin/pictures/goods/{refused[2]}").status_code == 302


def test_every_look_at_a_picture_is_in_the_trail(app, visitor, refused):
    with app.app_context():
        moderator = cast.person(Role.MODERATOR)
    stage.sign_in(visitor, moderator).client.get(f"/admin/pictures/goods/{refused[2]}")
    with app.app_context():
        actions = session().scalars(select(AuditEntry.action).where(AuditEntry.person_id == moderator.id)).all()
        assert actions == ["picture.open"]


def test_withdrawn_consent_deletes_the_picture_of_the_slip(app_context):
    wish = stage.arrived()
    stage.agree(wish, ConsentUse.PHOTO)
    name = keep_picture(stage.picture())
    hand_over(stage.clerk_of(wish), wish.id, slip=name)
    withdraw_consent(FAMILY, wish.id, ConsentUse.PHOTO)
    row = session().scalars(select(Delivery)).one()
    assert (row.slip, row.proof) == (None, "signature")
    with pytest.raises(PictureMissing):
        open_picture(name)
