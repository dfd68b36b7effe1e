"""Pieces of fresh pages are kept under all that they show: none is drawn twice, and none outlives its truth."""

from itertools import count

import pytest
from sqlalchemy import update

from portal.accounts.rules import Role
from portal.db import session, transaction
from portal.publication import fragments
from portal.publication.fragments import Fragments
from portal.publication.models import Availability, Publication
from portal.publication.service import set_availability, take_down
from portal.wishes.rules import WishState
from tests import cast
from tests.plumbing.sessions import sign_in

_askers = count(1)


@pytest.fixture
def wish(app):
    with app.app_context():
        return cast.wish(WishState.PUBLISHED)


@pytest.fixture
def read(client):
    """Return a function that reads the wall at an address nobody asked for before, so that no whole page is kept."""

    def read(language="zh"):
        answer = client.get(f"/wishes?availability=all&fresh={next(_askers)}", headers={"Accept-Language": language})
        assert (answer.status_code, "ETag" in answer.headers) == (200, False)
        return answer.text

    return read


@transaction
def change(number, **values):
    session().execute(update(Publication).where(Publication.number == number).values(**values))


def test_a_note_is_the_same_drawn_or_kept(wish, read):
    for language in ("zh", "en"):
        drawn = read(language)
        assert wish.number in drawn
        assert _without_address(read(language)) == _without_address(drawn)


def _without_address(page):
    """Leave out where the switches of language and print lead back to."""
    return [line for line in page.splitlines() if "fresh" not in line]


def test_a_wish_taken_down_is_gone_from_fresh_pages_at_once(app, wish, read):
    assert all(wish.number in read(language) for language in ("zh", "en"))
    with app.app_context():
        take_down(wish.number)
    assert all(wish.number not in read(language) for language in ("zh", "en"))


def test_a_note_follows_its_wish(app, wish, read):
    with app.app_context():
        change(wish.number, group="homeless")
        centre = cast.centre().name
    page = _notes(read())
    assert "生活无着的流散人员" in page
    assert centre in page
    with app.app_context():
        change(wish.number, group=None, service_centre_id=None, item="暖手宝", item_en="hand warmer")
        set_availability(wish.number, Availability.PLEDGED)
    page = _notes(read())
    assert "暖手宝" in page
    assert "生活无着的流散人员" not in page
    assert centre not in page
    assert "hand warmer" in _notes(read("en"))


def _notes(page):
    return page[page.index('class="wish-wall"') : page.index("pick-bar")]


def test_each_reader_gets_their_own_language_whoever_came_first(wish, read):
    chinese, english = _notes(read("zh")), _notes(read("en"))
    assert chinese != english
    assert (_notes(read("zh")), _notes(read("en"))) == (chinese, english)


def test_too_many_pieces_make_room_for_new_ones(monkeypatch):
    monkeypatch.setattr(fragments, "MOST_CHARACTERS", 100)
    shelf = Fragments()
    for number in range(50):
        assert shelf.put(number, "x" * 30) == "x" * 30
    assert shelf.find(49) == "x" * 30
    assert sum(shelf.find(number) is not None for number in range(50)) <= 5


def test_a_page_that_was_drawn_for_another_address_leads_back_to_its_own(client, wish):
    for number in (1, 2):
        page = client.get(f"/wishes?from=poster-{number}").text
        assert f"/language/en?next=/wishes%3Ffrom%3Dposter-{number}" in page
        assert f"/display/large?next=/wishes%3Ffrom%3Dposter-{number}" in page
        assert f"poster-{3 - number}" not in page


def test_a_page_drawn_for_strangers_is_not_shown_to_whoever_is_signed_in(app, client, visitor, read):
    read()
    with app.app_context():
        person = cast.person(Role.CENTRE_CLERK, at=cast.centre())
    assert "工作台" in sign_in(visitor, person).open("/wishes?availability=all&fresh=mine")
    assert "工作台" not in read()
