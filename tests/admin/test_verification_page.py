"""What the page on which a clerk decides promises."""

from portal.accounts.rules import Role
from portal.db import session, transaction
from portal.wishes.models import Wish
from portal.wishes.rules import WishState
from portal.wishes.service import get_wish
from tests import cast
from tests.plumbing.sessions import sign_in


def test_a_reason_is_asked_for_beside_the_field_and_what_was_chosen_stays(app, new_visitor):
    with app.app_context():
        clerk, wish = cast.person(Role.CENTRE_CLERK, at=cast.centre()), cast.wish()
    visitor = sign_in(new_visitor(), clerk)
    visitor.open(f"/admin/wishes/{wish.number}/verification")
    page = visitor.submit({"decision": "return", "reason": ""}, status=422)
    assert "请写明原因" in page
    chosen = next(tag for tag in page.html.split("<input")[1:] if 'value="return"' in tag.partition(">")[0])
    assert " checked" in chosen.partition(">")[0]
    with app.app_context():
        assert get_wish(wish.number).state == WishState.SUBMITTED


def test_after_a_decision_the_next_waiting_wish_of_the_centre_opens(app, new_visitor):
    with app.app_context():
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre())
        first, following = cast.wish(days_ago=3), cast.wish(days_ago=2)
    visitor = sign_in(new_visitor(), clerk)
    visitor.open(f"/admin/wishes/{first.number}/verification")
    page = visitor.submit({"decision": "verify", "reason": ""})
    assert page.address == f"/admin/wishes/{following.number}/verification"


def test_a_stranger_clerk_may_not_decide(app, new_visitor):
    with app.app_context():
        stranger, wish = cast.person(Role.CENTRE_CLERK, at=cast.centre("北港服务中心")), cast.wish()
    sign_in(new_visitor(), stranger).open(f"/admin/wishes/{wish.number}/verification", status=403)


def test_what_is_worth_a_second_look_is_told_and_holds_nothing_up(app, visitor):
    with app.app_context():
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre())
        child, neighbour = cast.wish(), cast.wish()
        grown = make_adult(neighbour.id)
    sign_in(visitor, clerk).open(f"/admin/wishes/{child.number}/verification")
    assert "同一个住址还有别人提了心愿" in visitor.page
    assert "年龄却已成年" not in visitor.page
    assert "年龄却已成年" in visitor.open(f"/admin/wishes/{grown}/verification")
    visitor.submit({"decision": "verify"})
    with app.app_context():
        assert get_wish(grown).state == "verified"


@transaction
def make_adult(wish_id):
    """Let a wish of a child's group be an old person's, and return its number."""
    wish = session().get_one(Wish, wish_id)
    wish.age_band = "70-79"
    return wish.number
