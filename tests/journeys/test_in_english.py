"""Who reads English finds, pledges and follows a wish on the same pages, and a family reads its own in English too."""

import re

import pytest

from tests.journeys.people import PICK_UP_CODE
from tests.journeys.steps import (
    PHONE,
    confirm_by_mail,
    deliver,
    find_and_pledge,
    open_family_page,
    say_received,
)
from tests.journeys.walker import Walker

pytestmark = [pytest.mark.browser, pytest.mark.only_on("postgresql")]

ITEM = "Microscope for children"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
CHINESE_NAMES = {"和风路1号", "青石服务中心", "中文"}
"""What stays Chinese on an English page: an address, as it must be said to a driver, and the way to the other page."""


def test_an_english_reader_pledges_and_a_family_follows(app, office, live_server, mailbox, new_page):
    [case] = office.bring({"item": "儿童显微镜", "size": "1200倍", "quantity": 1, "unit_price": 260})
    office.clerk.verify_all()
    office.writer.write(case.number, item_en=ITEM, size_en="1200x", reason_en="Loves to look at leaves closely")
    office.approver.approve(case.number)
    donor = Walker(app, new_page(width=PHONE, language="en", has_touch=True), "en")
    family = Walker(app, new_page(width=PHONE, language="en", has_touch=True), "en")

    find_and_pledge(donor, case.number, ITEM, "microscope")
    drop_off = confirm_by_mail(app, mailbox, donor, ITEM)
    pledge_page = donor.path
    office.clerk.receive(drop_off)
    open_family_page(family, case.family.code)
    office.clerk.hand_over(PICK_UP_CODE.findall(family.text)[0])
    family.open("/family/wish")
    say_received(family)
    office.approver.close(case.number)
    donor.open(pledge_page)
    assert donor.reads("谢谢您")

    deliver(app)
    assert len(mailbox.mails) == 6
    assert not [mail["Subject"] for mail in mailbox.mails if CHINESE.search(mail["Subject"] + mail.get_content())]
    assert donor.page.locator("html").get_attribute("lang") == "en"
    assert (donor.untranslated | family.untranslated) - CHINESE_NAMES == set()
