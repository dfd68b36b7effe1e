"""One wish from a community's list to its end in a real browser: staff at a desk, everybody else with a phone."""

from datetime import date

import pytest
from flask import Flask

from portal.accounts.rules import Role
from tests import cast
from tests.intake.office import BLUE, at_centre, build_district, centre_named
from tests.journeys.people import FAMILY_CODE, PICK_UP_CODE, WISH_NUMBER
from tests.journeys.steps import (
    DESK,
    PHONE,
    PLEDGER,
    confirm_by_mail,
    deliver,
    find_and_pledge,
    open_family_page,
    say_received,
    sign_in,
)
from tests.journeys.walker import Walker
from tests.journeys.witness import Witness
from tests.pledges.letterbox import letters
from tests.spreadsheets.samples import OTHER_HEADERS, as_grid, as_xlsx, id_number, widened, wish_line

pytestmark = [pytest.mark.browser, pytest.mark.only_on("sqlite")]

ITEM = "儿童显微镜"
FAMILY = {
    "name": "司空望舒",
    "id_number": id_number(date(2013, 3, 8), 77),
    "guardian": "司空慕白",
    "phone": "13912345678",
    "address": "青石东小区77号楼3单元1906",
    "reason": "望舒的爸爸去年在栖霞医院动了手术，她想当医生",
}
"""Who must stay unknown to everybody outside; the spellings are found nowhere else."""
SECRETS = (*FAMILY.values(), "望舒", "慕白", "栖霞", "77号楼")


@pytest.fixture
def staff(app: Flask) -> dict[str, str]:
    """A clerk and two moderators, by their mail addresses."""
    with app.app_context():
        build_district()
        return {
            "clerk": cast.person(Role.CENTRE_CLERK, at=centre_named(BLUE), name="周文").email,
            "writer": cast.person(Role.MODERATOR, name="何写").email,
            "approver": cast.person(Role.MODERATOR, name="孙批").email,
        }


def community_list() -> bytes:
    """Return the list in which the family stands fifth, typed as such lists are."""
    lines = [wish_line(number, seed=5) for number in range(1, 13)]
    lines[4] |= FAMILY | {"item": ITEM, "size": "1200倍", "quantity": 1, "unit_price": 260, "group": "困境儿童"}
    lines[4] |= {"gender": "男" if int(FAMILY["id_number"][16]) % 2 else "女"}
    lines = [widened(line | {"consent_publish": "是"}) for line in lines]
    return as_xlsx(as_grid(at_centre(BLUE, lines), OTHER_HEADERS, ("微心愿征集表", "填报单位：青石东社区", "")))


def take_list_in(clerk: Walker) -> tuple[str, str]:
    """Hand the list in, print the slips, and return number and code as they stand on the family's paper."""
    clerk.follow("导入心愿表")
    clerk.page.locator("input[type=file]").set_input_files(
        {"name": "青石东社区.xlsx", "mimeType": "application/octet-stream", "buffer": community_list()}
    )
    clerk.press("读一读这份表")
    assert "12个心愿可以收进来。" in clerk.text
    assert FAMILY["name"] not in clerk.page.content()
    clerk.press("收进12个心愿")
    clerk.press("打印小票")
    clerk.page.emulate_media(media="print")
    slip = clerk.page.locator(".slip", has_text=ITEM).inner_text()
    clerk.page.emulate_media(media="screen")
    clerk.follow("返回")
    return WISH_NUMBER.findall(slip)[0], FAMILY_CODE.findall(slip)[0]


def verify(clerk: Walker) -> None:
    """Find the wish on the desk and verify it."""
    clerk.follow("我的工作台")
    clerk.follow("待核实", exact=False)
    clerk.follow(ITEM)
    clerk.follow("去核实")
    clerk.tick("核实通过，交给审核员写公开文字")
    clerk.press("记下决定")
    assert "已记下：" in clerk.text


def write_text(writer: Walker) -> None:
    """Write the public text; what would give the family away is found before it is saved."""
    writer.follow("公开文字")
    writer.follow(ITEM)
    assert FAMILY["reason"] in writer.text
    writer.fill("物品或服务（英文）", "Microscope for children")
    writer.fill("尺码规格（英文）", "1200x")
    writer.fill("理由（英文）", "Loves to look at insects and leaves closely")
    writer.fill("理由", "望舒想当医生")
    writer.press("检查")
    assert writer.page.locator("mark", has_text="望舒").count()
    writer.fill("理由", "喜欢观察小虫和树叶")
    writer.press("保存，等人批准")


def approve(approver: Walker) -> None:
    """Approve what the other moderator wrote."""
    approver.follow("公开文字")
    approver.follow("要批准的", exact=False)
    approver.follow(ITEM)
    approver.press("批准公开")


def receive(clerk: Walker, code: str) -> None:
    """Take the goods in at the counter."""
    clerk.follow("收发物品")
    clerk.fill("交货码或取货码", code)
    clerk.press("查一查")
    for check in ("东西、尺码、数量和心愿写的一样", "是新的，没有破损", "在保质期内，合格、安全"):
        clerk.tick(check)
    clerk.press("收下")


def hand_over(clerk: Walker, code: str) -> None:
    """Hand the goods to the family at the counter."""
    clerk.fill("交货码或取货码", code)
    clerk.press("查一查")
    clerk.press("已经交给家庭")


def close(approver: Walker) -> None:
    """Close the wish on the family's yes."""
    approver.follow("我的工作台")
    approver.follow("家庭已确认", exact=False)
    approver.follow(ITEM)
    approver.press("确认办结")


def test_a_wish_goes_its_whole_way(app, clock, live_server, mailbox, new_page, staff):
    outside, at_home = Witness(), Witness()
    clerk, writer, approver = (Walker(app, new_page(width=DESK)) for _person in staff)
    donor = Walker(app, new_page(width=PHONE, has_touch=True), witness=outside)
    family = Walker(app, new_page(width=PHONE, has_touch=True), witness=at_home)

    sign_in(clerk, staff["clerk"], clock)
    number, family_code = take_list_in(clerk)
    verify(clerk)
    sign_in(writer, staff["writer"], clock)
    write_text(writer)
    sign_in(approver, staff["approver"], clock)
    approve(approver)

    find_and_pledge(donor, number, ITEM, "显微镜")
    drop_off = confirm_by_mail(app, mailbox, donor, ITEM)
    pledge_page = donor.path

    receive(clerk, drop_off)
    [message] = letters(app, FAMILY["phone"])
    pick_up = PICK_UP_CODE.findall(message.body)[0]
    open_family_page(family, family_code)
    assert pick_up in family.text
    hand_over(clerk, pick_up)
    family.open("/family/wish")
    say_received(family)
    close(approver)

    donor.open(pledge_page)
    assert donor.reads("谢谢您")
    assert donor.reads("为了保护这个家庭，我们不说他们是谁，也不请他们道谢。这声谢谢，由我们来说。")
    donor.open(f"/wishes/{number}")
    assert donor.reads("已经实现")

    deliver(app)
    assert [mail["To"] for mail in mailbox.mails] == [PLEDGER["mail"]] * 6
    for mail in mailbox.mails:
        outside.see("mail", "\n".join([*map(str, mail.values()), mail.get_content()]))
    log = live_server.log_path.read_text()
    outside.see("log", log)
    assert outside.find(*SECRETS) == []
    assert at_home.find(*PLEDGER.values(), pledge_page) == []
    assert not [word for word in (PLEDGER["mail"], family_code, drop_off, pick_up, pledge_page) if word in log]
