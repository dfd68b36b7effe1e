"""What the staff's list of wishes and the clerk's decision promise."""

import io
from datetime import timedelta

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.accounts.rules import Role
from portal.admin.queries import list_tasks, list_waiting
from portal.admin.wish_queries import PAGE_SIZE, ListFilters, every_wish, list_wishes
from portal.clock import now
from portal.db import session, transaction
from portal.formats import number
from portal.households.models import ConsentUse
from portal.intake.models import Import
from portal.wishes.models import Wish
from portal.wishes.rules import WishAction, WishState
from portal.wishes.service import get_wish
from portal.wishes.verification import Obstacle, ReasonNeeded, VerificationBlocked, decide, verify_many
from tests import cast
from tests.plumbing.sessions import sign_in


def test_clerk_sees_own_centres_only(app_context):
    here, there = cast.centre(), cast.centre("北港服务中心")
    mine, other = cast.wish(at=here), cast.wish(at=there)
    numbers = {wish.number for wish in list_wishes(cast.clerk(here), ListFilters()).wishes}
    assert mine.number in numbers
    assert other.number not in numbers


def test_reporter_sees_only_what_they_filed(app_context):
    reporter = cast.actor(Role.NEED_REPORTER, at=cast.centre())
    cast.wish()
    assert list_wishes(reporter, ListFilters()).wishes == []


@pytest.mark.parametrize("sort", ["waiting", "-waiting", "deadline", "-deadline", "filed", "-filed"])
def test_pages_neither_repeat_nor_skip(app_context, sort):
    made = {
        cast.wish(state, days_ago=age % 7).number
        for age in range(40)
        for state in (WishState.SUBMITTED, WishState.CLOSED)
    }
    moderator, seen, mark = cast.moderator(), [], None
    while True:
        page = list_wishes(moderator, ListFilters(sort=sort), mark)
        seen += [wish.number for wish in page.wishes]
        mark = page.next_mark
        if mark is None:
            break
    assert len(made) > PAGE_SIZE
    assert len(seen) == len(set(seen)) == page.total
    assert set(seen) == made


def test_overdue_filter_finds_what_is_late(app_context, clock):
    late = cast.wish(days_ago=30)
    cast.wish()
    found = list_wishes(cast.moderator(), ListFilters(is_overdue=True)).wishes
    assert [wish.number for wish in found] == [late.number]


def test_filters_find_what_they_name_and_count_it(app_context):
    here, list_of_wishes = cast.centre("松岭服务中心"), _list_of_wishes()
    made = [
        cast.wish(state, at=at, item=item, category=category, days_ago=days)
        for state in (WishState.SUBMITTED, WishState.PUBLISHED, WishState.CLOSED)
        for at in (None, here)
        for item, category in (("双肩书包", "study"), ("冬天穿的棉鞋", "clothing"))
        for days in (0, 30)
    ]
    for wish in made[::3]:
        _came_by(wish.id, list_of_wishes)
    listed = {wish.number for wish in made[::3]}
    for filters, is_found in (
        (ListFilters(state=WishState.CLOSED), lambda wish: wish.state == WishState.CLOSED),
        (ListFilters(centre_id=here.id), lambda wish: wish.service_centre_id == here.id),
        (ListFilters(text="冬天"), lambda wish: "冬天" in wish.item),
        (ListFilters(text=made[5].number.lower()), lambda wish: wish.number == made[5].number),
        (ListFilters(import_id=list_of_wishes), lambda wish: wish.number in listed),
        (
            ListFilters(import_id=list_of_wishes, text="书包", centre_id=here.id),
            lambda wish: wish.number in listed and "书包" in wish.item and wish.service_centre_id == here.id,
        ),
        (
            ListFilters(is_overdue=True, state=WishState.SUBMITTED, text="书包"),
            lambda wish: wish.state == WishState.SUBMITTED and "书包" in wish.item and wish.deadline_at < now(),
        ),
    ):
        wanted = sorted((wish.state_since, wish.number) for wish in made if is_found(wish))
        page = list_wishes(cast.moderator(), filters)
        assert wanted
        assert [wish.number for wish in page.wishes] == [number for _since, number in wanted], filters
        assert page.total == len(wanted)
        assert {wish.number for wish in every_wish(cast.moderator(), filters)} == {number for _since, number in wanted}


