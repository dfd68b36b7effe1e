"""The pages of buying: a visitor who gives the money for one wish, and finance that buys it."""

import pytest

from portal.accounts.rules import Role
from portal.buying.clocks import follow_purchases
from portal.buying.service import give_for_wish
from portal.campaigns.pausing import pause_gifts
from portal.codes import tidy
from portal.db import session
from portal.giving.making import Donor, Words
from portal.giving.models import Gift
from portal.giving.moderating import decide_words
from portal.giving.rules import Visibility
from portal.handover.queries import find_number_by_drop_off
from portal.ledger.log import sign_checkpoint
from portal.pledges.pages import get_own_pledge
from tests import cast
from tests.buying import stage
from tests.campaigns import stage as campaigns
from tests.giving import stage as gifts
from tests.pledges.letterbox import letters
from tests.plumbing.sessions import sign_in


@pytest.fixture
def number(app):
    """Return the number of a published wish, with an open Wish Fund."""
    with app.app_context():
        stage.fund()
        return stage.wish().number


def test_a_visitor_gives_the_money_for_a_wish_and_follows_it(app, visitor, number):
    visitor.open(f"/wishes/{number}")
    visitor.follow("我来出钱，请基金会代买")
    page = visitor.submit({"email": stage.MAIL}, form="give")
    assert "168.00" in page
    page = visitor.submit(form="sandbox", button="leave")
    assert "这个心愿为您留到" in page
    visitor.submit(button="去付款")
    page = visitor.submit(form="sandbox", button="succeed")
    assert "您出钱的心愿" in page
    assert "最晚" in page
    assert "我来出钱" not in visitor.open(f"/wishes/{number}")
    visitor.open(f"/wishes/{number}/give", status=409)
    [letter] = letters(app, stage.MAIL)
    assert "接下来由基金会买好" in letter.body


def test_a_wishs_page_offers_it_only_while_the_fund_takes_gifts(app, visitor, number):
    assert "我来出钱" in visitor.open(f"/wishes/{number}")
    with app.app_context():
        pause_gifts(campaigns.finance(), stage.purchase_fund(), "核对账目", "Checking the accounts")
    assert "我来出钱" not in visitor.open(f"/wishes/{number}")
    visitor.open(f"/wishes/{number}/give", status=409)


def test_no_public_page_tells_who_paid_for_a_wish(app, visitor, number):
    words = Words(name_visibility=Visibility.SHOWN, shown_name="海边的林阿姨")
    with app.app_context():
        gift_id = give_for_wish(number, Donor(stage.MAIL), words).public_id
        stage.pay(gift_id)
        decide_words(cast.moderator(), gift_id, is_approved=True)
        sign_checkpoint()
        fund = stage.purchase_fund()
    pages = ("", "/statement", "/statement.csv")
    addresses = [f"/campaigns/{fund}{page}" for page in pages]
    addresses += [f"/wishes/{number}", "/campaigns/statement", "/campaigns/statement.csv", "/ledger/entries.jsonl"]
    for address in addresses:
        told = visitor.client.get(address).get_data(as_text=True)
        assert "林阿姨" not in told, address
        assert stage.MAIL not in told, address


def test_a_wrong_mail_address_keeps_what_was_typed_and_holds_nothing(app, visitor, number):
    visitor.open(f"/wishes/{number}/give")
    page = visitor.submit({"email": "13800000000", "message": "加油"}, form="give", status=422)
    assert "加油" in page.html
    with app.app_context():
        assert session().query(Gift).count() == 0
        assert stage.wish_state(number) == "published"


def test_without_a_fund_nothing_is_offered(app, visitor):
    with app.app_context():
        number = stage.wish().number
    assert "我来出钱" not in visitor.open(f"/wishes/{number}")
    visitor.open(f"/wishes/{number}/give", status=409)


def test_the_donor_of_a_wish_that_is_gone_takes_the_money_back(app, visitor, number):
    with app.app_context():
        gift_id = stage.paid(number)
        stage.withdrawn(number)
        address = gifts.page_of(gift_id)
        assert follow_purchases() == 1
    assert "家庭不再需要" in visitor.open(address)
    page = visitor.submit(button="把钱退给我")
    assert "正在办理" in page
    assert "把钱退给我" not in page


def test_finance_asks_for_the_money_and_gets_a_drop_off_code(app, visitor, number):
    with app.app_context():
        stage.paid(number)
        public_id = stage.purchase_of(number).public_id
        somebody = cast.person(Role.FINANCE)
    sign_in(visitor, somebody)
    assert "申请付款" in visitor.open("/admin/buying")
    page = visitor.open(f"/admin/buying/{public_id}")
    assert "交货码" in page
    with app.app_context():
        code = get_own_pledge(stage.pledge_of(number).id).code
        assert find_number_by_drop_off(cast.clerk(), tidy(code)) == number
    assert code in page
    visitor.submit({"amount": "160", "supplier": "文具店"}, button="提交，请同事批准")
    assert "等同事批准" in visitor.open("/admin/buying")


def test_finance_rescues_what_waited_too_long(app, visitor):
    with app.app_context():
        gifts.give(stage.fund(), 500_00)
        old, new = stage.wish(days_ago=40).number, stage.wish(item="台灯").number
        somebody = cast.person(Role.FINANCE)
    sign_in(visitor, somebody)
    page = visitor.open("/admin/buying/rescue")
    assert old in page
    assert new not in page
    visitor.open(f"/admin/buying/rescue/{old}")
    visitor.submit({"amount": "9999", "supplier": "文具店"}, button="留下心愿，申请付款", status=422)
    page = visitor.submit({"amount": "160"}, button="留下心愿，申请付款")
    assert "请另一位同事批准" in page
