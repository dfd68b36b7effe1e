"""Giving as a visitor does it: the facts first, one form, the sandbox's page, the private page afterwards."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.db import session
from portal.giving.models import Gift, Payment
from tests.campaigns import stage as campaigns
from tests.giving import stage
from tests.pledges.letterbox import letters, link_in

MAIL = stage.MAIL


@pytest.fixture
def number(app):
    """Return an open campaign."""
    with app.app_context():
        return campaigns.opened()


def rows(app, table=Gift):
    with app.app_context():
        return session().scalars(select(table).order_by(table.id)).all()


def fill(visitor, number, **values):
    """Fill the form and press the button; the visitor then stands on the sandbox's page."""
    visitor.open(f"/campaigns/{number}/give")
    return visitor.submit({"other_amount": "66.60", "email": MAIL} | values, form="give")


def test_facts_the_law_wants_stand_before_the_button(visitor, number):
    page = visitor.open(f"/campaigns/{number}/give")
    text = page.text
    facts = (
        "53370200MJD0000001",
        "剩余的钱转给同类项目并公布",
        "0000 1111 2222 3333",
        "示范公益平台",
        "不超过募得款的百分之二",
    )
    for fact in facts:
        assert text.index(fact) < text.index("去付款")


def test_a_guest_gives_and_gets_a_confirmation(app, visitor, number):
    fill(visitor, number)
    page = visitor.submit(form="sandbox", button="succeed")
    assert "谢谢您" in page
    assert "捐赠确认编号" in page
    [gift] = rows(app)
    assert (gift.amount_minor, gift.state, gift.name_visibility) == (6_660, "succeeded", "hidden")
    [letter] = letters(app, MAIL)
    assert "已经收到" in letter.body
    assert "谢谢您" in visitor.open(link_in(letter))
    with app.app_context():
        assert stage.book(number)["received"] == 6_660


@pytest.mark.parametrize("typed", ["abc", "1.005", "-5", "0", "0.99", "99999999", "1e3", "１２３４５６７８９", "NaN"])
def test_wrong_amount_is_said_beside_the_field_and_nothing_is_written(app, visitor, number, typed):
    visitor.open(f"/campaigns/{number}/give")
    page = visitor.submit({"other_amount": typed, "email": MAIL, "message": "加油"}, form="give", status=422)
    assert "加油" in page.html
    assert rows(app) == []


def test_typed_amount_in_wide_digits_is_understood(app, visitor, number):
    fill(visitor, number, other_amount="￥１，２００．５０元")
    assert rows(app)[0].amount_minor == 120_050


def test_chosen_amount_says_what_it_achieves(app, visitor, number):
    page = visitor.open(f"/campaigns/{number}/give?amount=5000")
    visitor.submit({"email": MAIL}, form="give")
    assert rows(app)[0].amount_minor == 5_000
    assert page.language == "zh-Hans-CN"


def test_form_sent_twice_makes_one_gift_and_one_payment(app, visitor, number):
    visitor.open(f"/campaigns/{number}/give")
    form = visitor.page.form("give", set(), None).values() | {"other_amount": ["10"], "email": [MAIL]}
    first, second = (visitor.client.post(f"/campaigns/{number}/give", data=form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(rows(app)) == len(rows(app, Payment)) == 1


def test_same_form_with_another_amount_keeps_the_first(app, visitor, number):
    visitor.open(f"/campaigns/{number}/give")
    form = visitor.page.form("give", set(), None).values() | {"email": [MAIL]}
    visitor.client.post(f"/campaigns/{number}/give", data=form | {"other_amount": ["10"]})
    answer = visitor.client.post(
        f"/campaigns/{number}/give", data=form | {"other_amount": ["900"]}, follow_redirects=True
    )
    assert "金额以那一次为准" in answer.text
    assert [gift.amount_minor for gift in rows(app)] == [1_000]


def test_failure_is_said_and_can_be_tried_again(app, visitor, number):
    fill(visitor, number)
    page = visitor.submit(form="sandbox", button="fail")
    assert "这次没有付成功" in page
    visitor.submit(form="pay")
    assert "谢谢您" in visitor.submit(form="sandbox", button="succeed")
    assert [payment.state for payment in rows(app, Payment)] == ["failed", "succeeded"]


def test_second_step_may_be_passed_or_failed(visitor, number):
    fill(visitor, number)
    visitor.submit(form="sandbox", button="step")
    assert "没有通过银行的验证" in visitor.submit(form="step", button="fail")
    visitor.submit(form="pay")
    visitor.submit(form="sandbox", button="step")
    assert "谢谢您" in visitor.submit(form="step", button="succeed")


def test_leaving_keeps_the_gift_and_the_same_pay_page(app, visitor, number):
    pay_page = fill(visitor, number).address
    page = visitor.submit(form="sandbox", button="leave")
    assert "您没有付款，也没有扣钱" in page
    assert visitor.submit(form="pay").address == pay_page
    assert len(rows(app, Payment)) == 1


def test_late_bank_is_waited_for_and_not_paid_twice(app, visitor, number, clock):
    fill(visitor, number)
    page = visitor.submit(form="sandbox", button="late")
    assert "银行还在处理" in page
    assert not [form for form in page.forms if form.action.endswith("/pay")]
    clock.advance(timedelta(minutes=3))
    with app.app_context():
        stage.provider().settle_due(clock.now())
    stage.deliver(app)
    assert "谢谢您" in visitor.open(page.address)


def test_two_windows_pay_one_payment(app, visitor, new_visitor, number):
    pay_page = fill(visitor, number).address
    other = new_visitor()
    other.open(pay_page)
    other.submit(form="sandbox", button="succeed")
    page = visitor.submit(form="sandbox", button="succeed")
    assert "谢谢您" in page
    with app.app_context():
        assert stage.book(number)["received"] == 6_660
        assert session().scalar(select(func.count(Payment.id))) == 1


def test_campaign_outside_its_dates_takes_nothing(app, visitor, number, clock):
    visitor.open(f"/campaigns/{number}/give")
    form = visitor.page.form("give", set(), None).values() | {"other_amount": ["10"], "email": [MAIL]}
    clock.set(clock.now().replace(year=2027, month=6))
    answer = visitor.client.post(f"/campaigns/{number}/give", data=form)
    assert answer.status_code == 409
    assert "现在不收捐款" in answer.text
    assert rows(app) == []
    visitor.open("/campaigns/NOSUCH/give", status=404)


def test_english_page_has_no_chinese_words(new_visitor, number):
    page = new_visitor("en").open(f"/campaigns/{number}/give")
    assert "A Warm Winter" in page
    assert page.language == "en"
