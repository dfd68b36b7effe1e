"""Every invariant of purchases holds for a sound history, and finds the fault it is there for."""

import pytest

from portal.books import list_invariants
from portal.buying.clocks import follow_purchases
from portal.buying.invariants import INVARIANTS
from tests.buying import stage
from tests.ledger.bare_tables import TABLES, look_at

OWN_TABLES = ("purchases", "gifts", "disbursements", "promises", "pledges")
UNIQUE_OFF = ("DROP INDEX IF EXISTS uq_purchases_live_wish", "DROP INDEX IF EXISTS uq_pledges_live_wish")
FAULTS = {
    "wishes_are_bought_once": "UPDATE purchases SET wish_id = (SELECT min(wish_id) FROM purchases), state = 'paid'",
    "purchases_hold_their_wish": "UPDATE promises SET is_bought = (1 = 0)",
    "what_the_foundation_holds_is_bought": "UPDATE purchases SET state = 'surplus'",
    "gifts_for_wishes_are_the_whole_price": "UPDATE gifts SET amount_minor = amount_minor - 1",
    "purchases_are_paid_when_their_gift_is": "UPDATE purchases SET state = 'reserved'",
    "bought_wishes_have_their_payment": "UPDATE purchases SET state = 'done'",
}
"""For each invariant the fault to plant, by somebody who has set the guards aside."""


@pytest.fixture
def sound_history(app_context):
    """Hold one wish, pay for two, buy one of them to the end, and let a family withdraw another."""
    stage.fund()
    held, paid, done, gone = (stage.wish().number for _number in range(4))
    stage.reserve(held, email="a@example.org")
    for number in (paid, done, gone):
        stage.paid(number)
    stage.bought(done)
    stage.brought_and_closed(done)
    stage.withdrawn(gone)
    assert follow_purchases() == 2


def broken():
    return {invariant.name for invariant in INVARIANTS if invariant.find_broken()}


def test_every_invariant_has_its_planted_fault_and_finds_it(sound_history):
    assert broken() == set()
    assert {invariant.name for invariant in INVARIANTS} == FAULTS.keys()
    assert set(INVARIANTS) <= set(list_invariants())
    tables = (*TABLES, *OWN_TABLES)
    assert look_at((), broken, tables) == set()
    for invariant in INVARIANTS:
        planted = (*UNIQUE_OFF, FAULTS[invariant.name])
        assert look_at(planted, invariant.find_broken, tables) is not None, invariant.name
    assert broken() == set(), "every fault was taken back"
