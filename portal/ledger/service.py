"""Verbs of the book: open a fund, post an entry, undo one. Nothing here changes or removes a row.

Whoever posts holds the book's head row until the transaction ends, so post
last: lock your own rows first, then call these.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select

from portal import clock
from portal.db import insert_unless_there, session, transaction
from portal.ledger.merkle import leaf_hash
from portal.ledger.models import Entry, FundHolding, LedgerAccount, LedgerHead, Posting
from portal.ledger.rules import (
    SPENDING_PARTS,
    AccountName,
    AccountUnknown,
    EntryKind,
    Line,
    Part,
    check_currency,
    check_lines,
    check_reference,
    fund,
    leaf_bytes,
    read_code,
    reversed_lines,
)

__all__ = [
    "AlreadyReversed",
    "EntryUnknown",
    "FundShort",
    "NotReversible",
    "Posted",
    "ReferenceReused",
    "open_fund",
    "post_entry",
    "reverse_entry",
]


class ReferenceReused(Exception):
    """The reference stands for an entry with other lines."""


class FundShort(Exception):
    """The fund holds less than an entry would take out of it; `held_minor` says how much there is."""

    def __init__(self, number: str, held_minor: int) -> None:
        super().__init__(f"fund {number} holds {held_minor}")
        self.number, self.held_minor = number, held_minor


class EntryUnknown(LookupError):
    """No entry has this reference."""


class NotReversible(Exception):
    """A reversal is not undone; post what was right once more."""


class AlreadyReversed(Exception):
    """Another reversal has undone the entry."""


@dataclass(frozen=True, slots=True)
class Posted:
    """Where an entry stands in the book."""

    sequence: int
    reference: str


@dataclass(frozen=True, slots=True)
class _Draft:
    kind: EntryKind
    lines: tuple[Line, ...]
    reference: str
    currency: str
    reverses: int | None = None


@transaction
def open_fund(number: str, currency: str = "CNY") -> None:
    """Open the accounts of a campaign's restricted fund; opening it again changes nothing.

    Raises AccountUnknown when the number cannot name a fund.
    """
    for part in Part:
        _open_account(fund(number, part), check_currency(currency))


@transaction
def post_entry(kind: EntryKind, lines: Sequence[Line], *, reference: str, currency: str = "CNY") -> Posted:
    """Post one entry and seal it; the same entry under the same reference is posted once.

    Locks the book's head. `bank` and `clearing.…` open themselves; funds are
    opened by `open_fund`.

    Raises LinesUnfit, ReferenceUnfit, ReferenceReused, AccountUnknown,
    FundShort when the fund holds less than the lines take from it.
    """
    if kind is EntryKind.REVERSAL:
        raise ValueError("an entry is undone by reverse_entry")
    draft = _Draft(kind, check_lines(lines), check_reference(reference), check_currency(currency))
    last = _lock_head()
    return _find_posted(draft) or _seal(draft, last + 1)


@transaction
def reverse_entry(reference: str, *, new_reference: str) -> Posted:
    """Undo an entry by its exact opposite; doing so again under the same new reference changes nothing.

    It may take a fund below zero where the money has been spent meanwhile: then
    that is the truth, and the books' check says so.

    Raises EntryUnknown, NotReversible, AlreadyReversed, ReferenceReused, ReferenceUnfit.
    """
    check_reference(new_reference)
    last = _lock_head()
    entry = session().scalar(select(Entry).where(Entry.reference == reference))
    if entry is None:
        raise EntryUnknown(reference)
    if entry.kind == EntryKind.REVERSAL:
        raise NotReversible(reference)
    lines = reversed_lines(_lines_of(entry.sequence))
    draft = _Draft(EntryKind.REVERSAL, tuple(sorted(lines)), new_reference, entry.currency, entry.sequence)
    posted = _find_posted(draft)
    if posted is not None:
        return posted
    if session().scalar(select(Entry.sequence).where(Entry.reverses == entry.sequence)) is not None:
        raise AlreadyReversed(reference)
    return _seal(draft, last + 1)


def _lock_head() -> int:
    return session().execute(select(LedgerHead.sequence).with_for_update()).scalar_one()


def _find_posted(draft: _Draft) -> Posted | None:
    entry = session().scalar(select(Entry).where(Entry.reference == draft.reference))
    if entry is None:
        return None
    before = _Draft(EntryKind(entry.kind), _lines_of(entry.sequence), entry.reference, entry.currency, entry.reverses)
    if before != draft:
        raise ReferenceReused(draft.reference)
    return Posted(entry.sequence, entry.reference)


def _lines_of(sequence: int) -> tuple[Line, ...]:
    rows = session().execute(
        select(LedgerAccount.code, Posting.amount_minor)
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(Posting.entry_sequence == sequence)
    )
    return tuple(sorted(Line(code, amount) for code, amount in rows))


def _seal(draft: _Draft, sequence: int) -> Posted:
    posted_on = clock.today()
    accounts = {line.account_code: _account(line.account_code, draft.currency) for line in draft.lines}
    if draft.reverses is None:
        _require_holdings(draft)
    session().execute(
        insert(Posting),
        [
            {
                "entry_sequence": sequence,
                "account_id": accounts[line.account_code],
                "amount_minor": line.amount_minor,
            }
            for line in draft.lines
        ],
    )
    leaf = leaf_bytes(
        sequence=sequence,
        posted_on=posted_on,
        kind=draft.kind,
        reference=draft.reference,
        currency=draft.currency,
        lines=draft.lines,
        reverses=draft.reverses,
    )
    session().execute(
        insert(Entry).values(
            sequence=sequence,
            reference=draft.reference,
            kind=draft.kind,
            posted_on=posted_on,
            currency=draft.currency,
            reverses=draft.reverses,
            leaf_hash=leaf_hash(leaf).hex(),
        )
    )
    return Posted(sequence, draft.reference)


def _require_holdings(draft: _Draft) -> None:
    """Refuse what would take more out of a fund than it holds; the database's own trigger refuses it as well."""
    changes: dict[str, int] = {}
    spent_from = set()
    for line in draft.lines:
        name = read_code(line.account_code)
        if name.fund is not None:
            changes[name.fund] = changes.get(name.fund, 0) - line.amount_minor
            if name.kind in SPENDING_PARTS and line.amount_minor > 0:
                spent_from.add(name.fund)
    for number in sorted(spent_from):
        holding = session().get(FundHolding, (number, draft.currency), populate_existing=True)
        if holding is None or holding.held_minor + changes[number] < 0:
            raise FundShort(number, holding.held_minor if holding else 0)


def _account(code: str, currency: str) -> int:
    """Return the id of an account, opening it where it belongs to no fund."""
    name = read_code(code)
    found = _find_account(code, currency)
    if found is None and name.fund is None:
        _open_account(code, currency)
        found = _find_account(code, currency)
    if found is None:
        raise AccountUnknown(f"{code} in {currency}")
    return found


def _find_account(code: str, currency: str) -> int | None:
    return session().scalar(
        select(LedgerAccount.id).where(LedgerAccount.code == code, LedgerAccount.currency == currency)
    )


def _open_account(code: str, currency: str) -> None:
    name: AccountName = read_code(code)
    insert_unless_there(
        LedgerAccount, code=code, currency=currency, kind=name.kind, fund=name.fund, opened_on=clock.today()
    )
