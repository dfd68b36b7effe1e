"""Bringing wishes in: what is written, the limit per person, prices, codes, corrections, and many at once."""

import threading
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from portal import clock as portal_clock
from portal import codes
from portal.accounts.rules import FAMILY, SYSTEM, NotAllowed, Role
from portal.audit.models import AuditEntry
from portal.db import database, session, transaction
from portal.households.hashing import person_hash
from portal.households.models import Household
from portal.households.rules import Place
from portal.limits.service import set_limit
from portal.sealing import keyed_hash
from portal.wishes import bulk, filing
from portal.wishes.models import Wish, WishEvent
from portal.wishes.rules import END_STATES, WishAction, WishState, WrongState
from portal.wishes.service import get_wish, get_wish_by_id, move_wish
from tests import cast

DETAILS = filing.WishDetails(
    kind="goods",
    category="study",
    item="双肩书包",
    size="蓝色",
    quantity=2,
    unit_price_minor=16_800,
    reason="旧书包背带断了两次",
    group="child_in_difficulty",
    age_band="14-17",
    reporter="刘若",
    reported_on=date(2026, 11, 1),
)
SAME_ID = "370212201107219960"


@pytest.fixture
def in_app(app_context):
    return app_context


def test_a_filed_wish_waits_for_its_centre_with_number_deadline_and_history(in_app):
    clerk = cast.clerk()
    filed = filing.file_wish(clerk, cast.household().id, DETAILS)
    wish = get_wish(filed.number)
    assert codes.read_wish_number(filed.number) == filed.number
    assert (wish.state, wish.total_minor, wish.group) == (WishState.SUBMITTED, 33_600, "child_in_difficulty")
    assert wish.deadline_at > portal_clock.now()
    assert wish.filed_by_id == clerk.person_id
    event = session().scalars(select(WishEvent)).one()
    assert (event.sequence, event.action, event.to_state) == (1, WishAction.SUBMIT, WishState.SUBMITTED)
    assert session().scalar(select(AuditEntry.subject_ref)) == filed.number


def test_reason_and_reporter_are_not_in_clear_in_the_database(in_app):
    filing.file_wish(cast.clerk(), cast.household().id, DETAILS)
    with database().read_engine.connect() as connection:
        stored = str(connection.execute(text("SELECT * FROM wishes")).all())
    assert DETAILS.reason not in stored
    assert DETAILS.reporter not in stored


def test_who_has_no_task_at_the_centre_files_nothing(in_app):
    household = cast.household()
    for outsider in (cast.clerk(cast.centre("海云服务中心")), cast.moderator(), cast.actor(Role.SUPERVISOR)):
        with pytest.raises(NotAllowed):
            filing.file_wish(outsider, household.id, DETAILS)


def test_a_second_open_wish_of_one_person_is_refused_in_any_centre(in_app):
    filing.file_wish(cast.clerk(), cast.household(id_number=SAME_ID).id, DETAILS)
    elsewhere = cast.centre("海云服务中心")
    again = cast.household(elsewhere, id_number=SAME_ID)
    with pytest.raises(filing.TooManyOpenWishes):
        filing.file_wish(cast.clerk(elsewhere), again.id, DETAILS)
    assert session().scalar(select(func.count(Wish.id))) == 1


def test_another_name_under_the_same_id_number_is_counted_apart(in_app):
    filing.file_wish(SYSTEM, cast.household(id_number=SAME_ID).id, DETAILS)
    filing.file_wish(SYSTEM, cast.household(id_number=SAME_ID, name="曹华兰").id, DETAILS)
    found = filing.count_open_by_id([keyed_hash("id-number", SAME_ID)])
    assert list(found.values()) == [2]


@pytest.mark.parametrize("state", sorted(WishState))
def test_a_wish_that_has_come_to_its_end_no_longer_counts(in_app, state):
    wish = cast.wish(state)
    hashed = session().scalar(select(Household.person_hash).where(Household.id == wish.household_id))
    assert (hashed in filing.count_open_wishes([hashed])) is (state not in END_STATES)


def test_an_administrator_may_raise_the_limit(in_app):
    set_limit(cast.administrator(), "open_wishes_per_household", 2)
    for _ in range(2):
        filing.file_wish(SYSTEM, cast.household(id_number=SAME_ID).id, DETAILS)
    with pytest.raises(filing.TooManyOpenWishes):
        filing.file_wish(SYSTEM, cast.household(id_number=SAME_ID).id, DETAILS)


def test_a_wish_over_the_price_limit_is_refused_whole_price_counted(in_app):
    filing.file_wish(SYSTEM, cast.household().id, replace(DETAILS, quantity=2, unit_price_minor=25_000))
    with pytest.raises(filing.WishTooDear):
        filing.file_wish(SYSTEM, cast.household().id, replace(DETAILS, quantity=3, unit_price_minor=16_667))