def test_a_count_that_goes_on_says_so(app_context, monkeypatch):
    monkeypatch.setattr("portal.counting.MOST_COUNTED", 2)
    made = [cast.wish() for _row in range(2)]
    page = list_wishes(cast.moderator(), ListFilters())
    assert (number(page.total), page.total.is_more) == ("2", False)
    made.append(cast.wish())
    page = list_wishes(cast.moderator(), ListFilters())
    assert (number(page.total), len(page.wishes)) == ("2+", len(made))


@transaction
def _list_of_wishes() -> int:
    row = Import(kind="wishes", state="done", file_name="心愿表.xlsx", file_hash="x", created_at=now())
    session().add(row)
    session().flush()
    return row.id


@transaction
def _came_by(wish_id: int, import_id: int) -> None:
    session().get_one(Wish, wish_id).import_id = import_id


def test_search_takes_wildcards_as_text(app_context):
    cast.wish(item="棉被")
    hundred = cast.wish(item="100%纯棉床单")
    assert list_wishes(cast.moderator(), ListFilters(text="%")).wishes[0].number == hundred.number
    assert len(list_wishes(cast.moderator(), ListFilters(text="%")).wishes) == 1


def test_wish_without_consent_cannot_be_verified_but_can_be_referred(app_context):
    wish = cast.wish(consents=())
    with pytest.raises(VerificationBlocked) as blocked:
        decide(cast.clerk(), wish.id, WishAction.VERIFY)
    assert blocked.value.obstacles == (Obstacle.CONSENT_MISSING,)
    assert decide(cast.clerk(), wish.id, WishAction.REFER, "转街道民政办") is WishState.REFERRED


def test_wish_is_not_sent_back_without_a_reason(app_context):
    wish = cast.wish()
    with pytest.raises(ReasonNeeded):
        decide(cast.clerk(), wish.id, WishAction.RETURN, "  ")
    assert get_wish(wish.number).state == WishState.SUBMITTED


def test_many_are_verified_and_the_doubtful_ones_left(app_context):
    good, doubtful = cast.wish(), cast.wish(consents=(ConsentUse.PHOTO,))
    result = verify_many(cast.clerk(), [good.number, doubtful.number])
    assert result.verified == (good.number,)
    assert result.left == (doubtful.number,)
    session().expire_all()
    assert get_wish(good.number).state == WishState.VERIFIED
    assert get_wish(doubtful.number).state == WishState.SUBMITTED


def test_exports_carry_no_identity_and_evaluate_nothing(app, new_visitor):
    with app.app_context():
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre())
        cast.wish(item='=HYPERLINK("x")')
    visitor = sign_in(new_visitor(), clerk)
    text = visitor.client.get("/admin/wishes/export.csv").get_data().decode("utf-8-sig")
    assert cast.FAMILY_NAME not in text
    assert cast.REASON not in text
    assert not any(field.strip('"').startswith("=") for line in text.splitlines() for field in line.split(","))
    sheet = openpyxl.load_workbook(io.BytesIO(visitor.client.get("/admin/wishes/export.xlsx").get_data())).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.dictionaries(
        st.sampled_from(["q", "state", "centre", "kind", "category", "sort", "after"]),
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40),
    )
)
def test_no_address_breaks_the_list(supervisor_client, query):
    assert supervisor_client.get("/admin/wishes", query_string=query).status_code == 200


@pytest.fixture
def supervisor_client(app, new_visitor):
    with app.app_context():
        supervisor = cast.person(Role.SUPERVISOR)
    return sign_in(new_visitor(), supervisor).client


def test_overdue_wishes_lead_the_desk(app_context, clock):
    late = cast.wish(days_ago=30)
    fresh = cast.wish()
    clerk = cast.clerk()
    assert [wish.number for wish in list_waiting(clerk)] == [late.number, fresh.number]
    assert (list_tasks(clerk)[0].count, list_tasks(clerk)[0].overdue) == (2, 1)
    clock.advance(timedelta(days=60))
    assert list_tasks(clerk)[0].overdue == 2
