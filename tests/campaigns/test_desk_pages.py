"""The desk: finance writes, files, tells and pays by its pages; another person approves each step."""

import re

import pytest

from portal.accounts.rules import Role
from portal.campaigns.funds import fund_of
from portal.campaigns.queries import find_public_campaign
from portal.campaigns.questions import QuestionKind, ask
from portal.campaigns.service import get_campaign
from portal.campaigns.waiting import list_matters
from tests import cast
from tests.campaigns import stage
from tests.plumbing.sessions import sign_in
from tests.plumbing.visitor import Upload


@pytest.fixture
def desk(app, new_visitor):
    """Return a function that brings somebody with a role to the desk."""

    def bring(role):
        visitor = new_visitor()
        with app.app_context():
            person = cast.person(role)
        sign_in(visitor, person)
        return visitor

    return bring


@pytest.fixture
def finance(desk):
    """Return a browser of somebody of finance."""
    return desk(Role.FINANCE)


@pytest.fixture
def moderator(desk):
    """Return a browser of a moderator."""
    return desk(Role.MODERATOR)


def typed_plan():
    """Return what finance types into the plan's form."""
    values = {name: getattr(stage.PLAN, name) for name in stage.PLAN.__slots__}
    ticks = {"is_emergency": False, "is_wish_fund": False}
    return {name: str(value) for name, value in values.items() if name not in ticks} | ticks | {"target_minor": "800"}


def number_in(address):
    return re.search(r"/admin/campaigns/([0-9A-Z]{10})", address).group(1)


def test_campaign_is_written_filed_and_opened_by_two_people(app, clock, finance, moderator):
    finance.open("/admin/campaigns/new")
    finance.submit(typed_plan() | {"starts_on": "2026-12-10"})
    number = number_in(finance.page.address)
    lines = {"lines-0-name": "被子", "lines-0-name_en": "Quilts", "lines-0-amount": "６００．５"}
    aim = {"aims-0-name": "送完", "aims-0-name_en": "All there", "aims-0-due_on": "2027-01-15"}
    assert "请填写这一项" in finance.submit(lines | aim | {"lines-0-unit_name": "一床被子"}, status=422)
    finance.submit({"lines-0-unit_name_en": "a quilt", "lines-0-unit": "60"})
    assert "¥600.50" in finance.page
    finance.open(f"/admin/campaigns/{number}/filing")
    told = {"filing_no": "A2026001", "platform_name": "平台", "platform_name_en": "Platform"}
    page = finance.submit(told | {"filed_on": "2026-12-01", "platform_url": "platform.example.org/1"}, status=422)
    assert "要以 https:// 开头" in page
    page = finance.submit({"platform_url": "https://platform.example.org/1"}, status=422)
    assert "备案要在开始日期的 10 天以前" in page
    finance.submit({"filed_on": "2026-11-20"})
    assert "等另一位同事核对以后批准" in finance.page
    moderator.open(f"/admin/campaigns/{number}/decision")
    moderator.submit({}, button="核对无误，批准开放")
    with app.app_context():
        assert find_public_campaign(number) is not None


def test_draft_keeps_what_is_typed_and_says_what_is_wrong(finance):
    finance.open("/admin/campaigns/new")
    page = finance.submit({"title": "", "story": "写到一半", "target_minor": "很多"}, status=422)
    assert "请填写这一项" in page
    assert "请填一个数字，单位是元" in page
    assert "写到一半" in page.html
    page = finance.submit(
        {"title": "暖冬", "title_en": "Winter", "starts_on": "2026-12-10", "ends_on": "2026-12-01", "target_minor": ""},
        status=422,
    )
    assert "结束日期不能早于开始日期" in page


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ({}, "请至少填一项预算"),
        ({"lines-0-name": "被子"}, "请填写这一项"),
        ({"lines-0-name": "被子", "lines-0-name_en": "Quilts", "lines-0-amount": "-5"}, "请填大于零的金额"),
        ({"lines-0-name": "被子", "lines-0-name_en": "Quilts", "lines-0-amount": "1.005"}, "最小单位是分"),
        ({"lines-0-name": "被子", "lines-0-name_en": "Quilts", "lines-0-amount": "1e999"}, "请填"),
    ],
)
def test_budget_that_cannot_be_taken_is_told_beside_its_cause(app, finance, lines, problem):
    with app.app_context():
        number = stage.draft()
    finance.open(f"/admin/campaigns/{number}/budget")
    empty = {f"lines-{row}-{part}": "" for row in range(2) for part in ("name", "name_en", "amount")}
    assert problem in finance.submit(empty | lines, status=422)


