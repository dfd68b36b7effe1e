"""Reads the book and its log for the public pages."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from portal.db import session
from portal.ledger.checks import CheckOutcome, find_last_check
from portal.ledger.labels import KIND_LABELS, account_label
from portal.ledger.log import SignedCheckpoint, find_newest, signers
from portal.ledger.models import Entry, LedgerAccount, LedgerHead, Posting
from portal.ledger.rules import EntryKind


@dataclass(frozen=True, slots=True)
class PublicEntry:
    """One entry in a list: its amount is what moved, that is the sum of its debits."""

    sequence: int
    reference: str
    posted_on: date
    label: str
    funds: tuple[str, ...]
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class PublicLine:
    """One line of an entry in words; `fund` is the number of its campaign, if it has one."""

    label: str
    code: str
    fund: str | None
    amount_minor: int


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One entry with its lines, what undoes it or what it undoes, and whether a checkpoint covers it."""

    entry: PublicEntry
    lines: tuple[PublicLine, ...]
    undoes: str | None
    undone_by: str | None
    is_signed: bool


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """What the front page of the ledger says."""

    count: int
    newest: SignedCheckpoint | None
    last_check: CheckOutcome | None
    verifier_key: str
    entries: tuple[PublicEntry, ...]


def ledger_page(entries: int) -> LedgerPage:
    """Return what the front page says, with the newest entries."""
    count = session().scalar(select(LedgerHead.sequence)) or 0
    return LedgerPage(
        count=count,
        newest=find_newest(),
        last_check=find_last_check(),
        verifier_key=signers()[0].verifier_key,
        entries=tuple(list_entries(limit=entries)),
    )


def list_entries(limit: int, before: int | None = None) -> list[PublicEntry]:
    """Return entries, the newest first, older than one if its number is given."""
    query = select(Entry.sequence).order_by(Entry.sequence.desc()).limit(limit)
    if before is not None:
        query = query.where(Entry.sequence < before)
    return _entries(list(session().scalars(query)))


def find_entry_page(reference: str) -> EntryPage | None:
    """Return one entry as its page shows it, or None."""
    entry = session().scalar(select(Entry).where(Entry.reference == reference))
    if entry is None:
        return None
    newest = find_newest()
    undone_by = select(Entry.reference).where(Entry.reverses == entry.sequence)
    undoes = select(Entry.reference).where(Entry.sequence == entry.reverses)
    return EntryPage(
        entry=_entries([entry.sequence])[0],
        lines=_lines(entry.sequence),
        undoes=session().scalar(undoes) if entry.reverses else None,
        undone_by=session().scalar(undone_by),
        is_signed=newest is not None and newest.tree_size >= entry.sequence,
    )


def find_sequence(reference: str) -> int | None:
    """Return the number of an entry by its reference, or None."""
    return session().scalar(select(Entry.sequence).where(Entry.reference == reference))


def _entries(sequences: list[int]) -> list[PublicEntry]:
    moved = dict(
        session()
        .execute(
            select(Posting.entry_sequence, func.sum(Posting.amount_minor))
            .where(Posting.entry_sequence.in_(sequences), Posting.amount_minor > 0)
            .group_by(Posting.entry_sequence)
        )
        .all()
    )
    funds: dict[int, list[str]] = {}
    query = (
        select(Posting.entry_sequence, LedgerAccount.fund)
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(Posting.entry_sequence.in_(sequences), LedgerAccount.fund.is_not(None))
        .distinct()
        .order_by(LedgerAccount.fund)
    )
    for sequence, fund in session().execute(query):
        funds.setdefault(sequence, []).append(str(fund))
    rows = session().scalars(select(Entry).where(Entry.sequence.in_(sequences)).order_by(Entry.sequence.desc()))
    return [
        PublicEntry(
            sequence=row.sequence,
            reference=row.reference,
            posted_on=row.posted_on,
            label=str(KIND_LABELS[EntryKind(row.kind)]),
            funds=tuple(funds.get(row.sequence, ())),
            amount_minor=int(moved[row.sequence]),
            currency=row.currency,
        )
        for row in rows
    ]


def _lines(sequence: int) -> tuple[PublicLine, ...]:
    rows = session().execute(
        select(LedgerAccount.code, LedgerAccount.fund, Posting.amount_minor)
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(Posting.entry_sequence == sequence)
        .order_by(Posting.amount_minor.desc(), LedgerAccount.code)
    )
    return tuple(PublicLine(account_label(code), code, fund, amount) for code, fund, amount in rows)
