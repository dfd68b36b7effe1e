"""What the portal is compared with: the least a page, a page of rows and a claim can cost with the same parts."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, Protocol

import psycopg
from flask import Flask, render_template
from jinja2 import DictLoader
from sqlalchemy import create_engine, event, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

UNITS = 60_000
"""How many claims one run may make at most."""

_FORTUNES = """<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table>
<tr><th>id</th><th>message</th></tr>
{% for fortune in fortunes %}<tr><td>{{ fortune.id }}</td><td>{{ fortune.message }}</td></tr>
{% endfor %}</table></body></html>"""

_MESSAGES = (
    "fortune: No such file or directory",
    "A computer scientist is someone who fixes things that aren't broken.",
    "After enough decimal places, nobody gives a damn.",
    "A bad random number generator: 1, 1, 1, 1, 1, 4.33e+67, 1, 1, 1",
    "A computer program does what you tell it to do, not what you want it to do.",
    "Emacs is a nice operating system, but I prefer UNIX.",
    "Any program that runs right is obsolete.",
    "A list is only as strong as its weakest link.",
    "Feature: A bug with seniority.",
    "Computers make very fast, very accurate mistakes.",
    '<script>alert("This should not be displayed in a browser alert box.");</script>',
    "フレームワークのベンチマーク",
)


class _Table(DeclarativeBase):
    pass


class Fortune(_Table):
    """A row of the Fortunes page."""

    __tablename__ = "bench_fortunes"

    id: Mapped[int] = mapped_column(primary_key=True)
    message: Mapped[str]


def make_hello() -> Flask:
    """Return the barest Flask application."""
    app = Flask("hello")

    @app.get("/")
    def hello() -> str:
        return "Hello, World!"

    return app


def make_fortunes(url: str) -> Flask:
    """Return an application whose page shows twelve rows of a table and one more, sorted and escaped."""
    app = Flask("fortunes")
    app.jinja_loader = DictLoader({"fortunes.html": _FORTUNES})
    engine = app.extensions["engine"] = create_engine(url, isolation_level="AUTOCOMMIT")

    @app.get("/")
    def fortunes() -> str:
        with Session(engine) as session:
            rows = list(session.scalars(select(Fortune)))
        rows.append(Fortune(id=0, message="Additional fortune added at request time."))
        return render_template("fortunes.html", fortunes=sorted(rows, key=lambda row: row.message))

    return app


def add_fortunes(url: str) -> None:
    """Make the table of the Fortunes page and fill it."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA journal_mode=WAL"))
    _Table.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add_all(Fortune(id=number, message=text) for number, text in enumerate(_MESSAGES, 1))
    engine.dispose()


class Connection(Protocol):
    """What both drivers can do."""

    def execute(self, statement: str, values: Any = ..., /) -> Any:
        """Execute one statement."""
        ...


class RawClaim:
    """The least a pledge can be: one conditional update and three inserts in a transaction, by the driver alone."""

    def __init__(self, connection: Connection, mark: str, numbers: Iterator[int]) -> None:
        self._connection, self._numbers = connection, numbers
        self._begin = "BEGIN IMMEDIATE" if mark == "?" else "BEGIN"
        free = f"id = {mark} AND state = 'published'"
        self._claim = f"UPDATE bench_units SET state = 'pledged', version = version + 1 WHERE {free}"
        self._inserts = [
            f"INSERT INTO bench_pledges (unit_id, public_id, contact, state) VALUES ({mark}, {mark}, {mark}, 'held')",
            f"INSERT INTO bench_events (unit_id, action, actor, at) VALUES ({mark}, 'pledge', {mark}, {mark})",
            f"INSERT INTO bench_messages (unit_id, receiver, body, state) VALUES ({mark}, {mark}, {mark}, 'waiting')",
        ]

    def __call__(self) -> None:
        """Claim the next unit."""
        unit = next(self._numbers)
        execute = self._connection.execute
        execute(self._begin)
        assert execute(self._claim, (unit,)).rowcount == 1
        for statement in self._inserts:
            execute(statement, (unit, f"PUBLIC{unit}", "x" * 200))
        execute("COMMIT")


_RAW_TABLES = (
    "CREATE TABLE bench_units (id {key}, state TEXT, version INTEGER)",
    "CREATE TABLE bench_pledges (id {key}, unit_id INTEGER UNIQUE, public_id TEXT UNIQUE, contact TEXT, state TEXT)",
    "CREATE TABLE bench_events (id {key}, unit_id INTEGER, action TEXT, actor TEXT, at TEXT)",
    "CREATE INDEX ix_bench_events ON bench_events (unit_id)",
    "CREATE TABLE bench_messages (id {key}, unit_id INTEGER UNIQUE, receiver TEXT, body TEXT, state TEXT)",
)
_KEYS = {"sqlite": "INTEGER PRIMARY KEY", "postgresql": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"}


class RawClaims:
    """The tables of raw claims in a portal's own database, and claimants with a connection each."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._numbers = count(1)
        with self._connected() as connection:
            for statement in _RAW_TABLES:
                connection.execute(statement.format(key=_KEYS[self.kind]))
            connection.execute(
                "INSERT INTO bench_units (state, version) WITH RECURSIVE n(i) AS "
                f"(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {UNITS}) SELECT 'published', 0 FROM n"
            )

    @property
    def kind(self) -> str:
        """The database: sqlite or postgresql."""
        return self._url.get_backend_name()

    @contextmanager
    def claimant(self) -> Iterator[RawClaim]:
        """Yield a claimant with a connection of its own."""
        with self._connected() as connection:
            yield RawClaim(connection, "?" if self.kind == "sqlite" else "%s", self._numbers)

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        connection = self._open()
        try:
            yield connection
        finally:
            connection.close()

    def _open(self) -> Any:
        if self.kind == "postgresql":
            url = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
            return psycopg.connect(url, autocommit=True)
        connection = sqlite3.connect(str(self._url.database), isolation_level=None, timeout=10, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        return connection
