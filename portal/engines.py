"""Makes the database's engines: what SQLite and PostgreSQL need to keep every update, and which faults pass."""

import random
import sqlite3
import time
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

PATIENCE_SECONDS = 8.0
"""How long a person should wait for others who write."""

_FIRST_PAUSE_SECONDS, _LAST_PAUSE_SECONDS = 0.006, 0.001
_PATIENT_SECONDS = 0.03
_RETRIED_SQLSTATES = {"40001", "40P01", "55P03", "57P01", "57P02", "57P03", "08000", "08003", "08006"}
_SQLITE_BUSY = ("database is locked", "database table is locked")
_SQLITE_AWAY = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}
# Connection lost; refused at the door (28, 3D); out of disk, memory or connections; going down; its disk fails.
_AWAY_SQLSTATES = ("08", "28", "3D", "53", "57P", "58")


def make_engine(url: str, *, writing: bool, is_lasting: bool = True, **options: Any) -> Engine:
    """Return an engine that reads in autocommit, or one that writes and by default waits for the disk."""
    if not writing:
        options["isolation_level"] = "AUTOCOMMIT"
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        engine = create_engine(_of_a_file_that_is_there(address), **options)
        _prepare_sqlite(engine, writing=writing, is_lasting=is_lasting)
        return engine
    if not is_lasting:
        options["connect_args"] = {"options": "-c synchronous_commit=off"}
    return create_engine(url, **({"pool_pre_ping": True, "pool_size": 5, "max_overflow": 10} | options))


def _of_a_file_that_is_there(address: URL) -> URL:
    """Return the URL under which SQLite makes no file: an empty one would stand in for one that was moved away."""
    path = Path(address.database or "").absolute()
    return address.set(database=f"file://{quote(str(path))}", query={"mode": "rw", "uri": "true"})


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
        event.listen(engine, "begin", _begin_writing)


def _begin_writing(connection: Connection) -> None:
    """Take SQLite's write lock, waiting for others who have it.

    SQLite's own waiting sleeps longer the longer it lasts, and hands the lock to whoever comes by: some starve.
    """
    driver = cast("sqlite3.Connection", connection.connection.driver_connection)
    begun = time.monotonic()
    while (waited := time.monotonic() - begun) < PATIENCE_SECONDS:
        try:
            driver.execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError as error:
            if not _is_busy(error):
                break
        time.sleep(pause_before_trying_again(waited))
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def pause_before_trying_again(waited: float) -> float:
    """Return the seconds to sleep for a writer who has waited so long: who waits longer tries more often.

    So everybody's turn comes, in whatever process, with nothing shared that a crash could leave behind.
    """
    return random.uniform(0.5, 1.5) * max(_FIRST_PAUSE_SECONDS / (1 + waited / _PATIENT_SECONDS), _LAST_PAUSE_SECONDS)


def is_passing(error: DBAPIError) -> bool:
    """Tell whether a database error goes away by itself: a lock, a deadlock, a restart."""
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    return state in _RETRIED_SQLSTATES or _is_busy(error.orig)


def _is_busy(error: object) -> bool:
    return any(text in str(error) for text in _SQLITE_BUSY)


def is_away(error: SQLAlchemyError) -> bool:
    """Tell whether the database itself cannot be asked or written: gone, unreadable, full, or without a connection."""
    if isinstance(error, NoConnectionFree):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        # The low byte is the kind of fault; the others say more closely what it was.
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _SQLITE_AWAY
    state = getattr(error.orig, "sqlstate", None)
    is_refused = state is None and isinstance(error, OperationalError)
    return error.connection_invalidated or is_refused or str(state).startswith(_AWAY_SQLSTATES)
