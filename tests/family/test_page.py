"""What a family sees and may do on its page; and what a clerk does for it, under the clerk's own name."""

import re
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from portal.accounts.rules import FAMILY, Role
from portal.audit.models import AuditEntry
from portal.db import session, transaction
from portal.family.service import withdraw_wish
from portal.handover.models import Acknowledgement, Delivery
from portal.handover.rules import Answer, Settlement, Through
from portal.handover.service import acknowledge, arrange_service, receive_goods, settle_reopened
from portal.households.models import Consent, ConsentUse, Household
from portal.households.service import open_identity
from portal.pledges.models import Pledge
from portal.wishes.models import WishEvent
from portal.wishes.rules import STAYS, WishAction, WishState, WrongState
from portal.wishes.service import move_wish
from tests import cast
from tests.handover import stage

DAY = re.compile(r"1[12]月\d+日周.|1月\d+日周.")


@pytest.fixture
def at_home(app, new_visitor):
    """Return a function that lets the family of a wish in and returns its browser."""

    def let_in(wish):
        with app.app_context():
            code = stage.family_code(wish)
        family = new_visitor()
        family.open("/family")
        family.submit({"code": code})
        return family

    return let_in


@pytest.fixture
def desk(app, new_visitor):
    """A clerk of the centre at the desk."""
    with app.app_context():
        person = cast.person(Role.CENTRE_CLERK, at=cast.centre())
    return stage.sign_in(new_visitor(), person)


@pytest.mark.parametrize("state", list(WishState))
@pytest.mark.parametrize("kind", ["goods", "service"])
def test_every_state_says_where_it_stands_what_comes_next_and_whom_to_ask(app, at_home, state, kind):
    with app.app_context():
        wish = cast.wish(state, kind=kind)
    page = at_home(wish).page
    assert page.address == "/family/wish"
    for text in ("现在", "南涧服务中心", "南涧路1号", "0532-55500001", wish.number):
        assert text in page
    if state in STAYS:
        assert DAY.search(page.text.split("走到了哪一步")[0])


def test_the_page_shows_no_identity_even_to_the_family(app, at_home):
    with app.app_context():
        wish = stage.arrived()
    page = at_home(wish).page
    for text in (cast.FAMILY_NAME, cast.FAMILY_ID, cast.FAMILY_PHONE, cast.FAMILY_ADDRESS, cast.REASON):
        assert text not in page.html


def test_the_pick_up_code_is_there_when_goods_are(app, at_home):
    with app.app_context():
        wish = stage.arrived()
    code = stage.pick_up(app, wish)
    assert f"{code[:4]}-{code[4:]}" in at_home(wish).page


def test_an_appointment_is_shown(app, clock, at_home):
    with app.app_context():
        wish, _pledge = stage.claimed(kind="service", item="上门理发", category="home_service")
        arrange_service(stage.clerk_of(wish), wish.id, clock.now() + timedelta(days=3), "南涧服务中心二楼")
    assert "在南涧服务中心二楼" in at_home(wish).page


def test_an_appointment_at_the_centre_names_it_in_the_readers_language(app, clock, at_home):
    with app.app_context():
        wish, _pledge = stage.claimed(kind="service", item="上门理发", category="home_service")
        centre = cast.centre()
        arrange_service(stage.clerk_of(wish), wish.id, clock.now() + timedelta(days=3), centre.name)
    family = at_home(wish)
    assert f"在{centre.name}。" in family.page
    family.open("/language/en")
    assert f"at {centre.name_en}." in family.open("/family/wish")


def test_the_dates_on_which_staff_looked_are_shown_without_names(app, at_home):
    with app.app_context():
        wish = cast.wish(WishState.SUBMITTED)
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre(), name="核实的小赵")
        open_identity(clerk.actor, wish.household_id, "核实")
    page = at_home(wish).page
    assert "日期是： 2026年11月23日" in page
    assert "核实的小赵" not in page


