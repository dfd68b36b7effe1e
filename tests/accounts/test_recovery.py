"""Recovery codes: shown once, printed, each good once, gone with the authenticator."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import RecoveryCode
from portal.accounts.recovery import count_recovery_codes, give_recovery_code, issue_recovery_codes
from portal.accounts.rules import Role
from portal.accounts.second_factor import CodeWrong, reset_second_factor
from portal.audit.models import AuditEntry
from portal.db import session
from portal.outbox.models import Message
from tests import cast
from tests.accounts.test_second_factor import code_at, give_password, person_of
from tests.plumbing.sessions import sign_in

SHOWN = re.compile(r'class="code-value">([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})<')


def test_newcomer_gets_ten_codes_to_print_and_goes_on_from_there(app, visitor, clock):
    person = person_of(app, Role.MODERATOR, enrolled=False)
    page = give_password(visitor, person, "/admin/organisations")
    key = re.search(r'id="typed-key">([A-Z2-7 ]+)<', page.html)[1].replace(" ", "")
    page = visitor.submit({"code": code_at(clock.now(), key)})
    assert len(set(SHOWN.findall(page.html))) == 10
    assert page.headers["Cache-Control"] == "no-store"
    assert visitor.follow("我收好了，继续").address == "/admin/organisations"
    assert not SHOWN.search(visitor.open("/account/recovery-codes").html), "codes are shown once"


def test_a_code_opens_the_desk_once_and_its_owner_hears_of_it(app, visitor, new_visitor):
    person = person_of(app, Role.MODERATOR)
    with app.app_context():
        code, *_others = issue_recovery_codes(person.id)
    give_password(visitor, person, "/admin/organisations")
    visitor.follow("用备用码登录")
    page = visitor.submit({"code": code.lower().replace("-", " ")})
    assert page.address == "/admin/organisations"
    watcher = new_visitor()
    give_password(watcher, person, "/admin/organisations")
    watcher.follow("用备用码登录")
    watcher.submit({"code": code}, status=422)
    with app.app_context():
        letter = session().scalar(select(Message).where(Message.kind == "recovery-code-used"))
        assert letter.receiver == person.email
        assert "还剩 9 个" in letter.body
        act = session().scalar(select(AuditEntry).where(AuditEntry.action == "second_factor.recover"))
        assert act.after == {"codes_left": 9}
    assert "还剩 9 个" in visitor.open("/account")


def test_codes_of_others_and_mistyped_ones_open_nothing_and_guessing_is_stopped(app, visitor):
    person, other = person_of(app, Role.MODERATOR), person_of(app, Role.MODERATOR)
    with app.app_context():
        [own, *_], [foreign, *_] = issue_recovery_codes(person.id), issue_recovery_codes(other.id)
    give_password(visitor, person, "/admin/organisations")
    visitor.follow("用备用码登录")
    for wrong in (foreign, "0000-0000-0000", "123456", own[:-1], "码"):
        assert "备用码不对" in visitor.submit({"code": wrong}, status=422)
    visitor.submit({"code": "x"}, status=422)
    visitor.submit({"code": own}, status=429)


def test_fresh_codes_take_the_password_and_end_the_former_ones(app, new_visitor):
    with app.app_context():
        person = cast.person(Role.ADMINISTRATOR)
        former = issue_recovery_codes(person.id)[0]
    visitor = sign_in(new_visitor(), person)
    visitor.open("/account")
    visitor.follow("换一份备用码")
    visitor.submit({"present": "something else"}, status=422)
    fresh = SHOWN.findall(visitor.submit({"present": cast.PASSWORD}).html)
    assert len(fresh) == 10
    with app.app_context():
        with pytest.raises(CodeWrong):
            give_recovery_code(person.id, former)
        give_recovery_code(person.id, fresh[0])


def test_who_needs_no_second_factor_is_offered_no_codes(app, new_visitor):
    with app.app_context():
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre())
    visitor = sign_in(new_visitor(), clerk)
    assert "备用码" not in visitor.open("/account")
    assert visitor.open("/account/recovery-codes").address == "/account"


def test_password_alone_neither_sees_nor_renews_codes(app, visitor):
    person = person_of(app, Role.ADMINISTRATOR)
    give_password(visitor, person)
    answer = visitor.client.get("/account/recovery-codes")
    assert answer.headers["Location"].startswith("/login/code")


def test_a_reset_ends_the_codes_too(app_context):
    person = cast.person(Role.MODERATOR)
    issue_recovery_codes(person.id)
    reset_second_factor(cast.administrator(), person.id)
    assert count_recovery_codes(person.id) == 0


def test_only_keyed_hashes_are_kept(app_context):
    person = cast.person(Role.MODERATOR)
    shown = issue_recovery_codes(person.id)
    kept = " ".join(session().scalars(select(RecoveryCode.code_hash)))
    assert not [code for code in shown if code in kept or code.replace("-", "") in kept]


def test_of_many_requests_with_one_recovery_code_one_wins(app):
    person = person_of(app, Role.MODERATOR)
    with app.app_context():
        code = issue_recovery_codes(person.id)[0]

    def attempt(_number):
        with app.app_context():
            try:
                give_recovery_code(person.id, code)
            except CodeWrong:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(16))) == 1


def test_a_code_does_not_grow_old(app_context, clock):
    person = cast.person(Role.MODERATOR)
    code = issue_recovery_codes(person.id)[0]
    clock.advance(timedelta(days=900))
    give_recovery_code(person.id, code)
    assert count_recovery_codes(person.id) == 9
