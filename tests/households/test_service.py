"""Sealed households: who may open, what is logged, what consent means, what a purge leaves."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from portal.accounts.rules import FAMILY, SYSTEM, NotAllowed, Role
from portal.audit.models import AuditEntry
from portal.clock import local_date
from portal.db import database, forget_reads, session
from portal.households import bulk, queries, service
from portal.households.models import Consent, ConsentUse, Household, IdentityRead
from portal.households.rules import GuardianNeeded, Identity, Place
from portal.outbox.service import Address
from portal.wishes.rules import WishState
from tests import cast

CHILD = Identity(
    name="沈小满",
    id_number="370212201905050020",
    birth_date=date(2019, 5, 5),
    phone="15000001408",
    address="海云花园3号楼2单元501",
    guardian="沈兰英",
    guardian_phone="13912345678",
)
REASON = "核对收件地址"


@pytest.fixture(autouse=True)
def _in_context(app_context):
    return app_context


def new_household(actor=None, identity=CHILD):
    place = cast.centre()
    return service.create_household(actor or cast.clerk(place), identity, Place(place.id))


def test_a_household_knows_that_a_child_under_14_needs_a_guardian():
    row = service.get_household(new_household())
    assert row.is_minor
    assert row.needs_guardian


def test_a_child_under_14_without_guardian_is_refused():
    with pytest.raises(GuardianNeeded):
        new_household(identity=replace(CHILD, guardian=None))
    assert session().scalar(select(func.count(Household.id))) == 0


def test_a_clerk_of_another_centre_cannot_file_here():
    other = cast.clerk(cast.centre("海云服务中心"))
    with pytest.raises(NotAllowed):
        new_household(other)


def test_nothing_of_an_identity_is_in_clear_in_the_database():
    new_household()
    with database().read_engine.connect() as connection:
        stored = str(connection.execute(text("SELECT * FROM households")).all())
    for secret in (CHILD.name, CHILD.id_number, CHILD.phone, CHILD.address, CHILD.guardian, "2019-05-05"):
        assert secret not in stored


def test_bulk_rows_are_sealed_before_they_are_inserted_and_come_back_in_order():
    place = Place(cast.centre().id)
    others = [replace(CHILD, name=f"沈小{n}", id_number=f"37021220190505{n:04d}") for n in range(30)]
    rows = bulk.seal_households(SYSTEM, [(each, place) for each in others])
    assert "沈" not in str(rows)
    ids = bulk.insert_households(rows)
    assert [service.get_household(each).identity["name"] for each in ids] == [each.name for each in others]


def test_every_opening_of_an_identity_is_logged_with_who_and_why():
    clerk = cast.clerk()
    household_id = new_household(clerk)
    assert service.open_identity(clerk, household_id, REASON) == CHILD
    [read] = queries.list_reads(household_id)
    assert read.reason == REASON
    assert session().scalar(select(IdentityRead.person_id)) == clerk.person_id
    entry = session().scalars(select(AuditEntry).where(AuditEntry.action == "household.open")).one()
    assert CHILD.name not in str(entry.after)


def test_an_identity_is_not_opened_without_a_reason():
    clerk = cast.clerk()
    household_id = new_household(clerk)
    with pytest.raises(service.ReasonMissing):
        service.open_identity(clerk, household_id, "  ")


@pytest.mark.parametrize(
    ("role", "at_centre", "opens"),
    [
        (Role.CENTRE_CLERK, "南涧服务中心", True),
        (Role.CENTRE_CLERK, "海云服务中心", False),
        (Role.MODERATOR, None, True),
        (Role.NEED_REPORTER, "南涧服务中心", False),
        (Role.SUPERVISOR, None, False),
        (Role.FINANCE, None, False),
        (Role.ADMINISTRATOR, None, False),
    ],
)
def test_who_may_open_a_record_somebody_else_filed(role, at_centre, opens):
    household_id = new_household()
    reader = cast.actor(role, at=cast.centre(at_centre) if at_centre else None)
    if opens:
        assert service.open_identity(reader, household_id, REASON).name == CHILD.name
    else:
        with pytest.raises(NotAllowed):
            service.open_identity(reader, household_id, REASON)


def test_a_need_reporter_opens_only_what_they_filed():
    place = cast.centre()
    mine, other = cast.actor(Role.NEED_REPORTER, at=place), cast.actor(Role.NEED_REPORTER, at=place)
    household_id = new_household(mine)
    assert service.open_identity(mine, household_id, REASON) == CHILD
    with pytest.raises(NotAllowed):
        service.open_identity(other, household_id, REASON)


def test_nobody_without_a_name_opens_an_identity():
    household_id = new_household()
    for nobody in (SYSTEM, FAMILY):
        with pytest.raises(NotAllowed):
            service.open_identity(nobody, household_id, REASON)


def test_consent_is_dated_per_use_and_the_latest_word_counts(clock):
    wish = cast.wish(consents=())
    clerk = cast.clerk()
    assert queries.consent_states(wish.id)[ConsentUse.PUBLISH].is_given is None
    service.record_consent(clerk, wish.id, ConsentUse.PUBLISH, True, given_by="guardian", through="paper")
    assert queries.has_consent(wish.id, ConsentUse.PUBLISH)
    assert not queries.has_consent(wish.id, ConsentUse.PHOTO)
    clock.advance(timedelta(days=3))
    service.record_consent(FAMILY, wish.id, ConsentUse.PUBLISH, False, given_by="self", through="code")
    assert not queries.has_consent(wish.id, ConsentUse.PUBLISH)
    state = queries.consent_states(wish.id)[ConsentUse.PUBLISH]
    assert (state.is_given, state.through, state.at) == (False, "code", clock.now())
    assert session().scalar(select(func.count(Consent.id))) == 2


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id + 100", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["consents", "identity_reads"])
def test_the_database_refuses_to_rewrite_consents_and_readings(table, statement):
    wish = cast.wish()
    service.open_identity(cast.clerk(), wish.household_id, REASON)
    with pytest.raises(DBAPIError, match="append-only"), database().write_engine.begin() as connection:
        connection.execute(text(statement.format(table)))


def test_a_child_under_14_cannot_agree_alone_but_can_say_no():
    wish = cast.wish(consents=())
    service.get_household(wish.household_id)
    with database().write_engine.begin() as connection:
        connection.execute(text("UPDATE households SET needs_guardian = :yes"), {"yes": True})
    clerk = cast.clerk()
    with pytest.raises(GuardianNeeded):
        service.record_consent(clerk, wish.id, ConsentUse.PHOTO, True, given_by="self", through="paper")
    service.record_consent(clerk, wish.id, ConsentUse.PHOTO, False, given_by="self", through="paper")
    assert queries.consent_states(wish.id)[ConsentUse.PHOTO].is_given is False


def test_news_goes_to_the_guardian_when_there_is_one_and_to_nobody_by_landline():
    assert queries.find_family_address(new_household()) == Address("sms", CHILD.guardian_phone)
    alone = replace(CHILD, id_number="370212196001010021", birth_date=date(1960, 1, 1), guardian_phone=None)
    assert queries.find_family_address(new_household(identity=alone)) == Address("sms", CHILD.phone)
    landline = replace(alone, phone="0532-88881234")
    assert queries.find_family_address(new_household(identity=landline)) is None


def test_a_family_corrects_the_number_its_news_goes_to():
    household_id = new_household()
    service.correct_contact(FAMILY, household_id, phone="13700000001")
    assert queries.find_family_address(household_id) == Address("sms", "13700000001")
    entry = session().scalars(select(AuditEntry).where(AuditEntry.action == "household.correct")).one()
    assert "13700000001" not in str(entry.after)


def test_two_names_under_one_id_number_are_flagged_until_a_clerk_has_seen_the_document():
    clerk = cast.clerk()
    first, second = new_household(clerk), new_household(clerk, replace(CHILD, name="曹华兰"))
    same_again = new_household(clerk)
    assert queries.is_id_shared(first)
    assert queries.is_id_shared(second)
    service.mark_id_checked(clerk, first)
    assert not queries.is_id_shared(first)
    assert queries.is_id_shared(second)
    assert queries.is_id_shared(same_again)


def test_a_correction_is_hashed_anew_and_asks_for_the_document_again():
    clerk = cast.clerk()
    household_id = new_household(clerk)
    other = new_household(clerk, replace(CHILD, name="曹华兰"))
    service.mark_id_checked(clerk, household_id)
    service.correct_identity(clerk, household_id, "名字打错了", name="曹华兰")
    assert not queries.is_id_shared(household_id)
    assert not queries.is_id_shared(other)
    row = service.get_household(household_id)
    assert row.id_checked_at is None
    assert row.identity["name"] == "曹华兰"


def test_a_deliverer_gets_the_address_only_with_the_familys_consent():
    place = cast.centre()
    deliverer = cast.actor(Role.NEED_REPORTER, at=place)
    silent = cast.wish(consents=(ConsentUse.PUBLISH,))
    with pytest.raises(service.ConsentMissing):
        service.open_delivery_contact(deliverer, silent.household_id, silent.id)
    agreed = cast.wish()
    contact = service.open_delivery_contact(deliverer, agreed.household_id, agreed.id)
    assert contact.address == cast.FAMILY_ADDRESS
    assert len(queries.list_reads(agreed.household_id)) == 1


def test_a_purge_empties_the_identity_on_its_day_and_keeps_the_rest(clock):
    household_id = new_household()
    before = service.get_household(household_id)
    tomorrow = local_date(clock.now()) + timedelta(days=1)
    assert service.schedule_purge(household_id, tomorrow)
    assert not service.schedule_purge(household_id, tomorrow + timedelta(days=9))
    assert not service.purge_household(household_id)
    clock.advance(timedelta(days=1))
    assert queries.list_due_purges(tomorrow, 10) == [household_id]
    assert (service.purge_household(household_id), service.purge_household(household_id)) == (True, False)
    assert queries.list_due_purges(tomorrow, 10) == []
    forget_reads()
    after = service.get_household(household_id)
    assert after.identity is None
    assert after.person_hash != before.person_hash
    assert (after.phone_hash, after.guardian_phone_hash, after.address_hash) == (None, None, None)
    assert after.is_minor
    assert queries.find_family_address(household_id) is None
    with pytest.raises(service.IdentityPurged):
        service.open_identity(cast.clerk(), household_id, REASON)


def test_the_panel_says_what_each_role_may_do_and_holds_no_identity():
    wish = cast.wish(WishState.SUBMITTED)
    clerk = queries.panel(wish.id, cast.clerk())
    assert (clerk.may_open, clerk.may_correct, clerk.may_check_id) == (True, True, True)
    supervisor = queries.panel(wish.id, cast.actor(Role.SUPERVISOR))
    assert (supervisor.may_open, supervisor.may_correct, supervisor.may_check_id) == (False, False, False)
    assert queries.panel(wish.id, cast.clerk(cast.centre("海云服务中心"))) is None
    for secret in (cast.FAMILY_NAME, cast.FAMILY_PHONE, cast.FAMILY_ADDRESS):
        assert secret not in repr(clerk)