def test_a_wish_that_went_to_policy_help_shows_a_way_without_pledger_and_goods(app, at_home):
    with app.app_context():
        wish = cast.wish(WishState.VERIFIED)
        move_wish(wish.id, WishAction.REFER, stage.clerk_of(wish))
    page = at_home(wish).page
    assert "转到政策帮扶" in page
    assert "有人认领" not in page
    with app.app_context():
        acknowledge(FAMILY, wish.id, Answer.RECEIVED, Through.CODE)
    page = at_home(wish).page
    assert "您说解决了" in page
    assert "有人认领" not in page


def test_the_family_confirms_by_one_choice(app, at_home):
    with app.app_context():
        wish = stage.handed_over()
    family = at_home(wish)
    family.follow("告诉我们：收到了没有")
    assert "请选一项" in family.submit({"note": "好"})
    family.submit({"answer": "received"})
    assert stage.state_of(app, wish) == "confirmed"


@pytest.mark.parametrize("answer", ["partly", "wrong", "not_received"])
def test_a_complaint_reopens_and_keeps_the_familys_words(app, at_home, answer):
    with app.app_context():
        wish = stage.handed_over()
    family = at_home(wish)
    family.follow("告诉我们：收到了没有")
    assert "服务中心会查清楚" in family.submit({"answer": answer, "note": "肩带断了"})
    assert stage.state_of(app, wish) == "reopened"
    with app.app_context():
        row = session().scalars(select(Acknowledgement)).one()
        assert (row.answer, row.note, row.through) == (answer, "肩带断了", "code")


def test_after_a_complaint_the_family_may_say_that_all_is_well(app, at_home):
    with app.app_context():
        wish = stage.handed_over()
        acknowledge(FAMILY, wish.id, Answer.NOT_RECEIVED, Through.CODE)
    family = at_home(wish)
    family.follow("现在都好了？告诉我们")
    family.submit({"answer": "received"})
    assert stage.state_of(app, wish) == "confirmed"


def test_home_delivery_asks_for_the_consent_it_needs(app, at_home):
    with app.app_context():
        wish = stage.arrived(consents=(ConsentUse.PUBLISH,))
    family = at_home(wish)
    family.follow("告诉我们怎样取、什么时候方便")
    page = family.submit({"way": "home", "note": "周三下午"})
    assert "先要同意" in page
    assert "周三下午" in page.html
    page = family.submit({"way": "home", "note": "周三下午", "may_share": True})
    assert "服务中心正在安排" in page
    assert "来取" not in page
    with app.app_context():
        row = session().scalars(select(Delivery)).one()
        assert (row.wished_way, row.wished_note, row.way) == ("home", "周三下午", "pick_up")
        given = session().scalars(select(Consent).order_by(Consent.id.desc())).first()
        assert (given.use, given.is_given, given.through) == ("share_with_deliverer", True, "code")


def test_a_new_telephone_number_gets_the_news_from_then_on(app, at_home):
    with app.app_context():
        wish, _pledge = stage.claimed()
    family = at_home(wish)
    family.follow("改电话或住址")
    assert cast.FAMILY_PHONE not in family.page.html
    assert "150******08" in family.page
    page = family.submit({"phone": "+86 139-0000-1234", "address": ""})
    assert "改好了" in page
    with app.app_context():
        receive_goods(stage.clerk_of(wish), wish.id, stage.ALL_WELL)
    [message] = stage.messages(app, "sms")
    assert message.receiver == "13900001234"


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [("phone", "12345", "11 位手机号"), ("phone", "我家电话", "11 位手机号"), ("address", "家", "写完整")],
)
def test_a_contact_that_cannot_be_read_is_asked_for_again(app, at_home, field, typed, words):
    with app.app_context():
        wish = cast.wish(WishState.PUBLISHED)
    family = at_home(wish)
    family.follow("改电话或住址")
    page = family.submit({field: typed})
    assert words in page
    assert typed in page.html


