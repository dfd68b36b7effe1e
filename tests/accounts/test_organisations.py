"""Organisations register online, are certified, and share the work among several people."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.membership import OwnMembership, accept_invitation, list_members, remove_member
from portal.accounts.models import Organisation, OrganisationStatus, Person
from portal.accounts.organisations import (
    DECISIONS,
    DecisionNotPossible,
    OrganisationNotFound,
    ReasonMissing,
    certify_organisation,
    refuse_organisation,
    suspend_organisation,
)
from portal.accounts.queries import list_certified_organisations, members_of, organisations_of
from portal.accounts.rules import NotAllowed, Role
from portal.db import session, transaction
from tests import cast
from tests.pledges.letterbox import kinds, letters, link_in
from tests.plumbing.sessions import sign_in

USCC = "91370212MA3C000013"
PASSWORD = "three quiet herons 42"
TYPED = {
    "organisation_name": "海风书店（青岛）有限公司",
    "uscc": " ９１３７０２１２ma3c000013 ",
    "kind": "company",
    "contact_name": "沈青",
    "contact_phone": "139 0000 0000",
    "name": "沈青",
    "email": "shen@example.org",
    "password": PASSWORD,
}


def register(visitor, status=200, **changed):
    """Fill in the registration."""
    visitor.open("/organisations/register")
    return visitor.submit(TYPED | changed, status=status)


def organisations(app):
    """Return all organisations."""
    with app.app_context():
        return session().scalars(select(Organisation).order_by(Organisation.id)).all()


@pytest.fixture
def owner(app, new_visitor):
    """Return the owner of a registered organisation, signed in."""
    visitor = new_visitor()
    register(visitor)
    visitor.open(link_in(letters(app, "shen@example.org")[-1]))
    visitor.submit(button="确认登记")
    visitor.submit({"email": "shen@example.org", "password": PASSWORD})
    return visitor


def test_nothing_reaches_staff_before_the_mail_address_is_confirmed(app, visitor):
    page = register(visitor)
    assert "还差一步" in page
    assert organisations(app) == []
    address = link_in(letters(app, "shen@example.org")[-1])
    page = visitor.open(address)
    assert "海风书店（青岛）有限公司" in page
    assert organisations(app) == []
    page = visitor.submit(button="确认登记")
    assert "邮箱已确认" in page
    (found,) = organisations(app)
    assert (found.uscc, found.status, found.contact_phone) == (USCC, "registered", "13900000000")
    visitor.open(address, status=410)


def test_registration_expires_unless_confirmed_within_two_days(app, visitor, clock):
    register(visitor)
    clock.advance(timedelta(hours=48))
    visitor.open(link_in(letters(app, "shen@example.org")[-1]), status=410)


def test_member_sees_where_the_organisation_stands(owner):
    page = owner.open("/account")
    assert "等待认证" in page
    page = owner.follow("海风书店（青岛）有限公司")
    assert "工作人员会核对统一社会信用代码" in page
    assert "91370212MA3C000013" in page


def test_mail_address_with_an_account_learns_so_by_mail_only(app, new_visitor):
    with app.app_context():
        known = cast.person(name="已有账号")
    unknown_page = register(new_visitor())
    known_page = register(new_visitor(), email=known.email)
    assert known_page.text.replace(known.email, "") == unknown_page.text.replace("shen@example.org", "")
    (letter,) = letters(app, known.email)
    assert letter.kind == "already-known"
    assert "/organisations/confirm/" not in letter.body


def test_registered_code_is_refused_kindly_without_saying_whose_it_is(app, owner, visitor):
    page = register(visitor, status=422, email="other@example.org", organisation_name="另一家")
    assert "已经登记过" in page
    assert "请让登记的同事邀请您加入" in page
    assert "海风书店" not in page
    assert 'value="另一家"' in page.html
    assert PASSWORD not in page.html


def test_of_two_who_register_one_code_the_first_to_confirm_has_it(app, new_visitor):
    first, second = new_visitor(), new_visitor()
    register(first)
    register(second, email="other@example.org")
    for visitor, email, status in ((second, "other@example.org", 200), (first, "shen@example.org", 409)):
        visitor.open(link_in(letters(app, email)[-1]))
        visitor.submit(button="确认登记", status=status)
    with app.app_context():
        assert session().scalar(select(Person).where(Person.email == "shen@example.org")) is None


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("uscc", "91370212MA3C000014", "信用代码核对不上"),
        ("contact_phone", "55500000", "座机请带区号"),
        ("email", "shen@", "邮箱地址看不懂"),
        ("password", "password1234", "太容易猜到"),
        ("password", "short", "至少要 12 个字"),
        ("organisation_name", "", "请填写这一项"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(app, visitor, field, value, problem):
    page = register(visitor, status=422, **{field: value})
    assert problem in page
    assert f'id="{field}-error"' in page.html
    assert 'value="139' in page.html or field == "contact_phone"
    assert letters(app) == []


def test_signed_in_person_registers_at_once(app, visitor):
    with app.app_context():
        person = cast.person(name="沈青")
    sign_in(visitor, person).open("/organisations/register")
    mine = {name: value for name, value in TYPED.items() if name not in ("name", "email", "password")}
    assert "等待认证" in visitor.submit(mine)
    assert len(organisations(app)) == 1


def test_moderator_certifies_by_page_and_members_are_told(app, owner, visitor):
    with app.app_context():
        moderator = cast.person(Role.MODERATOR)
    sign_in(visitor, moderator).open("/admin/organisations?status=registered")
    visitor.follow("海风书店（青岛）有限公司")
    page = visitor.submit(button="认证通过")
    assert "已认证" in page
    assert kinds(app, "shen@example.org")[-1] == "organisation-certified"
    with app.app_context():
        assert [each.name for each in list_certified_organisations()] == ["海风书店（青岛）有限公司"]


def test_refused_registration_is_corrected_and_put_forward_again(app, owner, visitor):
    with app.app_context():
        administrator = cast.person(Role.ADMINISTRATOR)
    sign_in(visitor, administrator).open("/admin/organisations/1")
    assert "请填写这一项" in visitor.submit({"reason": " "}, button="不通过", status=422)
    visitor.submit({"reason": "名称和代码对不上"}, button="不通过")
    assert "名称和代码对不上" in letters(app, "shen@example.org")[-1].body
    assert "名称和代码对不上" in owner.open("/organisations/1")
    owner.follow("修改后再提交")
    page = owner.submit({"organisation_name": "海风书店有限公司"})
    assert "等待认证" in page
    assert organisations(app)[0].status == OrganisationStatus.REGISTERED


@pytest.mark.parametrize("status", list(OrganisationStatus))
def test_only_the_decisions_of_the_table_are_possible(app_context, status):
    verbs = {
        OrganisationStatus.CERTIFIED: certify_organisation,
        OrganisationStatus.REFUSED: lambda actor, key: refuse_organisation(actor, key, "原因"),
        OrganisationStatus.SUSPENDED: lambda actor, key: suspend_organisation(actor, key, "原因"),
    }
    moderator = cast.moderator()
    for number, (target, verb) in enumerate(verbs.items()):
        key = cast.organisation(uscc=f"{status}{number}").id

        @transaction
        def put(key=key):
            session().get_one(Organisation, key).status = status

        put()
        if target in DECISIONS[status]:
            verb(moderator, key)
            assert session().get_one(Organisation, key, populate_existing=True).status == target
        else:
            with pytest.raises(DecisionNotPossible):
                verb(moderator, key)


@pytest.mark.parametrize("role", [Role.NEED_REPORTER, Role.CENTRE_CLERK, Role.FINANCE, Role.SUPERVISOR])
def test_other_staff_decide_nothing(app_context, role):
    organisation = cast.organisation()
    with pytest.raises(NotAllowed):
        suspend_organisation(cast.actor(role, at=cast.centre()), organisation.id, "原因")


def test_suspension_needs_a_reason(app_context):
    organisation = cast.organisation()
    with pytest.raises(ReasonMissing):
        suspend_organisation(cast.moderator(), organisation.id, "  ")


def test_colleague_is_invited_joins_and_is_removed(app, owner, visitor):
    owner.open("/organisations/1")
    owner.submit({"email": "Lin@Example.org"}, button="发送邀请")
    assert "lin@example.org" in owner.page
    visitor.open(link_in(letters(app, "lin@example.org")[-1]))
    visitor.submit({"name": "林小满", "password": "short"}, status=422)
    visitor.submit({"name": "林小满", "password": PASSWORD})
    page = visitor.submit({"email": "lin@example.org", "password": PASSWORD})
    assert "海风书店（青岛）有限公司" in page
    page = visitor.follow("海风书店（青岛）有限公司")
    assert "移出" not in page
    assert "shen@example.org" not in page
    with app.app_context():
        assert [each.email for each in members_of(1)] == ["shen@example.org", "lin@example.org"]
        (mine,) = organisations_of(members_of(1)[1].person_id)
        assert (mine.is_owner, mine.is_certified) == (False, False)
    owner.open("/organisations/1")
    assert "已移出" in owner.submit(button="移出")
    assert visitor.client.get("/organisations/1").status_code == 404


def test_removed_colleague_cannot_come_back_by_the_old_invitation(app, owner, visitor):
    owner.open("/organisations/1")
    owner.submit({"email": "lin@example.org"}, button="发送邀请")
    address = link_in(letters(app, "lin@example.org")[-1])
    visitor.open(address)
    visitor.submit({"name": "林小满", "password": PASSWORD})
    owner.open("/organisations/1")
    owner.submit(button="移出")
    visitor.open(address, status=410)


def test_newer_invitation_and_withdrawal_make_an_invitation_void(app, owner, visitor):
    for _ in range(2):
        owner.open("/organisations/1")
        owner.submit({"email": "lin@example.org"}, button="发送邀请")
    older, newer = [link_in(letter) for letter in letters(app, "lin@example.org")]
    visitor.open(older, status=410)
    visitor.open(newer)
    owner.submit(button="撤回邀请")
    visitor.open(newer, status=410)


def test_invited_person_with_an_account_keeps_their_password(app, owner, visitor):
    with app.app_context():
        known = cast.person(name="林小满")
    owner.open("/organisations/1")
    owner.submit({"email": known.email}, button="发送邀请")
    page = visitor.open(link_in(letters(app, known.email)[-1]))
    assert "已经有账号" in page
    visitor.submit(button="接受邀请")
    page = visitor.submit({"email": known.email, "password": cast.PASSWORD})
    assert "海风书店（青岛）有限公司" in page


def test_owner_shares_the_care_and_can_then_be_removed_by_the_other(app, owner):
    with app.app_context():
        (mine,) = list_members(1)
        colleague = cast.person(name="林小满")
    owner.open("/organisations/1")
    owner.submit({"email": colleague.email}, button="发送邀请")
    with app.app_context():
        accept_invitation(link_in(letters(app, colleague.email)[-1]).rpartition("/")[2])
        with pytest.raises(OwnMembership):
            remove_member(mine.person_id, 1, mine.person_id)
    owner.open("/organisations/1")
    owner.submit(button="也设为负责人")
    with app.app_context():
        remove_member(colleague.id, 1, mine.person_id)
        assert [each.person_id for each in list_members(1)] == [colleague.id]


def test_strangers_find_no_organisation_and_members_do_not_manage(app, owner, visitor):
    with app.app_context():
        stranger = cast.person()
        with pytest.raises(OrganisationNotFound):
            remove_member(stranger.id, 1, stranger.id)
    sign_in(visitor, stranger)
    for address in ("/organisations/1", "/organisations/1/details", "/organisations/4711"):
        assert visitor.client.get(address).status_code == 404


def test_contact_of_an_organisation_is_sealed(app_context):
    cast.organisation()
    raw = session().connection().exec_driver_sql("SELECT contact_name, contact_phone FROM organisations").one()
    assert "沈青" not in raw[0]
    assert "13900000000" not in raw[1]
