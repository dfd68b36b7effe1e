"""Signing in and out by page."""

import time
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from portal.accounts.models import Person
from portal.accounts.rules import Role
from portal.accounts.service import set_enabled
from portal.accounts.signing_in import find_person_by_password
from portal.db import session, transaction
from tests import cast

WRONG = "邮箱或密码不对"


@pytest.fixture
def clerk(app) -> Person:
    """Return a clerk, who needs no second factor."""
    with app.app_context():
        return cast.person(Role.CENTRE_CLERK, at=cast.centre(), name="陆秋")


def try_password(visitor, email, password, status=200):
    """Type a mail address and a password."""
    visitor.open("/login")
    return visitor.submit({"email": email, "password": password}, status=status)


def test_clerk_signs_in_and_arrives_where_they_wanted_to_be(visitor, clerk):
    page = visitor.open("/admin/areas")
    assert page.address == "/login?next=/admin/areas"
    page = visitor.submit({"email": f"  {clerk.email.upper()} ", "password": cast.PASSWORD})
    assert page.address == "/admin/areas"


def test_unknown_wrong_and_shut_out_get_the_same_answer(app, visitor, clerk):
    with app.app_context():
        shut_out = cast.person(Role.CENTRE_CLERK, at=cast.centre())
        set_enabled(cast.administrator(), shut_out.id, False)
    answers = set()
    for email, password in (
        ("nobody@example.org", cast.PASSWORD),
        (clerk.email, "not the right one"),
        (shut_out.email, cast.PASSWORD),
    ):
        page = try_password(visitor, email, password, status=422)
        answers.add(page.text)
        assert WRONG in page
        assert visitor.client.get("/account").status_code == 302
    assert len(answers) == 1


def test_unknown_address_costs_as_much_time_as_a_wrong_password(app, clerk):
    with app.app_context():
        app.config["PORTAL"] = app.config["PORTAL"].model_copy(update={"password_memory_kib": 8192})
        find_person_by_password("nobody@example.org", "x")

        @transaction
        def strengthen():
            session().get_one(Person, clerk.id).password_hash = PasswordHasher(1, 8192, 1).hash(cast.PASSWORD)

        strengthen()
        assert (
            seconds(lambda: find_person_by_password("nobody@example.org", "x"))
            / seconds(lambda: find_person_by_password(clerk.email, "x"))
            > 0.5
        )


def seconds(work) -> float:
    """Return the shortest of several runs, in time of the processor, so that a busy machine does not matter."""
    times = []
    for _ in range(5):
        start = time.thread_time()
        work()
        times.append(time.thread_time() - start)
    return min(times)


def test_typed_address_stays_and_the_password_does_not(visitor, clerk):
    page = try_password(visitor, clerk.email, "my wrong secret", status=422)
    assert f'value="{clerk.email}"' in page.html
    assert "my wrong secret" not in page.html


def test_eleventh_try_on_an_account_must_wait_and_is_told_how_long(visitor, clerk, clock):
    for _ in range(10):
        try_password(visitor, clerk.email, "wrong", status=422)
    page = try_password(visitor, clerk.email, cast.PASSWORD, status=429)
    assert "请过 15 分钟再试" in page
    assert page.headers["Retry-After"] == "900"
    clock.advance(timedelta(minutes=15))
    assert try_password(visitor, clerk.email, cast.PASSWORD).status == 200


def test_right_password_starts_the_count_afresh(visitor, clerk):
    for _ in range(3):
        for _ in range(9):
            try_password(visitor, clerk.email, "wrong", status=422)
        try_password(visitor, clerk.email, cast.PASSWORD)
        visitor.client.delete_cookie("portal")


def test_one_address_range_cannot_try_many_accounts(app, visitor, new_visitor, clerk):
    for number in range(100):
        try_password(visitor, f"nobody{number}@example.org", "wrong", status=422)
    try_password(visitor, clerk.email, cast.PASSWORD, status=429)
    elsewhere = new_visitor()
    elsewhere.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    try_password(elsewhere, clerk.email, cast.PASSWORD)


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example"],
)
def test_signing_in_never_leads_off_the_site(app, client, clerk, target):
    token = client.get("/login").text.split('csrf_token" type="hidden" value="')[1].split('"')[0]
    answer = client.post(
        "/login",
        query_string={"next": target},
        data={"csrf_token": token, "email": clerk.email, "password": cast.PASSWORD},
    )
    assert answer.status_code == 302
    assert answer.headers["Location"] in ("/admin", "/account")


def test_session_begins_anew_at_sign_in(visitor, clerk):
    visitor.open("/login")
    with visitor.client.session_transaction() as kept:
        kept["planted"] = "by somebody else"
        before = kept["csrf_token"]
    visitor.submit({"email": clerk.email, "password": cast.PASSWORD})
    with visitor.client.session_transaction() as kept:
        assert "planted" not in kept
        assert kept.get("csrf_token") != before


def test_session_ends_after_its_hours_however_busy_it_was(visitor, clerk, clock):
    try_password(visitor, clerk.email, cast.PASSWORD)
    for _ in range(9):
        clock.advance(timedelta(hours=1))
        assert visitor.client.get("/account").status_code == 200
    clock.advance(timedelta(hours=1))
    assert visitor.client.get("/account").status_code == 302


def test_signing_out_leaves_nothing(visitor, clerk):
    try_password(visitor, clerk.email, cast.PASSWORD)
    visitor.open("/account")
    page = visitor.submit(form="/logout", button="退出登录")
    assert "您已退出" in page
    assert visitor.client.get("/account").status_code == 302


def test_shutting_somebody_out_ends_their_sessions(app, visitor, clerk):
    try_password(visitor, clerk.email, cast.PASSWORD)
    with app.app_context():
        set_enabled(cast.administrator(), clerk.id, False)
    assert visitor.client.get("/account").status_code == 302


def test_old_hash_is_renewed_when_the_settings_ask_for_more(app, visitor, clerk):
    app.config["PORTAL"] = app.config["PORTAL"].model_copy(update={"password_passes": 2})
    try_password(visitor, clerk.email, cast.PASSWORD)
    with app.app_context():
        renewed = session().scalar(select(Person.password_hash).where(Person.id == clerk.id))
    assert "t=2" in renewed
    visitor.client.delete_cookie("portal")
    try_password(visitor, clerk.email, cast.PASSWORD)


def test_cookie_is_lax_and_out_of_reach_of_scripts(client):
    cookie = client.get("/login").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
