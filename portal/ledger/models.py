"""Tables of the book. Triggers, written in the migration, refuse what these columns alone cannot.

No row of an account, an entry or a posting is ever changed or removed. The
postings of an entry are inserted first and the entry last, as their seal.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, BigId, Row


class LedgerAccount(Row):
    """One account in one currency: the bank, what a gateway still owes, or one part of a campaign's fund."""

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        UniqueConstraint("code", "currency"),
        CheckConstraint(
            "(fund IS NULL AND kind IN ('bank', 'clearing')) OR (fund IS NOT NULL AND"
            " code = 'fund.' || fund || '.' || kind AND"
            " kind IN ('received', 'matching', 'fees', 'disbursed', 'refunded', 'transferred'))",
            name="kind_fits_code",
        ),
        CheckConstraint("length(currency) = 3", name="currency_known"),
        Index("ix_ledger_accounts_fund", "fund", "currency"),
    )

    code: Mapped[str]
    currency: Mapped[str]
    kind: Mapped[str]
    fund: Mapped[str | None]
    opened_on: Mapped[date]


class FundHolding(Base):
    """What a fund holds, kept by the database at every posting: minus the sum of the balances of its parts."""

    __tablename__ = "fund_holdings"

    fund: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    held_minor: Mapped[int] = mapped_column(BigInteger)


class LedgerHead(Base):
    """The one row that says how far the book has been written; whoever posts holds it, so numbers have no gaps."""

    __tablename__ = "ledger_head"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigInteger)


class Entry(Base):
    """One sealed entry: its postings sum to zero in one currency, and its leaf hash stands in the signed log."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        CheckConstraint("sequence > 0", name="sequence_positive"),
        CheckConstraint("length(reference) = 20", name="reference_opaque"),
        CheckConstraint("length(leaf_hash) = 64", name="leaf_hash_whole"),
        CheckConstraint("reverses IS NULL OR reverses < sequence", name="reverses_an_earlier_one"),
    )

    sequence: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    reference: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    posted_on: Mapped[date]
    currency: Mapped[str]
    reverses: Mapped[int | None] = mapped_column(BigId, ForeignKey("ledger_entries.sequence"), unique=True)
    leaf_hash: Mapped[str] = mapped_column(String(64))


class Posting(Row):
    """One amount on one account: debit above zero, credit below."""

    __tablename__ = "ledger_postings"
    __table_args__ = (
        UniqueConstraint("entry_sequence", "account_id"),
        CheckConstraint("amount_minor <> 0", name="amount_not_zero"),
    )

    entry_sequence: Mapped[int] = mapped_column(
        BigId, ForeignKey("ledger_entries.sequence", deferrable=True, initially="DEFERRED")
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("ledger_accounts.id"), index=True)
    amount_minor: Mapped[int] = mapped_column(BigInteger)


class LogNode(Base):
    """One inner hash of the Merkle tree over complete pairs of leaves; written when a checkpoint is signed."""

    __tablename__ = "ledger_nodes"
    __table_args__ = (CheckConstraint("length(hash) = 64", name="hash_whole"),)

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))


class Checkpoint(Row):
    """A signed statement of how long the log is and what its root hash is; one a day is for everybody's archive."""

    __tablename__ = "ledger_checkpoints"
    __table_args__ = (
        CheckConstraint("tree_size >= 0", name="size_not_negative"),
        CheckConstraint("length(root_hash) = 64", name="root_hash_whole"),
        Index(
            "uq_ledger_checkpoints_day",
            "made_on",
            unique=True,
            sqlite_where=text("is_daily"),
            postgresql_where=text("is_daily"),
        ),
    )

    made_on: Mapped[date]
    is_daily: Mapped[bool]
    tree_size: Mapped[int] = mapped_column(BigInteger, index=True)
    root_hash: Mapped[str] = mapped_column(String(64))
    note: Mapped[str]


class GoodsLine(Row):
    """Goods that reached a family; a mistake is undone by a line that reverses it. Never part of the money."""

    __tablename__ = "goods_register"
    __table_args__ = (CheckConstraint("quantity <> 0", name="quantity_not_zero"),)

    reference: Mapped[str] = mapped_column(unique=True)
    wish_number: Mapped[str] = mapped_column(index=True)
    category: Mapped[str]
    quantity: Mapped[int]
    value_minor: Mapped[int | None] = mapped_column(BigInteger)
    entered_on: Mapped[date] = mapped_column(index=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("goods_register.id"), unique=True)


class HoursLine(Row):
    """Time that volunteers gave for a wish; a mistake is undone by a line that reverses it. Never part of the money."""

    __tablename__ = "hours_register"
    __table_args__ = (CheckConstraint("minutes <> 0", name="minutes_not_zero"),)

    reference: Mapped[str] = mapped_column(unique=True)
    wish_number: Mapped[str] = mapped_column(index=True)
    category: Mapped[str]
    minutes: Mapped[int]
    entered_on: Mapped[date] = mapped_column(index=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("hours_register.id"), unique=True)


class BooksCheck(Row):
    """The outcome of one check of every invariant: which ones were broken, by how many rows."""

    __tablename__ = "books_checks"

    checked_at: Mapped[datetime] = mapped_column(index=True)
    invariants: Mapped[int]
    findings: Mapped[dict[str, Any]] = mapped_column(JSON)
