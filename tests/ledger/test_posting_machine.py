"""Any history of postings, right and wrong ones, leaves a book that adds up after every step."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from portal.db import forget_reads, session
from portal.ledger.models import Entry, FundHolding, LedgerAccount, LedgerHead, Posting
from portal.ledger.queries import fund_statement
from portal.ledger.rules import EntryKind, Part, clearing, fund
from portal.ledger.service import (
    AlreadyReversed,
    FundShort,
    NotReversible,
    ReferenceReused,
    open_fund,
    post_entry,
    reverse_entry,
)
from tests.ledger.book import moved, new_reference

FUNDS = ("AAAA", "BBBB", "CCCC")
amounts = st.integers(1, 400) | st.integers(1, 10**12)
funds = st.integers(0, len(FUNDS) - 1)


class Bookkeeping(RuleBasedStateMachine):
    """Gifts, fees, refunds, disbursements, transfers and reversals, beside a plain sum kept in Python."""

    posted = Bundle("posted")
    rounds = 0

    @initialize()
    def open_funds(self):
        # Each example has funds of its own in the one book, which is never emptied.
        type(self).rounds += 1
        self.numbers = [f"{name}{self.rounds:04d}" for name in FUNDS]
        for number in self.numbers:
            open_fund(number)
        self.held = dict.fromkeys(self.numbers, 0)
        self.effects = {}
        self.undone = set()
        self.first = session().scalar(select(LedgerHead.sequence))
        self.entries = 0

    def post(self, kind, lines, effect):
        reference = new_reference()
        posted = post_entry(kind, lines, reference=reference)
        assert posted.sequence == self.first + self.entries + 1
        self.book(reference, effect)
        self.effects[reference] = (kind, lines, effect, posted)
        return reference

    def book(self, _reference, effect):
        self.entries += 1
        for number, amount in effect.items():
            self.held[number] += amount

    @rule(target=posted, at=funds, amount=amounts, part=st.sampled_from([Part.RECEIVED, Part.MATCHING]))
    def receive(self, at, amount, part):
        number = self.numbers[at]
        return self.post(EntryKind.GIFT, moved(clearing("sandbox"), fund(number, part), amount), {number: amount})

    @rule(target=posted, at=funds, amount=amounts, part=st.sampled_from([Part.FEES, Part.REFUNDED]))
    def lose(self, at, amount, part):
        number = self.numbers[at]
        return self.post(EntryKind.FEE, moved(fund(number, part), clearing("sandbox"), amount), {number: -amount})

    @rule(target=posted, at=funds, amount=amounts)
    def disburse(self, at, amount):
        number = self.numbers[at]
        return self.spend(
            EntryKind.DISBURSEMENT, moved(fund(number, Part.DISBURSED), "bank", amount), {number: -amount}
        )

    @rule(target=posted, source=funds, target_fund=funds, amount=amounts)
    def transfer(self, source, target_fund, amount):
        if source == target_fund:
            return multiple()
        here, there = self.numbers[source], self.numbers[target_fund]
        lines = moved(fund(here, Part.TRANSFERRED), fund(there, Part.TRANSFERRED), amount)
        return self.spend(EntryKind.TRANSFER, lines, {here: -amount, there: amount})

    def spend(self, kind, lines, effect):
        short = [number for number, amount in effect.items() if amount < 0 and self.held[number] + amount < 0]
        if not short:
            return self.post(kind, lines, effect)
        with pytest.raises(FundShort):
            post_entry(kind, lines, reference=new_reference())
        return multiple()

    @rule(reference=posted)
    def post_again(self, reference):
        kind, lines, _effect, posted = self.effects[reference]
        if kind is EntryKind.REVERSAL:
            return
        assert post_entry(kind, lines[::-1], reference=reference) == posted

    @rule(reference=posted, amount=amounts)
    def post_something_else(self, reference, amount):
        with pytest.raises(ReferenceReused):
            post_entry(EntryKind.PAYOUT, moved("bank", clearing("sandbox"), amount), reference=reference)

    @rule(target=posted, reference=posted)
    def reverse(self, reference):
        kind, lines, effect, _posted = self.effects[reference]
        new = new_reference()
        if kind is EntryKind.REVERSAL or reference in self.undone:
            with pytest.raises(NotReversible if kind is EntryKind.REVERSAL else AlreadyReversed):
                reverse_entry(reference, new_reference=new)
            return multiple()
        undoing = {number: -amount for number, amount in effect.items()}
        posted = reverse_entry(reference, new_reference=new)
        self.undone.add(reference)
        self.book(new, undoing)
        self.effects[new] = (EntryKind.REVERSAL, lines, undoing, posted)
        return new

    @rule(reference=consumes(posted))
    def forget(self, reference):
        """Let other references be drawn more often."""

    @invariant()
    def the_book_adds_up(self):
        if not hasattr(self, "held"):
            return
        forget_reads()
        assert {number: fund_statement(number).held_minor for number in self.numbers} == self.held
        assert session().scalar(select(func.sum(Posting.amount_minor))) in (None, 0)
        assert session().scalar(select(LedgerHead.sequence)) == self.first + self.entries
        assert session().scalar(select(func.count()).select_from(Entry)) == self.first + self.entries
        assert self.parts() == self.holdings()

    def parts(self):
        query = (
            select(LedgerAccount.fund, -func.coalesce(func.sum(Posting.amount_minor), 0))
            .join(Posting, Posting.account_id == LedgerAccount.id, isouter=True)
            .where(LedgerAccount.fund.is_not(None))
            .group_by(LedgerAccount.fund)
        )
        return {number: int(held) for number, held in session().execute(query)}

    def holdings(self):
        return dict(session().execute(select(FundHolding.fund, FundHolding.held_minor)).all())


def test_any_history_of_postings_adds_up(app):
    with app.app_context():
        run_state_machine_as_test(Bookkeeping, settings=settings(max_examples=10, stateful_step_count=20))
