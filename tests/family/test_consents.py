"""Each consent stands by itself; a no takes effect at once."""

import pytest
from sqlalchemy import select

from portal.accounts.rules import FAMILY, SYSTEM, Role
from portal.db import session, transaction
from portal.family.service import give_consent, withdraw_consent
from portal.households.models import Consent, ConsentUse, Household
from portal.households.queries import has_consent
from portal.publication.models import Publication
from portal.publication.queries import find_public_wish
from portal.wishes.models import WishEvent
from portal.wishes.rules import WishAction, WishState, WrongState
from portal.wishes.service import move_wish
from tests import cast
from tests.handover import stage


def test_without_consent_to_publish_a_wish_in_the_pool_is_suspended_and_gone(app, client):
    with app.app_context():
        wish = cast.wish(WishState.PUBLISHED)
    assert client.get(f"/wishes/{wish.number}").status_code == 200
    with app.app_context():
        withdraw_consent(FAMILY, wish.id, ConsentUse.PUBLISH)
    assert client.get(f"/wishes/{wish.number}").status_code == 410
    assert wish.item not in client.get("/wishes").get_data(as_text=True)
    assert stage.state_of(app, wish) == "suspended"


def test_under_way_it_goes_on_unlisted(app, client):
    with app.app_context():
        wish, _pledge = stage.claimed()
        withdraw_consent(FAMILY, wish.id, ConsentUse.PUBLISH)
    assert stage.state_of(app, wish) == "procuring"
    assert client.get(f"/wishes/{wish.number}").status_code == 410


def test_a_wish_released_later_does_not_come_back_by_itself(app, app_context):
    wish, _pledge = stage.claimed()
    withdraw_consent(FAMILY, wish.id, ConsentUse.PUBLISH)
    assert move_wish(wish.id, WishAction.RELEASE, SYSTEM) is WishState.SUSPENDED
    assert find_public_wish(wish.number) is None


def test_a_yes_given_again_is_recorded_but_publishes_nothing(app, app_context):
    wish = cast.wish(WishState.PUBLISHED)
    withdraw_consent(FAMILY, wish.id, ConsentUse.PUBLISH)
    give_consent(FAMILY, wish.id, ConsentUse.PUBLISH)
    assert has_consent(wish.id, ConsentUse.PUBLISH)
    assert session().scalars(select(Publication.status)).one() == "withdrawn"
    assert stage.state_of(app, wish) == "suspended"


def test_every_word_is_dated_and_kept(app_context):
    wish = cast.wish(WishState.PUBLISHED)
    withdraw_consent(FAMILY, wish.id, ConsentUse.PUBLISH)
    give_consent(FAMILY, wish.id, ConsentUse.PHOTO)
    rows = session().scalars(select(Consent).where(Consent.wish_id == wish.id).order_by(Consent.id)).all()
    assert [(row.use, row.is_given, row.through) for row in rows[-2:]] == [
        ("publish", False, "code"),
        ("photo", True, "code"),
    ]
    actions = session().scalars(select(WishEvent.action).where(WishEvent.wish_id == wish.id)).all()
    assert {"withdraw_consent_publish", "give_consent_photo"} <= set(actions)


def test_for_a_child_under_14_the_guardian_is_who_speaks(app_context):
    wish = cast.wish(WishState.PUBLISHED)
    _mark_young(wish)
    give_consent(FAMILY, wish.id, ConsentUse.PHOTO)
    assert session().scalars(select(Consent).order_by(Consent.id.desc())).first().given_by == "guardian"


@transaction
def _mark_young(wish):
    session().get_one(Household, wish.household_id).needs_guardian = True


def test_after_the_end_nothing_is_left_to_agree_to(app_context):
    wish = cast.wish(WishState.CLOSED)
    with pytest.raises(WrongState):
        give_consent(FAMILY, wish.id, ConsentUse.PHOTO)


def test_a_clerk_records_a_withdrawal_and_it_works_the_same(app, client, new_visitor):
    with app.app_context():
        wish = cast.wish(WishState.PUBLISHED)
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre())
    desk = stage.sign_in(new_visitor(), clerk)
    desk.open(f"/admin/wishes/{wish.number}/family/consents")
    form = next(form for form in desk.page.forms if ("use", "publish") in _hidden(form))
    form.id = "publish"
    page = desk.submit(form="publish")
    assert "不同意匿名公开心愿" in page
    assert client.get(f"/wishes/{wish.number}").status_code == 410
    with app.app_context():
        row = session().scalars(select(Consent).order_by(Consent.id.desc())).first()
        assert (row.through, row.recorded_by_id) == ("form", clerk.id)


def _hidden(form):
    return {(field.name, field.value) for field in form.fields}


def test_an_unknown_use_is_refused(app, new_visitor):
    with app.app_context():
        code = stage.family_code(cast.wish(WishState.PUBLISHED))
    family = new_visitor()
    family.open("/family")
    family.submit({"code": code})
    family.open("/family/wish/consents")
    field = next(field for form in family.page.forms for field in form.fields if field.name == "use")
    field.value = "everything"
    form = next(form for form in family.page.forms if field in form.fields)
    form.id = "strange"
    family.submit(form="strange", status=400)