def test_filing_says_what_the_plan_lacks(app, finance):
    with app.app_context():
        number = stage.draft(use="", use_en="")
    page = finance.open(f"/admin/campaigns/{number}/filing")
    assert "款物用途、款物用途（英文）" in page


def test_writer_cannot_approve_and_is_told_kindly(app, desk, new_visitor):
    with app.app_context():
        somebody = cast.person(Role.FINANCE)
        number = stage.filed(somebody.actor)
    writer = new_visitor()
    sign_in(writer, somebody)
    assert "等另一位同事" in writer.open(f"/admin/campaigns/{number}")
    writer.open(f"/admin/campaigns/{number}/decision")
    page = writer.submit({}, button="核对无误，批准开放", status=422)
    assert "要请另一位同事来批准" in page


def test_giving_back_needs_a_reason(app, moderator):
    with app.app_context():
        number = stage.filed()
    moderator.open(f"/admin/campaigns/{number}/decision")
    assert "请写明退回的原因" in moderator.submit({"reason": ""}, button="退回修改", status=422)
    moderator.submit({"reason": "用途太笼统"}, button="退回修改")
    with app.app_context():
        assert get_campaign(number).state == "draft"


def test_news_with_a_picture_goes_public_after_a_second_look(app, finance, moderator, visitor):
    with app.app_context():
        number = stage.opened()
    finance.open(f"/admin/campaigns/{number}/updates/new")
    words = {"title": "到了", "title_en": "There", "body": "一百床。", "body_en": "A hundred."}
    picture = {"pictures-0-file": Upload(stage.picture(), "private name.png")}
    page = finance.submit(words | picture, status=422)
    assert "请写一句话说明照片里有什么" in page
    assert "请确认以后再保存" in page
    said = {"pictures-0-caption": "被子", "pictures-0-caption_en": "Quilts", "has_no_face": True}
    page = finance.submit(words | {"body": "请打 13900001408"} | picture | said, status=422)
    assert "不能公开：" in page
    finance.submit(words | picture | said)
    assert "到了" not in visitor.open(f"/campaigns/{number}")
    moderator.open(f"/admin/campaigns/{number}")
    moderator.follow("到了")
    source = re.search(r'src="(/admin/campaigns/[^"]+\.jpg)"', moderator.page.html).group(1)
    assert moderator.client.get(source).mimetype == "image/jpeg"
    moderator.submit({}, button="批准公开")
    page = visitor.open(f"/campaigns/{number}")
    assert "到了" in page
    assert "private name" not in page.html


def test_payment_is_asked_approved_and_paid_by_the_pages(app, finance, moderator, visitor):
    with app.app_context():
        number = stage.opened()
        stage.give(number, 100_00)
    finance.open(f"/admin/campaigns/{number}/payments/new")
    asked = {"amount": "150", "purpose": "被子", "purpose_en": "Quilts", "supplier": "家纺店"}
    finance.submit(asked)
    address = finance.page.address
    moderator.open(address)
    page = moderator.submit({}, button="批准", status=422)
    assert "项目资金里能用的只有 ¥100.00，不够 ¥150.00" in page
    finance.submit({}, button="撤回申请")
    finance.open(f"/admin/campaigns/{number}/payments/new")
    finance.submit(asked | {"amount": "99.99"})
    address = finance.page.address
    moderator.open(address)
    moderator.submit({}, button="批准")
    finance.open(f"{address}/pay")
    page = finance.submit({"paid_on": "2026-11-23", "is_redacted": True}, status=422)
    assert "请选一个文件" in page
    files = {"original": Upload(stage.PDF, "a.pdf"), "copy": Upload(stage.picture(), "b.png")}
    finance.submit({"paid_on": "2026-11-23", "is_redacted": True} | files)
    assert "已付款并记账" in finance.page
    assert "¥99.99" in visitor.open(f"/campaigns/{number}/statement")
    with app.app_context():
        assert fund_of(number).held_minor == 1
    voucher = finance.client.get(f"{address}/voucher")
    assert (voucher.mimetype, voucher.data) == ("application/pdf", stage.PDF)
    assert voucher.headers["Content-Disposition"].startswith("attachment")
    assert "查看凭证原件" in finance.open("/admin")


def test_payment_beyond_its_line_or_for_no_wish_is_refused_kindly(app, finance):
    with app.app_context():
        number = stage.opened()
    finance.open(f"/admin/campaigns/{number}/payments/new")
    asked = {"purpose": "被子", "purpose_en": "Quilts", "supplier": "家纺店"}
    assert "这一项预算只剩 ¥600.00" in finance.submit(asked | {"amount": "600.01"}, status=422)
    assert "没有这样的心愿编号" in finance.submit(asked | {"amount": "1", "wish_number": "1234567"}, status=422)


