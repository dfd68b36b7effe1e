"""The register is searched when a text becomes public: staff of the family's centre hear of it, nobody else does."""

import pytest
from sqlalchemy import select

from portal import clock
from portal.accounts.rules import Role
from portal.audit.models import AuditEntry
from portal.campaigns.models import CampaignUpdate
from portal.campaigns.telling import News, Note, approve_update, correct_update, write_update
from portal.db import session, transaction
from portal.gate.models import WordExcuse
from portal.gate.rules import ExcuseNeeded, HoldsPersonalData, ModeratorNeeded
from portal.households.models import Household
from portal.households.recognising import find_registered, index_names
from portal.households.service import purge_household, schedule_purge
from tests import cast
from tests.campaigns import stage
from tests.plumbing.sessions import sign_in

pytestmark = pytest.mark.usefixtures("app_context")

FAMILY, STRANGER = "宋晓棠", "宋晓彤"


@pytest.fixture
def household():
    row = cast.household(name=FAMILY)
    assert index_names() == 1
    return row


def news(body):
    return News("被子到了", "The quilts have come", body, "A hundred of them.")


def written(body, excuse="公开的人"):
    number = stage.opened()
    return write_update(stage.finance(), number, news(body), excuse=excuse)


@pytest.mark.parametrize("disguise", [FAMILY, " ".join(FAMILY), "\u200b".join(FAMILY), "宋·晓棠", "给宋晓棠的被子"])
def test_name_of_the_register_is_found_however_it_is_spaced(household, disguise):
    found = find_registered(f"今天{disguise}来了")
    assert [hit.service_centre_id for hit in found] == [household.service_centre_id]


def test_guardian_and_latin_name_are_found_and_a_stranger_is_not(household):
    cast.household(name="Gulnur Tursun")
    index_names()
    assert len(find_registered(f"{cast.GUARDIAN}和 GULNUR tursun 都来了")) == 2
    assert find_registered(f"{STRANGER}来了。宋晓。棠") == []


def test_purged_name_is_found_no_more(household):
    schedule_purge(household.id, clock.today())
    assert purge_household(household.id)
    assert find_registered(FAMILY) == []
    assert index_names() == 0


def test_moderator_is_told_that_a_name_is_registered(household):
    with pytest.raises(HoldsPersonalData) as held:
        approve_update(cast.moderator(), written(f"{FAMILY}说被子很暖。"))
    assert held.value.words == [FAMILY]


def test_moderator_of_another_centre_and_finance_cannot_tell_a_registered_name_from_another(household):
    elsewhere = cast.actor(Role.MODERATOR, at=cast.centre("北湾服务中心"))
    for approver in (stage.finance(), elsewhere):
        with pytest.raises(ModeratorNeeded) as held:
            approve_update(approver, written(f"{FAMILY}说被子很暖。"))
        assert [each.mark.is_known for each in held.value.findings] == [False]
    told = []
    for name in (FAMILY, STRANGER):
        with pytest.raises(ModeratorNeeded) as held:
            approve_update(stage.finance(), written(f"{name}说被子很暖。"))
        told.append([each.piece == name for each in held.value.findings])
    assert told[0] == told[1] == [True]


def test_writing_asks_the_register_nothing(household):
    answers = []
    for name in (FAMILY, STRANGER):
        with pytest.raises(ExcuseNeeded) as held:
            written(f"{name}说被子很暖。", excuse="")
        answers.append([each.piece == name for each in held.value.findings])
    assert answers == [[True], [True]]


def test_reason_for_a_public_person_is_kept_sealed_and_the_trail_tells_of_it():
    public_id = written(f"负责人{STRANGER}说谢谢。", excuse="理事长的名字本来就公开")
    approve_update(cast.moderator(), public_id)
    assert session().scalars(select(CampaignUpdate.status)).one() == "live"
    kept = session().scalars(select(WordExcuse)).one()
    assert (kept.reason, kept.kinds, kept.part) == ("理事长的名字本来就公开", "person", f"update {public_id}")
    trail = session().scalars(select(AuditEntry).where(AuditEntry.action == "text.excuse")).one()
    assert trail.after == {"kinds": "person", "reason": "***"}


def test_correction_by_finance_names_nobody_whatever_the_reason(household):
    public_id = written("一百床。", excuse="")
    approve_update(cast.moderator(), public_id)
    for name in (FAMILY, STRANGER):
        with pytest.raises(ModeratorNeeded):
            correct_update(stage.finance(), public_id, news(f"{name}说被子很暖。"), Note("写清楚", "Clearer"), "已核对")


@transaction
def unindexed(row):
    session().get_one(Household, row.id).name_hash = None


def test_clock_hashes_names_that_were_sealed_before(household):
    unindexed(household)
    assert find_registered(FAMILY) == []
    assert index_names() == 1
    assert len(find_registered(FAMILY)) == 1


def test_form_marks_offers_other_words_and_asks_for_a_reason(app, visitor):
    with app.app_context():
        number = stage.opened()
        sign_in(visitor, cast.person(Role.FINANCE))
    visitor.open(f"/admin/campaigns/{number}/updates/new")
    words = {"title": "到了", "title_en": "Here", "body_en": "Quilts for all"}
    page = visitor.submit(words | {"body": "阳光小学的孩子，电话13900001408"}, button="保存，交给同事核对", status=422)
    assert "不能公开：13900001408" in page
    assert "改成“一所小学”" in page
    page = visitor.submit(words | {"body": "阳光小学的孩子"}, button="body:0:4")
    assert "一所小学的孩子" in page.html
    assert "阳光小学" not in page.html


def test_words_that_shame_are_hints_only_and_contacts_are_held(app, visitor):
    with app.app_context():
        number = stage.opened()
        sign_in(visitor, cast.person(Role.FINANCE))
    visitor.open(f"/admin/campaigns/{number}/updates/new")
    words = {"title": "到了", "title_en": "Here", "body_en": "Quilts for all"}
    page = visitor.submit(words | {"body": "可怜的人，加我微信聊"}, button="保存，交给同事核对", status=422)
    assert "听起来像可怜人" in page
    assert "不能公开：加我微信" in page
    assert "已保存" in visitor.submit(words | {"body": "可怜的人"}, button="保存，交给同事核对")
