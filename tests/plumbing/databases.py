"""Gives each test a freshly migrated, empty database of its own, quickly, on SQLite and on PostgreSQL."""

import os
import shutil
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from portal.db import migrate
from tests.plumbing.engines import KEPT

_MEMORY = Path("/dev/shm")
_ROOM_BYTES = 1_000_000_000


def find_memory() -> Path | None:
    """Return the folder whose files lie in memory, or None where there is none or too little room."""
    is_there = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK)
    return _MEMORY if is_there and shutil.disk_usage(_MEMORY).free >= _ROOM_BYTES else None


class SqliteStock:
    """Migrates one file and hands out copies of it."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        migrate(f"sqlite:///{self._template}")

    def fresh(self, folder: Path) -> str:
        """Return the URL of a new database in a folder."""
        path = folder / "portal.db"
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"

    def close(self) -> None:
        """Leave the files to the folder's owner."""


class PostgresStock:
    """Keeps one database on a server and empties it between tests.

    With 50 tables, deleting takes 2 ms; truncating the used ones takes 18 ms, all of them 100 ms, and a copy of a
    template database 98 ms. Triggers that refuse a delete and foreign keys are set aside meanwhile.
    """

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._name = f"portal_test_{os.getpid()}"
        self._create(self._name)
        self.url = make_url(server_url).set(database=self._name).render_as_string(hide_password=False)
        migrate(self.url)
        self._connection = psycopg.connect(for_driver(self.url), autocommit=True)
        self._clean = sql.SQL(";").join(self._statements())

    def fresh(self, folder: Path) -> str:
        """Return the URL of the database, empty again, with every stray connection to it ended.

        What waits for the next test stays open.
        """
        self._connection.execute(self._clean)
        return self.url

    def create_beside(self, suffix: str) -> str:
        """Return the URL of a further, quite empty database on the server, without tables; close() drops it."""
        name = f"{self._name}_{suffix}"
        self._create(name)
        return make_url(self._server_url).set(database=name).render_as_string(hide_password=False)

    def close(self) -> None:
        """Drop what was created."""
        self._connection.close()
        with psycopg.connect(for_driver(self._server_url), autocommit=True) as server:
            names = server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [self._name])
            for (name,) in names.fetchall():
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _create(self, name: str) -> None:
        with psycopg.connect(for_driver(self._server_url), autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))

    def _statements(self) -> list[sql.Composable]:
        """Return what brings the database back to how the migrations left it; rows they wrote are kept in a copy."""
        tables = [
            name
            for (name,) in self._connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
            )
        ]
        statements: list[sql.Composable] = [
            sql.SQL(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                f" AND (application_name <> '{KEPT}' OR state <> 'idle')"
            ),
            sql.SQL("SET session_replication_role = replica"),
        ]
        statements += [sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in tables]
        statements += self._refill(tables)
        statements += [
            sql.SQL("SELECT setval(name, coalesce(reached, first), reached IS NOT NULL) FROM pristine._sequences"),
            sql.SQL("SET session_replication_role = DEFAULT"),
        ]
        return statements

    def _refill(self, tables: list[str]) -> list[sql.Composable]:
        self._connection.execute("CREATE SCHEMA pristine")
        self._connection.execute(
            "CREATE TABLE pristine._sequences AS SELECT format('%I.%I', schemaname, sequencename)::regclass AS name,"
            " start_value AS first, last_value AS reached FROM pg_sequences WHERE schemaname = 'public'"
        )
        refill: list[sql.Composable] = []
        for name in tables:
            here, kept = sql.Identifier(name), sql.Identifier("pristine", name)
            self._connection.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(kept, here))
            if self._connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(kept)).fetchone():
                refill.append(sql.SQL("INSERT INTO {} OVERRIDING SYSTEM VALUE SELECT * FROM {}").format(here, kept))
        return refill


def for_driver(url: str) -> str:
    """Return a database URL as the driver wants it, without SQLAlchemy's name of the driver."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
