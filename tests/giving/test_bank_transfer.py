"""Gifts by bank transfer: the donor's page, statements as banks write them, and what matches nothing."""

import io
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select

from portal.accounts.rules import NotAllowed, Role
from portal.db import session
from portal.giving.gateways.bank_transfer import find_references
from portal.giving.models import BankLine, Refund
from portal.giving.reconciling import abandon_left, reconcile
from portal.giving.refunding import request_refund, send_refund
from portal.giving.rules import RefundReason
from portal.giving.statement_reading import StatementUnclear
from portal.giving.statements import LineSettled, NothingMatches, book_line, match_line, set_line_aside
from tests import cast
from tests.campaigns import stage as campaigns
from tests.giving import stage, statements
from tests.giving.statements import arrived, csv_of, line, take, waiting_transfer
from tests.pledges.letterbox import letters
from tests.plumbing.sessions import sign_in
from tests.plumbing.visitor import Upload


@pytest.fixture
def chosen_settings():
    """Return settings of a portal that takes bank transfers."""
    return statements.SETTINGS


@pytest.fixture
def number(app_context):
    """Return an open campaign."""
    return campaigns.opened()


def lines():
    return list(session().scalars(select(BankLine).order_by(BankLine.id).execution_options(populate_existing=True)))


def test_donor_is_told_where_to_transfer_and_what_to_write(app, number, visitor):
    visitor.open(f"/campaigns/{number}/give")
    page = visitor.submit({"other_amount": "66.60", "email": stage.MAIL, "gateway": "bank_transfer"})
    reference = session().scalars(select(stage.Payment.provider_ref)).one()
    for words in ("3700 0000 1111 2222", "示范公益基金会", "示范银行海岸支行", "¥66.60", reference, "接下来", "<svg"):
        assert words in page.html, words
    assert [each.kind for each in letters(app)] == ["giving.transfer"]
    assert reference in letters(app)[0].body
    assert take(csv_of(line(6_660, reference))).matched == 1
    public_id = session().scalars(select(stage.Gift.public_id)).one()
    assert "谢谢您" in visitor.open(stage.page_of(public_id))


def test_what_arrives_is_booked_and_the_same_file_again_adds_nothing(number):
    public_id, reference = waiting_transfer(number, 5_000)
    data = csv_of(line(5_000, f"捐款 {reference}", serial="A1"), line(77, "利息", serial="A2"))
    assert vars_of(take(data)) == (2, 0, 1)
    assert vars_of(take(data)) == (0, 2, 0)
    assert stage.gift_row(public_id).state == "succeeded"
    assert stage.book(number, "bank_transfer") == {"received": 5_000, "refunded": 0, "fees": 0, "clearing": 0}
    assert stage.balance("bank") == 5_000


def vars_of(taken):
    return taken.added, taken.known, taken.matched


@pytest.mark.parametrize(
    "spell",
    [
        str.lower,
        lambda ref: f"{ref[:2]} {ref[2:6]}-{ref[6:]} 给孩子们",
        lambda ref: "".join(chr(ord(char) + 0xFEE0) for char in ref),
        lambda ref: f"网银转账{ref}谢谢",
        lambda ref: ref[:2] + ref[2:].replace("0", "O").replace("1", "I"),
    ],
)
def test_a_reference_is_found_however_it_was_typed(spell):
    assert find_references(spell("YT01ABCDEF")) == ["YT01ABCDEF"]


def test_wrong_amounts_stay_for_a_person_who_makes_a_gift_of_what_came(number):
    public_id, reference = waiting_transfer(number, 5_000)
    assert take(csv_of(line(4_900, reference))).matched == 0
    finance = cast.actor(Role.FINANCE)
    with pytest.raises(NothingMatches):
        match_line(finance, lines()[0].id, reference)
    with pytest.raises(NotAllowed):
        book_line(cast.moderator(), lines()[0].id, number, stage.MAIL)
    book_line(finance, lines()[0].id, number, stage.MAIL)
    assert stage.gift_row(public_id).state == "intended"
    assert stage.balance("bank") == 4_900
    with pytest.raises(LineSettled):
        set_line_aside(finance, lines()[0].id, "x")


def test_a_line_without_its_reference_is_matched_by_hand_and_another_set_aside(number, new_visitor):
    public_id, reference = waiting_transfer(number, 5_000)
    assert vars_of(take(csv_of(line(5_000, "爱心"), line(12, "利息")))) == (2, 0, 0)
    desk = sign_in(new_visitor(), cast.person(Role.FINANCE))
    assert "2 行没有对上" in desk.open("/admin/giving/bank")
    first, second = (each.id for each in lines())
    desk.submit({"words": "YT00000000"}, form=f"bank/{first}", button="按编号对上")
    assert "没有等着付款、编号和金额都一样的" in desk.page
    desk.submit({"words": reference.lower()}, form=f"bank/{first}", button="按编号对上")
    desk.submit(form=f"bank/{second}", button="不是捐赠，放下")
    assert "请写下原因" in desk.page
    desk.submit({"words": "银行利息"}, form=f"bank/{second}", button="不是捐赠，放下")
    assert "没有对不上的流水" in desk.page
    assert "银行利息" in desk.page
    assert stage.gift_row(public_id).state == "succeeded"


