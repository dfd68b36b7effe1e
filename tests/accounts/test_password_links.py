"""Passwords chosen by a link sent by mail, and changed by who knows the present one."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts.models import MailLink
from portal.accounts.rules import Grant, Role
from portal.accounts.service import add_person
from portal.db import session
from tests import cast
from tests.pledges.letterbox import kinds, letters, link_in
from tests.plumbing.sessions import sign_in

NEW = "three quiet herons 42"


@pytest.fixture
def clerk(app):
    """Return a clerk."""
    with app.app_context():
        return cast.person(Role.CENTRE_CLERK, at=cast.centre(), name="陆秋")


def ask_for_link(visitor, email):
    """Say that the password is forgotten."""
    visitor.open("/login/forgotten")
    return visitor.submit({"email": email})


def test_forgetful_person_gets_a_link_and_chooses_another_password(app, visitor, clerk):
    ask_for_link(visitor, clerk.email)
    page = visitor.open(link_in(letters(app, clerk.email)[-1]))
    assert "陆秋" in page
    page = visitor.submit({"password": NEW})
    assert "密码已设好" in page
    visitor.submit({"email": clerk.email, "password": NEW})
    assert visitor.client.get("/account").status_code == 200
    assert kinds(app, clerk.email) == ["password-link", "password-changed"]


def test_answer_is_the_same_for_an_address_nobody_has(app, new_visitor, clerk):
    known = ask_for_link(new_visitor(), clerk.email).text.replace(clerk.email, "")
    unknown = ask_for_link(new_visitor(), "nobody@example.org").text.replace("nobody@example.org", "")
    assert known == unknown
    assert letters(app, "nobody@example.org") == []
    with app.app_context():
        assert session().scalar(select(func.count()).select_from(MailLink)) == 2


def test_link_works_once(app, visitor, clerk):
    ask_for_link(visitor, clerk.email)
    address = link_in(letters(app, clerk.email)[-1])
    visitor.open(address)
    visitor.submit({"password": NEW})
    assert "这个链接不能用了" in visitor.open(address, status=410)


def test_link_expires_after_two_hours(app, visitor, clerk, clock):
    ask_for_link(visitor, clerk.email)
    address = link_in(letters(app, clerk.email)[-1])
    clock.advance(timedelta(minutes=119))
    visitor.open(address)
    clock.advance(timedelta(minutes=1))
    visitor.open(address, status=410)


def test_older_links_are_void_once_a_password_was_set(app, visitor, clerk):
    ask_for_link(visitor, clerk.email)
    ask_for_link(visitor, clerk.email)
    first, second = [link_in(letter) for letter in letters(app, clerk.email)]
    visitor.open(second)
    visitor.submit({"password": NEW})
    visitor.open(first, status=410)


def test_forged_link_opens_nothing(app, visitor, clerk):
    ask_for_link(visitor, clerk.email)
    address = link_in(letters(app, clerk.email)[-1])
    for forged in (
        address[:-1] + ("0" if address[-1] != "0" else "1"),
        "/password/x",
        "/password/ABCDEFGHJK-",
        "/password/%E5%BF%83",
    ):
        visitor.open(forged, status=410)


def test_outbox_key_does_not_hold_the_secret(app, visitor, clerk):
    ask_for_link(visitor, clerk.email)
    letter = letters(app, clerk.email)[-1]
    assert link_in(letter).rpartition("-")[2] not in letter.dedupe_key


def test_weak_password_is_refused_beside_its_field_and_the_link_stays_good(app, visitor, clerk):
    ask_for_link(visitor, clerk.email)
    visitor.open(link_in(letters(app, clerk.email)[-1]))
    assert "至少要 12 个字" in visitor.submit({"password": "short"}, status=422)
    assert "太容易猜到" in visitor.submit({"password": "password1234"}, status=422)
    visitor.submit({"password": NEW})


def test_fourth_link_within_the_hour_must_wait(visitor, clerk):
    for _ in range(3):
        ask_for_link(visitor, clerk.email)
    visitor.open("/login/forgotten")
    assert "请过 60 分钟再试" in visitor.submit({"email": clerk.email}, status=429)


def test_new_person_is_welcomed_with_a_link_in_their_language(app, new_visitor):
    with app.app_context():
        grants = {Grant(Role.SUPERVISOR)}
        add_person(cast.administrator(), "Ada Lin", "ada@example.org", grants=grants, locale="en")
    letter = letters(app, "ada@example.org")[-1]
    assert letter.kind == "welcome"
    visitor = new_visitor("en")
    visitor.open(link_in(letter))
    visitor.submit({"password": NEW})
    visitor.submit({"email": "ada@example.org", "password": NEW})
    assert visitor.client.get("/admin/audit").status_code == 200


def test_changing_the_password_ends_all_other_sessions(app, visitor, new_visitor, clerk):
    elsewhere = sign_in(new_visitor(), clerk)
    assert elsewhere.client.get("/account").status_code == 200
    sign_in(visitor, clerk).open("/account/password")
    page = visitor.submit({"present": cast.PASSWORD, "password": NEW})
    assert "密码已更改" in page
    assert page.address == "/account"
    assert elsewhere.client.get("/account").status_code == 302
    assert kinds(app, clerk.email) == ["password-changed"]


def test_present_password_is_asked_for_and_guessing_it_is_stopped(visitor, clerk):
    sign_in(visitor, clerk)
    visitor.open("/account/password")
    for _ in range(6):
        assert "现在的密码不对" in visitor.submit({"present": "wrong", "password": NEW}, status=422)
    assert "请过 15 分钟再试" in visitor.submit({"present": cast.PASSWORD, "password": NEW}, status=422)
