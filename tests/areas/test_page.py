"""Everybody can find the service centre of a community, with its hours and telephone."""

from portal.areas.models import ServiceCentre
from portal.db import session, transaction
from tests import cast


@transaction
def close(place):
    session().get_one(ServiceCentre, place.id).is_active = False


def test_the_page_leads_to_every_open_centre(app, visitor):
    with app.app_context():
        blue, closed = cast.centre("海云服务中心"), cast.centre("南涧服务中心")
        close(closed)
    page = visitor.open("/centres")
    for text in (blue.name, blue.address, blue.phone, "海云东社区", "南涧东街1号"):
        assert text in page
    assert closed.name not in page
    assert visitor.follow("看这里等着的心愿").address == f"/wishes?centre={blue.id}"


def test_a_portal_without_centres_says_so(visitor):
    assert "还没有登记服务中心" in visitor.open("/centres")
