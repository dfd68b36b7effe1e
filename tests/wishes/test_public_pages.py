"""What everybody sees of wishes: publications only, found by any filter, counted honestly, gone when withdrawn."""

import re
from datetime import timedelta
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, update

from portal.accounts.rules import FAMILY, PLEDGER
from portal.db import database, session, transaction
from portal.publication.compose import PublicText
from portal.publication.models import Publication
from portal.wishes.publishing import suspend_wish, write_publication
from portal.wishes.rules import WishAction, WishState
from portal.wishes.service import get_wish, move_wish
from tests import cast

SEALED = (
    cast.FAMILY_NAME,
    cast.FAMILY_PHONE,
    cast.FAMILY_ADDRESS,
    cast.GUARDIAN,
    cast.REASON,
    "刘若",
    "南涧东社区",
)
NUMBER = re.compile(r"/wishes/([0-9A-Z]{7})\b")


@pytest.fixture
def stocked(app):
    """Return the application with 28 open wishes at two centres, of several kinds, prices and waiting times."""
    with app.app_context():
        stock()
    return app


@transaction
def stock():
    for place, category, item, price, kind in (
        ("南涧服务中心", "study", "双肩书包", 16_800, "goods"),
        ("南涧服务中心", "sport", "足球", 8_800, "goods"),
        ("海云服务中心", "home_service", "理发上门", 0, "service"),
        ("海云服务中心", "bedding", "棉被", 39_900, "goods"),
    ):
        for days in range(7):
            cast.wish(
                WishState.PUBLISHED,
                at=cast.centre(place),
                category=category,
                item=item,
                price_minor=price,
                kind=kind,
                days_ago=days * 7,
            )
    cast.wish(WishState.PLEDGED, item="书架")
    cast.wish(WishState.CLOSED, item="台灯")


def numbers_on(page):
    return list(dict.fromkeys(NUMBER.findall(page.html)))


def count_on(page):
    return int(re.search(r'role="status">\D*(\d+)', page.html)[1])


def pages_from(visitor, address, text):
    pages = [visitor.open(address)]
    while any(link.text == text for link in pages[-1].links):
        pages.append(visitor.follow(text))
    return pages


def test_public_pages_show_nothing_of_the_sealed_side(stocked, visitor):
    listed = visitor.open("/wishes?availability=all")
    pages = [listed, *(visitor.open(f"/wishes/{number}") for number in numbers_on(listed)[:4])]
    assert [word for page in pages for word in SEALED if word in page.html] == []


def test_public_pages_set_no_cookie(stocked, visitor):
    listed = visitor.open("/wishes")
    assert "Set-Cookie" not in listed.headers
    assert "Set-Cookie" not in visitor.open(f"/wishes/{numbers_on(listed)[0]}").headers


def test_the_longest_wait_stands_first(stocked, visitor):
    waited = [int(days) for days in re.findall(r"已等 (\d+) 天", visitor.open("/wishes").html)]
    assert waited == sorted(waited, reverse=True)
    assert waited[0] == 42


def test_the_days_for_whoever_pledges_today_stand_on_the_page_and_move_on_with_the_day(app, clock, visitor):
    with app.app_context():
        number = cast.wish(WishState.PUBLISHED).number
    assert "11月30日周一前联系，12月14日周一前送到" in visitor.open(f"/wishes/{number}")
    assert "11月30日周一前联系服务中心，12月14日周一前办好" in visitor.open(f"/pledges/new?wish={number}")
    clock.advance(timedelta(days=1))
    assert "12月1日周二前联系，12月15日周二前送到" in visitor.open(f"/wishes/{number}")


def test_a_service_is_counted_in_times_and_goods_in_pieces(app, visitor):
    with app.app_context():
        haircut, bag = (cast.wish(WishState.PUBLISHED, kind=kind).number for kind in ("service", "goods"))
    assert "1 次" in visitor.open(f"/wishes/{haircut}")
    assert "1 件" in visitor.open(f"/wishes/{bag}")


def test_a_withdrawn_wish_is_gone_at_once(app, visitor):
    with app.app_context():
        wish = cast.wish(WishState.PUBLISHED)
    assert wish.number in visitor.open("/wishes").html
    visitor.open(f"/wishes/{wish.number}")
    with app.app_context():
        move_wish(wish.id, WishAction.WITHDRAW, FAMILY)
    assert wish.number not in visitor.open("/wishes").html
    gone = visitor.open(f"/wishes/{wish.number}", status=410)
    assert "双肩书包" not in gone


