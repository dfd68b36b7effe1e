"""A pledger's pause is seen by staff without naming a guest, and lifted early by those who may, for a stated reason."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.rules import NotAllowed, Role
from portal.audit.models import AuditEntry
from portal.db import session
from portal.pledges.blocks import BlockOver, LiftReasonMissing, find_block_of_organisation, lift_block, list_blocks
from portal.pledges.clocks import release_overdue
from portal.pledges.contacts import read_contact
from portal.pledges.models import PledgerBlock
from portal.pledges.pledgers import PledgerBlocked
from portal.pledges.rules import Pledger
from portal.pledges.service import make_promise
from tests import cast
from tests.pledges.conftest import MAIL
from tests.pledges.letterbox import kinds
from tests.plumbing.sessions import sign_in


@pytest.fixture
def paused(app, clock, pledge):
    """Let a guest's two pledges lapse and return the id of the pause that follows."""
    for _ in range(2):
        pledge()
    clock.advance(timedelta(days=8))
    with app.app_context():
        release_overdue()
        return session().scalars(select(PledgerBlock.id)).one()


def try_to_pledge(number):
    """Pledge as the guest who is paused."""
    make_promise(cast.actor(), Pledger(read_contact(MAIL), None, "zh"), [number])


def test_moderator_lifts_a_pause_with_a_reason(app, visitor, paused, publish):
    with app.app_context():
        moderator = cast.person(Role.MODERATOR, name="何写")
    sign_in(visitor, moderator)
    page = visitor.open("/admin/blocks")
    assert MAIL not in page.html
    assert "l***@example.org" in page
    assert "请写明原因" in visitor.submit({"reason": "  "}, form="/lift", status=422)
    with app.app_context(), pytest.raises(PledgerBlocked):
        try_to_pledge(publish())
    page = visitor.submit({"reason": "住院期间没法办"}, form="/lift")
    assert "何写于2026年12月1日解除：住院期间没法办" in page
    with app.app_context():
        try_to_pledge(publish())
        act = session().scalars(select(AuditEntry).where(AuditEntry.action == "pledger.unblock")).one()
        assert act.after["reason"] == "***"
    assert kinds(app).count("unblocked") == 1


def test_a_pause_is_found_by_the_contact_and_no_address_carries_it(app, visitor, paused):
    with app.app_context():
        moderator = cast.person(Role.MODERATOR)
    sign_in(visitor, moderator).open("/admin/blocks")
    assert "l***@example.org" in visitor.submit({"contact": f" {MAIL.upper()} "}, button="查找")
    assert "没有暂停过" in visitor.submit({"contact": "other@example.org"}, button="查找")
    assert visitor.page.address == "/admin/blocks"
    assert "看不出是邮箱还是手机号" in visitor.submit({"contact": "nobody"}, button="查找", status=422)


def test_the_lapses_before_a_lifted_pause_count_no_longer(app, clock, paused, pledge):
    with app.app_context():
        lift_block(cast.moderator(), paused, "情况特殊")
    pledge()
    clock.advance(timedelta(days=8))
    with app.app_context():
        release_overdue()
        assert [block.is_in_force for block in list_blocks()] == [False]


@pytest.mark.parametrize("role", [Role.CENTRE_CLERK, Role.NEED_REPORTER, Role.FINANCE, Role.SUPERVISOR])
def test_other_staff_lift_nothing(app_context, paused, role):
    with pytest.raises(NotAllowed):
        lift_block(cast.actor(role, at=cast.centre()), paused, "请行个方便")


def test_what_is_over_is_not_lifted_again(app_context, clock, paused):
    moderator = cast.moderator()
    with pytest.raises(LiftReasonMissing):
        lift_block(moderator, paused, "")
    lift_block(moderator, paused, "情况特殊")
    with pytest.raises(BlockOver):
        lift_block(moderator, paused, "再来一次")
    with pytest.raises(BlockOver):
        lift_block(moderator, 999_999, "没有这个")


def test_an_organisation_is_paused_as_a_whole_and_shown_with_its_lapsed_wishes(app, clock, publish, visitor):
    numbers = [publish(), publish()]
    with app.app_context():
        member, moderator = cast.person(name="沈青"), cast.person(Role.MODERATOR)
        organisation = cast.organisation("海风书店", member=member)
        pledger = Pledger(read_contact(member.email), "沈青", "zh", member.id, organisation.id)
        make_promise(member.actor, pledger, numbers)
        assert find_block_of_organisation(organisation.id) is None
        clock.advance(timedelta(days=8))
        release_overdue()
        assert find_block_of_organisation(organisation.id).is_in_force
        address = f"/admin/organisations/{organisation.id}"
    assert "暂停认领" in sign_in(visitor, moderator).open(address)
    page = visitor.open("/admin/blocks")
    assert "海风书店" in page
    assert {link.text for link in page.links} >= set(numbers)
