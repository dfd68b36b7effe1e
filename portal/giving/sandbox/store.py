"""The sandbox's own store: one SQLite file, opened anew in each thread."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS payments (
    ref TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, amount_minor INTEGER NOT NULL, currency TEXT NOT NULL,
    title TEXT NOT NULL, return_url TEXT NOT NULL, leave_url TEXT NOT NULL, status TEXT NOT NULL,
    card TEXT, failure TEXT, fee_minor INTEGER, created_at REAL NOT NULL, paid_at REAL, settles_at REAL,
    changed_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS payments_by_change ON payments (changed_at);
CREATE INDEX IF NOT EXISTS payments_by_settling ON payments (settles_at) WHERE settles_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS refunds (
    ref TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, payment TEXT NOT NULL, amount_minor INTEGER NOT NULL,
    status TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS refunds_by_payment ON refunds (payment);
CREATE TABLE IF NOT EXISTS disputes (
    ref TEXT PRIMARY KEY, payment TEXT NOT NULL, amount_minor INTEGER NOT NULL, fee_minor INTEGER NOT NULL,
    status TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS disputes_by_payment ON disputes (payment);
CREATE TABLE IF NOT EXISTS movements (
    sequence INTEGER PRIMARY KEY, kind TEXT NOT NULL, ref TEXT NOT NULL, amount_minor INTEGER NOT NULL,
    fee_minor INTEGER NOT NULL, moved_at REAL NOT NULL, payout TEXT
);
CREATE INDEX IF NOT EXISTS movements_not_paid_out ON movements (moved_at) WHERE payout IS NULL;
CREATE INDEX IF NOT EXISTS movements_by_payout ON movements (payout);
CREATE TABLE IF NOT EXISTS payouts (
    sequence INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, amount_minor INTEGER NOT NULL, currency TEXT NOT NULL,
    paid_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS mandates (
    ref TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, first_payment TEXT NOT NULL UNIQUE, amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL, status TEXT NOT NULL, card TEXT, breaks TEXT, began_at REAL, month INTEGER,
    next_at REAL, fails INTEGER NOT NULL DEFAULT 0, retry_at REAL, has_failed INTEGER NOT NULL DEFAULT 0,
    changed_at REAL
);
CREATE INDEX IF NOT EXISTS mandates_by_change ON mandates (changed_at);
CREATE TABLE IF NOT EXISTS mandate_months (
    payment TEXT PRIMARY KEY, mandate TEXT NOT NULL, month INTEGER NOT NULL, begins_at REAL NOT NULL,
    UNIQUE (mandate, month)
);
CREATE TABLE IF NOT EXISTS events (
    sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, payment TEXT NOT NULL,
    due_at REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, delivered_at REAL
);
CREATE INDEX IF NOT EXISTS events_waiting ON events (due_at) WHERE delivered_at IS NULL;
"""


class SandboxStore:
    """Connections to the sandbox's file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection inside one transaction."""
        connection = self.connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            found = sqlite3.connect(self.path, isolation_level=None, timeout=30)
            found.row_factory = sqlite3.Row
            # The money here is invented, so a power cut may take its last seconds.
            found.execute("PRAGMA journal_mode=WAL")
            found.execute("PRAGMA synchronous=OFF")
            found.executescript(SCHEMA)
            self._local.connection = found
        return found