def test_question_is_worded_and_answered_by_the_pages(app, moderator, visitor):
    with app.app_context():
        number = stage.opened()
    visitor.open(f"/campaigns/{number}/ask")
    visitor.submit({"kind": "concern", "body": "电话 13900001408，被子太薄"})
    moderator.open("/admin/campaigns/questions")
    moderator.follow("电话 13900001408，被子太薄")
    assert "不能公开：13900001408" in moderator.submit({}, button="公开这个问题", status=422)
    moderator.submit({"wording": "被子太薄"}, button="公开这个问题")
    assert "被子太薄" in visitor.open(f"/campaigns/{number}")
    moderator.follow("被子太薄")
    moderator.submit({"answer": "换了厚的"}, button="公开答复")
    assert "换了厚的" in visitor.open(f"/campaigns/{number}")


def test_figures_of_a_year_are_written_and_published_by_two(finance, moderator, visitor):
    finance.open("/admin/foundation-years")
    page = finance.submit({"year": "2025", "income": "100", "spent": "70", "management": "71"}, status=422)
    assert "不会比它多" in page
    finance.submit({"management": "7"})
    assert "等同事核对" in finance.page
    moderator.open("/admin/foundation-years")
    moderator.submit({}, button="核对无误，公布")
    assert "管理费用占支出 10%" in visitor.open("/campaigns/statement")


def test_year_that_nobody_wrote_is_not_there(moderator):
    token = moderator.open("/admin/foundation-years").forms[0].values()["csrf_token"]
    assert moderator.client.post("/admin/foundation-years/2031", data={"csrf_token": token}).status_code == 404


def test_campaign_is_paused_ended_and_corrected_by_the_pages(app, finance, visitor):
    with app.app_context():
        number = stage.opened()
    finance.open(f"/admin/campaigns/{number}/acts/pause")
    assert "请写明原因" in finance.submit({"note": "核账"}, status=422)
    finance.submit({"note": "核账", "note_en": "Checking the books"})
    assert "核账" in visitor.open(f"/campaigns/{number}")
    finance.open(f"/admin/campaigns/{number}/acts/resume")
    finance.submit({}, button="恢复收款")
    finance.open(f"/admin/campaigns/{number}/corrections/summary")
    assert "没有什么要更正" in finance.submit({"note": "改", "note_en": "Change"}, status=422)
    finance.submit({"text": "送一床厚被子。", "note": "少了一个字", "note_en": "A missing word"})
    assert "少了一个字" in visitor.open(f"/campaigns/{number}")
    finance.open(f"/admin/campaigns/{number}")
    finance.follow("调整")
    finance.submit({"amount": "700.50", "note": "涨价了", "note_en": "Prices rose"})
    assert "涨价了" in visitor.open(f"/campaigns/{number}")
    finance.open(f"/admin/campaigns/{number}/acts/end")
    assert "请写明原因" in finance.submit({"reason": ""}, status=422)
    finance.submit({"reason": "够了"})
    assert "募捐已结束" in visitor.open(f"/campaigns/{number}")


def test_second_press_finds_that_it_is_done(app, finance, moderator):
    with app.app_context():
        number = stage.filed()
    moderator.open(f"/admin/campaigns/{number}/decision")
    moderator.submit({}, button="核对无误，批准开放")
    moderator.open(f"/admin/campaigns/{number}/decision", status=409)
    finance.open(f"/admin/campaigns/{number}/plan", status=409)


def test_supervisor_reads_and_does_nothing(app, desk):
    supervisor = desk(Role.SUPERVISOR)
    with app.app_context():
        told = stage.told_and_paid()
        ask(told["number"], QuestionKind.CONCERN, "住在南涧的张三", None, "zh")
    address = f"/admin/campaigns/{told['number']}"
    page = supervisor.open(address)
    assert "申请付款" not in page
    assert "张三" not in page
    assert "下载凭证原件" not in supervisor.open(f"{address}/payments/{told['payment']}")
    for closed in (f"{address}/payments/{told['payment']}/voucher", "/admin/campaigns/questions"):
        supervisor.open(closed, status=403)
    supervisor.open("/admin/campaigns/new", status=403)


def test_what_waits_in_campaigns_stands_on_the_desk(app, moderator):
    with app.app_context():
        stage.filed()
        stage.request(stage.opened(), 100)
        assert [each.kind for each in list_matters(cast.moderator())] == ["open", "payment"]
        assert list_matters(cast.clerk()) == []
    page = moderator.open("/admin")
    assert "等着批准的募捐项目" in page
    assert "等着批准的付款" in page
