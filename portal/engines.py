"""Makes the database's engines: what SQLite and PostgreSQL need to keep every update, and which faults pass."""

from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError

_RETRIED_SQLSTATES = {"40001", "40P01", "55P03", "57P01", "57P02", "57P03", "08000", "08003", "08006"}
_SQLITE_BUSY = ("database is locked", "database table is locked")


def make_engine(url: str, *, writing: bool, is_lasting: bool = True, **options: Any) -> Engine:
    """Return an engine that reads in autocommit, or one that writes and by default waits for the disk."""
    if not writing:
        options["isolation_level"] = "AUTOCOMMIT"
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url, **options)
        _prepare_sqlite(engine, writing=writing, is_lasting=is_lasting)
        return engine
    if not is_lasting:
        options["connect_args"] = {"options": "-c synchronous_commit=off"}
    return create_engine(url, **({"pool_pre_ping": True, "pool_size": 5, "max_overflow": 10} | options))


def _prepare_sqlite(engine: Engine, *, writing: bool, is_lasting: bool) -> None:
    """Make SQLite keep every update: write-ahead log, full sync, and a write lock from the start of a transaction.

    With the driver's defaults concurrent updates are lost without an error.
    """

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", f"synchronous={'FULL' if is_lasting else 'NORMAL'}", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA busy_timeout={0 if writing else 3000}")

    if writing:

        @event.listens_for(engine, "begin")
        def _on_begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")


def is_passing(error: DBAPIError) -> bool:
    """Tell whether a database error goes away by itself: a lock, a deadlock, a restart."""
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    return state in _RETRIED_SQLSTATES or any(text in str(error.orig) for text in _SQLITE_BUSY)