def test_a_suspended_wish_is_gone_at_once_too(app, visitor):
    with app.app_context():
        wish, moderator = cast.wish(WishState.PUBLISHED), cast.moderator()
        visitor.open("/wishes")
        suspend_wish(moderator, wish.id, "先核对")
    visitor.open(f"/wishes/{wish.number}", status=410)
    assert "没有符合这些条件的心愿" in visitor.open("/wishes")


def test_a_wish_that_never_was_public_does_not_exist(app, visitor):
    with app.app_context():
        wish = cast.wish(WishState.VERIFIED)
        text = PublicText("双肩书包", "School backpack", "", "", "想要书包。", "A bag.")
        write_publication(cast.moderator(), wish.id, text)
    visitor.open(f"/wishes/{wish.number}", status=404)
    visitor.open("/wishes/ABCDEFG", status=404)


def test_a_number_may_be_typed_as_people_type(stocked, visitor):
    number = numbers_on(visitor.open("/wishes"))[0]
    assert visitor.open(f"/wishes/{number[:4].lower()}-{number[4:].lower()}").address == f"/wishes/{number}"


def test_pages_forward_show_every_wish_once_though_others_arrive_meanwhile(stocked, visitor):
    seen = numbers_on(visitor.open("/wishes"))
    with stocked.app_context():
        late = [cast.wish(WishState.PUBLISHED, days_ago=70).number, cast.wish(WishState.PUBLISHED).number]
    while any(link.text == "后一页" for link in visitor.page.links):
        seen += numbers_on(visitor.follow("后一页"))
    assert len(seen) == len(set(seen))
    assert len(set(seen) - set(late)) == 28


def test_pages_back_show_what_pages_forward_showed(stocked, visitor):
    forward = [numbers_on(page) for page in pages_from(visitor, "/wishes", "后一页")]
    visitor_at_end = visitor.page.address
    backward = [numbers_on(page) for page in pages_from(visitor, visitor_at_end, "前一页")]
    assert backward[-1] == forward[0]
    assert len(forward) == 2


def test_nothing_is_repeated_when_a_wish_on_the_page_is_pledged_meanwhile(stocked, visitor):
    first = visitor.open("/wishes")
    gone = numbers_on(first)[-1]
    with stocked.app_context():
        move_wish(get_wish(gone).id, WishAction.PLEDGE, PLEDGER)
    visitor.page = first
    second = visitor.follow("后一页")
    assert set(numbers_on(first)).isdisjoint(numbers_on(second))
    assert len(numbers_on(first)) + len(numbers_on(second)) == 28


@pytest.mark.parametrize("address", ["/wishes", "/wishes?q=南涧&kind=goods&waiting=14"])
def test_every_count_beside_a_filter_is_the_length_of_its_list(stocked, visitor, address):
    page = visitor.open(address)
    form = next(form for form in page.forms if "waiting" in form.names())
    start = form.values()
    checked = 0
    for field in form.fields:
        for option in field.options:
            told = re.search(r"\((\d+)\)$", option.label)
            if told is None:
                continue
            query = {name: values[0] for name, values in start.items() if values[0]} | {field.name: option.value}
            found = visitor.open("/wishes?" + "&".join(f"{name}={value}" for name, value in query.items()))
            assert count_on(found) == int(told[1]), (field.name, option.label)
            checked += 1
    assert checked >= 5


def test_every_category_in_the_rail_leads_to_as_many_wishes_as_it_says(stocked, visitor):
    page = visitor.open("/wishes")
    rail = re.findall(r'href="(/wishes\?category=[^"]+)".*?rail-count">(\d+)<', page.html)
    assert len(rail) == 4
    for address, told in rail:
        assert count_on(visitor.open(address)) == int(told)


def test_a_choice_that_would_show_nothing_is_not_offered(stocked, visitor):
    page = visitor.open("/wishes?category=bedding")
    [kind] = [field for form in page.forms for field in form.fields if field.name == "kind"]
    assert [option.value for option in kind.options] == ["", "goods"]


def test_counts_follow_at_once_when_a_wish_is_pledged(stocked, visitor):
    before = count_on(visitor.open("/wishes"))
    with stocked.app_context():
        wish = cast.wish(WishState.PUBLISHED)
        assert count_on(visitor.open("/wishes")) == before + 1
        move_wish(wish.id, WishAction.PLEDGE, PLEDGER)
    assert count_on(visitor.open("/wishes")) == before


