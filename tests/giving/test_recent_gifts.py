"""Who gave and how much: what a reader learns who looks at a campaign's page and the public ledger at every moment."""

import json
import re
from datetime import date, timedelta

import pytest

from portal import clock as portal_clock
from portal.accounts.rules import Role
from portal.codes import new_public_id
from portal.giving.aftermath import left_minor
from portal.giving.making import Words
from portal.giving.moderating import decide_words
from portal.giving.recent_gifts import Batch, close_batches
from portal.giving.refunding import request_refund, send_refund
from portal.giving.rules import RefundReason, Visibility
from portal.ledger.log import sign_checkpoint
from tests import cast
from tests.campaigns import stage as campaigns
from tests.giving import stage

LEAST = 3
NAME = re.compile("访客[0-9]+号")


class Reader:
    """Somebody who keeps a copy of the page and of the ledger's file whenever anything may have changed.

    A name can belong only to rows that were there when it was first seen and
    not yet there when it was last missing; and once it goes, to the amount
    that went back meanwhile.
    """

    def __init__(self, app, visitor, number):
        self.app, self.visitor, self.number = app, visitor, number
        self.page, self.rows = "", []
        self.could_be = {}

    def look(self):
        """Compare both with what they were before."""
        with self.app.app_context():
            sign_checkpoint()
        page = self.visitor.open(f"/campaigns/{self.number}").html
        answer = self.visitor.client.get("/ledger/entries.jsonl")
        export = answer.get_data(as_text=True) if answer.status_code == 200 else ""
        rows = [
            (each["kind"], max(p["amount_minor"] for p in each["postings"])) for each in map(json.loads, export.split())
        ]
        fresh = [amount for kind, amount in rows[len(self.rows) :] if kind == "gift"]
        back = [amount for kind, amount in rows[len(self.rows) :] if kind == "refund"]
        for name in set(NAME.findall(page)) - set(NAME.findall(self.page)):
            self.could_be[name] = set(fresh) or {amount for kind, amount in rows if kind == "gift"}
        for name in set(NAME.findall(self.page)) - set(NAME.findall(page)):
            self.could_be[name] = set(back)
        self.page, self.rows = page, rows


@pytest.fixture
def chosen_settings():
    """Ask for cells of three members."""
    return {"smallest_cell": LEAST}


@pytest.fixture
def number(app):
    """Return an open campaign."""
    with app.app_context():
        return campaigns.opened()


@pytest.fixture
def reader(app, new_visitor, number):
    """Return a reader who has looked once."""
    found = Reader(app, new_visitor(), number)
    found.look()
    return found


def named(serial, amount=Visibility.HIDDEN):
    return Words(Visibility.SHOWN, amount, f"访客{serial}号", f"第{serial}句")


def give(app, number, minor, words, *, is_read=True):
    with app.app_context():
        public_id = stage.give(number, minor, words=words)
        if is_read:
            decide_words(cast.moderator(), public_id, is_approved=True)
        return public_id


def next_month(app, clock):
    with app.app_context():
        today = portal_clock.today()
    clock.advance(timedelta(days=32 - today.day))


def test_a_gift_with_a_private_amount_changes_nothing_but_the_count_while_its_month_lasts(app, reader, number):
    give(app, number, 3_700, named(1))
    before = reader.page
    reader.look()
    assert NAME.findall(before) == NAME.findall(reader.page) == []
    assert "第1句" not in reader.page
    assert reader.rows[0] == ("gift", 3_700)
    assert reader.could_be == {}


def test_who_shows_the_amount_is_known_and_so_the_reader_is_a_good_one(app, reader, number):
    give(app, number, 3_700, named(1, Visibility.SHOWN))
    reader.look()
    assert reader.could_be == {"访客1号": {3_700}}


