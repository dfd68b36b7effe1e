"""The second factor: enrol, give, refuse, reset."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pyotp
import pytest
from sqlalchemy import select

from portal.accounts.models import Person
from portal.accounts.rules import Role
from portal.accounts.second_factor import CodeWrong, give_code, reset_second_factor
from portal.audit.models import AuditEntry
from portal.db import session, transaction
from portal.outbox.models import Message
from tests import cast


def person_of(app, *roles, enrolled=True):
    """Return somebody with these roles."""
    with app.app_context():
        return cast.person(*roles, enrolled=enrolled)


def give_password(visitor, person, target="/admin/areas/import"):
    """Sign in by password only."""
    visitor.open(target)
    return visitor.submit({"email": person.email, "password": cast.PASSWORD})


def code_at(moment, secret=cast.TOTP_SECRET):
    """Return the code an authenticator shows at a moment."""
    return pyotp.TOTP(secret).at(moment)


def test_administrator_needs_password_and_code(app, visitor, clock):
    page = give_password(visitor, person_of(app, Role.ADMINISTRATOR))
    assert page.address.startswith("/login/code?next=")
    page = visitor.submit({"code": code_at(clock.now())})
    assert page.address == "/admin/areas/import"


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.FINANCE, Role.ADMINISTRATOR])
def test_password_alone_opens_no_desk_for_roles_that_need_more(app, visitor, role):
    give_password(visitor, person_of(app, role), "/account")
    for address in ("/admin/organisations", "/admin/people", "/account", "/account/password"):
        answer = visitor.client.get(address)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/login/code")


def test_clerk_is_never_asked_for_a_code(app, visitor):
    with app.app_context():
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre(), enrolled=False)
    page = give_password(visitor, clerk, "/admin/areas")
    assert page.address == "/admin/areas"
    assert visitor.client.get("/login/authenticator").status_code == 302


def test_newcomer_enrols_by_typed_key_and_is_asked_from_then_on(app, visitor, new_visitor, clock):
    moderator = person_of(app, Role.MODERATOR, enrolled=False)
    page = give_password(visitor, moderator, "/admin/organisations")
    assert page.address.startswith("/login/authenticator")
    assert "<svg" in page.html
    assert "style=" not in page.html
    key = re.search(r'id="typed-key">([A-Z2-7 ]+)<', page.html)[1].replace(" ", "")
    visitor.submit({"code": "000000"}, status=422)
    assert key in visitor.page.html.replace(" ", "")
    visitor.submit({"code": f"{code_at(clock.now(), key)[:3]} {code_at(clock.now(), key)[3:]}"})
    assert visitor.follow("我收好了，继续").address == "/admin/organisations"
    clock.advance(timedelta(minutes=1))
    again = new_visitor()
    assert give_password(again, moderator, "/admin/organisations").address.startswith("/login/code")
    assert again.submit({"code": code_at(clock.now(), key)}).address == "/admin/organisations"


def test_code_is_accepted_once(app, visitor, new_visitor, clock):
    person = person_of(app, Role.ADMINISTRATOR)
    give_password(visitor, person)
    visitor.submit({"code": code_at(clock.now())})
    watcher = new_visitor()
    give_password(watcher, person)
    watcher.submit({"code": code_at(clock.now())}, status=422)
    clock.advance(timedelta(seconds=30))
    watcher.submit({"code": code_at(clock.now())})


@pytest.mark.parametrize(("seconds", "is_taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_clock_of_a_phone_may_be_half_a_minute_off(app_context, clock, seconds, is_taken):
    person = cast.person(Role.MODERATOR)
    code = code_at(clock.now() + timedelta(seconds=seconds))
    if is_taken:
        give_code(person.id, code)
    else:
        with pytest.raises(CodeWrong):
            give_code(person.id, code)


def test_of_many_requests_with_one_code_one_wins(app, clock):
    person = person_of(app, Role.MODERATOR)
    code = code_at(clock.now())

    def attempt(_number):
        with app.app_context():
            try:
                give_code(person.id, code)
            except CodeWrong:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(16))) == 1


def test_looking_first_and_writing_later_would_let_several_through(app, clock):
    """The control: the same race without the conditional update."""
    person = person_of(app, Role.MODERATOR)
    step, all_have_looked = int(clock.now().timestamp()) // 30, Barrier(4)

    @transaction
    def write():
        session().get_one(Person, person.id).second_factor_last_step = step

    def attempt(_number):
        with app.app_context():
            last = session().get_one(Person, person.id).second_factor_last_step
            all_have_looked.wait(timeout=10)
            if last is not None and last >= step:
                return False
            write()
            return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(4))) > 1


def test_guessing_codes_is_stopped(app, visitor, clock):
    give_password(visitor, person_of(app, Role.ADMINISTRATOR))
    for _ in range(6):
        visitor.submit({"code": "123456"}, status=422)
    page = visitor.submit({"code": code_at(clock.now())}, status=429)
    assert "请过 15 分钟再试" in page


def test_enrolled_person_cannot_be_given_another_secret_with_the_password_alone(app, visitor):
    give_password(visitor, person_of(app, Role.ADMINISTRATOR))
    answer = visitor.client.get("/login/authenticator")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login/code")


def test_reset_ends_sessions_is_audited_and_told(app, visitor, clock):
    person = person_of(app, Role.MODERATOR)
    give_password(visitor, person, "/admin/organisations")
    visitor.submit({"code": code_at(clock.now())})
    with app.app_context():
        reset_second_factor(cast.administrator(), person.id)
        assert session().scalar(select(AuditEntry).where(AuditEntry.action == "second_factor.reset"))
        letter = session().scalar(select(Message).where(Message.kind == "second-factor-reset"))
        assert letter.receiver == person.email
    assert visitor.client.get("/admin/organisations").headers["Location"].startswith("/login?")
    assert give_password(visitor, person, "/admin/organisations").address.startswith("/login/authenticator")


def test_secret_is_sealed_in_the_database(app_context):
    person = cast.person(Role.ADMINISTRATOR)
    stored = session().connection().exec_driver_sql(f"SELECT second_factor_secret FROM people WHERE id = {person.id}")
    assert cast.TOTP_SECRET not in stored.scalar_one()
