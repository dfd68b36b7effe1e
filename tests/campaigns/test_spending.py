"""What is paid out: asked for by one, approved by another, with a voucher, never more than there is."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from portal import clock as portal_clock
from portal.accounts.rules import NotAllowed, Role
from portal.audit.models import AuditEntry
from portal.campaigns.budget import BudgetLineNotFound
from portal.campaigns.funds import fund_of
from portal.campaigns.models import Disbursement
from portal.campaigns.paying import DayWrong, pay_disbursement, pay_transfer, return_disbursement
from portal.campaigns.rules import CampaignMovedOn, OwnWork
from portal.campaigns.service import ReasonNeeded, end_campaign
from portal.campaigns.spending import (
    AmountWrong,
    Ask,
    BudgetExceeded,
    DisbursementMovedOn,
    MoreThanHeld,
    SurplusNotYet,
    approve_disbursement,
    cancel_disbursement,
    get_disbursement,
    refuse_disbursement,
    request_disbursement,
    request_transfer,
)
from portal.campaigns.spending_queries import (
    find_payment_for_wish,
    find_public_voucher,
    list_public_payments,
    list_spent_lines,
)
from portal.campaigns.vouchers import VoucherRefused, keeping_voucher
from portal.db import session, transaction
from portal.files import open_file
from portal.ledger.models import Entry, LedgerAccount, Posting
from portal.ledger.queries import entry_reference
from portal.ledger.rules import EntryKind, Line, Part, fund
from portal.ledger.service import FundShort, post_entry
from portal.photos import PictureRefused, open_picture
from portal.publication.service import take_down
from portal.wishes.rules import WishState
from tests import cast
from tests.campaigns import stage

pytestmark = pytest.mark.usefixtures("app_context")


@pytest.fixture
def rich() -> str:
    """Return the number of an open campaign that holds 500 yuan."""
    number = stage.opened()
    stage.give(number, 500_00)
    return number


def state_of(public_id):
    session().expire_all()
    return get_disbursement(public_id).state


def kept_files(settings):
    return sorted(path.name for path in (Path(settings.files_path) / "private").rglob("*") if path.is_file())


def test_payment_is_posted_with_its_voucher(rich):
    public_id = stage.approved(rich, 123_45)
    stage.pay(public_id)
    row = get_disbursement(public_id)
    booked = session().execute(
        select(LedgerAccount.code, Posting.amount_minor)
        .join(Posting, Posting.account_id == LedgerAccount.id)
        .join(Entry, Entry.sequence == Posting.entry_sequence)
        .where(Entry.reference == row.reference)
    )
    assert sorted(map(tuple, booked)) == [("bank", -123_45), (f"fund.{rich}.disbursed", 123_45)]
    assert fund_of(rich).held_minor == 376_55
    shown = list_public_payments(rich)[0]
    assert (shown.amount_minor, shown.paid_on, shown.supplier) == (123_45, date(2026, 11, 23), "听潮家纺店")
    assert [line.spent_minor for line in list_spent_lines(rich)] == [123_45, 0]


def test_original_is_sealed_as_it_came_and_only_the_copy_is_public(rich, settings):
    public_id = stage.approved(rich, 100)
    stage.pay(public_id)
    row = get_disbursement(public_id)
    assert open_file(row.voucher) == stage.PDF
    assert find_public_voucher(rich, public_id) == row.voucher_copy
    assert open_picture(row.voucher_copy).startswith(b"\xff\xd8\xff")
    on_disk = [path.read_bytes() for path in (Path(settings.files_path) / "private").rglob("*") if path.is_file()]
    assert on_disk
    assert not any(b"%PDF" in content or b"somebody" in content for content in on_disk)


def test_voucher_of_a_payment_that_is_not_paid_is_nowhere(rich):
    assert find_public_voucher(rich, stage.approved(rich, 100)) is None


def test_nobody_approves_what_they_asked_for(rich):
    asker = stage.finance()
    public_id = stage.request(rich, 100, by=asker)
    for decide in (approve_disbursement, lambda actor, key: refuse_disbursement(actor, key, "不行")):
        with pytest.raises(OwnWork):
            decide(asker, public_id)
    assert state_of(public_id) == "requested"


def test_the_database_itself_refuses_one_hand_for_both(rich):
    asker = stage.finance()
    public_id = stage.request(rich, 100, by=asker)

    @transaction
    def cheat():
        session().execute(
            update(Disbursement)
            .where(Disbursement.public_id == public_id)
            .values(state="approved", decided_by_id=asker.person_id)
        )

    with pytest.raises(DBAPIError):
        cheat()


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.CENTRE_CLERK, Role.SUPERVISOR])
def test_only_finance_asks_and_pays(rich, role):
    stranger = cast.actor(role)
    with pytest.raises(NotAllowed):
        stage.request(rich, 100, by=stranger)
    public_id = stage.approved(rich, 100)
    with pytest.raises(NotAllowed):
        stage.pay(public_id, by=stranger)


def test_no_line_pays_more_than_its_budget(rich):
    stage.request(rich, 150_00, position=2)
    with pytest.raises(BudgetExceeded) as refused:
        stage.request(rich, 50_01, position=2)
    assert refused.value.left_minor == 50_00
    stage.request(rich, 50_00, position=2)


def test_refused_and_cancelled_requests_free_their_line(rich):
    first, second = stage.request(rich, 200_00, position=2), None
    with pytest.raises(ReasonNeeded):
        refuse_disbursement(cast.moderator(), first, "")
    refuse_disbursement(cast.moderator(), first, "先比三家价格")
    second = stage.request(rich, 200_00, position=2)
    cancel_disbursement(stage.finance(), second)
    stage.request(rich, 200_00, position=2)


def test_nothing_is_asked_of_another_campaigns_line_or_for_nothing(rich):
    other = stage.opened()
    with pytest.raises(BudgetLineNotFound):
        request_disbursement(stage.finance(), rich, Ask(stage.line_of(other), 1, "买", "Buy", "店"))
    with pytest.raises(AmountWrong):
        stage.request(rich, 0)
    with pytest.raises(CampaignMovedOn):
        stage.request(stage.filed(), 100)


def test_no_more_is_approved_than_the_fund_holds_beside_what_is_approved(rich):
    stage.approved(rich, 400_00)
    public_id = stage.request(rich, 100_01)
    with pytest.raises(MoreThanHeld) as refused:
        approve_disbursement(cast.moderator(), public_id)
    assert refused.value.free_minor == 100_00
    assert state_of(public_id) == "requested"


def test_no_more_is_paid_than_the_fund_holds_and_nothing_is_left_behind(rich, settings):
    public_id = stage.approved(rich, 500_00)
    _take_out(rich, 1)
    with pytest.raises(FundShort):
        stage.pay(public_id)
    assert state_of(public_id) == "approved"
    assert fund_of(rich).held_minor == 499_99
    assert kept_files(settings) == []


def _take_out(number, minor):
    """Let a refund take money out between approval and payment."""
    lines = [Line(fund(number, Part.REFUNDED), minor), Line("bank", -minor)]
    post_entry(EntryKind.REFUND, lines, reference=entry_reference("test-refund", number))


def test_paying_twice_is_one_payment(rich):
    public_id = stage.approved(rich, 100_00)
    stage.pay(public_id)
    with pytest.raises(DisbursementMovedOn):
        stage.pay(public_id)
    assert fund_of(rich).disbursed_minor == 100_00


def test_payment_day_lies_between_the_request_and_today(rich, clock):
    public_id = stage.approved(rich, 100)
    for day in (portal_clock.today() - timedelta(days=1), portal_clock.today() + timedelta(days=1)):
        with pytest.raises(DayWrong), keeping_voucher(stage.PDF, stage.picture()) as voucher:
            pay_disbursement(stage.finance(), public_id, day, voucher)
    assert state_of(public_id) == "approved"


@pytest.mark.parametrize(
    ("original", "copy", "error"),
    [
        (None, stage.picture(), VoucherRefused),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", stage.picture(), VoucherRefused),
        (b"PK\x03\x04", stage.picture(), VoucherRefused),
        (stage.PDF, None, VoucherRefused),
        (stage.PDF, stage.PDF, PictureRefused),
    ],
)
def test_voucher_that_cannot_be_taken_leaves_nothing(rich, settings, original, copy, error):
    with pytest.raises(error), keeping_voucher(original, copy):
        raise AssertionError("nothing to keep")
    assert kept_files(settings) == []


def test_paid_amount_cannot_be_changed_nor_the_row_removed(rich):
    public_id = stage.approved(rich, 100)
    stage.pay(public_id)

    def changed(**values):
        @transaction
        def cheat():
            session().execute(update(Disbursement).where(Disbursement.public_id == public_id).values(**values))

        with pytest.raises(DBAPIError):
            cheat()

    changed(amount_minor=1)
    changed(state="approved")
    changed(voucher_copy="0" * 32)

    @transaction
    def remove():
        session().delete(get_disbursement(public_id))
        session().flush()

    with pytest.raises(DBAPIError):
        remove()


def test_supplier_gives_money_back_and_everybody_can_read_why(rich):
    payer = stage.finance()
    public_id = stage.approved(rich, 100_00)
    stage.pay(public_id, by=payer)
    with pytest.raises(OwnWork):
        return_disbursement(payer, public_id, "缺货", "Out of stock")
    return_disbursement(stage.finance(), public_id, "缺货", "Out of stock")
    fund = fund_of(rich)
    assert (fund.disbursed_minor, fund.held_minor) == (0, 500_00)
    shown = list_public_payments(rich)[0]
    assert (shown.returned_on, shown.return_note) == (date(2026, 11, 23), "缺货")
    assert list_spent_lines(rich)[0].spent_minor == 0
    with pytest.raises(DisbursementMovedOn):
        return_disbursement(stage.finance(), public_id, "又一次", "Again")


def test_surplus_goes_to_a_like_campaign_only_after_the_end(rich):
    finance, other = stage.finance(), stage.opened()
    with pytest.raises(SurplusNotYet):
        request_transfer(finance, rich, other, 100, "同类项目", "A like campaign")
    over = stage.opened(ends_on=date(2026, 11, 24))
    stage.give(over, 77_77)
    end_campaign(finance, over, "目标已达到")
    public_id = request_transfer(finance, over, other, 77_77, "同类项目", "A like campaign")
    approve_disbursement(cast.moderator(), public_id)
    pay_transfer(finance, public_id)
    assert (fund_of(over).held_minor, fund_of(other).held_minor) == (0, 77_77)
    assert list_public_payments(over)[0].to_campaign == other
    assert not list_public_payments(over)[0].has_voucher


def test_private_person_is_not_named_as_supplier(rich):
    public_id = stage.approved(rich, 100, supplier="某某某", is_supplier_private=True)
    stage.pay(public_id)
    assert "某某某" not in str(list_public_payments(rich))


def test_wish_that_was_bought_is_linked_only_while_it_is_public(rich):
    wish = cast.wish(WishState.PUBLISHED)
    stage.pay(stage.approved(rich, 100, wish_number=wish.number))
    assert find_payment_for_wish(wish.number).wish_number == wish.number
    take_down(wish.number)
    assert find_payment_for_wish(wish.number).wish_number is None
    assert list_public_payments(rich)[0].wish_number is None


def test_each_step_is_in_the_trail(rich):
    public_id = stage.approved(rich, 100)
    stage.pay(public_id)
    query = select(AuditEntry.action).where(AuditEntry.subject_ref == public_id).order_by(AuditEntry.id)
    assert list(session().scalars(query)) == ["disbursement.request", "disbursement.approved", "disbursement.paid"]
