"""Who gave is forgotten once nothing needs it any more; what was given stays."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.rules import Role
from portal.books import list_invariants
from portal.db import session
from portal.giving.making import donor_hash
from portal.giving.models import BankLine, Receipt, RefundRequest
from portal.giving.queries import find_newest_gift, list_gifts_of_contact
from portal.giving.receipts import Issued, ask_for_receipt, issue_receipt
from portal.giving.reconciling import abandon_left
from portal.giving.refunding import ask_for_refund, refuse_refund
from portal.giving.retention import forget_donors
from portal.ticks import tick
from tests import cast
from tests.buying import stage as buying
from tests.campaigns import stage as campaigns
from tests.giving import stage, statements


@pytest.fixture
def chosen_settings():
    """Return settings of a portal that takes bank transfers too."""
    return statements.SETTINGS


@pytest.fixture
def number(app_context):
    """Return the number of an open campaign."""
    return campaigns.opened()


def test_a_donor_is_forgotten_after_the_last_need_and_the_gift_stays(number, clock):
    given = stage.give(number)
    before = stage.book(number)
    clock.advance(timedelta(days=549))
    assert forget_donors() == 0
    clock.advance(timedelta(days=2))
    assert forget_donors() == 1
    assert forget_donors() == 0
    row = stage.gift_row(given)
    assert (row.contact, row.state, row.amount_minor) == (None, "succeeded", 5_000)
    assert stage.book(number) == before
    assert not [
        each.name for each in list_invariants() if each.name.startswith(("gifts", "payments")) and each.find_broken()
    ]


def test_the_donor_still_finds_the_history_by_the_same_address(number, clock):
    stage.give(number)
    clock.advance(timedelta(days=600))
    assert forget_donors() == 1
    assert len(list_gifts_of_contact(donor_hash(stage.MAIL))) == 1
    assert find_newest_gift(donor_hash(stage.MAIL)) is not None


def test_a_receipt_keeps_them_longer_and_then_loses_its_title(number, clock):
    given = stage.give(number)
    ask_for_receipt(given, "林小满", None)
    clock.advance(timedelta(days=600))
    assert forget_donors() == 0, "it is still to be issued"
    receipt = session().scalars(select(Receipt)).one()
    today = clock.now().date()
    issue_receipt(cast.actor(Role.FINANCE), receipt.id, Issued("37020126", "00000001", "123456", today))
    clock.advance(timedelta(days=549))
    assert forget_donors() == 0
    clock.advance(timedelta(days=3))
    assert forget_donors() == 1
    row = session().scalars(select(Receipt).execution_options(populate_existing=True)).one()
    assert (row.asked, row.receipt_no) == (None, "00000001")


def test_words_of_an_answered_request_go_with_them(number, clock):
    given = stage.give(number)
    ask_for_refund(given, "我叫林小满，付错了")
    clock.advance(timedelta(days=600))
    assert forget_donors() == 0, "it waits for an answer"
    refuse_refund(cast.actor(Role.FINANCE), given, "已经用了")
    clock.advance(timedelta(days=552))
    assert forget_donors() == 1
    row = session().scalars(select(RefundRequest).execution_options(populate_existing=True)).one()
    assert (row.words, row.answer, row.state) == (None, None, "refused")


def test_an_open_chargeback_keeps_them(number, clock):
    ref = stage.payments_of(stage.give(number))[0].provider_ref
    name = stage.provider().dispute(ref, clock.now())
    stage.take_in(ref)
    clock.advance(timedelta(days=600))
    assert forget_donors() == 0
    stage.provider().close_dispute(name, clock.now(), is_won=True)
    stage.take_in(ref)
    clock.advance(timedelta(days=552))
    assert forget_donors() == 1


def test_who_transferred_is_forgotten_in_the_statement_too(number, clock):
    statements.arrived(number, 4_000)
    clock.advance(timedelta(days=600))
    assert forget_donors() == 1
    assert session().scalars(select(BankLine.details)).one() is None


def test_who_never_paid_is_forgotten_soon(number, clock):
    left = stage.intend(number)
    clock.advance(timedelta(hours=25))
    assert abandon_left() == 1
    clock.advance(timedelta(days=29))
    assert forget_donors() == 0
    clock.advance(timedelta(days=2))
    assert forget_donors() == 1
    assert stage.gift_row(left).contact is None


def test_a_wish_that_is_still_being_bought_keeps_its_donor(app_context, clock):
    buying.fund()
    wish = buying.wish()
    buying.paid(wish.number)
    clock.advance(timedelta(days=600))
    assert forget_donors() == 0
    assert tick()["donors_forgotten"] == 0
