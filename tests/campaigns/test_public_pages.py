"""What everybody sees: the fixed facts, the money, the news, the reports, the questions, and a way to ask."""

from datetime import date, timedelta

import pytest

from portal.campaigns.models import Question
from portal.campaigns.neighbours import Giving, RecentGift, join_giving
from portal.campaigns.pausing import pause_gifts
from portal.db import session
from tests import cast
from tests.campaigns import stage


@pytest.fixture
def shown(app, clock) -> dict[str, str]:
    """Return an open campaign that has news, a report, a payment, a question and a correction."""
    with app.app_context():
        return stage.told_and_paid()


def test_page_of_campaigns_says_that_no_money_is_taken_while_there_are_none(client):
    page = client.get("/campaigns")
    assert page.status_code == 200
    assert "不收任何钱" in page.text
    assert "<form" not in page.text.split("<main", 1)[1].split("</main", 1)[0]


def test_draft_and_filed_campaigns_are_nowhere(app, client):
    with app.app_context():
        hidden = [stage.draft(), stage.filed()]
    assert "暖冬行动" not in client.get("/campaigns").text
    for number in hidden:
        for address in (f"/campaigns/{number}", f"/campaigns/{number}/statement", f"/campaigns/{number}/ask"):
            assert client.get(address).status_code == 404


def test_campaign_shows_every_fact_the_law_asks_for(shown, visitor):
    page = visitor.open(f"/campaigns/{shown['number']}")
    for words in (
        stage.PLAN.purpose,
        stage.PLAN.beneficiaries,
        stage.PLAN.area,
        "2026年11月20日",
        "2027年1月31日",
        stage.PLAN.person_in_charge,
        stage.PLAN.contact,
        stage.PLAN.ways_to_give,
        stage.PLAN.bank_account,
        "购买过冬物品",
        stage.PLAN.fundraising_cost,
        stage.PLAN.surplus_rule,
        stage.PLAN.pf_certificate,
        "53370200MJD0000001A",
        "示范公益平台",
    ):
        assert words in page, words
    assert any(link.address.startswith("https://platform.example.org/") for link in page.links)


def test_campaign_tells_its_money_news_reports_and_questions(shown, visitor):
    page = visitor.open(f"/campaigns/{shown['number']}")
    told = ("被子到了", "进展顺利。", "被子太薄", "换了厚的。", "购买和运送过冬物品", "写清楚一些")
    for words in ("¥500.00", "¥123.45", "¥376.55", *told):
        assert words in page, words
    assert f"/campaigns/{shown['number']}/pictures/{shown['picture']}.jpg" in page.html
    assert f"/campaigns/{shown['number']}/vouchers/{shown['payment']}.jpg" in page.html


def test_campaign_reads_in_english_too(shown, new_visitor):
    page = new_visitor("en").open(f"/campaigns/{shown['number']}")
    for words in (stage.PLAN.title_en, stage.PLAN.purpose_en, "The quilts have come", "All is well.", "Clearer words"):
        assert words in page, words


def test_pictures_and_vouchers_are_drawn_anew(shown, client):
    for address in (f"pictures/{shown['picture']}.jpg", f"vouchers/{shown['payment']}.jpg"):
        answer = client.get(f"/campaigns/{shown['number']}/{address}")
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert answer.data.startswith(b"\xff\xd8\xff")
    assert client.get(f"/campaigns/{shown['number']}/vouchers/{shown['picture']}.jpg").status_code == 404


def test_number_is_found_however_it_is_typed(shown, client):
    answer = client.get(f"/campaigns/{shown['number'].lower()}")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/campaigns/{shown['number']}")


def test_overdue_report_is_shown_to_all_and_stops_the_button(app, clock, visitor):
    with app.app_context():
        number = stage.opened(ends_on=date(2027, 11, 19))
    clock.advance(timedelta(days=93))
    page = visitor.open(f"/campaigns/{number}")
    assert "已经逾期 4 天" in page
    assert "报告逾期" in visitor.open("/campaigns")
    clock.advance(timedelta(days=20))
    assert "补上之前暂停收款" in visitor.open(f"/campaigns/{number}")


def test_pause_and_its_reason_are_shown(app, visitor):
    with app.app_context():
        number = stage.opened()
        pause_gifts(cast.moderator(), number, "正在核对账目", "The books are being checked")
    assert "正在核对账目" in visitor.open(f"/campaigns/{number}")


def test_gifts_of_giving_are_shown_as_donors_chose(app, shown, visitor):
    gifts = (RecentGift(None, "小林"), RecentGift(date(2026, 11, 21), "林先生", 50_00, "加油", "母亲"))
    join_giving(app, Giving(lambda number, limit: gifts, lambda number: 2, lambda number: f"/give/{number}"))
    page = visitor.open(f"/campaigns/{shown['number']}")
    for words in ("小林", "不公开金额的捐赠人", "林先生", "¥50.00", "加油", "以母亲的名义", "一共 2 笔"):
        assert words in page, words
    assert f"/give/{shown['number']}" in page.html


def test_wish_fund_says_what_happens_to_a_surplus(app, visitor):
    with app.app_context():
        number = stage.opened(is_wish_fund=True)
    page = visitor.open(f"/campaigns/{number}")
    assert "心愿基金怎样用" in page
    assert stage.PLAN.surplus_rule in page


def test_anybody_asks_without_an_account_and_staff_read_it_first(app, shown, visitor):
    visitor.open(f"/campaigns/{shown['number']}/ask")
    page = visitor.submit({"kind": "question", "body": "还差多少？", "email": "Asker@example.org"})
    assert "收到了，谢谢您" in page
    assert "还差多少" not in page
    with app.app_context():
        asked = session().query(Question).filter_by(status="waiting").one()
        assert (asked.body, asked.contact) == ("还差多少？", "asker@example.org")


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"kind": "question", "body": ""}, "请填写这一项"),
        ({"body": "还差多少？"}, "请选一项"),
        ({"kind": "question", "body": "还差多少？", "email": "not an address"}, "这个邮箱地址看不懂"),
        ({"kind": "question", "body": "多" * 601}, "太长了"),
    ],
)
def test_question_that_cannot_be_taken_is_kept_in_the_form(app, shown, visitor, values, problem):
    visitor.open(f"/campaigns/{shown['number']}/ask")
    page = visitor.submit(values, status=422)
    assert problem in page
    assert values["body"] in page.html
    with app.app_context():
        assert session().query(Question).filter_by(status="waiting").count() == 0


def test_questions_of_one_place_are_limited(shown, visitor):
    for _each in range(30):
        visitor.open(f"/campaigns/{shown['number']}/ask")
        visitor.submit({"kind": "question", "body": "还差多少？"})
    visitor.open(f"/campaigns/{shown['number']}/ask")
    visitor.submit({"kind": "question", "body": "还差多少？"}, status=429)
