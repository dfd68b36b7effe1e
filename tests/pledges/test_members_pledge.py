"""Signed-in people pledge at once, for themselves or for a certified organisation."""

from sqlalchemy import select

from portal.accounts.membership import remove_member
from portal.accounts.models import Membership, Organisation, OrganisationStatus
from portal.accounts.rules import Role
from portal.clock import now
from portal.codes import tidy
from portal.db import session, transaction
from portal.pledges.contacts import Contact
from portal.pledges.finding import send_links
from portal.pledges.models import Pledge, Promise
from portal.pledges.pages import get_own_pledge
from portal.pledges.queries import find_pledge_by_drop_off
from tests import cast
from tests.pledges.letterbox import kinds, letters, link_in
from tests.plumbing.sessions import sign_in


def choose(visitor, *numbers):
    return visitor.open("/pledges/new?" + "&".join(f"wish={number}" for number in numbers))


def promises(app):
    with app.app_context():
        return list(session().scalars(select(Promise).order_by(Promise.id)))


def set_status(app, status):
    with app.app_context():

        @transaction
        def change():
            session().scalars(select(Organisation)).one().status = status

        change()


@transaction
def join(organisation, person):
    session().add(Membership(person_id=person.id, organisation_id=organisation.id, is_owner=False, joined_at=now()))


def test_a_signed_in_person_pledges_at_once(app, visitor, publish):
    with app.app_context():
        person = cast.person(name="沈青")
    sign_in(visitor, person)
    choose(visitor, publish())
    page = visitor.submit({"agree": True}, form="promise")
    assert "请联系服务中心" in page
    assert kinds(app, person.email) == ["pledged"]
    [promise] = promises(app)
    assert (promise.person_id, promise.organisation_id) == (person.id, None)
    assert "1 个心愿" in visitor.open("/pledges/mine")
    assert "请联系服务中心" in visitor.follow("1 个心愿")


def test_a_member_takes_twenty_wishes_for_a_certified_organisation(app, visitor, publish):
    with app.app_context():
        person = cast.person(name="沈青")
        organisation = cast.organisation("海风书店", member=person)
    sign_in(visitor, person)
    visitor.open("/pledges/new")
    numbers = [publish() for _number in range(20)]
    visitor.submit({"numbers": "\n".join(numbers)}, form="add")
    page = visitor.submit({"agree": True, "acting_for": str(organisation.id)}, form="promise")
    assert "您认领的 20 个心愿" in page
    assert "海风书店，谢谢您" in page
    assert promises(app)[0].organisation_id == organisation.id
    assert kinds(app, person.email) == ["pledged"]
    page = visitor.submit(form="procure")
    assert "记下了 20 个" in page
    assert kinds(app, person.email) == ["pledged", "procuring"]
    assert all(number in letters(app)[1].body for number in numbers)
    with app.app_context():
        assert set(session().scalars(select(Pledge.state))) == {"procuring"}


def test_who_acts_for_one_organisation_finds_it_chosen(app, visitor, publish):
    with app.app_context():
        person = cast.person(name="沈青")
        organisation = cast.organisation(member=person)
    sign_in(visitor, person)
    choose(visitor, publish())
    visitor.submit({"agree": True}, form="promise")
    assert promises(app)[0].organisation_id == organisation.id


def test_colleagues_look_after_what_was_pledged_for_their_organisation(app, new_visitor, publish):
    with app.app_context():
        person, colleague, stranger = (cast.person(name=name) for name in ("沈青", "陆遥", "外人"))
        organisation = cast.organisation(member=person)
        join(organisation, colleague)
    buyer, helper, outsider = (new_visitor() for _person in range(3))
    for visitor, each in ((buyer, person), (helper, colleague), (outsider, stranger)):
        sign_in(visitor, each)
    choose(buyer, publish("台灯"), publish("书架"))
    buyer.submit({"agree": True}, form="promise")
    page = helper.open(f"/organisations/{organisation.id}")
    assert "一共认领过 2 个心愿，已经实现 0 个" in page
    assert "沈青" in page.text.split("单位认领的心愿")[1]
    assert "台灯" in helper.follow("2 个心愿")
    assert "记下了 2 个" in helper.submit(form="procure")
    assert "2 个心愿" not in helper.open("/account"), "it is the colleague's"
    outsider.open(f"/organisations/{organisation.id}", status=404)


