"""A grid worker with a phone sits down with a family, files its wish, and weeks later brings the thing to its door."""

from datetime import date

import pytest

from portal.accounts.rules import Role
from portal.handover.rules import Answer
from tests import cast
from tests.intake.office import BLUE, centre_named
from tests.journeys.office import Case
from tests.journeys.people import FAMILY_CODE, WISH_NUMBER, Family
from tests.journeys.steps import PHONE, sign_in
from tests.journeys.walker import Walker
from tests.spreadsheets.samples import id_number

pytestmark = [pytest.mark.browser, pytest.mark.only_on("sqlite")]

NAME, TELEPHONE, ADDRESS = "司徒秀兰", "13912345678", "青石东小区77号楼3单元1906"
FIELDS = {
    "心愿人姓名": NAME,
    "身份证号": id_number(date(1948, 2, 29), 112),
    "联系电话": TELEPHONE,
    "家庭住址": ADDRESS,
    "心愿物品": "血压计",
    "规格尺码": "上臂式，大字",
    "单价（元）": "180",
    "心愿理由": "秀兰阿姨一个人住，想天天量一量",
}


def file_wish(worker: Walker) -> tuple[str, str]:
    """Fill in the form beside the family, keep it as a draft on the way, and return number and code of the slip."""
    go_to(worker, "帮家庭填心愿")
    for label, value in FIELDS.items():
        worker.fill(label, value)
    worker.select("困难类别", "特困人员")
    worker.select("社区和网格", "青石东社区 第1网格")
    worker.press("先存草稿")
    go_to(worker, "帮家庭填心愿")
    worker.follow("血压计", exact=False)
    for question, answer in {"匿名公开心愿": "同意", "告诉送货的网格员": "同意", "拍照留存": "不同意"}.items():
        worker.tick(answer, under=question)
    worker.tick("心愿人本人")
    worker.tick("当面念过，口头答复")
    worker.press("下一步，核对一遍")
    assert ADDRESS in worker.text
    worker.press("交给服务中心，出小票")
    slip = worker.page.locator(".slip").inner_text()
    assert worker.page.locator(".slip svg").count()
    assert NAME not in slip
    worker.follow("返回")
    return WISH_NUMBER.findall(slip)[0], FAMILY_CODE.findall(slip)[0]


def bring(worker: Walker, code: str) -> None:
    """Open the address at the way's beginning and hand the thing over at the door."""
    go_to(worker, "送货上门")
    worker.follow("去送", exact=False)
    assert ADDRESS not in worker.page.content()
    worker.press("打开住址和电话（会记下来）")
    assert ADDRESS in worker.text
    worker.follow("送到了，交给家庭")
    worker.fill("家庭的取货码", code)
    worker.press("已经交给家庭")


def go_to(worker: Walker, entry: str) -> None:
    """Choose from the folded menu of the desk."""
    worker.open("/admin")
    worker.unfold("工作台栏目")
    worker.follow(entry)


def test_a_grid_worker_files_for_a_family_and_brings_the_goods(app, clock, office, live_server, new_page):
    with app.app_context():
        reporter = cast.person(Role.NEED_REPORTER, at=centre_named(BLUE), name="梁巡")
    worker = Walker(app, new_page(width=PHONE, has_touch=True))
    sign_in(worker, reporter.email, clock)
    number, code = file_wish(worker)
    office.families.append({"name": NAME, "id_number": FIELDS["身份证号"], "phone": TELEPHONE, "address": ADDRESS})
    case = Case(number, Family(office.somebody(office.at_home), code))

    office.publish_all()
    pledger = office.pledger()
    pledger.pledge_as_guest(app, number)
    office.clerk.receive(pledger.drop_off_code(number))
    case.family.ask_to_bring("下午在家")
    office.clerk.send_home(number, reporter.id)
    bring(worker, case.family.pick_up_code())

    case.family.say(Answer.RECEIVED)
    office.approver.close(number)
    assert office.state_of(case) == "closed"
