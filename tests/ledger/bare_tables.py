"""The tables of the book as somebody leaves them who owns the database: nothing in them refuses anything."""

from contextlib import suppress

from sqlalchemy import text

from portal.db import session, transaction
from portal.ledger.invariants import GUARDED_TABLES

TABLES = (*GUARDED_TABLES, "fund_holdings", "ledger_head")


class Undo(Exception):
    """Takes everything back at the end of a test."""


def look_at(statements, look, tables=TABLES):
    """Return what a look finds after statements that nothing in the database refuses; then take all back."""

    def work():
        for statement in statements:
            session().execute(text(statement))
        return look()

    return in_bare_tables(work, tables)


def in_bare_tables(work, tables=TABLES):
    """Return what work returns on tables without triggers, keys and checks; then take all back.

    Whoever owns the database can build them so.
    """
    seen = []

    @transaction
    def run():
        is_sqlite = session().get_bind().dialect.name == "sqlite"
        for statement in unguard_sqlite(tables) if is_sqlite else unguard_postgresql(tables):
            session().execute(text(statement))
        seen.append(work())
        raise Undo

    with suppress(Undo):
        run()
    return seen[0]


def unguard_sqlite(tables):
    yield "PRAGMA defer_foreign_keys = ON"
    for name in session().scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        yield f"DROP TRIGGER {name}"
    for table in tables:
        yield f"CREATE TABLE bare AS SELECT * FROM {table}"
        yield f"DROP TABLE {table}"
        yield f"ALTER TABLE bare RENAME TO {table}"


def unguard_postgresql(tables):
    for table in tables:
        yield f"ALTER TABLE {table} DISABLE TRIGGER USER"
    yield "DROP INDEX uq_ledger_checkpoints_day"
    query = text(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE conrelid::regclass::text = ANY(:tables)"
        " AND contype IN ('f', 'c', 'u', 'p') ORDER BY contype <> 'f'"
    )
    for table, name in session().execute(query, {"tables": list(tables)}).all():
        yield f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE"
