"""Two keys close a wish: the family's yes and a moderator who did not write it down."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.rules import FAMILY, NotAllowed, Role
from portal.db import session
from portal.handover.acknowledgements import SlipMissing, TooSoon
from portal.handover.models import Acknowledgement, Delivery
from portal.handover.rules import Answer, Settlement, Through
from portal.handover.service import acknowledge, close_wish, close_wishes, hand_over, settle_reopened
from portal.households.models import ConsentUse, Household
from portal.pledges.models import Pledge
from portal.publication.models import Publication
from portal.ticks import tick
from portal.wishes.rules import WishState, WrongState
from tests import cast
from tests.handover import stage


@pytest.fixture
def handed_over(app_context):
    return stage.handed_over()


@pytest.fixture
def confirmed(handed_over):
    acknowledge(FAMILY, handed_over.id, Answer.RECEIVED, Through.CODE)
    return handed_over


@pytest.fixture
def reopened(handed_over):
    acknowledge(FAMILY, handed_over.id, Answer.WRONG, Through.CODE, note="肩带太短")
    return handed_over


def pledge_of(wish):
    return session().scalars(select(Pledge).where(Pledge.wish_id == wish.id)).one()


def test_the_familys_yes_confirms(app_context, confirmed):
    assert stage.state_of(app_context, confirmed) == "confirmed"
    [row] = session().scalars(select(Acknowledgement))
    assert (row.answer, row.through, row.person_id) == ("received", "code", None)


@pytest.mark.parametrize("answer", [Answer.PARTLY, Answer.WRONG, Answer.NOT_RECEIVED])
def test_anything_else_reopens(app_context, handed_over, answer):
    assert acknowledge(FAMILY, handed_over.id, answer, Through.CODE, note="少一个") is WishState.REOPENED


def test_a_family_may_find_a_fault_after_its_yes(confirmed):
    assert acknowledge(FAMILY, confirmed.id, Answer.WRONG, Through.CODE) is WishState.REOPENED


def test_a_complaint_can_end_in_a_yes(reopened):
    assert acknowledge(FAMILY, reopened.id, Answer.RECEIVED, Through.CODE) is WishState.CONFIRMED


def test_a_clerk_writes_an_answer_down_under_their_own_name(handed_over):
    clerk = stage.clerk_of(handed_over)
    acknowledge(clerk, handed_over.id, Answer.RECEIVED, Through.CLERK)
    assert session().scalars(select(Acknowledgement)).one().person_id == clerk.person_id


def test_nobody_pretends_to_be_the_family(handed_over):
    with pytest.raises(NotAllowed):
        acknowledge(stage.clerk_of(handed_over), handed_over.id, Answer.RECEIVED, Through.CODE)
    stranger = cast.clerk(cast.centre("北山服务中心"))
    with pytest.raises(NotAllowed):
        acknowledge(stranger, handed_over.id, Answer.RECEIVED, Through.CLERK)


def test_closing_thanks_the_pledger_and_sets_the_day_of_forgetting(app_context, confirmed):
    close_wish(cast.moderator(), confirmed.id)
    assert stage.state_of(app_context, confirmed) == "closed"
    assert pledge_of(confirmed).state == "fulfilled"
    assert stage.messages(app_context, "mail")[-1].kind == "pledges.fulfilled"
    tick()
    purge_on = session().scalar(select(Household.purge_on).where(Household.id == confirmed.household_id))
    assert purge_on.isoformat() == "2027-05-22"
    live = session().scalars(select(Publication).where(Publication.number == confirmed.number)).one()
    assert (live.status, live.availability) == ("live", "fulfilled")


def test_a_wish_is_not_closed_without_the_familys_yes(handed_over, reopened):
    moderator = cast.moderator()
    with pytest.raises(WrongState):
        close_wish(moderator, reopened.id)


def test_one_person_cannot_hold_both_keys(handed_over):
    both = cast.person(Role.CENTRE_CLERK, Role.MODERATOR).actor
    acknowledge(both, handed_over.id, Answer.RECEIVED, Through.CLERK)
    with pytest.raises(NotAllowed):
        close_wish(both, handed_over.id)
    close_wish(cast.moderator(), handed_over.id)


def test_many_are_closed_at_once_and_the_rest_is_left(app_context, confirmed):
    both = cast.person(Role.CENTRE_CLERK, Role.MODERATOR).actor
    own = stage.handed_over()
    acknowledge(both, own.id, Answer.RECEIVED, Through.CLERK)
    unready = stage.handed_over()
    closed = close_wishes(both, [confirmed.number, own.number, unready.number, "NOSUCH1"])
    assert closed == [confirmed.number]


def test_a_slip_speaks_only_after_the_stated_wait(clock, handed_over):
    clerk = stage.clerk_of(handed_over)
    stage.agree(handed_over, ConsentUse.PHOTO)
    with pytest.raises(TooSoon):
        acknowledge(clerk, handed_over.id, Answer.RECEIVED, Through.SLIP, slip="0" * 32)
    clock.advance(timedelta(days=13))
    with pytest.raises(TooSoon):
        acknowledge(clerk, handed_over.id, Answer.RECEIVED, Through.SLIP, slip="0" * 32)
    clock.advance(timedelta(days=2))
    assert acknowledge(clerk, handed_over.id, Answer.RECEIVED, Through.SLIP, slip="0" * 32) is WishState.CONFIRMED


def test_without_a_signature_no_slip_speaks(clock, handed_over):
    clock.advance(timedelta(days=20))
    with pytest.raises(SlipMissing):
        acknowledge(stage.clerk_of(handed_over), handed_over.id, Answer.RECEIVED, Through.SLIP)


def test_the_signature_of_the_hand_over_is_enough(app_context, clock):
    wish = stage.arrived()
    hand_over(stage.clerk_of(wish), wish.id, is_signed=True)
    clock.advance(timedelta(days=20))
    assert acknowledge(stage.clerk_of(wish), wish.id, Answer.RECEIVED, Through.SLIP) is WishState.CONFIRMED


def test_a_slip_never_says_anything_but_received(clock, handed_over):
    clock.advance(timedelta(days=20))
    with pytest.raises(WrongState):
        acknowledge(stage.clerk_of(handed_over), handed_over.id, Answer.WRONG, Through.SLIP, slip="0" * 32)


def test_found_goods_are_handed_over_again_with_another_code(app_context, reopened):
    assert settle_reopened(stage.clerk_of(reopened), reopened.id, Settlement.FIND) is WishState.RECEIVED
    first, second = stage.pick_up(app_context, reopened), stage.pick_up(app_context, reopened, 2)
    assert first != second
    assert f"{second[:4]}-{second[4:]}" in stage.messages(app_context, "sms")[-1].body
    hand_over(stage.clerk_of(reopened), reopened.id, code=second)
    assert len(session().scalars(select(Delivery)).all()) == 2


def test_a_replacement_gives_the_pledger_new_time_and_the_fact_but_not_the_familys_words(app_context, reopened):
    settle_reopened(stage.clerk_of(reopened), reopened.id, Settlement.REPLACE, "家长说肩带短")
    pledge = pledge_of(reopened)
    assert (pledge.state, pledge.attempt) == ("procuring", 2)
    assert pledge.due_at > app_context.extensions["portal.clock"].now()
    letter = stage.messages(app_context, "mail")[-1]
    assert "发现不对，或者用不了" in letter.body
    assert "收下" not in letter.body, "it was taken in before"
    assert "肩带" not in letter.body


def test_what_goes_back_to_the_pool_ends_the_pledge_without_a_lapse(app_context, reopened):
    assert settle_reopened(stage.clerk_of(reopened), reopened.id, Settlement.REPUBLISH) is WishState.PUBLISHED
    assert pledge_of(reopened).state == "ended"
    assert stage.messages(app_context, "mail")[-1].kind == "pledges.reopened"
    assert session().scalars(select(Publication)).one().availability == "open"


def test_what_is_referred_leaves_the_public_page(app_context, reopened):
    assert settle_reopened(stage.clerk_of(reopened), reopened.id, Settlement.REFER) is WishState.REFERRED
    assert session().scalars(select(Publication)).one().status == "withdrawn"
    assert acknowledge(FAMILY, reopened.id, Answer.RECEIVED, Through.CODE) is WishState.CONFIRMED
    close_wish(cast.moderator(), reopened.id)


def test_a_clerk_settles_by_the_page(app, new_visitor):
    with app.app_context():
        wish = stage.handed_over()
        acknowledge(FAMILY, wish.id, Answer.NOT_RECEIVED, Through.CODE, note="还没拿到")
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre())
    desk = stage.sign_in(new_visitor(), clerk)
    page = desk.open(f"/admin/wishes/{wish.number}/settle")
    assert "还没拿到" in page
    assert "请选一项" in desk.submit(button="就这样处理")
    desk.submit({"how": "find"})
    assert stage.state_of(app, wish) == "received"
