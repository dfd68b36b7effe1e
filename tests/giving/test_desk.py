"""The desk of finance: the table and its file, refunds, what is held, official receipts, donors' words."""

import csv
import io
from dataclasses import replace

import pytest

from portal.accounts.rules import Role
from portal.codes import gift_check_code
from portal.giving.absorbing import Source, absorb
from portal.giving.making import Words
from portal.giving.recent_gifts import list_recent_gifts
from portal.giving.rules import Visibility
from tests import cast
from tests.campaigns import stage as campaigns
from tests.giving import stage
from tests.pledges.letterbox import letters, link_in
from tests.plumbing.sessions import sign_in


@pytest.fixture
def number(app):
    """Return an open campaign."""
    with app.app_context():
        return campaigns.opened()


@pytest.fixture
def finance(app, visitor):
    """Return somebody of finance at their desk."""
    with app.app_context():
        person = cast.person(Role.FINANCE)
    return sign_in(visitor, person)


def given(app, number, minor=5_000, **chosen):
    with app.app_context():
        return stage.give(number, minor, **chosen)


def test_table_finds_filters_and_is_taken_out_without_contacts(app, finance, number):
    public_id = given(app, number)
    with app.app_context():
        stage.intend(number, 777)
        gift_number = stage.gift_row(public_id).number
    assert "¥50.00" in finance.open(f"/admin/giving?q={stage.MAIL.upper()}&state=succeeded")
    assert "¥7.77" not in finance.page
    assert "符合条件的有 1 笔" in finance.open(f"/admin/giving?q={gift_number}")
    assert "没有符合条件的捐赠" in finance.open("/admin/giving?since=2030-01-01")
    answer = finance.client.get("/admin/giving/export.csv")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert [row[3] for row in rows[1:]] == ["7.77", "50.0"]
    assert "@" not in answer.get_data(as_text=True)
    assert finance.client.get("/admin/giving/export.xlsx").data[:2] == b"PK"


def test_refund_from_the_desk_once_and_never_too_much(app, finance, number):
    public_id = given(app, number)
    finance.open(f"/admin/giving/gifts/{public_id}")
    page = finance.submit({"refund-amount": "60", "refund-note": "付错了"}, form="refund-form", status=422)
    assert "最多还能退 ¥50.00" in page
    finance.submit({"refund-amount": "20", "refund-note": "付错了"}, form="refund-form")
    with app.app_context():
        assert stage.gift_row(public_id).state == "partly_refunded"
        assert stage.book(number)["refunded"] == 2_000


def test_donor_asks_for_a_refund_and_finance_answers(app, finance, new_visitor, number):
    public_id = given(app, number)
    donor = new_visitor()
    donor.open(_page(app, public_id))
    assert "您已经申请退款" in donor.submit({"refund-words": "多付了"}, form="refund")
    assert "多付了" in finance.open(f"/admin/giving/gifts/{public_id}")
    assert "捐赠" in finance.open("/admin/giving?wants=refund")
    finance.open(f"/admin/giving/gifts/{public_id}")
    finance.submit({"refuse-reason": "已经花在项目上"}, form="refuse-refund")
    assert "已经花在项目上" in donor.open(_page(app, public_id))


def _page(app, public_id):
    with app.app_context():
        return stage.page_of(public_id)


def test_official_receipt_is_asked_for_issued_voided_and_issued_anew(app, finance, new_visitor, number):
    public_id = given(app, number)
    donor = new_visitor()
    donor.open(_page(app, public_id))
    donor.submit({"receipt-title": "海风书店", "receipt-tax_number": "91370212MA3C00001X"}, form="official-receipt")
    for serial in ("10000001", "10000002"):
        finance.open(f"/admin/giving/gifts/{public_id}")
        numbers = {"receipt_code": "37020125", "receipt_no": serial, "check_code": "abc123", "issued_on": "2026-11-23"}
        finance.submit({f"issue-{name}": value for name, value in numbers.items()}, form="issue")
        assert serial in donor.open(_page(app, public_id))
        if serial == "10000001":
            finance.submit({"void-reason": "抬头写错", "reissue": True}, form="void")
    assert [each.kind for each in letters(app)][1:] == ["giving.receipt_issued"] * 2


def test_what_is_held_is_returned_or_set_aside_with_a_reason(app, finance, number):
    with app.app_context():
        for minor in (1_000, 2_000):
            ref = stage.start(stage.intend(number, minor))
            stage.provider().pay(ref, stage.CARD, app.extensions["portal.clock"].now())
            seen = stage.seen(ref)
            absorb(Source("sandbox", livemode=False), replace(seen, currency="USD"))
    page = finance.open("/admin/giving/holds")
    assert "币种和捐赠单不一致" in page
    finance.submit(form="holds/1", button="原路退回")
    assert "请写下原因" in finance.page
    finance.submit({"reason": "付错币种"}, form="holds/1", button="原路退回")
    assert "已经原路退回" in finance.page
    finance.submit({"reason": "测试"}, form="holds/2", button="aside")
    assert "没有对不上的款项" in finance.page
    with app.app_context():
        assert stage.provider().book()["refunded"] == 1_000


def test_words_are_seen_by_nobody_before_a_moderator_read_them(app, new_visitor, number):
    words = Words(Visibility.SHOWN, Visibility.SHOWN, "小林", "加油", "外婆")
    given(app, number, words=words)
    given(app, number)
    with app.app_context():
        moderator = cast.person(Role.MODERATOR)
        before = list_recent_gifts(number, 5)
    assert [(each.name, each.amount_minor, each.message) for each in before] == [(None, 5_000, None)]
    desk = sign_in(new_visitor(), moderator)
    assert "小林" in desk.open("/admin/giving/words")
    desk.submit(button="可以公开")
    page = new_visitor().open(f"/campaigns/{number}")
    assert "小林" in page
    assert "加油" in page
    assert "以外婆的名义" in page


def test_confirmation_says_what_it_is_not_and_can_be_checked(app, visitor, number):
    public_id = given(app, number)
    page = visitor.open(_page(app, public_id) + "/receipt")
    assert "不是捐赠票据" in page
    with app.app_context():
        gift_number = stage.gift_row(public_id).number
        assert gift_number
        code = gift_check_code(gift_number)
    visitor.open("/gifts/check")
    assert "是我们开的" in visitor.submit({"number": gift_number.lower(), "check_code": code})
    assert "对不上" in visitor.submit({"number": gift_number, "check_code": "00000000"}, status=422)


def test_history_comes_by_mail_and_tells_a_stranger_nothing(app, visitor, number):
    given(app, number)
    for address, count in (("nobody@example.org", 1), (stage.MAIL, 2)):
        visitor.open("/gifts/find")
        assert "如果这个邮箱有捐赠" in visitor.submit({"email": address})
        assert len(letters(app)) == count
    assert "暖冬行动" in visitor.open(link_in(letters(app)[-1]))
