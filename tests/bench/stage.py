"""Sets up what is measured: a database on the disk with a district in it, and the portal's application on it."""

import base64
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
from flask import Flask
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.engine import make_url

from portal import create_app
from portal.config import Settings
from portal.db import migrate
from tests.bench.district import fill
from tests.plumbing.databases import for_driver
from tests.plumbing.postgres import run_postgres

DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Stage:
    """A portal whose database holds a district."""

    kind: str
    folder: Path
    settings: Settings
    app: Flask


class Ground:
    """Where stages are set up: a folder, and a PostgreSQL server that is started when it is first asked for."""

    def __init__(self, folder: Path, closing: contextlib.ExitStack) -> None:
        self._folder, self._closing, self._numbers = folder, closing, count(1)
        self._server_url = ""

    @contextlib.contextmanager
    def stage(self, kind: str, wishes: int, fill: Callable[[int], None] = fill) -> Iterator[Stage]:
        """Yield a portal on a fresh database of a kind with so many wishes, which are open unless `fill` is another."""
        folder = self._folder / f"stage-{next(self._numbers)}"
        folder.mkdir()
        settings = _settings(self._fresh_url(kind, folder), folder)
        migrate(settings.database_url)
        app = create_app(settings)
        try:
            with app.app_context():
                fill(wishes)
                _tidy(app)
            yield Stage(kind, folder, settings, app)
        finally:
            app.extensions["portal.database"].dispose()

    def _fresh_url(self, kind: str, folder: Path) -> str:
        if kind == "sqlite":
            return f"sqlite:///{folder}/portal.db"
        if not self._server_url:
            self._server_url = self._closing.enter_context(run_postgres(is_durable=True))
        name = f"portal_{folder.name}".replace("-", "_")
        with psycopg.connect(for_driver(self._server_url), autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        return make_url(self._server_url).set(database=name).render_as_string(hide_password=False)


def _tidy(app: Flask) -> None:
    """Do what a database has done by itself long after so many rows came in."""
    engine = app.extensions["portal.database"].write_engine
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _settings(url: str, folder: Path) -> Settings:
    key = base64.urlsafe_b64encode(b"b" * 32).decode()
    return Settings(
        environment="test",
        database_url=url,
        secret_key="a key that signs for the length of one run only",
        sealing_keys=key,
        ledger_keys=key,
        index_key=key,
        files_path=folder / "files",
        # Each pledger comes from an address range of its own, as behind a proxy.
        proxy_count=1,
    )
