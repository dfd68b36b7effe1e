"""Posting: once for each reference, balanced, and never more out of a fund than it holds."""

import pytest
from sqlalchemy import func, select

from portal.db import session, transaction
from portal.ledger.merkle import leaf_hash
from portal.ledger.models import Entry, FundHolding, LedgerAccount, LedgerHead
from portal.ledger.queries import (
    FundStatement,
    FundUnknown,
    entry_reference,
    fund_statement,
    list_funds_below_zero,
)
from portal.ledger.rules import (
    BANK,
    REFERENCE_LENGTH,
    AccountUnknown,
    EntryKind,
    Line,
    LinesUnfit,
    Part,
    ReferenceUnfit,
    check_reference,
    clearing,
    fund,
    leaf_bytes,
)
from portal.ledger.service import (
    AlreadyReversed,
    EntryUnknown,
    FundShort,
    NotReversible,
    Posted,
    ReferenceReused,
    open_fund,
    post_entry,
    reverse_entry,
)
from tests.ledger.book import (
    FUND,
    OTHER_FUND,
    balance,
    chargeback,
    gift_lines,
    give,
    moved,
    new_reference,
    spend,
    spending_lines,
    transfer,
)


def entries():
    return session().scalar(select(func.count()).select_from(Entry))


def test_a_gift_raises_what_the_fund_holds(book):
    give(5_000)
    assert balance(clearing("sandbox")) == 5_000
    assert fund_statement(FUND).held_minor == 5_000


def test_a_statement_tells_the_whole_story_of_a_fund(book):
    give(100_000)
    post_entry(
        EntryKind.MATCHING,
        moved(BANK, fund(FUND, Part.MATCHING), 50_000),
        reference=new_reference(),
    )
    post_entry(
        EntryKind.FEE,
        moved(fund(FUND, Part.FEES), clearing("sandbox"), 601),
        reference=new_reference(),
    )
    post_entry(
        EntryKind.REFUND,
        moved(fund(FUND, Part.REFUNDED), clearing("sandbox"), 2_000),
        reference=new_reference(),
    )
    spend(30_000)
    transfer(7_000)
    assert fund_statement(FUND) == FundStatement(
        number=FUND,
        currency="CNY",
        received_minor=100_000,
        matching_minor=50_000,
        fees_minor=601,
        refunded_minor=2_000,
        disbursed_minor=30_000,
        transferred_minor=7_000,
        held_minor=110_399,
    )
    assert fund_statement(OTHER_FUND).held_minor == 7_000


def test_a_gift_with_its_fee_is_one_entry(book):
    posted = post_entry(
        EntryKind.GIFT,
        [
            Line(clearing("sandbox"), 4_970),
            Line(fund(FUND, Part.FEES), 30),
            Line(fund(FUND, Part.RECEIVED), -5_000),
        ],
        reference=new_reference(),
    )
    assert posted.sequence == 1
    assert fund_statement(FUND).held_minor == 4_970


def test_the_same_entry_is_posted_once(book):
    reference = new_reference()
    first = give(5_000, reference=reference)
    assert give(5_000, reference=reference) == first == Posted(1, reference)
    assert entries() == 1
    assert fund_statement(FUND).received_minor == 5_000


@pytest.mark.parametrize("amount_minor", [1, 4_999, 5_001])
def test_the_same_reference_with_another_amount_is_refused(book, amount_minor):
    reference = new_reference()
    give(5_000, reference=reference)
    with pytest.raises(ReferenceReused):
        give(amount_minor, reference=reference)
    with pytest.raises(ReferenceReused):
        post_entry(EntryKind.MATCHING, gift_lines(5_000), reference=reference)
    assert fund_statement(FUND).received_minor == 5_000


def test_numbers_have_no_gaps_after_refusals(book):
    give()
    with pytest.raises(FundShort):
        spend(5_001)
    with pytest.raises(LinesUnfit):
        post_entry(EntryKind.GIFT, [Line(BANK, 5)], reference=new_reference())
    give()
    assert session().scalars(select(Entry.sequence).order_by(Entry.sequence)).all() == [1, 2]
    assert session().scalar(select(LedgerHead.sequence)) == 2


def test_a_rolled_back_transaction_leaves_no_entry(book):
    @transaction
    def fail():
        give()
        raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert entries() == 0
    assert give().sequence == 1
    assert fund_statement(FUND).held_minor == 5_000


@pytest.mark.parametrize(("amount_minor", "fits"), [(1, True), (5_000, True), (5_001, False), (10**12, False)])
def test_a_fund_spends_no_more_than_it_holds(book, amount_minor, fits):
    give(5_000)
    give(90_000, OTHER_FUND)
    if fits:
        spend(amount_minor)
    else:
        with pytest.raises(FundShort) as short:
            spend(amount_minor)
        assert short.value.held_minor == 5_000
    assert fund_statement(FUND).held_minor == 5_000 - amount_minor * fits
    assert fund_statement(OTHER_FUND).held_minor == 90_000


