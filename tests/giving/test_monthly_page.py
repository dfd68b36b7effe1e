"""A monthly gift as its donor and the desk use it: chosen on the giving page, changed by the link of a mail."""

import re
from datetime import timedelta

import pytest

from portal.accounts.rules import Role
from tests import cast
from tests.campaigns import stage as campaigns
from tests.giving import months, stage, statements
from tests.pledges.letterbox import letters
from tests.plumbing.sessions import sign_in


@pytest.fixture
def chosen_settings():
    """Return settings of a portal where one way to pay can charge each month and another cannot."""
    return statements.SETTINGS


@pytest.fixture
def number(app):
    """Return an open campaign."""
    with app.app_context():
        return campaigns.opened()


@pytest.fixture
def begun(app, number):
    """Return the address of a monthly gift and its public id."""
    with app.app_context():
        public_id = months.begin(number)
        return months.page_of(public_id), public_id


def choose(visitor, number, gateway="sandbox", status=200):
    visitor.open(f"/campaigns/{number}/give")
    values = {"other_amount": "50", "email": stage.MAIL, "rhythm": "monthly", "gateway": gateway}
    return visitor.submit(values, form="give", status=status)


def test_chosen_paid_and_led_by_the_link_in_the_mail(app, visitor, number):
    assert "每月 ¥50.00" in choose(visitor, number)
    assert "这是每月捐赠的一次" in visitor.submit(form="sandbox", button="succeed")
    [letter] = letters(app, stage.MAIL)
    link = re.search(r"/monthly/\S+", letter.body)
    page = visitor.open(link.group())
    assert "每月在捐" in page
    assert "2026年12月23日" in page
    assert visitor.client.get(link.group()).headers["Cache-Control"] == "no-store"


def test_a_way_to_pay_that_cannot_charge_each_month_is_refused_kindly(visitor, number):
    page = choose(visitor, number, gateway="bank_transfer", status=422)
    assert "每月捐只能用银行卡付" in page
    assert stage.MAIL in page.html


def test_amount_pause_card_and_stop_from_the_page(app, visitor, begun):
    address, _public_id = begun
    visitor.open(address)
    assert "金额没有看懂" in visitor.submit({"amount-amount": "abc"}, form="amount", status=422)
    assert "¥88.00" in visitor.submit({"amount-amount": "88"}, form="amount")
    assert "暂停中" in visitor.submit(form="pause")
    assert "每月在捐" in visitor.submit(form="resume")
    visitor.submit(form="card")
    assert "您的每月捐赠" in visitor.submit({"card": "5555"}, form="sandbox-card", button="succeed")
    assert "已经停止，以后不会再扣钱" in visitor.submit(form="stop-form")
    told = [each.kind.removeprefix("giving.monthly_") for each in letters(app, stage.MAIL)][1:]
    assert told == ["changed", "paused", "resumed", "card", "stopped"]
    assert visitor.client.post(f"{address}/pause").status_code == 400, "without its token a form is refused"


def test_what_is_stopped_or_not_there_is_told(app, visitor, begun):
    address, _public_id = begun
    visitor.open(address)
    form = visitor.page.form("pause", set(), None).values()
    visitor.submit(form="stop-form")
    assert visitor.client.post(f"{address}/pause", data=form).status_code == 409
    visitor.open("/monthly/nonsense", status=404)


def test_history_lists_monthly_gifts_and_marks_their_months(app, visitor, begun, clock):
    with app.app_context():
        months.live(31, clock)
    visitor.open("/gifts/find")
    visitor.submit({"email": stage.MAIL})
    link = re.search(r"/gifts/history/\S+", letters(app)[-1].body)
    page = visitor.open(link.group())
    assert "捐了 2 个月" in page
    assert page.text.count("每月捐的") == 2


def test_the_desk_lists_filters_and_stops_with_a_reason(app, visitor, begun, clock):
    clock.advance(timedelta(minutes=1))
    with app.app_context():
        person = cast.person(Role.FINANCE)
    desk = sign_in(visitor, person)
    assert "每月 ¥50.00" in desk.open("/admin/giving/monthly?state=active")
    assert stage.MAIL not in desk.page.html
    for wanted in ("state=paused", "q=nobody@example.org", "q=0000"):
        assert "没有符合条件的每月捐赠" in desk.open(f"/admin/giving/monthly?{wanted}")
    with app.app_context():
        [first] = months.gifts_of(begun[1])
    for wanted in (stage.MAIL.upper(), first.number):
        assert "每月 ¥50.00" in desk.open(f"/admin/giving/monthly?q={wanted}")
        assert "替捐赠人停止" in desk.page
    desk.open("/admin/giving/monthly")
    assert "请写下原因" in desk.submit(form="/stop")
    assert "已停止" in desk.submit({"reason": "来电要求"}, form="/stop")
    assert letters(app)[-1].kind == "giving.monthly_stopped"


def test_english_page_has_its_words(new_visitor, begun):
    page = new_visitor("en").open(begun[0])
    assert "A Warm Winter" in page
    assert "Your monthly gift" in page