def test_waiting_times_move_on_at_midnight(app, visitor, clock):
    with app.app_context():
        cast.wish(WishState.PUBLISHED, days_ago=6)
    assert "等了7天以上" not in visitor.open("/wishes")
    clock.advance(timedelta(days=1))
    assert "等了7天以上 (1)" in visitor.open("/wishes")


def test_words_are_searched_for_as_text(stocked, visitor):
    def found(query):
        return count_on(visitor.open(f"/wishes?{urlencode({'q': query})}"))

    assert {query: found(query) for query in ("理发", "理 发", "海云 棉被", "南涧，足球")} == {
        "理发": 7,
        "理 发": 7,
        "海云 棉被": 7,
        "南涧，足球": 7,
    }
    assert [found(query) for query in ("海云 双肩", "%", "_", "理%发", "\\", "'")] == [0] * 6


def test_a_percent_sign_finds_the_wish_that_has_one(app, visitor):
    with app.app_context():
        wish = cast.wish(WishState.PUBLISHED)
        _set_search_text(wish.number, "100%纯棉 t_shirt")
        cast.wish(WishState.PUBLISHED)
    assert numbers_on(visitor.open("/wishes?q=0%25")) == [wish.number]
    assert numbers_on(visitor.open("/wishes?q=t_s")) == [wish.number]
    assert numbers_on(visitor.open(f"/wishes?{urlencode({'q': 'Ｔ_ＳＨＩＲＴ'})}")) == [wish.number]


@transaction
def _set_search_text(number, text):
    session().execute(update(Publication).where(Publication.number == number).values(search_text=text))


def test_unknown_values_in_an_address_are_passed_over_kindly(stocked, visitor):
    page = visitor.open("/wishes?category=boats&centre=999999&price=&waiting=soon&kind=x&after=%3D%3D&before=zz")
    assert count_on(page) == 28


def test_pledged_and_fulfilled_wishes_can_be_looked_at(stocked, visitor):
    assert "书架" in visitor.open("/wishes?availability=pledged")
    assert "台灯" in visitor.open("/wishes?availability=fulfilled")
    assert count_on(visitor.open("/wishes?availability=all")) == 30


def test_english_pages_are_english(app, new_visitor):
    with app.app_context():
        wish = cast.wish(WishState.PUBLISHED)
    reader = new_visitor("en")
    for address in ("/wishes", f"/wishes/{wish.number}"):
        page = reader.open(address)
        assert "School backpack" in page
        assert "The old bag is worn out" in page
        assert "双肩书包" not in page


def test_a_taken_wish_shows_open_ones_like_it(stocked, visitor):
    with stocked.app_context():
        wish = cast.wish(WishState.PLEDGED)
    page = visitor.open(f"/wishes/{wish.number}")
    assert "相似的心愿，也在等" in page
    assert len(set(numbers_on(page)) - {wish.number}) == 3


@given(
    query=st.dictionaries(
        st.sampled_from(
            ["q", "category", "group", "centre", "price", "kind", "waiting", "availability", "after", "before", "x"]
        ),
        st.one_of(st.text(max_size=60), st.sampled_from(["open", "all", "7", "study", "-1", "0", "NaN", "MTIzLkFC"])),
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_query_string_brings_the_list_down(app, query):
    response = app.test_client().get("/wishes", query_string=query)
    assert response.status_code in (200, 400)


@given(number=st.text(min_size=1, max_size=30).filter(lambda text: text.strip("./") and "/" not in text))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_number_brings_a_page_down(app, number):
    response = app.test_client().get("/wishes/" + quote(number, safe=""))
    assert response.status_code in (301, 308, 400, 404)


def queries_of(app, address):
    client = app.test_client()
    client.get(address)
    with app.app_context():
        engines = (database().read_engine, database().write_engine)
    seen = []

    def note(*args):
        seen.append(args[2])

    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    client.get(address)
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


@pytest.mark.parametrize("address", ["/wishes", "/wishes?q=书包", "/"])
def test_the_number_of_queries_does_not_grow_with_the_wishes(app, address):
    with app.app_context():
        cast.wish(WishState.PUBLISHED)
    before = queries_of(app, address)
    with app.app_context():
        for _ in range(30):
            cast.wish(WishState.PUBLISHED)
    assert queries_of(app, address) <= before
