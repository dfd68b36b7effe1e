"""The public list answers as reading all live texts would, after every change and in every process."""

from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from portal import clock as portal_clock
from portal import create_app
from portal.db import database, forget_reads, session, transaction
from portal.publication.filters import ANY, PRICE_BANDS, WAITING_DAYS, WishFilters, price_band
from portal.publication.live import MOST_TAKEN_IN
from portal.publication.models import Publication, PublicTraits, PublicVersion
from portal.publication.paging import Mark
from portal.publication.queries import list_public_wishes, similar_open_wishes
from portal.publication.service import put_back, set_availability, take_down
from tests import cast

MONDAY = date(2026, 11, 23)
_numbers = count(1)


@pytest.fixture
def authors(app_context):
    """Return two people, one of whom writes and one approves."""
    return [cast.moderator().person_id, cast.moderator().person_id]


@transaction
def publish(authors, many=1, *, days=0, category="study", kind="goods", price=100, text="书包", status="live"):
    numbers = [f"W{next(_numbers):06d}" for _row in range(many)]
    plain = dict.fromkeys(("item", "item_en", "reason", "reason_en"), "x")
    shared = plain | {
        "version": 1,
        "status": status,
        "kind": kind,
        "category": category,
        "quantity": 1,
        "price_minor": price,
        "currency": "CNY",
        "group": "dibao",
        "search_text": text,
        "waiting_since": MONDAY - timedelta(days=days),
        "written_by_id": authors[0],
        "approved_by_id": authors[1],
        "written_at": portal_clock.now(),
    }
    session().execute(insert(Publication), [shared | {"number": number} for number in numbers])
    exact = {"group": "dibao", "age_band": "70-79", "service_centre_id": cast.centre().id, "is_live": status == "live"}
    session().execute(insert(PublicTraits), [exact | {"number": number} for number in numbers])
    return numbers


@transaction
def change(number, **values):
    session().execute(update(Publication).where(Publication.number == number).values(**values))


@transaction
def erase(*numbers):
    session().execute(delete(Publication).where(Publication.number.in_(numbers) if numbers else True))


def fits(row, filters):
    low, high = PRICE_BANDS.get(filters.price, (0, None))
    return (
        row.status == "live"
        and filters.availability in (ANY, row.availability)
        and filters.category in ("", row.category)
        and filters.kind in ("", row.kind)
        and low <= row.price_minor
        and (high is None or row.price_minor <= high)
        and (not filters.waiting or (MONDAY - row.waiting_since).days >= WAITING_DAYS[filters.waiting])
        and all(word in row.search_text for word in filters.words)
    )


def all_fitting(filters):
    rows = [row for row in session().scalars(select(Publication)) if fits(row, filters)]
    return [row.number for row in sorted(rows, key=lambda row: (row.waiting_since, row.number))]


def turned_pages(filters, *, backwards=False):
    page, seen = list_public_wishes(filters, limit=2), []
    while True:
        seen.append([wish.number for wish in page.wishes])
        if page.next is None:
            break
        page = list_public_wishes(filters, page.next, 2)
    while backwards and page.previous is not None:
        page = list_public_wishes(filters, limit=2, before=page.previous)
        seen.append([wish.number for wish in page.wishes])
    return seen


filters = st.builds(
    WishFilters,
    q=st.sampled_from(("", "书", "书包", "竹马 书")),
    category=st.sampled_from(("", "study")),
    kind=st.sampled_from(("", "service")),
    price=st.sampled_from(("", "0", "100")),
    waiting=st.sampled_from(("", "7")),
    availability=st.sampled_from((ANY, "open", "pledged")),
)
traits = st.fixed_dictionaries(
    {
        "days": st.sampled_from((0, 1, 7, 30)),
        "category": st.sampled_from(("study", "books")),
        "kind": st.sampled_from(("goods", "service")),
        "price": st.sampled_from((0, 100, 20_000)),
        "text": st.sampled_from(("书包", "竹马", "竹马 书包")),
        "status": st.sampled_from(("live", "written")),
    }
)
acts = st.one_of(
    traits,
    st.tuples(st.sampled_from((take_down, put_back, erase)), st.integers(0, 9)),
    st.tuples(st.just(set_availability), st.integers(0, 9), st.sampled_from(("open", "pledged", "fulfilled"))),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(traits, max_size=5), st.lists(acts, max_size=5), filters)