def test_withdrawing_asks_once_more_then_ends_everything_at_once(app, client, at_home):
    with app.app_context():
        wish, pledge = stage.claimed()
    assert client.get(f"/wishes/{wish.number}").status_code == 200
    family = at_home(wish)
    family.follow("不想要了，撤回心愿")
    assert stage.state_of(app, wish) == "procuring"
    assert "心愿已经撤回" in family.submit(form="", button="撤回这个心愿")
    assert stage.state_of(app, wish) == "withdrawn"
    assert client.get(f"/wishes/{wish.number}").status_code == 410
    with app.app_context():
        assert session().get_one(Pledge, pledge.id).state == "ended"
    [letter] = stage.messages(app, "mail")
    assert letter.kind == "pledges.withdrawn"
    assert "撤回" not in letter.body


def test_a_code_at_the_counter_ends_with_the_withdrawal(app, app_context):
    wish = stage.arrived()
    withdraw_wish(FAMILY, wish.id)
    assert session().scalars(select(Delivery.ended_at)).one() is not None


def test_after_the_hand_over_there_is_nothing_to_withdraw(app_context):
    wish = stage.handed_over()
    with pytest.raises(WrongState):
        withdraw_wish(FAMILY, wish.id)


@pytest.mark.parametrize("state", [WishState.SUBMITTED, WishState.VERIFIED, WishState.PUBLISHED, WishState.SUSPENDED])
def test_a_family_may_withdraw_anywhere_before_the_hand_over(app, at_home, state):
    with app.app_context():
        wish = cast.wish(state)
    family = at_home(wish)
    family.follow("不想要了，撤回心愿")
    family.submit(form="", button="撤回这个心愿")
    assert stage.state_of(app, wish) == "withdrawn"


def test_an_english_reader_gets_the_same_page(app, new_visitor):
    with app.app_context():
        code = stage.family_code(stage.handed_over())
    family = new_visitor(language="en")
    family.open("/family")
    page = family.submit({"code": code})
    assert page.language == "en"
    assert "Our wish" in page


def test_what_a_clerk_does_for_a_family_bears_the_clerks_name(app, desk, at_home):
    with app.app_context():
        wish = stage.handed_over()
    desk.open(f"/admin/wishes/{wish.number}/family/answer")
    desk.submit({"answer": "received", "note": "电话里说的"})
    with app.app_context():
        row = session().scalars(select(Acknowledgement)).one()
        assert (row.through, row.person_id is not None) == ("clerk", True)
        event = session().scalars(select(WishEvent).order_by(WishEvent.id.desc())).first()
        assert (event.action, event.actor_kind, event.person_id) == ("confirm", "staff", row.person_id)
        assert session().scalars(select(AuditEntry.action).where(AuditEntry.person_id == row.person_id)).all()


def test_a_clerk_withdraws_for_a_family_that_asks(app, desk):
    with app.app_context():
        wish = cast.wish(WishState.PUBLISHED)
    desk.open(f"/admin/wishes/{wish.number}/family/withdraw")
    desk.submit({"note": "奶奶来电说不用了"})
    assert stage.state_of(app, wish) == "withdrawn"


@pytest.mark.parametrize("page", ["answer", "collect", "consents", "withdraw"])
def test_a_clerk_of_another_centre_acts_for_nobody_here(app, new_visitor, page):
    with app.app_context():
        wish = stage.handed_over()
        stranger = cast.person(Role.CENTRE_CLERK, at=cast.centre("北山服务中心"))
    stage.sign_in(new_visitor(), stranger).open(f"/admin/wishes/{wish.number}/family/{page}", status=403)


def test_events_of_the_whole_way_form_a_chain(app_context):
    wish = stage.handed_over()
    acknowledge(FAMILY, wish.id, Answer.WRONG, Through.CODE)
    settle_reopened(stage.clerk_of(wish), wish.id, Settlement.FIND)
    withdraw_wish(FAMILY, wish.id)
    events = session().scalars(select(WishEvent).where(WishEvent.wish_id == wish.id).order_by(WishEvent.sequence)).all()
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert all(later.from_state == former.to_state for former, later in pairwise(events))


def test_a_purged_family_keeps_a_page_that_knows_nothing(app, at_home):
    with app.app_context():
        wish = cast.wish(WishState.CLOSED)
        _purge(wish)
    page = at_home(wish).page
    assert "心愿已经办结" in page


@transaction
def _purge(wish):
    session().get_one(Household, wish.household_id).identity = None
