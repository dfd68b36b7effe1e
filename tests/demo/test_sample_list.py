"""The list the demo hands out goes in by the import's page, as the README promises."""

import pytest

from portal.accounts.rules import Role
from portal.areas.models import Community, Grid, ServiceCentre
from portal.clock import today
from portal.db import session, transaction
from portal.demo.areas import HOURS, demo_centres
from portal.demo.sample_list import WISHES, sample_list
from tests import cast
from tests.plumbing.sessions import sign_in
from tests.plumbing.visitor import Upload


@pytest.fixture
def clerk(app, visitor):
    """The clerk of the demo's first centre, which stands as the demo has it."""
    with app.app_context():
        person = cast.person(Role.CENTRE_CLERK, at=build_centre())
    return sign_in(visitor, person)


@transaction
def build_centre():
    wanted = demo_centres()[0]
    place = ServiceCentre(name=wanted.name, name_en="Haiyun", address="", phone="", hours=HOURS)
    session().add(place)
    session().flush()
    for each in wanted.communities:
        community = Community(service_centre_id=place.id, name=each.name, station_address=each.station_address)
        session().add(community)
        session().flush()
        session().add_all(Grid(community_id=community.id, name=name) for name in each.grids)
    return place


def test_the_list_comes_in_whole_and_a_second_time_adds_nothing(app, clerk):
    with app.app_context():
        content = sample_list(today())
    clerk.open("/admin/imports")
    page = clerk.submit({"file": Upload(content, "wish-list.xlsx")}, form="/admin/imports")
    assert f"{WISHES}个心愿可以收进来" in page
    clerk.submit(form="/take-in")
    clerk.open("/admin/imports")
    page = clerk.submit({"file": Upload(content, "again.xlsx")}, form="/admin/imports")
    assert f"{WISHES}个心愿可以收进来" not in page


def test_nobody_but_a_demo_hands_it_out(client):
    assert client.get("/demo/list.xlsx").status_code == 404
