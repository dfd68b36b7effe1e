"""How much one contact, person, organisation and address range may take; honest people are not shut out."""

import pytest
from sqlalchemy import select

from portal.accounts.rules import PLEDGER
from portal.db import session
from portal.limits.service import set_limit
from portal.pledges.contacts import read_contact
from portal.pledges.models import Promise
from portal.pledges.pledgers import NotCertified, TooManyAtOnce, TooManyOpen
from portal.pledges.promising import make_promise
from portal.pledges.rules import OPEN_AS_GUEST, Pledger
from tests import cast
from tests.pledges.letterbox import kinds

GUEST = Pledger(read_contact("lin@example.org"))


def send(visitor, number, contact, status=200):
    visitor.open(f"/pledges/new?wish={number}")
    return visitor.submit({"contact": contact, "agree": True}, form="promise", status=status)


def test_a_guest_has_so_many_open_at_a_time_and_hears_how_many(app, visitor, publish):
    numbers = [publish() for _number in range(OPEN_AS_GUEST + 1)]
    with app.app_context():
        make_promise(PLEDGER, GUEST, numbers[1:])
    page = send(visitor, numbers[0], "lin@example.org", status=409)
    assert f"您手上还有 {OPEN_AS_GUEST} 个心愿没有办完，同时最多 {OPEN_AS_GUEST} 个" in page
    send(visitor, numbers[0], "other@example.org")


def test_a_certified_organisation_may_have_many_more(app, publish):
    with app.app_context():
        person = cast.person()
        organisation = cast.organisation(member=person)
        pledger = Pledger(read_contact(person.email), person.name, "zh", person.id, organisation.id)
    numbers = [publish() for _number in range(OPEN_AS_GUEST + 5)]
    with app.app_context():
        assert len(make_promise(PLEDGER, pledger, numbers).taken) == OPEN_AS_GUEST + 5


def test_more_than_the_limit_at_once_is_refused_whole(app, publish):
    numbers = [publish() for _number in range(3)]
    with app.app_context():
        set_limit(cast.administrator(), "wishes_per_promise", 2)
        with pytest.raises(TooManyAtOnce):
            make_promise(PLEDGER, GUEST, numbers)
        assert session().scalars(select(Promise)).all() == []


def test_a_refused_promise_leaves_nothing(app, publish):
    with app.app_context():
        stranger = cast.person()
        organisation = cast.organisation(member=cast.person())
        pledger = Pledger(read_contact(stranger.email), None, "zh", stranger.id, organisation.id)
        with pytest.raises(NotCertified):
            make_promise(PLEDGER, pledger, [publish()])
        with pytest.raises(TooManyOpen):
            make_promise(PLEDGER, GUEST, [f"NUMBER{number}" for number in range(OPEN_AS_GUEST + 1)])
        assert session().scalars(select(Promise)).all() == []
    assert kinds(app) == []


def test_many_guests_behind_one_address_all_get_through(app, visitor, publish):
    for guest in range(40):
        send(visitor, publish(), f"guest{guest}@example.org")


def test_large_promises_of_guests_are_few_from_one_address(app, visitor, publish):
    for guest in range(13):
        numbers = [publish() for _number in range(4)]
        visitor.open("/pledges/new?" + "&".join(f"wish={number}" for number in numbers))
        visitor.submit(
            {"contact": f"guest{guest}@example.org", "agree": True}, form="promise", status=200 if guest < 12 else 429
        )
    send(visitor, publish(), "small@example.org")


def test_a_mailbox_is_not_flooded_by_others(app, visitor, publish):
    for number in range(7):
        page = send(visitor, publish(), "victim@example.org", status=200 if number < 6 else 429)
    assert "请稍等一会儿" in page
    assert page.headers["Retry-After"]
    assert len(kinds(app, "victim@example.org")) == 6


def test_finding_answers_the_same_when_the_allowance_is_used_up(app, visitor, pledge):
    pledge()
    answers = set()
    for _try in range(8):
        visitor.open("/pledges/find")
        answers.add(visitor.submit({"contact": "lin@example.org"}, form="find").text)
    assert len(answers) == 1
    assert kinds(app).count("links") == 1, "at most one letter a minute"


def test_without_a_gateway_only_mail_is_offered(app, visitor, publish):
    app.config["PORTAL"] = app.config["PORTAL"].model_copy(update={"sms_url": ""})
    page = send(visitor, publish(), "13800138000", status=422)
    assert "现在不能发短信，请填写邮箱。" in page
