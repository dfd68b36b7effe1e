"""What people do at the portal in a browser, step by step, in either language."""

import re

import pyotp
from flask import Flask

from portal.ticks import send_messages
from tests import cast
from tests.journeys.people import DROP_OFF_CODE
from tests.journeys.walker import Walker
from tests.plumbing.clocks import SharedClock
from tests.plumbing.mailbox import Mailbox

PHONE, DESK = 360, 1440
PLEDGER = {"name": "Lin Xiaoman", "mail": "lin@example.org"}


def sign_in(walker: Walker, email: str, clock: SharedClock) -> None:
    """Sign in, with a code of the authenticator where it is asked for."""
    walker.open("/login")
    walker.fill("邮箱", email)
    walker.fill("密码", cast.PASSWORD)
    walker.press("登录")
    if walker.path.startswith("/login/code"):
        walker.fill("6 位动态口令", pyotp.TOTP(cast.TOTP_SECRET).at(clock.now()))
        walker.press("继续")
    assert walker.path == "/admin"


def find_and_pledge(donor: Walker, number: str, item: str, word: str) -> None:
    """Find the wish by search and by filter, read it, agree to the terms and pledge it."""
    donor.open("/")
    donor.follow("心愿")
    donor.fill("想找什么", word)
    donor.press("查找")
    donor.unfold("更多条件")
    donor.select("物品还是服务", "物品")
    donor.press("按条件看")
    assert "kind=goods" in donor.path
    donor.follow(item)
    assert donor.path == f"/wishes/{number}"
    donor.follow("认领这个心愿")
    donor.fill("邮箱或手机号码", PLEDGER["mail"])
    donor.fill("怎么称呼您", PLEDGER["name"])
    donor.tick("上面的约定我看过了，我同意")
    donor.press("认领")


def confirm_by_mail(app: Flask, mailbox: Mailbox, donor: Walker, item: str) -> str:
    """Confirm by the link of the mail, say that the thing is being got, and return the drop-off code."""
    deliver(app)
    [mail] = mailbox.mails
    assert mail["To"] == PLEDGER["mail"]
    [link] = re.findall(r"https?://\S+", mail.get_content())
    donor.open(link)
    donor.press("确认认领")
    assert item in donor.text
    donor.press("我已联系，正在准备")
    return DROP_OFF_CODE.findall(donor.text)[0]


def deliver(app: Flask) -> None:
    """Send what the outbox holds."""
    with app.app_context():
        send_messages()


def open_family_page(family: Walker, code: str) -> None:
    """Open the page as the picture code of the slip does, which sends the code in no address."""
    family.open(f"/family#{code}")
    assert family.path == "/family"
    family.press("看我家的心愿")


def say_received(family: Walker) -> None:
    """Say that all is well."""
    family.follow("告诉我们：收到了没有")
    family.tick("收到了，没有问题")
    family.press("告诉服务中心")