def test_private_gifts_come_all_at_once_without_days_and_each_could_be_any(app, clock, reader, number):
    for serial, minor in enumerate((1_000, 2_000, 3_000, 4_000), start=1):
        give(app, number, minor, named(serial))
        clock.advance(timedelta(days=1))
        reader.look()
    next_month(app, clock)
    reader.look()
    assert reader.could_be == {f"访客{serial}号": {1_000, 2_000, 3_000, 4_000} for serial in range(1, 5)}
    shown = reader.page.split("不公开金额的捐赠人")[1].split("</ul>")[0]
    assert "11月" not in shown
    assert "¥" not in shown


def test_too_few_different_amounts_wait_for_another_month_and_shown_ones_do_not_count(app, clock, reader, number):
    for serial, minor in enumerate((1_000, 1_000, 2_000), start=1):
        give(app, number, minor, named(serial))
    give(app, number, 9_000, named(9, Visibility.SHOWN))
    reader.look()
    next_month(app, clock)
    reader.look()
    assert set(reader.could_be) == {"访客9号"}
    give(app, number, 5_000, named(4))
    reader.look()
    next_month(app, clock)
    reader.look()
    assert len(reader.could_be) == 5
    assert min(len(amounts) for name, amounts in reader.could_be.items() if name != "访客9号") >= LEAST


def test_a_batch_waits_until_all_its_words_are_read(app, clock, reader, number):
    for serial, minor in enumerate((1_000, 2_000), start=1):
        give(app, number, minor, named(serial))
    last = give(app, number, 3_000, named(3), is_read=False)
    next_month(app, clock)
    reader.look()
    assert reader.could_be == {}
    with app.app_context():
        decide_words(cast.moderator(), last, is_approved=False)
    reader.look()
    assert set(reader.could_be) == {"访客1号", "访客2号"}


def test_a_refund_takes_no_private_gift_off_the_page_and_takes_a_shown_one(app, clock, reader, number):
    private = [give(app, number, minor, named(serial)) for serial, minor in enumerate((1_000, 2_000, 3_000), start=1)]
    shown = give(app, number, 9_000, named(9, Visibility.SHOWN))
    next_month(app, clock)
    reader.look()
    with app.app_context():
        finance = cast.actor(Role.FINANCE)
    for public_id in (private[1], shown):
        with app.app_context():
            minor = left_minor(stage.payments_of(public_id)[0])
            name = new_public_id()
            send_refund(request_refund(finance, public_id, minor, RefundReason.DONOR, None, public_id=name))
        reader.look()
    assert reader.could_be["访客9号"] == {9_000}
    assert all(reader.could_be[f"访客{serial}号"] >= {1_000, 2_000, 3_000} for serial in (1, 2, 3))


def test_order_of_private_gifts_is_not_the_order_of_giving(app, clock, reader, number):
    for serial in range(1, 9):
        give(app, number, serial * 100 + 1_000, named(serial))
    next_month(app, clock)
    reader.look()
    shown = [int(name[2:-1]) for name in NAME.findall(reader.page)]
    assert sorted(shown) == list(range(1, 9))
    assert shown not in (sorted(shown), sorted(shown, reverse=True))


@pytest.mark.parametrize(
    ("amounts", "batches"),
    [
        ([], []),
        ([{1, 2}], []),
        ([{1, 2, 3}], [(9, 10)]),
        ([{1, 2}, set(), {2, 3}], [(9, 12)]),
        ([{1, 2, 3}, {1, 2, 3}], [(9, 10), (10, 11)]),
        ([{1, 2, 3}, {1}], [(9, 10)]),
        ([{1, 2}, {1, 2}, {1, 2}], []),
    ],
)
def test_months_are_put_together_until_there_are_enough_amounts(amounts, batches):
    months = [(date(2026, 9 + place, 1), each) for place, each in enumerate(amounts)]
    expected = [Batch(date(2026, begins, 1), date(2026, until, 1)) for begins, until in batches]
    assert close_batches(months, LEAST) == expected
