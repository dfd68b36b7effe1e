"""Each role's desk shows what waits for it, overdue first, and nothing that waits for somebody else."""

from datetime import timedelta

import pytest

from portal.accounts.models import Organisation, OrganisationStatus
from portal.accounts.rules import Role
from portal.accounts.views import PER_ACCOUNT
from portal.campaigns.clocks import end_due
from portal.db import session, transaction
from portal.giving.receipts import ask_for_receipt
from portal.giving.refunding import ask_for_refund
from portal.handover.deliveries import assign_delivery, start_delivery, wish_for_way
from portal.handover.rules import Way
from portal.households.models import ConsentUse
from portal.households.service import record_consent
from portal.intake.drafts import save_draft
from portal.ledger.checks import record_check
from portal.throttle.service import count_try
from portal.wishes.clocks import escalate_overdue
from portal.wishes.rules import WishState
from portal.wishes.service import get_wish_by_id
from tests import cast
from tests.campaigns import stage as campaigns
from tests.giving import stage
from tests.plumbing.sessions import sign_in


def goods_at_the_counter(item):
    """Return a wish whose goods wait, with a family that lets its address be known."""
    wish = cast.wish(WishState.RECEIVED, item=item)
    record_consent(cast.clerk(), wish.id, ConsentUse.SHARE_WITH_DELIVERER, True, given_by="guardian", through="paper")
    start_delivery(get_wish_by_id(wish.id))
    return wish


@transaction
def filed_by(person, wish):
    row = get_wish_by_id(wish.id)
    row.filed_by_id = person.id
    return row


def test_grid_worker_finds_returned_wishes_deliveries_and_drafts(app, visitor, clock):
    with app.app_context():
        grid, other = (cast.person(Role.NEED_REPORTER, at=cast.centre()) for _each in range(2))
        returned = filed_by(grid, cast.wish(WishState.RETURNED, item="护眼台灯"))
        filed_by(other, cast.wish(WishState.RETURNED, item="别人的书架"))
        goods = goods_at_the_counter("轮椅")
        assign_delivery(cast.clerk(), goods.id, grid.id)
        save_draft(grid.actor, None, {"name": "许怡宁", "item": "棉被"})
        save_draft(other.actor, None, {"item": "别人的草稿"})
        clock.set(goods.deadline_at + timedelta(hours=10))
    page = sign_in(visitor, grid).open("/admin")
    assert returned.number in page.html
    assert f"轮椅 {goods.number}" in page
    assert page.text.index("轮椅") < page.text.index("棉被"), "what is overdue comes first"
    assert "1 个已逾期" in page
    assert "棉被" in page
    assert "许怡宁" not in page
    assert "别人的" not in page


def test_clerk_finds_who_would_like_it_brought_home(app, visitor):
    with app.app_context():
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre())
        wish_for_way(clerk.actor, goods_at_the_counter("轮椅").id, Way.HOME)
    assert "家庭想请人送上门，还没有安排" in sign_in(visitor, clerk).open("/admin")


def test_finance_finds_refunds_receipts_reports_and_payments_of_others(app, visitor, clock):
    with app.app_context():
        finance = cast.person(Role.FINANCE)
        number = campaigns.opened()
        ask_for_refund(stage.give(number, 5_000), "多按了一个零")
        ask_for_receipt(stage.give(number, 6_000), "海风书店", None)
        campaigns.request(number, 100)
        clock.advance(timedelta(days=100))
        end_due()
        clock.advance(timedelta(days=85))
    page = sign_in(visitor, finance).open("/admin")
    for pile in ("捐赠人申请退款", "等着开票据", "等着批准的付款", "快到期的公开报告"):
        assert pile in page, pile
    assert "海风书店" not in page
    assert "多按" not in page


@pytest.fixture
def troubled(app, clock):
    """Return an administrator of a portal where several things are stuck."""
    with app.app_context():
        administrator = cast.person(Role.ADMINISTRATOR)
        cast.person(Role.FINANCE, name="没设口令的人", enrolled=False)
        locked = cast.person(Role.CENTRE_CLERK, at=cast.centre(), name="登不进来的人")
        wait_for_certificate(cast.organisation("海风书店"))
        stuck = cast.wish(WishState.SUBMITTED)
        fresh = cast.wish(WishState.SUBMITTED)
        for _passing in range(2):
            clock.set(get_wish_by_id(stuck.id).deadline_at + timedelta(seconds=1))
            escalate_overdue()
            move_on(fresh.id)
        for _try in range(PER_ACCOUNT.tries):
            count_try(PER_ACCOUNT, locked.email)
        record_check(1, 0.1, {"balance": 2})
    return administrator, stuck, fresh


@transaction
def wait_for_certificate(organisation):
    session().get_one(Organisation, organisation.id).status = OrganisationStatus.REGISTERED


@transaction
def move_on(wish_id):
    get_wish_by_id(wish_id).overdue_level = 0


def test_administrator_finds_organisations_accounts_stuck_wishes_and_faults(troubled, visitor):
    administrator, stuck, fresh = troubled
    page = sign_in(visitor, administrator).open("/admin")
    for told in ("海风书店", "没设口令的人", "登不进来的人", "账目核对发现不一致"):
        assert told in page, told
    assert stuck.number in page.html
    assert fresh.number not in page.html
