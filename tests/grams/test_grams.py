"""Words are found by the index exactly where looking through all texts finds them, on both databases."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from portal.db import session, transaction
from portal.publication.folding import fold_for_search, search_words
from portal.publication.models import SEARCH, Publication
from portal.wishes.rules import WishState
from tests import cast

LETTERS = "书包旧的𠮷ａＬegoLEGOéß %_/\\'\"*-()7"


@pytest.fixture
def texts(app_context):
    """Return the keys of four live texts."""
    for _wish in range(4):
        cast.wish(WishState.PUBLISHED)
    return list(session().scalars(select(Publication.id)))


def found(word):
    return set(session().scalars(SEARCH.holding(word, session().get_bind().dialect)))


def looked_through(word):
    holds = Publication.search_text.contains(word, autoescape=True)
    return set(session().scalars(select(Publication.id).where(Publication.status == "live", holds)))


@transaction
def write(key, **values):
    session().execute(update(Publication).where(Publication.id == key).values(**values))


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    given=st.lists(st.text(LETTERS, max_size=12), min_size=4, max_size=4),
    query=st.text(LETTERS, min_size=1, max_size=9),
    live=st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_index_and_looking_through_find_the_same(texts, given, query, live):
    folded = [fold_for_search(text) for text in given]
    for key, text, is_live in zip(texts, folded, live, strict=True):
        write(key, search_text=text, status="live" if is_live else "withdrawn")
    for word in search_words(query):
        here = {key for key, text, is_live in zip(texts, folded, live, strict=True) if is_live and word in text}
        assert found(word) == looked_through(word) == here


@pytest.mark.parametrize(
    ("word", "is_there"),
    [
        *(
            ("书", True),
            ("书包", True),
            ("双肩书包", True),
            ("包书", False),
            ("肩包", False),
            ("𠮷", True),
            ("𠮷屋", True),
        ),
        *(("lego", True), ("LeGo", True), ("lgo", False), ("100%", True), ("1%", False), ("_", False), ("'", True)),
    ],
)
def test_what_is_found(texts, word, is_there):
    write(texts[0], search_text="双肩书包 𠮷屋 LEGO 100% child's")
    assert (texts[0] in found(word)) == is_there


def test_what_is_taken_down_is_found_no_more_and_again_when_it_is_back(texts):
    key = texts[0]
    write(key, search_text="竹马")
    assert found("竹马") == {key}
    write(key, status="withdrawn")
    assert found("竹马") == set()
    write(key, status="live", search_text="竹马青梅")
    assert found("青梅") == {key}


def test_a_change_of_another_kind_leaves_the_index_alone(texts):
    before = found("书包")
    write(texts[0], availability="pledged")
    assert found("书包") == before == set(texts)


def test_a_row_that_is_deleted_is_found_no_more(texts):
    @transaction
    def remove():
        session().execute(delete(Publication).where(Publication.id == texts[0]))

    remove()
    assert texts[0] not in found("书包")


def test_a_change_that_was_rolled_back_is_not_in_the_index(texts):
    @transaction
    def fail():
        session().execute(update(Publication).where(Publication.id == texts[0]).values(search_text="竹马"))
        raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert found("竹马") == set()
    assert texts[0] in found("书包")