def test_of_many_who_file_for_one_person_at_once_exactly_one_wins(in_app):
    household_ids = [cast.household(id_number=SAME_ID).id for _ in range(8)]
    start, outcomes = threading.Barrier(8), []

    def file_one(household_id):
        with in_app.app_context():
            start.wait()
            try:
                outcomes.append(filing.file_wish(SYSTEM, household_id, DETAILS).number)
            except filing.TooManyOpenWishes:
                outcomes.append(None)

    threads = [threading.Thread(target=file_one, args=(each,)) for each in household_ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 8
    assert len([number for number in outcomes if number]) == 1


def test_a_family_code_opens_by_its_hash_and_a_new_one_replaces_it(in_app):
    wish, clerk = cast.wish(), cast.clerk()
    first = filing.issue_family_code(clerk, wish.id)
    assert codes.read_family_code(first) == first
    second = filing.issue_family_code(clerk, wish.id)
    assert get_wish_by_id(wish.id).family_code_hash == keyed_hash("family-code", second) != first
    with database().read_engine.connect() as connection:
        stored = str(connection.execute(text("SELECT * FROM wishes")).all())
        audited = str(connection.execute(text("SELECT * FROM audit_entries")).all())
    assert second not in stored + audited


def test_no_family_code_for_a_wish_at_its_end_or_by_a_stranger(in_app):
    with pytest.raises(WrongState):
        filing.issue_family_code(cast.clerk(), cast.wish(WishState.CLOSED).id)
    open_wish = cast.wish()
    for stranger in (cast.clerk(cast.centre("海云服务中心")), cast.actor(Role.NEED_REPORTER, at=cast.centre())):
        with pytest.raises(NotAllowed):
            filing.issue_family_code(stranger, open_wish.id)


def test_a_returned_wish_is_corrected_and_submitted_again_by_whoever_filed_it(in_app):
    reporter = cast.actor(Role.NEED_REPORTER, at=cast.centre())
    filed = filing.file_wish(reporter, cast.household().id, DETAILS)
    with pytest.raises(WrongState):
        filing.resubmit_wish(reporter, filed.wish_id, replace(DETAILS, quantity=1))
    move_wish(filed.wish_id, WishAction.RETURN, cast.clerk(), note="写明数量")
    other = cast.actor(Role.NEED_REPORTER, at=cast.centre())
    with pytest.raises(NotAllowed):
        filing.resubmit_wish(other, filed.wish_id, replace(DETAILS, quantity=1))
    filing.resubmit_wish(reporter, filed.wish_id, replace(DETAILS, quantity=1))
    wish = get_wish_by_id(filed.wish_id)
    assert (wish.state, wish.quantity) == (WishState.SUBMITTED, 1)
    entry = session().scalars(select(AuditEntry).where(AuditEntry.action == "wish.correct")).one()
    assert entry.after == {"changed": ["quantity"]}


def test_many_wishes_come_in_at_once_sealed_numbered_and_with_their_first_event(in_app):
    place = Place(cast.centre().id)
    households = [cast.household().id for _ in range(30)]
    sealed = [bulk.seal_wish(replace(DETAILS, item=f"书包{n}"), place, f"row {n}") for n in range(30)]
    assert DETAILS.reason not in str(sealed)
    ids = bulk.insert_wishes(cast.clerk(), None, households, sealed)
    wishes = [get_wish_by_id(each) for each in ids]
    assert [(each.household_id, each.item) for each in wishes] == [(h, f"书包{n}") for n, h in enumerate(households)]
    assert len({each.number for each in wishes}) == 30
    assert {(each.reason, each.reporter, each.group) for each in wishes} == {
        (DETAILS.reason, DETAILS.reporter, DETAILS.group)
    }
    assert session().scalar(select(func.count(WishEvent.id))) == 30
    assert bulk.known_rows(["row 3", "row 99"]) == {"row 3"}


def test_forgetting_a_family_leaves_the_bare_wish_and_what_happened_to_it(in_app):
    wish, another = cast.wish(WishState.HANDED_OVER), cast.wish(WishState.HANDED_OVER)
    for each in (wish, another):
        move_wish(each.id, WishAction.COMPLAIN, FAMILY, note="我家的话：少了一只")
    filing.forget_words(wish.household_id)
    row = session().get_one(Wish, wish.id, populate_existing=True)
    assert (row.reason, row.reporter, row.family_code_hash) == ("", None, None)
    assert row.item == wish.item
    events = session().execute(select(WishEvent.wish_id, WishEvent.action, WishEvent.note).order_by(WishEvent.id)).all()
    assert events == [
        (wish.id, "submit", None),
        (another.id, "submit", None),
        (wish.id, "complain", None),
        (another.id, "complain", "我家的话：少了一只"),
    ]


@pytest.mark.parametrize(
    "change", ["note = 'x'", "to_state = 'closed', note = NULL", "at = '2020-01-01', note = NULL", "sequence = 9"]
)
def test_a_history_cannot_be_rewritten_only_forgotten(in_app, change):
    cast.wish()
    with pytest.raises(DBAPIError, match="append-only"), database().write_engine.begin() as connection:
        connection.execute(text(f"UPDATE wish_events SET {change}"))
    with pytest.raises(DBAPIError, match="append-only"), database().write_engine.begin() as connection:
        connection.execute(text("DELETE FROM wish_events"))


def test_the_person_hash_does_not_depend_on_the_centre(in_app):
    assert person_hash(SAME_ID, "许怡宁") == cast.household(id_number=SAME_ID, name="许怡宁").person_hash


def test_standing_in_line_twice_in_one_transaction_is_harmless(in_app):
    @transaction
    def twice():
        filing.stand_in_line()
        filing.stand_in_line()
        return True

    assert twice()
