"""The migrations build exactly the tables that the models describe, on both databases."""

import json
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, TextClause, create_engine, inspect, text

import portal.models
from portal.db import Base, alembic_config, migrate
from portal.grams import is_gram_index
from portal.households.hashing import phone_hash
from portal.sealing import key_ring
from tests import cast
from tests.plumbing.databases import PostgresStock
from tests.plumbing.environment import put_settings

OLD_HOUSEHOLD = text(
    "INSERT INTO households (id, identity, id_hash, person_hash, service_centre_id, is_minor, needs_guardian,"
    " created_at) VALUES (:id, :identity, :hash, :hash, 1, true, true, '2026-11-23')"
)


@pytest.fixture
def migrated(database_url):
    """Return an engine on a migrated database."""
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def modelled(database_kind, stocks, tmp_path):
    """Return an engine on a database made from the models alone."""
    stock = stocks(database_kind)
    url = stock.create_beside("models") if isinstance(stock, PostgresStock) else f"sqlite:///{tmp_path / 'models.db'}"
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def test_no_migration_is_missing(migrated):
    assert portal.models
    with migrated.connect() as connection:
        is_compared = {"compare_type": True, "include_object": lambda _object, name, *_more: not is_gram_index(name)}
        context = MigrationContext.configure(connection, opts=is_compared)
        assert compare_metadata(context, Base.metadata) == []


def test_migrations_and_models_make_the_same_tables(migrated, modelled):
    made, described = _describe(migrated), _describe(modelled)
    made.pop("alembic_version")
    assert made.keys() == described.keys()
    for table, description in described.items():
        assert made[table] == description, table


def test_migrations_and_models_make_the_same_gram_indexes(database_kind, migrated, modelled):
    made = _gram_indexes(database_kind, migrated)
    assert "publications_grams" in made
    assert made == _gram_indexes(database_kind, modelled)


def test_migrating_twice_changes_nothing(database_url, migrated):
    before = _describe(migrated)
    migrate(database_url)
    assert _describe(migrated) == before


def test_families_of_before_are_found_by_their_guardian(app_context, settings, stocks, tmp_path, monkeypatch):
    (folder := tmp_path / "old").mkdir()
    url = stocks("sqlite").fresh(folder)
    command.downgrade(alembic_config(url), "0018-1")
    identity = json.dumps({"name": cast.FAMILY_NAME, "guardian_phone": "13700004321"})
    engine = create_engine(url)
    with engine.begin() as connection:
        for key, sealed in ((1, key_ring().seal(identity)), (2, key_ring().seal("{}")), (3, None)):
            connection.execute(OLD_HOUSEHOLD, {"id": key, "identity": sealed, "hash": str(key)})
    put_settings(settings, monkeypatch)
    migrate(url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT guardian_phone_hash FROM households ORDER BY id")).scalars().all()
    engine.dispose()
    assert found == [phone_hash("13700004321"), None, None]


def test_migrations_form_one_line():
    assert len(ScriptDirectory.from_config(alembic_config("sqlite://")).get_heads()) == 1


def _describe(engine: Engine) -> dict[str, Any]:
    """Return columns, keys, checks and indexes of every table, in an order of their own."""
    inspector = inspect(engine)
    return {
        table: {
            "columns": {each["name"]: (str(each["type"]), each["nullable"]) for each in inspector.get_columns(table)},
            "key": inspector.get_pk_constraint(table),
            "foreign keys": _sorted(inspector.get_foreign_keys(table)),
            "unique": _sorted(inspector.get_unique_constraints(table)),
            "checks": _sorted(inspector.get_check_constraints(table)),
            "indexes": _sorted(inspector.get_indexes(table)),
        }
        for table in inspector.get_table_names()
        if not is_gram_index(table)
    }


def _gram_indexes(database_kind: str, engine: Engine) -> dict[str, str]:
    """Return what the database itself says of every gram index: its table, triggers and function, word for word."""
    query = "SELECT name, sql FROM sqlite_master WHERE instr(name, '_grams') AND sql IS NOT NULL"
    if database_kind == "postgresql":
        query = (
            "SELECT indexname, indexdef FROM pg_indexes WHERE indexname LIKE '%\\_grams'"
            " UNION ALL SELECT 'grams_of', pg_get_functiondef('grams_of'::regproc)"
        )
    with engine.connect() as connection:
        return dict(connection.execute(text(query)).all())


def _sorted(found: Any) -> list[str]:
    return sorted(repr(sorted((name, _plain(value)) for name, value in each.items())) for each in found)


def _plain(value: Any) -> Any:
    """Return a reflected value that can be compared; the condition of a partial index comes as an object."""
    if isinstance(value, dict):
        return sorted((name, _plain(each)) for name, each in value.items())
    return " ".join(str(value).split()) if isinstance(value, str | TextClause) else value