def test_a_transfer_takes_no_more_than_the_fund_holds(book):
    give(5_000)
    with pytest.raises(FundShort):
        transfer(5_001)
    transfer(5_000)
    assert (fund_statement(FUND).held_minor, fund_statement(OTHER_FUND).held_minor) == (0, 5_000)
    assert fund_statement(OTHER_FUND).transferred_minor == -5_000


def test_a_chargeback_of_spent_money_is_booked_and_shown(book):
    give(5_000)
    spend(4_000)
    chargeback(5_000)
    assert fund_statement(FUND).held_minor == -4_000
    assert list_funds_below_zero() == [(FUND, "CNY", -4_000)]
    with pytest.raises(FundShort):
        spend(1)


def test_a_reversal_is_the_exact_opposite(book):
    give(5_000)
    reference = spend(3_000).reference
    undone = reverse_entry(reference, new_reference=new_reference())
    assert undone.sequence == 3
    assert session().get_one(Entry, 3).reverses == 2
    statement = fund_statement(FUND)
    assert (statement.disbursed_minor, statement.held_minor) == (0, 5_000)
    assert balance(BANK) == 0


def test_reversing_again_changes_nothing(book):
    reference, undoing = give().reference, new_reference()
    first = reverse_entry(reference, new_reference=undoing)
    assert reverse_entry(reference, new_reference=undoing) == first
    with pytest.raises(AlreadyReversed):
        reverse_entry(reference, new_reference=new_reference())
    with pytest.raises(NotReversible):
        reverse_entry(undoing, new_reference=new_reference())
    with pytest.raises(ReferenceReused):
        reverse_entry(reference, new_reference=reference)
    assert entries() == 2


def test_a_reversal_may_show_that_too_much_was_spent(book):
    reference = give(5_000).reference
    spend(4_000)
    reverse_entry(reference, new_reference=new_reference())
    assert fund_statement(FUND).held_minor == -4_000


def test_what_is_not_there_cannot_be_reversed(book):
    with pytest.raises(EntryUnknown):
        reverse_entry(new_reference(), new_reference=new_reference())


def test_a_reversal_goes_by_its_own_verb(book):
    with pytest.raises(ValueError, match="reverse_entry"):
        post_entry(EntryKind.REVERSAL, gift_lines(5), reference=new_reference())


def test_money_goes_to_opened_funds_only(book):
    with pytest.raises(AccountUnknown):
        give(5_000, "N0SVCHF0ND")
    with pytest.raises(AccountUnknown):
        post_entry(EntryKind.GIFT, gift_lines(5_000), reference=new_reference(), currency="USD")
    with pytest.raises(FundUnknown):
        fund_statement("N0SVCHF0ND")
    with pytest.raises(AccountUnknown):
        open_fund("no such number")
    assert entries() == 0


def test_opening_a_fund_again_changes_nothing(book):
    give(5_000)
    open_fund(FUND)
    assert session().scalar(select(func.count()).select_from(FundHolding)) == 2
    assert fund_statement(FUND).held_minor == 5_000


def test_currencies_never_meet(book):
    open_fund(FUND, "USD")
    give(5_000)
    post_entry(EntryKind.GIFT, gift_lines(700), reference=new_reference(), currency="USD")
    with pytest.raises(FundShort):
        post_entry(EntryKind.DISBURSEMENT, spending_lines(701), reference=new_reference(), currency="USD")
    assert fund_statement(FUND, "USD").held_minor == 700
    assert fund_statement(FUND).held_minor == 5_000
    assert session().scalar(select(func.count(LedgerAccount.id)).where(LedgerAccount.code == "clearing.sandbox")) == 2


def test_an_entry_carries_the_hash_of_its_text(book, clock):
    posted = give(5_000)
    leaf = leaf_bytes(
        sequence=1,
        posted_on=clock.now().date(),
        kind="gift",
        reference=posted.reference,
        currency="CNY",
        lines=gift_lines(5_000),
        reverses=None,
    )
    assert session().get_one(Entry, 1).leaf_hash == leaf_hash(leaf).hex()


def test_references_are_the_same_each_time_and_tell_nothing(book):
    references = {entry_reference(purpose, key) for purpose in ("gift", "refund") for key in range(200)}
    assert len(references) == 400
    assert entry_reference("gift", 7) == entry_reference("gift", "7") in references
    assert all(len(check_reference(reference)) == REFERENCE_LENGTH for reference in references)
    with pytest.raises(ReferenceUnfit):
        give(reference="gift-7")