def test_list_is_what_reading_all_texts_gives_after_each_change(authors, at_first, history, filters):
    erase()
    numbers = [number for each in at_first for number in publish(authors, **each)]
    for act in history:
        if isinstance(act, dict):
            numbers += publish(authors, **act)
        elif numbers:
            act[0](numbers[act[1] % len(numbers)], *act[2:])
        expected = all_fitting(filters)
        assert [number for page in turned_pages(filters) for number in page] == expected
        assert list_public_wishes(filters).total == len(expected)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(traits, min_size=1, max_size=8), filters)
def test_each_count_is_the_length_of_the_list_it_leads_to(authors, at_first, filters):
    erase()
    for each in at_first:
        publish(authors, **each)
    facets = list_public_wishes(filters).facets
    for name, values in {
        "category": ("study", "books"),
        "kind": ("goods", "service"),
        "price": map(price_band, (0, 100, 20_000)),
        "waiting": ("7", "30"),
        "availability": ("open", "pledged", ANY),
    }.items():
        for value in values:
            assert facets[name][value] == len(all_fitting(filters.choosing(name, value))), (name, value)


def test_pages_lead_back_the_way_they_came(authors):
    publish(authors, 5)
    publish(authors, 2, days=3)
    forth = turned_pages(WishFilters())
    assert len(forth) == 4
    assert turned_pages(WishFilters(), backwards=True) == [*forth, *forth[-2::-1]]


def test_a_mark_of_a_wish_that_is_gone_still_shows_where_to_go_on(authors):
    first, second, third = publish(authors, 3)
    erase(second)
    assert [wish.number for wish in list_public_wishes(WishFilters(), Mark(MONDAY, second)).wishes] == [third]
    assert [wish.number for wish in list_public_wishes(WishFilters(), Mark(MONDAY, first)).wishes] == [third]


def test_another_process_sees_a_change_with_its_commit(app, authors, settings, clock):
    number, other = publish(authors, 2)
    elsewhere = create_app(settings, clock=clock)
    with elsewhere.app_context():
        assert list_public_wishes(WishFilters(q="书包")).total == 2
    with app.app_context():
        take_down(number)
    with elsewhere.app_context():
        page = list_public_wishes(WishFilters(q="书包"))
    elsewhere.extensions["portal.database"].dispose()
    assert ([wish.number for wish in page.wishes], page.total) == ([other], 1)


def test_what_a_transaction_undoes_was_never_in_the_list(authors):
    number, _other = publish(authors, 2)
    list_public_wishes(WishFilters())

    @transaction
    def fail():
        take_down(number)
        list_public_wishes(WishFilters())
        raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert list_public_wishes(WishFilters()).total == 2


def test_changes_that_overlap_are_both_seen(authors, database_kind):
    slow, quick = publish(authors, 2)
    list_public_wishes(WishFilters())
    with Session(database().write_engine) as writer:
        writer.execute(update(Publication).where(Publication.number == slow).values(status="withdrawn"))
        if database_kind == "postgresql":  # SQLite lets one write at a time.
            take_down(quick)
            assert [wish.number for wish in list_public_wishes(WishFilters()).wishes] == [slow]
        writer.commit()
    if database_kind == "sqlite":
        take_down(quick)
    forget_reads()
    assert list_public_wishes(WishFilters()).total == 0


def test_many_changes_at_once_are_seen_too(authors):
    numbers = publish(authors, MOST_TAKEN_IN + 2)
    assert list_public_wishes(WishFilters()).total == len(numbers)
    publish(authors, 1, text="竹马")

    @transaction
    def pledge_all():
        session().execute(update(Publication).where(Publication.number.in_(numbers)).values(availability="pledged"))

    pledge_all()
    assert list_public_wishes(WishFilters()).total == 1
    assert list_public_wishes(WishFilters(availability="pledged")).total == len(numbers)


def test_a_database_brought_back_from_a_copy_is_read_anew(authors):
    number, _other = publish(authors, 2)
    list_public_wishes(WishFilters())

    @transaction
    def restore():
        session().connection().execute(delete(Publication.__table__).where(Publication.number == number))
        session().connection().execute(update(PublicVersion.__table__).values(version=0))

    restore()
    assert list_public_wishes(WishFilters()).total == 1


def test_similar_wishes_are_open_and_the_likest_come_first(authors):
    gone, *_ = publish(authors, category="study")
    (other_kind,) = publish(authors, days=9, kind="service", category="books")
    (same_kind,) = publish(authors, days=7, category="books")
    (likest,) = publish(authors, days=1, category="study")
    (taken,) = publish(authors, days=30, category="study")
    set_availability(taken, "pledged")
    take_down(gone)
    assert [wish.number for wish in similar_open_wishes(gone)] == [likest, same_kind, other_kind]
    assert [wish.number for wish in similar_open_wishes(likest, limit=1)] == [same_kind]
