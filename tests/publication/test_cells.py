"""What the public pages show of who a wish is for is true of several wishes, on both databases, after every act."""

from collections import Counter
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from portal.accounts.rules import FAMILY, Role
from portal.db import session, transaction
from portal.publication import cells
from portal.publication.cells import gather
from portal.publication.commands import privacy
from portal.publication.exposure import report
from portal.publication.filters import ANY, WishFilters
from portal.publication.models import Publication, PublicationStatus, PublicTraits
from portal.publication.queries import find_public_wish, list_public_wishes
from portal.redaction.marks import NOBODY
from portal.wishes.publishing import approve_publication, suggest, write_publication
from portal.wishes.rules import WishAction, WishState
from portal.wishes.service import get_wish, move_wish
from tests import cast
from tests.plumbing.environment import put_settings
from tests.plumbing.sessions import sign_in

K = 5


@pytest.fixture
def chosen_settings():
    return {"smallest_cell": K}


def what_is_shown():
    """Count the live texts by what they show of age, group and centre."""
    columns = (Publication.group, Publication.age_band, Publication.service_centre_id)
    live = select(*columns).where(Publication.status == PublicationStatus.LIVE)
    return Counter(map(tuple, session().execute(live)))


def write(wish):
    """Have a wish's text written by one moderator and approved by another."""
    approve_publication(cast.moderator(), write_publication(cast.moderator(), wish.id, suggest(wish, NOBODY).text))


@pytest.fixture
def next_day(clock):
    """Return a function that lets a night pass, in which the clock brings wishes together."""

    def sleep():
        clock.set(clock.now() + timedelta(days=1))
        return gather()

    return sleep


def publish(count):
    wishes = [cast.wish(WishState.VERIFIED) for _ in range(count)]
    for wish in wishes:
        write(wish)
    return wishes


@transaction
def change_group(wish, group):
    get_wish(wish.number).group = group


def withdraw(wish):
    move_wish(wish.id, WishAction.WITHDRAW, FAMILY)


def test_four_alike_show_nothing_and_with_the_fifth_all_show_all_the_next_day(app_context, next_day):
    publish(4)
    next_day()
    assert what_is_shown() == {(None, None, None): 4}
    publish(1)
    assert what_is_shown() == {(None, None, None): 5}
    assert next_day() == 5
    [(shown, count)] = what_is_shown().items()
    assert count == 5
    assert None not in shown


def test_of_very_many_traits_are_shown_at_once(app_context, monkeypatch):
    monkeypatch.setattr(cells, "MANY", 2)
    publish(10)
    assert what_is_shown()[None, None, None] == 0


def test_a_wish_without_company_names_the_district_only(app_context, client):
    [wish] = publish(1)
    seen = find_public_wish(wish.number)
    assert (seen.group_label, seen.age_band_label, seen.service_centre_id) == (None, None, None)
    assert seen.area_label == "崂山区"


def test_a_withdrawal_hides_what_its_cell_showed_in_the_same_moment(app_context, next_day):
    wishes = publish(5)
    next_day()
    withdraw(wishes[0])
    assert what_is_shown() == {(None, None, None): 4}


def test_those_that_had_to_show_less_wait_for_another_day(app_context, next_day):
    wishes = publish(6)
    next_day()
    withdraw(wishes[0])
    publish(1)
    assert gather() == 0
    assert what_is_shown() == {(None, None, None): 6}
    assert next_day() == 6


def test_what_is_hidden_is_not_found_by_filter_count_or_search(app_context):
    [wish] = publish(1)
    centre_id = get_wish(wish.number).service_centre_id
    for filters in (WishFilters(centre=centre_id), WishFilters(group=wish.group), WishFilters(q="南涧")):
        page = list_public_wishes(filters)
        assert page.total == 0
        assert page.wishes == ()
    facets = list_public_wishes(WishFilters(availability=ANY)).facets
    assert (facets["centre"][str(centre_id)], facets["group"][wish.group]) == (0, 0)


def test_a_new_text_of_a_public_wish_shows_what_the_old_one_showed(app_context, next_day):
    wishes = publish(5)
    next_day()
    before = what_is_shown()
    write(get_wish(wishes[0].number))
    assert what_is_shown() == before


def test_other_traits_are_hidden_until_they_fit_again(app_context, next_day):
    wishes = publish(5)
    next_day()
    change_group(wishes[0], "orphan")
    write(get_wish(wishes[0].number))
    assert what_is_shown() == {(None, None, None): 5}


def test_the_report_tells_the_smallest_cells_and_what_is_held_back(app_context, next_day):
    publish(5)
    next_day()
    left = publish(2)
    found = report()
    assert [cell.count for cell in found.cells] == [5]
    assert (found.live, found.waiting, found.coarsened_today) == (7, 2, 0)
    withdraw(left[0])
    withdraw(get_wish(next(iter(live_numbers()))))
    assert report().live == 5
    assert report().coarsened_today == 4


def live_numbers():
    live = select(PublicTraits.number).where(PublicTraits.is_live, PublicTraits.shown != 0)
    return session().scalars(live.order_by(PublicTraits.number))


def test_the_command_prints_the_report(app, settings, monkeypatch, next_day):
    with app.app_context():
        publish(5)
        next_day()
    put_settings(settings, monkeypatch)
    printed = CliRunner().invoke(privacy, ["report"])
    assert printed.exit_code == 0
    assert "Public wishes: 5. Smallest cell allowed: 5." in printed.output
    assert "    5  Centre" in printed.output


def test_a_moderator_sees_among_how_many_a_wish_will_stand(app, new_visitor):
    with app.app_context():
        publish(3)
        wish = cast.wish(WishState.VERIFIED)
        moderator = sign_in(new_visitor(), cast.person(Role.MODERATOR))
    page = moderator.open(f"/admin/wishes/{wish.number}/publication")
    assert "三样都一样的公开心愿 3 个" in page
    assert "凑够 5 个相似的" in page
