"""The ways a wish may go that are not the straight one, each by the forms people use."""

from datetime import date, timedelta

import pytest

from portal.handover.rules import Answer, Fault, Settlement
from portal.households.models import ConsentUse
from portal.wishes.rules import WishAction
from tests.journeys.people import PICK_UP_CODE
from tests.pledges.letterbox import kinds
from tests.spreadsheets.samples import id_number

BOOKS = {"item": "儿童绘本", "size": "十册一套", "quantity": 1, "unit_price": 150}
HAIRCUT = {"item": "上门剪发", "size": "每月一次", "quantity": 3, "unit_price": 20}


@pytest.fixture
def published(office):
    """A wish that waits for a pledger."""
    [case] = office.bring(BOOKS)
    office.publish_all()
    return case


def bring_goods(office, pledger, case):
    """Let a pledger bring the goods and the family collect them."""
    office.clerk.receive(pledger.drop_off_code(case.number))
    office.clerk.hand_over(case.family.pick_up_code())


def finish(office, case):
    """Let the family say yes and a moderator close."""
    case.family.say(Answer.RECEIVED)
    office.approver.close(case.number)
    assert office.state_of(case) == "closed"


def test_what_was_not_received_is_replaced_and_closed(office, published):
    pledger = office.pledger()
    pledger.pledge_as_guest(office.app, published.number)
    first_code = pledger.drop_off_code(published.number)
    bring_goods(office, pledger, published)
    published.family.say(Answer.NOT_RECEIVED, "没有拿到")
    assert office.state_of(published) == "reopened"
    office.clerk.settle(published.number, Settlement.REPLACE)
    assert pledger.drop_off_code(published.number) != first_code
    bring_goods(office, pledger, published)
    finish(office, published)


def test_a_family_may_withdraw_while_somebody_is_shopping(office, published):
    pledger = office.pledger()
    pledger.pledge_as_guest(office.app, published.number)
    pledger.begin(published.number)
    code = pledger.drop_off_code(published.number)
    published.family.withdraw()
    assert office.state_of(published) == "withdrawn"
    assert kinds(office.app, pledger.contact)[-1] == "withdrawn"
    assert not PICK_UP_CODE.findall(published.family.look().text)
    assert code not in pledger.look(published.number)
    assert "/receive" not in office.clerk.show_code(code).address
    office.somebody().open(f"/wishes/{published.number}", status=410)


def test_what_is_refused_at_the_counter_comes_again(office, published):
    pledger = office.pledger()
    pledger.pledge_as_guest(office.app, published.number)
    refused = pledger.drop_off_code(published.number)
    office.clerk.refuse(refused, Fault.DAMAGED, "第三册封面破了")
    assert "第三册封面破了" in pledger.look(published.number)
    assert kinds(office.app, pledger.contact)[-1] == "refused"
    assert "/receive" not in office.clerk.show_code(refused).address
    bring_goods(office, pledger, published)
    finish(office, published)


def test_a_service_is_done_by_appointment(office, clock):
    [case] = office.bring(HAIRCUT)
    office.publish_all()
    pledger = office.pledger()
    pledger.pledge_as_guest(office.app, case.number)
    pledger.propose_times(case.number, "周三下午")
    assert "周三下午" in office.clerk.open_wish(case.number)
    office.clerk.arrange(case.number, date(2026, 12, 2), "14:30", "青石服务中心")
    for page in (pledger.look(case.number), case.family.look()):
        assert "14:30" in page
        assert "青石服务中心" in page
    clock.advance(timedelta(days=9))
    office.return_to_desks()
    office.clerk.note_served(case.number)
    finish(office, case)


def test_who_does_not_want_to_be_published_is_helped_by_policy(office):
    [case] = office.bring(BOOKS | {"consent_publish": "否"})
    office.clerk.verify_all()
    assert office.state_of(case) == "submitted", "what has not been agreed to is left where it is"
    office.clerk.decide(case.number, WishAction.VERIFY, status=422)
    office.clerk.decide(case.number, WishAction.REFER, "临时救助")
    assert office.state_of(case) == "referred"
    finish(office, case)


def test_who_agrees_later_is_published_then(office):
    [case] = office.bring(BOOKS | {"consent_publish": "否"})
    office.clerk.record_consent(case.number, ConsentUse.PUBLISH)
    office.publish_all()
    assert office.state_of(case) == "published"
    case.family.consent(ConsentUse.PUBLISH, "no")
    assert office.state_of(case) == "suspended"
    office.somebody().open(f"/wishes/{case.number}", status=410)
    case.family.consent(ConsentUse.PUBLISH, "yes")
    office.approver.resume(case.number)
    assert f"/wishes/{case.number}" in [link.address for link in office.somebody().open("/wishes").links]


def test_a_lapsed_pledge_goes_to_somebody_else(office, clock, published):
    first, second = office.pledger("first@example.org"), office.pledger("second@example.org")
    first.pledge_as_guest(office.app, published.number)
    assert published.number in second.choose(published.number)
    assert "promise" not in [form.id for form in second.visitor.page.forms], "what is gone cannot be pledged"
    clock.advance(timedelta(days=8))
    office.tick()
    assert kinds(office.app, first.contact)[-1] == "lapsed"
    office.return_to_desks()
    second.pledge_as_guest(office.app, published.number)
    bring_goods(office, second, published)
    finish(office, published)
    assert "fulfilled" not in kinds(office.app, first.contact)


def test_a_certified_company_takes_twenty_from_a_pasted_list(office):
    cases = office.bring(*[BOOKS] * 20)
    office.publish_all()
    company = office.company("海风书店")
    pasted = "\n".join(f"{order}. {case.number[:4]} {case.number[4:].lower()}" for order, case in enumerate(cases, 1))
    promise = company.pledge(pasted)
    assert len(company.pages) == 20
    company.begin_all(promise.address)
    assert {office.state_of(case) for case in cases} == {"procuring"}
    for case in cases:
        office.clerk.receive(company.drop_off_code(case.number))
    assert {office.state_of(case) for case in cases} == {"received"}


def test_a_grid_worker_brings_goods_home(office, published):
    pledger = office.pledger()
    pledger.pledge_as_guest(office.app, published.number)
    office.clerk.receive(pledger.drop_off_code(published.number))
    published.family.ask_to_bring("周三下午在家")
    assert "周三下午在家" in office.clerk.visitor.open("/admin/deliveries")
    office.clerk.send_home(published.number, office.grid_worker_id)
    code = published.family.pick_up_code()
    assert "单元" in office.grid_worker.open_address(published.number)
    office.grid_worker.hand_over(published.number, code)
    finish(office, published)


def test_a_number_under_two_names_waits_for_the_document(office):
    document = id_number(date(1950, 4, 6), 18)
    twins = [
        BOOKS | {"id_number": document, "gender": "女", "group": "低保", "name": name} for name in ("江立夏", "江小满")
    ]
    right, wrong = office.bring(*twins)
    office.clerk.verify_all()
    assert {office.state_of(case) for case in (right, wrong)} == {"submitted"}
    office.clerk.decide(right.number, WishAction.VERIFY, status=422)
    assert office.clerk.check_document(right.number)
    office.clerk.decide(right.number, WishAction.VERIFY)
    office.clerk.decide(wrong.number, WishAction.REJECT, "证件是另一个人的")
    assert [office.state_of(case) for case in (right, wrong)] == ["verified", "rejected"]
