"""When a household is forgotten, so is what the counter kept of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.rules import FAMILY
from portal.db import session
from portal.handover.models import Acknowledgement, Delivery
from portal.handover.rules import Answer, Through, Way
from portal.handover.service import acknowledge, close_wish, hand_over, wish_for_way
from portal.households.models import ConsentUse
from portal.photos import PictureMissing, keep_picture, open_picture
from portal.ticks import tick
from tests import cast
from tests.handover import stage


@pytest.fixture
def closed(app_context):
    """A closed wish with a signed slip and words of its family, and the picture's name."""
    wish = stage.arrived()
    stage.agree(wish, ConsentUse.PHOTO)
    wish_for_way(FAMILY, wish.id, Way.PICK_UP, "周三来取")
    slip = keep_picture(stage.picture())
    hand_over(stage.clerk_of(wish), wish.id, slip=slip)
    acknowledge(FAMILY, wish.id, Answer.RECEIVED, Through.CODE, note="收到了，谢谢")
    close_wish(cast.moderator(), wish.id)
    return wish, slip


def kept():
    delivery = session().scalars(select(Delivery)).one()
    return delivery.slip, delivery.wished_note, session().scalars(select(Acknowledgement.note)).one()


def test_slips_and_words_stay_until_the_household_is_forgotten(closed, clock):
    clock.advance(timedelta(days=100))
    tick()
    assert all(kept())
    assert open_picture(closed[1])


def test_slips_and_words_go_with_the_household(closed, clock):
    tick()
    clock.advance(timedelta(days=200))
    tick()
    assert kept() == (None, None, None)
    with pytest.raises(PictureMissing):
        open_picture(closed[1])
    assert session().scalars(select(Delivery.proof)).one() == "signature"
