"""Addresses of the list are read kindly, written the same for the same filters, and pages are marked by key."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.publication.filters import WishFilters, price_band, read_filters
from portal.publication.folding import MOST_WORDS, fold_for_search, search_words
from portal.publication.paging import Mark, read_mark


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ({"category": "study", "kind": "goods"}, {"category": "study", "kind": "goods"}),
        ({"category": "boats", "price": "12", "waiting": "forever", "kind": "", "group": "x"}, {}),
        ({"centre": "7"}, {"centre": "7"}),
        ({"centre": "７"}, {}),
        ({"centre": "1e3"}, {}),
        ({"centre": "9" * 30}, {}),
        ({"availability": "open"}, {}),
        ({"availability": "all"}, {"availability": "all"}),
        ({"availability": "hidden"}, {}),
        ({"q": "  书包  蓝 "}, {"q": "书包 蓝"}),
    ],
)
def test_what_is_unknown_in_an_address_is_left_aside(query, left):
    assert read_filters(query).to_query() == left


@given(st.dictionaries(st.sampled_from([*WishFilters.__slots__, "after"]), st.text(max_size=40)))
def test_an_address_read_and_written_again_stays_the_same(query):
    filters = read_filters(query)
    assert read_filters(filters.to_query()) == filters


@pytest.mark.parametrize(
    ("fen", "band"), [(0, "0"), (1, "100"), (10_000, "100"), (10_001, "200"), (50_000, "500"), (50_001, "more")]
)
def test_every_price_lies_in_one_band(fen, band):
    assert price_band(fen) == band


def test_words_are_searched_for_whatever_their_width_and_case():
    assert search_words("　ＬＥＧＯ，积木、红色 ") == ("lego", "积木", "红色")
    assert fold_for_search("Bücher\u200b Ａ") == "bücher a"


@given(st.text(max_size=400))
def test_a_query_is_a_few_words_whatever_is_typed(text):
    words = search_words(text)
    assert len(words) <= MOST_WORDS
    assert all(words)


@given(st.dates(), st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=1, max_size=12))
def test_a_mark_survives_its_way_through_an_address(day, number):
    mark = Mark(day, number)
    assert read_mark(mark.write()) == mark


@given(st.text(max_size=80))
def test_a_broken_mark_is_no_mark(text):
    read = read_mark(text)
    assert read is None or isinstance(read.waiting_since, date)
