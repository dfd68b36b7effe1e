"""What became of a gift: matched first in, first out; told on its page without a word about a family; on paper too."""

import importlib
import random

import pytest
from sqlalchemy import text

from portal.accounts.rules import Role
from portal.db import session, transaction
from portal.giving.confirmation_pdf import FONT
from portal.giving.invariants import INVARIANTS
from portal.giving.matching import Lot, Outflow, match
from portal.giving.own_queries import get_own_gift
from portal.giving.refunding import request_refund, send_refund
from portal.giving.rules import RefundReason
from portal.giving.tracing import trace_gift
from portal.ledger.log import sign_checkpoint
from tests import cast
from tests.campaigns import stage as campaigns
from tests.giving import stage


def shares(lots, outflows):
    """Return what match makes of lots and payments, as plain tuples."""
    found = match([Lot(*lot) for lot in lots], [Outflow(*outflow) for outflow in outflows])
    return [(share.sequence, share.public_id, share.amount_minor) for share in found]


@pytest.mark.parametrize(
    ("lots", "outflows", "expected"),
    [
        ([], [("A", 5)], []),
        ([(1, 5)], [], []),
        ([(1, 5), (2, 5)], [("A", 7)], [(1, "A", 5), (2, "A", 2)]),
        ([(1, 5), (2, 5)], [("A", 3), ("B", 4)], [(1, "A", 3), (1, "B", 2), (2, "B", 2)]),
        ([(1, 0), (2, 5)], [("A", 5)], [(2, "A", 5)]),
        ([(1, 5)], [("A", 9)], [(1, "A", 5)]),
        ([(1, 5), (2, 8, "W")], [("A", 6, "W"), ("B", 6)], [(2, "A", 6), (1, "B", 5), (2, "B", 1)]),
        ([(1, 5), (2, 4, "W")], [("A", 6, "W")], [(2, "A", 4), (1, "A", 2)]),
        ([(1, 5), (2, 4, "W")], [("A", 5)], [(1, "A", 5)]),
    ],
)
def test_the_oldest_money_goes_first_and_what_is_meant_for_a_wish_to_that_wish(lots, outflows, expected):
    assert shares(lots, outflows) == expected


def test_shares_add_up_to_what_was_paid_out_whatever_came_and_went():
    draw = random.Random(7)
    for _history in range(200):
        wishes = [None, "V", "W"]
        lots = [Lot(n, draw.randrange(50), draw.choice(wishes)) for n in range(draw.randrange(12))]
        outflows = [Outflow(f"P{n}", draw.randrange(1, 60), draw.choice(wishes)) for n in range(draw.randrange(8))]
        found = match(lots, outflows)
        came, went = sum(lot.amount_minor for lot in lots), sum(each.amount_minor for each in outflows)
        assert sum(share.amount_minor for share in found) == min(came, went)
        for lot in lots:
            assert sum(s.amount_minor for s in found if s.sequence == lot.sequence) <= lot.amount_minor
        for each in outflows:
            assert sum(s.amount_minor for s in found if s.public_id == each.public_id) <= each.amount_minor


def test_a_gift_is_followed_to_its_payments_and_gives_way_when_it_goes_back(app_context):
    number, finance = campaigns.opened(), cast.actor(Role.FINANCE)
    first, second = stage.give(number, 5_000), stage.give(number, 4_000)
    kept = [trace_gift(each).kept_minor for each in (first, second)]
    campaigns.pay(campaigns.approved(number, 6_000))
    traces = [trace_gift(each) for each in (first, second)]
    assert [trace.spent_minor for trace in traces] == [kept[0], 6_000 - kept[0]]
    assert traces[1].waiting_minor == sum(kept) - 6_000
    send_refund(request_refund(finance, first, 1_000, RefundReason.DONOR, "x", public_id="REFUND0002"))
    assert [trace_gift(each).spent_minor for each in (first, second)] == [kept[0] - 1_000, 7_000 - kept[0]]


def test_older_payments_find_their_entry_when_the_database_is_brought_up_to_date(app_context):
    number = campaigns.opened()
    given = [stage.give(number, minor) for minor in (5_000, 5_000, 7_000)]
    known = [stage.payments_of(each)[0].entry_sequence for each in given]
    revision = importlib.import_module("migrations.versions.0020_gifts_know_their_entry")
    renew(revision.FIND_ENTRIES)
    assert [stage.payments_of(each)[0].entry_sequence for each in given] == known
    assert not any(invariant.find_broken() for invariant in INVARIANTS)


@transaction
def renew(find_entries):
    """Forget which entry each payment has, and find it again as the migration does."""
    session().execute(text("UPDATE payments SET entry_sequence = NULL"))
    session().execute(text(find_entries))


def test_the_gifts_page_tells_its_way_and_how_to_check_it(app, visitor):
    with app.app_context():
        number = campaigns.opened()
        public_id = stage.give(number, 5_000)
        payment = campaigns.approved(number, 4_000)
        campaigns.pay(payment)
        reference, address = get_own_gift(public_id).reference, stage.page_of(public_id)
        sign_checkpoint()
    page = visitor.open(address)
    assert f"/campaigns/{number}/vouchers/{payment}.jpg" in page.html
    assert f"/ledger/proof/{reference}.tlog-proof" in page.html
    assert visitor.client.get(f"/ledger/proof/{reference}.tlog-proof").status_code == 200
    assert "先到的先用" in page.html


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_confirmation_is_a_pdf_that_sets_chinese_without_a_font_of_its_own(app, visitor, language):
    with app.app_context():
        address = stage.page_of(stage.give(campaigns.opened(), 5_000))
    visitor.client.set_cookie("language", language)
    answer = visitor.client.get(f"{address}/receipt.pdf")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert FONT.encode() in answer.data
    assert b"FontFile" not in answer.data


def test_a_gift_that_is_not_paid_has_no_pdf(app, visitor):
    with app.app_context():
        address = stage.page_of(stage.intend(campaigns.opened()))
    assert visitor.client.get(f"{address}/receipt.pdf").status_code == 404


@pytest.mark.browser
def test_a_phone_gives_and_comes_to_the_gifts_page(app, new_page):
    with app.app_context():
        number = campaigns.opened()
    page = new_page(width=360)
    page.goto(f"/campaigns/{number}/give")
    page.fill("#other_amount", "50")
    page.fill("#email", "lin@example.org")
    for press in ("#give .btn-primary", "button[value=succeed]"):
        page.locator(press).wait_for()
        page.wait_for_load_state()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url
        page.click(press)
    page.get_by_role("heading", name="谢谢您").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_text("怎样知道用的是我的钱").click()
    assert page.get_by_text("先到的先用").is_visible()
