"""Reads entries as the texts that are hashed, published and proved."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from portal.db import session
from portal.ledger.merkle import leaf_hash
from portal.ledger.models import Entry, LedgerAccount, Posting
from portal.ledger.rules import Line, leaf_bytes

PIECE = 1_000


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry's text, and the hash that was stored when it was posted."""

    sequence: int
    text: bytes
    stored_hash: str

    @property
    def is_genuine(self) -> bool:
        """Tell whether the entry still is what was posted."""
        return leaf_hash(self.text).hex() == self.stored_hash


def iterate_leaves(first: int = 1, last: int | None = None) -> Iterator[Leaf]:
    """Yield the entries from one number to another in their order, without holding them all."""
    while last is None or first <= last:
        until = first + PIECE - 1 if last is None else min(last, first + PIECE - 1)
        leaves = list_leaves(first, until)
        yield from leaves
        if not leaves and last is None:
            return
        first = until + 1


def list_leaves(first: int, last: int) -> list[Leaf]:
    """Return the entries from one number to another in their order."""
    entries = session().execute(
        select(
            Entry.sequence,
            Entry.posted_on,
            Entry.kind,
            Entry.reference,
            Entry.currency,
            Entry.reverses,
            Entry.leaf_hash,
        )
        .where(Entry.sequence >= first, Entry.sequence <= last)
        .order_by(Entry.sequence)
    )
    lines = _lines(first, last)
    return [
        Leaf(
            row.sequence,
            leaf_bytes(
                sequence=row.sequence,
                posted_on=row.posted_on,
                kind=row.kind,
                reference=row.reference,
                currency=row.currency,
                lines=lines[row.sequence],
                reverses=row.reverses,
            ),
            row.leaf_hash,
        )
        for row in entries
    ]


def _lines(first: int, last: int) -> defaultdict[int, list[Line]]:
    found = defaultdict(list)
    query = (
        select(Posting.entry_sequence, LedgerAccount.code, Posting.amount_minor)
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(Posting.entry_sequence >= first, Posting.entry_sequence <= last)
    )
    for sequence, code, amount in session().execute(query):
        found[sequence].append(Line(code, amount))
    return found
