"""The wish page of staff: each sees what is theirs to see, the whole history in plain words, and what they may do."""

import pytest

from portal.accounts.rules import Role
from portal.db import session, transaction
from portal.publication.queries import find_public_wish
from portal.wishes.models import Wish
from portal.wishes.queries import get_staff_wish
from portal.wishes.rules import WishState
from portal.wishes.service import get_wish
from tests import cast
from tests.plumbing.sessions import sign_in

HIDDEN = (cast.FAMILY_NAME, cast.FAMILY_PHONE, cast.FAMILY_ADDRESS, cast.GUARDIAN)


@pytest.fixture
def sit(app, new_visitor):
    """Return a function that signs somebody new in: sit(Role.MODERATOR) or sit(Role.CENTRE_CLERK, "海云服务中心")."""

    def bring(role, place=None):
        with app.app_context():
            person = cast.person(role, at=cast.centre(place) if place else None)
        return sign_in(new_visitor(), person)

    return bring


@pytest.fixture
def wish(app):
    with app.app_context():
        return cast.wish(WishState.PUBLISHED)


@transaction
def file_by(wish_id, person_id):
    session().get_one(Wish, wish_id).filed_by_id = person_id


def test_a_clerk_of_the_centre_reads_the_familys_words_but_no_identity(sit, wish):
    page = sit(Role.CENTRE_CLERK, "南涧服务中心").open(f"/admin/wishes/{wish.number}")
    assert cast.REASON in page
    assert "公开中，等人认领" in page
    assert [word for word in HIDDEN if word in page.html] == []


def test_a_clerk_of_another_centre_sees_nothing(sit, wish):
    sit(Role.CENTRE_CLERK, "海云服务中心").open(f"/admin/wishes/{wish.number}", status=403)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_who_watches_over_all_reads_no_sealed_words(sit, wish, role):
    page = sit(role).open(f"/admin/wishes/{wish.number}")
    assert wish.number in page
    assert [word for word in (*HIDDEN, cast.REASON, "刘若") if word in page.html] == []


def test_a_reporter_sees_what_they_filed_and_nothing_else(app, new_visitor, wish):
    with app.app_context():
        reporter = cast.person(Role.NEED_REPORTER, at=cast.centre())
        other = cast.wish(WishState.SUBMITTED)
        file_by(wish.id, reporter.id)
    visitor = sign_in(new_visitor(), reporter)
    assert cast.REASON in visitor.open(f"/admin/wishes/{wish.number}")
    visitor.open(f"/admin/wishes/{other.number}", status=403)


def test_an_unknown_wish_is_not_found(sit):
    sit(Role.MODERATOR).open("/admin/wishes/ABCDEFG", status=404)


def test_the_page_says_whose_task_it_is_and_until_when(sit, wish):
    page = sit(Role.MODERATOR).open(f"/admin/wishes/{wish.number}")
    assert "由审核员负责" in page
    assert "会请联盟单位帮忙" in page


def test_a_moderator_suspends_and_resumes_with_reasons_in_the_history(app, sit, wish):
    moderator = sit(Role.MODERATOR)
    moderator.open(f"/admin/wishes/{wish.number}")
    assert "请写明原因" in moderator.submit({"reason": ""}, form="hold", button="suspend", status=422)
    page = moderator.submit({"reason": "有人打听是谁家"}, form="hold", button="suspend")
    assert "已暂停公开" in page
    assert "有人打听是谁家" in page
    with app.app_context():
        assert find_public_wish(wish.number) is None
    page = moderator.submit({"reason": "问清楚了"}, form="hold", button="resume")
    assert "公开中，等人认领" in page
    with app.app_context():
        assert find_public_wish(wish.number) is not None


def test_a_reason_in_the_history_is_not_for_who_watches_over_all(app, sit, wish):
    moderator = sit(Role.MODERATOR)
    moderator.open(f"/admin/wishes/{wish.number}")
    moderator.submit({"reason": "许家来过电话"}, form="hold", button="suspend")
    page = sit(Role.SUPERVISOR).open(f"/admin/wishes/{wish.number}")
    assert "暂停公开" in page
    assert "许家来过电话" not in page.html


def test_the_history_names_role_and_person(app, new_visitor, wish):
    with app.app_context():
        person = cast.person(Role.MODERATOR, name="何静")
    moderator = sign_in(new_visitor(), person)
    moderator.open(f"/admin/wishes/{wish.number}")
    assert "审核员 何静" in moderator.submit({"reason": "先核对"}, form="hold", button="suspend")


def test_a_page_left_open_too_long_changes_nothing(app, sit, wish):
    first, second = sit(Role.MODERATOR), sit(Role.MODERATOR)
    first.open(f"/admin/wishes/{wish.number}")
    second.open(f"/admin/wishes/{wish.number}")
    first.submit({"reason": "先核对"}, form="hold", button="suspend")
    assert "情况刚刚有了变化" in second.submit({"reason": "先核对"}, form="hold", button="suspend", status=409)


def test_buttons_are_only_for_those_who_may_press_them(app, sit, wish):
    page = sit(Role.SUPERVISOR).open(f"/admin/wishes/{wish.number}")
    assert [form for form in page.forms if form.action.startswith("/admin/wishes")] == []


def test_a_verified_wish_leads_to_its_public_text(app, sit):
    with app.app_context():
        verified = cast.wish(WishState.VERIFIED)
    moderator = sit(Role.MODERATOR)
    moderator.open(f"/admin/wishes/{verified.number}")
    assert moderator.follow("写公开文字").address == f"/admin/wishes/{verified.number}/publication"


@pytest.mark.parametrize("state", WishState)
def test_the_page_opens_in_every_state_for_every_role(app, new_visitor, state):
    with app.app_context():
        wish = cast.wish(state)
        people = [cast.person(role, at=None) for role in Role if role is not Role.FINANCE]
        file_by(wish.id, people[0].id)
    for person in people:
        sign_in(new_visitor(), person).open(f"/admin/wishes/{wish.number}")


def test_a_returned_wish_leads_to_its_correction(app, sit):
    with app.app_context():
        returned = cast.wish(WishState.RETURNED)
    page = sit(Role.CENTRE_CLERK, "南涧服务中心").open(f"/admin/wishes/{returned.number}")
    assert [form for form in page.forms if form.action.endswith("/correct")]


def test_what_a_page_gives_away_is_decided_before_the_template(app_context):
    wish = cast.wish(WishState.SUBMITTED)
    seen = get_staff_wish(cast.actor(Role.SUPERVISOR), wish.number)
    assert (seen.reason, seen.reporter, seen.sees_sealed) == (None, None, False)
    assert get_wish(wish.number).reason == cast.REASON
