"""Adding people, giving and taking roles, shutting out: by verb and by page."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from portal.accounts.models import Person
from portal.accounts.queries import people_with_role
from portal.accounts.rules import SYSTEM, Grant, NotAllowed, Role
from portal.accounts.service import (
    EmailTaken,
    GrantWrong,
    LastAdministrator,
    OwnAccount,
    add_person,
    change_grants,
    send_link_to_person,
    set_enabled,
)
from portal.audit.models import AuditEntry
from portal.db import session
from tests import cast
from tests.pledges.letterbox import kinds
from tests.plumbing.sessions import sign_in

ADMINISTRATOR = Grant(Role.ADMINISTRATOR)


def grants_of(person_id):
    """Return the roles somebody holds now."""
    return session().get_one(Person, person_id, populate_existing=True).actor.grants


def last_act():
    """Return the newest entry of the audit trail."""
    return session().scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


def test_administrator_adds_a_clerk_for_one_centre(app_context):
    grant = Grant(Role.CENTRE_CLERK, cast.centre().id)
    person_id = add_person(cast.administrator(), "陆秋", "lu@example.org", grants={grant})
    assert grants_of(person_id) == {grant}
    act = last_act()
    assert (act.action, act.subject_ref) == ("person.add", str(person_id))
    assert "lu@example.org" not in str(act.after)
    assert "陆秋" not in str(act.after)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_look_after_people(app_context, role):
    other = cast.person()
    actor = cast.actor(role)
    for attempt in (
        lambda: add_person(actor, "某某", "x@example.org"),
        lambda: change_grants(actor, other.id, add={ADMINISTRATOR}),
        lambda: set_enabled(actor, other.id, False),
        lambda: send_link_to_person(actor, other.id),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_mail_address_belongs_to_one_person(app_context):
    add_person(SYSTEM, "甲", "same@example.org", "sturdy paper lantern 7")
    with pytest.raises(EmailTaken):
        add_person(SYSTEM, "乙", "same@example.org", "sturdy paper lantern 7")


@pytest.mark.parametrize("grant", [Grant(Role.CENTRE_CLERK), Grant(Role.NEED_REPORTER), Grant(Role.MODERATOR, 1)])
def test_role_needs_the_place_it_is_meant_for(app_context, grant):
    cast.centre()
    with pytest.raises(GrantWrong):
        add_person(SYSTEM, "甲", "x@example.org", "sturdy paper lantern 7", {grant})
    assert session().scalar(select(Person).where(Person.email == "x@example.org")) is None


def test_changing_roles_twice_is_the_same_as_once(app_context):
    administrator, person = cast.administrator(), cast.person(Role.SUPERVISOR)
    for _ in range(2):
        change_grants(administrator, person.id, add={Grant(Role.FINANCE)}, remove={Grant(Role.SUPERVISOR)})
    assert grants_of(person.id) == {Grant(Role.FINANCE)}


def test_nobody_takes_the_administrator_role_from_themself(app_context):
    first = cast.administrator()
    cast.administrator()
    with pytest.raises(OwnAccount):
        change_grants(first, first.person_id, remove={ADMINISTRATOR})
    with pytest.raises(OwnAccount):
        set_enabled(first, first.person_id, False)


def test_last_administrator_stays(app_context):
    only = cast.administrator()
    with pytest.raises(LastAdministrator):
        change_grants(SYSTEM, only.person_id, remove={ADMINISTRATOR})
    with pytest.raises(LastAdministrator):
        set_enabled(SYSTEM, only.person_id, False)


def test_two_administrators_who_remove_each_other_at_once_leave_one(app):
    with app.app_context():
        pair = [cast.administrator(), cast.administrator()]

    def remove(actor, other):
        with app.app_context():
            try:
                change_grants(actor, other.person_id, remove={ADMINISTRATOR})
            except NotAllowed:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(remove, pair, reversed(pair))) == 1
    with app.app_context():
        assert len(people_with_role(Role.ADMINISTRATOR)) == 1


def test_reminders_go_to_enabled_staff_of_the_centre_and_of_the_district(app_context):
    here, there = cast.centre("南涧服务中心"), cast.centre("松岭服务中心")
    own, other = cast.person(Role.CENTRE_CLERK, at=here), cast.person(Role.CENTRE_CLERK, at=there)
    gone = cast.person(Role.CENTRE_CLERK, at=here)
    set_enabled(cast.administrator(), gone.id, False)
    district = cast.person(Role.MODERATOR)
    assert [each.email for each in people_with_role(Role.CENTRE_CLERK, here.id)] == [own.email]
    assert {each.person_id for each in people_with_role(Role.CENTRE_CLERK)} == {own.id, other.id}
    assert [each.person_id for each in people_with_role(Role.MODERATOR, here.id)] == [district.id]


@pytest.fixture
def desk(app, visitor):
    """Return an administrator at the desk."""
    with app.app_context():
        somebody = cast.person(Role.ADMINISTRATOR, name="沈青")
        cast.centre()
    return sign_in(visitor, somebody)


def test_administrator_adds_somebody_by_page(app, desk):
    desk.open("/admin/people/new")
    typed = {"name": "陆秋", "email": "Lu@Example.org", "role": "centre_clerk"}
    page = desk.submit(typed, status=422)
    assert "这个岗位要选一个服务中心" in page
    assert 'value="陆秋"' in page.html
    page = desk.submit({"centre": "1"})
    assert "已添加" in page
    assert "服务中心工作人员（南涧服务中心）" in page
    assert kinds(app, "lu@example.org") == ["welcome"]
    desk.open("/admin/people/new")
    assert "已经有人用了" in desk.submit(typed | {"centre": "1"}, status=422)


def test_people_are_found_by_name_role_and_place(app, desk):
    with app.app_context():
        cast.person(Role.CENTRE_CLERK, at=cast.centre("松岭服务中心"), name="陆秋")
        cast.person(name="没岗位的人")
        shut_out = cast.person(Role.SUPERVISOR, name="停用的人")
        set_enabled(SYSTEM, shut_out.id, False)
    for query, found in {
        "q=陆": {"陆秋"},
        "q=%25": set(),
        "role=administrator": {"沈青"},
        "role=none": {"没岗位的人"},
        "role=centre_clerk&centre=2": {"陆秋"},
        "role=centre_clerk&centre=1": set(),
        "state=disabled": {"停用的人"},
        "role=nonsense&state=x&after=y": {"沈青", "陆秋", "没岗位的人", "停用的人"},
    }.items():
        page = desk.open(f"/admin/people?{query}")
        assert {name for name in ("沈青", "陆秋", "没岗位的人", "停用的人") if f">{name}</a>" in page.html} == found


def test_long_list_of_people_is_paged_by_key(app, desk):
    with app.app_context():
        for number in range(60):
            cast.person(name=f"同名{number:02d}")
    first = desk.open("/admin/people?q=同名")
    assert "同名49" in first
    assert "同名50" not in first
    second = desk.follow("后一页")
    assert "同名50" in second
    assert "同名49" not in second
    assert desk.follow("前一页").text == first.text


def test_administrator_gives_and_takes_a_role_by_page(app, desk):
    with app.app_context():
        person = cast.person(Role.SUPERVISOR, name="陆秋")
    desk.open(f"/admin/people/{person.id}")
    assert "岗位已授予" in desk.submit({"role": "moderator"}, form="/roles")
    page = desk.open(f"/admin/people/{person.id}")
    desk.client.post(f"/admin/people/{person.id}/roles/revoke", data=token(page) | {"role": "supervisor", "centre": ""})
    with app.app_context():
        assert grants_of(person.id) == {Grant(Role.MODERATOR)}


def token(page):
    """Return the hidden token of a page's first form."""
    return {"csrf_token": page.forms[0].values()["csrf_token"][0]}


def test_page_of_oneself_offers_nothing_dangerous(app, desk):
    page = desk.open("/admin/people/1")
    for word in ("停用账号", "重置动态口令", "收回"):
        assert word not in page
    for action, more in (
        ("enabled", {"enabled": "no"}),
        ("roles/revoke", {"role": "administrator"}),
        ("second-factor/reset", {}),
    ):
        answer = desk.client.post(f"/admin/people/1/{action}", data=token(page) | more)
        assert answer.status_code == 302
    page = desk.open("/admin/people/1")
    assert "不能" in page
    with app.app_context():
        assert grants_of(1) == {ADMINISTRATOR}


def test_somebody_unknown_is_not_found(desk):
    desk.open("/admin/people/4711", status=404)
    answer = desk.client.post("/admin/people/4711/password-link", data=token(desk.open("/admin/people/1")))
    assert answer.status_code == 404
