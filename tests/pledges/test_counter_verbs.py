"""What the counter and the family's page say to a pledge: received, refused, fulfilled, ended; each told once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.rules import PLEDGER
from portal.codes import drop_off_code
from portal.db import session
from portal.pledges.models import Pledge
from portal.pledges.queries import (
    PledgeNotFound,
    find_live_pledge,
    find_pledge_by_drop_off,
    find_pledger_summary,
    list_promises_of,
)
from portal.pledges.service import (
    begin_procuring,
    cancel_pledge,
    end_pledge_of_wish,
    mark_arranged,
    mark_fulfilled,
    mark_received,
    mark_refused,
    propose_times,
    tell_pledger,
)
from portal.wishes.rules import WishAction, WrongState
from portal.wishes.service import get_wish_by_id, move_wish
from tests import cast
from tests.pledges.letterbox import kinds, letters

CONFIRMED = ["confirm", "pledged"]


def state(app, pledge_id):
    with app.app_context():
        return session().get_one(Pledge, pledge_id).state


@pytest.mark.parametrize("why", ["withdrawn", "reopened", "suspended"])
def test_an_ended_pledge_is_told_and_moves_no_wish(app, pledge, why):
    wish_id, pledge_id = pledge()
    with app.app_context():
        assert end_pledge_of_wish(wish_id, why)
        assert not end_pledge_of_wish(wish_id, why)
        assert get_wish_by_id(wish_id).state == "pledged"
        assert find_live_pledge(wish_id) is None
    assert state(app, pledge_id) == "ended"
    assert kinds(app) == [*CONFIRMED, why]
    assert "不算失约" in letters(app)[-1].body


def test_an_unconfirmed_pledge_ends_in_silence(app, pledge):
    wish_id, _pledge_id = pledge(is_confirmed=False)
    with app.app_context():
        assert end_pledge_of_wish(wish_id, "withdrawn")
    assert kinds(app) == ["confirm"]


def test_an_unknown_reason_to_end_is_refused(app, pledge):
    wish_id, _pledge_id = pledge()
    with app.app_context(), pytest.raises(ValueError, match="fulfilled"):
        end_pledge_of_wish(wish_id, "fulfilled")


def test_each_step_is_told_once_per_attempt(app, clock, pledge):
    wish_id, pledge_id = pledge()
    with app.app_context():
        clerk = cast.clerk()
        due_at = clock.now() + timedelta(days=5)
        move_wish(wish_id, WishAction.REFUSE, clerk, deadline_at=due_at)
        mark_refused(pledge_id, "尺码不对", due_at)
        move_wish(wish_id, WishAction.RECEIVE, clerk)
        mark_received(pledge_id)
        assert tell_pledger(wish_id, "handed_over")
        assert not tell_pledger(wish_id, "handed_over")
        mark_fulfilled(wish_id)
        mark_fulfilled(wish_id)
    assert kinds(app) == [*CONFIRMED, "refused", "received", "handed_over", "fulfilled"]


def test_goods_cannot_be_received_before_the_contact_is_confirmed(app, pledge):
    _wish_id, pledge_id = pledge(is_confirmed=False)
    with app.app_context(), pytest.raises(WrongState):
        mark_received(pledge_id)


def test_what_was_never_received_is_not_fulfilled(app, pledge):
    wish_id, _pledge_id = pledge()
    with app.app_context(), pytest.raises(WrongState):
        mark_fulfilled(wish_id)


def test_a_clerk_may_begin_and_cancel_for_a_pledger_who_calls(app, pledge):
    wish_id, pledge_id = pledge()
    with app.app_context():
        clerk = cast.clerk()
        begin_procuring(clerk, pledge_id)
        cancel_pledge(clerk, pledge_id, "打电话说来不了")
        assert get_wish_by_id(wish_id).state == "published"
    assert kinds(app) == [*CONFIRMED, "procuring", "cancelled"]


def test_the_counter_knows_an_ended_pledge_by_its_code(app, visitor, pledge):
    _wish_id, pledge_id = pledge()
    with app.app_context():
        code = drop_off_code(session().get_one(Pledge, pledge_id).public_id, 1)
        cancel_pledge(PLEDGER, pledge_id)
        found = find_pledge_by_drop_off(code)
        assert found is not None
        assert (found.pledge_id, found.is_live) == (pledge_id, False)
        assert find_pledge_by_drop_off("S0000000") is None


def test_staff_read_whom_to_call_and_an_appointment_lengthens_the_deadline(app, clock, pledge):
    wish_id, pledge_id = pledge("service", contact="13800138000")
    with app.app_context():
        propose_times(PLEDGER, pledge_id, "周六上午")
        at = clock.now() + timedelta(days=30)
        mark_arranged(pledge_id, at, "一楼值班室")
        found = find_pledger_summary(wish_id)
        assert found is not None
        assert (found.contact, found.proposed_times, found.appointment_at) == ("+8613800138000", "周六上午", at)
        assert found.due_at > at
        assert get_wish_by_id(wish_id).deadline_at == found.due_at
    assert kinds(app) == [*CONFIRMED, "procuring", "arranged"]


def test_the_latest_pledge_of_a_wish_is_summed_up_after_its_end(app, pledge):
    wish_id, pledge_id = pledge()
    with app.app_context():
        cancel_pledge(PLEDGER, pledge_id)
        assert find_live_pledge(wish_id) is None
        assert find_pledger_summary(wish_id).state == "cancelled"


def test_an_unknown_pledge_is_not_found(app):
    with app.app_context():
        with pytest.raises(PledgeNotFound):
            mark_received(4711)
        assert list_promises_of(4711) == []
        assert session().scalars(select(Pledge)).all() == []
