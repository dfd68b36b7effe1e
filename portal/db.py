"""The database: engines, sessions and transactions for SQLite and PostgreSQL alike.

Reads go through one engine in autocommit, so they never wait for a writer.
Writes go through another: a verb decorated with `transaction` runs whole or
not at all, and runs again when the database was busy. No other module opens
a connection of its own.
"""

import functools
import random
import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from alembic import command
from alembic.config import Config
from flask import current_app, g
from sqlalchemy import (
    BigInteger,
    CursorResult,
    DateTime,
    Engine,
    Executable,
    Integer,
    MetaData,
    Table,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, make_transient_to_detached, mapped_column
from sqlalchemy.types import TypeDecorator

from portal.config import ROOT
from portal.engines import PATIENCE_SECONDS, is_passing, make_engine
from portal.glances import Glances

P = ParamSpec("P")
R = TypeVar("R")

_PAUSE_SECONDS = 0.004

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class DatabaseBusy(Exception):
    """The database stayed busy or away longer than a person should wait."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC, on both databases."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Use a time zone where the database keeps one."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment must be aware")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012 (read by SQLAlchemy)


BigId = BigInteger().with_variant(Integer, "sqlite")


class Row(Base):
    """A table with a plain number as its key, which never leaves the database's side of a public page."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(BigId, primary_key=True)


class Database:
    """The engines of one application and the transaction that is open, if any."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.write_engine = make_engine(url, writing=True)
        self._hasty_engine = make_engine(url, writing=True, is_lasting=False)
        self.read_engine = make_engine(url, writing=False)
        self._glances = Glances(self.read_engine)
        self._writing: ContextVar[Session | None] = ContextVar("writing", default=None)

    @property
    def writing_session(self) -> Session | None:
        """The session of the transaction that is open here, or None."""
        return self._writing.get()

    def run(self, work: Callable[[], R], *, is_lasting: bool = True) -> R:
        """Run work in one transaction, again from its start while the database is busy.

        Raises DatabaseBusy after PATIENCE_SECONDS.
        """
        engine = self.write_engine if is_lasting else self._hasty_engine
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self._run_once(work, engine)
            except DBAPIError as error:
                if not is_passing(error):
                    raise
                if time.monotonic() > give_up_at:
                    raise DatabaseBusy from error
                time.sleep(random.uniform(0.5, 2) * _PAUSE_SECONDS)

    def _run_once(self, work: Callable[[], R], engine: Engine) -> R:
        with Session(engine, expire_on_commit=False) as writer:
            token = self._writing.set(writer)
            try:
                result = work()
                writer.commit()
                return result
            finally:
                self._writing.reset(token)

    def read_value(self, query: str) -> Any:
        """Return the one value of a plain query, or None without a row.

        Raises DatabaseBusy when the database is away.
        """
        rows = self.glance(query)
        return rows[0][0] if rows else None

    def glance(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a plain query as the driver gives them, at the least cost: for what every request asks.

        Sees what is committed only. Raises DatabaseBusy when the database is away.
        """
        try:
            return self._glances.read(query, values)
        except self._glances.error:
            # A server that was started anew meanwhile knows none of the old connections.
            self._glances.dispose()
        try:
            return self._glances.read(query, values)
        except self._glances.error as error:
            raise DatabaseBusy from error

    def dispose(self) -> None:
        """Close all connections."""
        self._glances.dispose()
        for engine in (self.write_engine, self._hasty_engine, self.read_engine):
            engine.dispose()


def database() -> Database:
    """Return the running application's database."""
    found: Database = current_app.extensions["portal.database"]
    return found


def session() -> Session:
    """Return the open transaction's session, or else this context's reading session."""
    writing = database().writing_session
    if writing is not None:
        return writing
    if "reading_session" not in g:
        g.reading_session = Session(database().read_engine)
    reading: Session = g.reading_session
    return reading


def transaction(verb: Callable[P, R]) -> Callable[P, R]:
    """Run a verb in one transaction; inside another verb's transaction, be part of that one.

    The verb may run more than once, so it must not do anything that a rollback
    does not undo: mails go through the outbox, files are written before.
    """
    return _in_transaction(verb, is_lasting=True)


def hasty_transaction(verb: Callable[P, R]) -> Callable[P, R]:
    """Run a verb as `transaction` does, but without waiting for the disk: only a power failure may undo it."""
    return _in_transaction(verb, is_lasting=False)


def _in_transaction(verb: Callable[P, R], *, is_lasting: bool) -> Callable[P, R]:
    @functools.wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if database().writing_session is not None:
            return verb(*args, **kwargs)
        result = database().run(functools.partial(verb, *args, **kwargs), is_lasting=is_lasting)
        forget_reads()
        return result

    return run


def changed_rows(statement: Executable) -> int:
    """Execute an insert, update or delete in the open transaction and return how many rows it changed."""
    return cast("CursorResult[Any]", session().execute(statement)).rowcount


def execute_made(statement: Executable, values: dict[str, Any]) -> CursorResult[*tuple[Any, ...]]:
    """Execute a statement on plain tables that was made once and for all.

    For steps that everybody takes all the time: to build a statement and to go
    through the ORM takes ten times as long as to execute it.
    """
    here = session()
    here.flush()
    return here.connection().execute(statement, values)


def read_plain(query: str, column: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
    """Return the rows of a plain query, as the driver gives them, in which a column has one of some values.

    For what pages read all the time; a transaction sees what it wrote itself.
    """
    mark = "?" if database().read_engine.dialect.name == "sqlite" else "%s"
    query = f"{query} WHERE {column} IN ({', '.join([mark] * len(values))})"
    writing = database().writing_session
    if writing is None:
        return database().glance(query, values)
    writing.flush()
    return writing.connection().exec_driver_sql(query, tuple(values)).all()


def insert_unless_there(table: type[Base], **values: Any) -> Any:
    """Insert one row unless a unique key already has it; return its key, or None where it was there."""
    statement, columns = _insert_unless_there(table, session().get_bind().dialect.name)
    return execute_made(statement, {columns[name]: value for name, value in values.items()}).scalar()


@functools.cache
def _insert_unless_there(table: type[Base], database_kind: str) -> tuple[Executable, dict[str, str]]:
    """Return the statement, and the names of the columns that attributes stand for."""
    rows = cast("Table", table.__table__)
    insert = postgresql.insert if database_kind == "postgresql" else sqlite.insert
    columns = {name: attribute.columns[0].name for name, attribute in table.__mapper__.column_attrs.items()}
    return insert(rows).on_conflict_do_nothing().returning(*rows.primary_key), columns


def as_read(row: R) -> R:
    """Return a row that a statement has just inserted as if it had been read back."""
    make_transient_to_detached(row)
    session().add(row)
    return row


def noted() -> dict[Any, Any]:
    """Return what may be kept as long as a transaction is open, or else until this context forgets what it read."""
    writing = database().writing_session
    if writing is not None:
        return writing.info
    notes: dict[Any, Any] = g.setdefault("notes", {})
    return notes


def forget_reads() -> None:
    """Drop this context's reading session and notes, so that what was just written is seen."""
    g.pop("notes", None)
    reading = g.pop("reading_session", None)
    if reading is not None:
        reading.close()


def migrate(url: str) -> None:
    """Bring a database to the newest schema."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    command.upgrade(alembic_config(url), "head")


def alembic_config(url: str) -> Config:
    """Return the configuration of the migrations for one database."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    return config