def test_whoever_is_removed_keeps_no_way_into_the_organisations_pledges(app, new_visitor, publish):
    with app.app_context():
        owner, leaver, other = (cast.person(name=name) for name in ("沈青", "陆遥", "林小满"))
        organisation = cast.organisation(member=owner)
        join(organisation, leaver)
        join(organisation, other)
    for each, item in ((leaver, "台灯"), (other, "书架")):
        visitor = sign_in(new_visitor(), each)
        choose(visitor, publish(item))
        visitor.submit({"agree": True, "acting_for": str(organisation.id)}, form="promise")
        visitor.open(link_in(letters(app, each.email)[-1]))
    stranger, old = new_visitor(), [link_in(letters(app, each.email)[-1]) for each in (leaver, other)]
    code = drop_off_codes(app)[0]
    with app.app_context():
        remove_member(owner.id, organisation.id, leaver.id)
        remove_member(owner.id, organisation.id, leaver.id)
    for address in old:
        stranger.open(address, status=404)
    assert kinds(app, leaver.email) == ["pledged"]
    assert kinds(app, other.email) == ["pledged", "renewed"]
    assert "台灯" in stranger.open(link_in(letters(app, owner.email)[-1]))
    assert code in stranger.page.text, "parcels on their way carry it"
    with app.app_context():
        assert find_pledge_by_drop_off(tidy(code)) is not None
        assert not send_links(Contact("mail", leaver.email))
    assert [(each.person_id, each.contact["email"]) for each in promises(app)] == [
        (owner.id, owner.email),
        (other.id, other.email),
    ]


def drop_off_codes(app):
    with app.app_context():
        pledges = session().scalars(select(Pledge).order_by(Pledge.id))
        return [get_own_pledge(each.id).code for each in pledges]


def test_an_uncertified_organisation_is_told_kindly(app, visitor, publish):
    with app.app_context():
        person = cast.person()
        cast.organisation("海风书店", member=person)
    set_status(app, OrganisationStatus.REGISTERED)
    sign_in(visitor, person)
    page = choose(visitor, publish())
    assert "“海风书店”还没有通过认证" in page
    visitor.submit({"agree": True}, form="promise")
    assert promises(app)[0].organisation_id is None


def test_an_organisation_that_lost_its_certificate_meanwhile_pledges_nothing(app, visitor, publish):
    with app.app_context():
        person = cast.person()
        organisation = cast.organisation(member=person)
    sign_in(visitor, person)
    choose(visitor, publish())
    form = visitor.page.form("promise", set(), None).values() | {"agree": ["y"], "acting_for": [str(organisation.id)]}
    set_status(app, OrganisationStatus.SUSPENDED)
    assert visitor.client.post("/pledges/new", data=form).status_code == 422
    assert promises(app) == []


def test_nobody_pledges_for_an_organisation_of_others(app, visitor, publish):
    with app.app_context():
        stranger = cast.person()
        organisation = cast.organisation(member=cast.person())
    sign_in(visitor, stranger)
    choose(visitor, publish())
    form = visitor.page.form("promise", set(), None).values() | {"agree": ["y"], "acting_for": [str(organisation.id)]}
    assert visitor.client.post("/pledges/new", data=form).status_code == 422
    assert promises(app) == []


def test_a_member_of_staff_pledges_as_anybody_else(app, visitor, publish):
    with app.app_context():
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre("北龙口服务中心"))
    sign_in(visitor, clerk)
    choose(visitor, publish())
    assert "请联系服务中心" in visitor.submit({"agree": True}, form="promise")
    assert "您在准备" in visitor.submit(form="procure")