def test_alike_lines_of_one_day_are_two_and_one_serial_number_is_one(number):
    alike = line(5_000, "爱心")
    assert vars_of(take(csv_of(alike, alike))) == (2, 0, 0)
    numbered = line(700, "爱心", serial="S1")
    assert vars_of(take(csv_of(numbered, numbered))) == (1, 1, 0)


def test_a_transfer_made_twice_pays_once(number):
    _public_id, reference = waiting_transfer(number, 5_000)
    taken = take(csv_of(line(5_000, reference, serial="1"), line(5_000, reference, serial="2")))
    assert vars_of(taken) == (2, 0, 1)
    assert stage.balance("bank") == 5_000
    assert [each.state for each in lines()] == ["matched", "waiting"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("2026-11-23", "=1+1", "", "某", "", ""), "no_amount"),
        (("2026-11-23", "12.345", "", "某", "", ""), "no_amount"),
        (("2026-11-23", "很多", "", "某", "", ""), "no_amount"),
        (("2026-11-23", "9" * 30, "", "某", "", ""), "no_amount"),
        (("2026-11-23", "0", "", "某", "", ""), "no_amount"),
        (("2026-11-23", "5", "5", "某", "", ""), "two_amounts"),
        (("2026-13-40", "5", "", "某", "", ""), "no_day"),
        (("", "5", "", "某", "", ""), "no_day"),
        (("2026-11-24", "5", "", "某", "", ""), "future"),
    ],
)
def test_what_cannot_be_read_for_sure_keeps_the_whole_file_out(number, row, code):
    _public_id, reference = waiting_transfer(number)
    with pytest.raises(StatementUnclear) as unclear:
        take(csv_of(line(5_000, reference), row))
    assert [(each.code, each.row) for each in unclear.value.problems] == [(code, 4)]
    assert lines() == []


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in ((*statements.HEAD,), *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_formula_is_refused_and_numbers_and_days_of_a_workbook_are_read(number, new_visitor, clock):
    _public_id, reference = waiting_transfer(number, 5_010)
    desk = sign_in(new_visitor(), cast.person(Role.FINANCE))
    desk.open("/admin/giving/bank")
    bad = workbook((clock.now().replace(tzinfo=None), "=SUM(1,2)", None, "某", reference, None))
    page = desk.submit({"file": Upload(bad, "流水.xlsx")}, form="bank", status=422)
    assert "这一格是公式" in page
    assert "一行也没有收" in page
    good = workbook((clock.now().replace(tzinfo=None), 50.1, None, "某", reference, None), ("合计", 50.1, None))
    assert "其中 1 行自动对上了" in desk.submit({"file": Upload(good, "流水.xlsx")}, form="bank")


def test_wide_digits_and_grouped_amounts_are_read(number):
    _public_id, reference = waiting_transfer(number, 123_456)
    row = ("２０２６年１１月２３日", "１，２３４．５６", "", "某", reference, "")
    assert take(csv_of(row)).matched == 1


def test_a_refund_goes_back_by_hand_and_is_settled_by_its_line(number):
    public_id = arrived(number, 5_000)
    finance = cast.actor(Role.FINANCE)
    refund_id = request_refund(finance, public_id, 2_000, RefundReason.DONOR, None, public_id="REFUND0001")
    assert send_refund(refund_id)
    refund = session().get_one(Refund, refund_id, populate_existing=True)
    assert (refund.state, refund.provider_ref[:2]) == ("sent", "YR")
    assert take(csv_of(line(-1_900, refund.provider_ref))).matched == 0
    assert take(csv_of(line(-2_000, refund.provider_ref, payer="林小满"))).matched == 1
    assert session().get_one(Refund, refund_id, populate_existing=True).state == "succeeded"
    assert stage.gift_row(public_id).state == "partly_refunded"
    assert (stage.balance("bank"), stage.balance("clearing.bank_transfer")) == (3_000, 0)


def test_a_transfer_is_waited_for_a_month_and_counts_when_it_comes_later(number, clock):
    public_id, reference = waiting_transfer(number, 5_000)
    clock.advance(timedelta(days=20))
    abandon_left()
    reconcile("bank_transfer")
    assert stage.gift_row(public_id).state == "intended"
    clock.advance(timedelta(days=12))
    abandon_left()
    abandon_left()
    assert stage.gift_row(public_id).state == "abandoned"
    assert take(csv_of(line(5_000, reference, day="2026-12-25"))).matched == 1
    assert stage.gift_row(public_id).state == "succeeded"
