"""Runs the migrations against the database whose URL the caller gives."""

from typing import Literal

from alembic import context
from sqlalchemy import create_engine

import portal.models
from portal.db import Base, UtcDateTime
from portal.grams import is_gram_index
from portal.sealing import SealedJSON, SealedText


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our own column types as the plain types they are stored as, so that old migrations outlive them."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, SealedText | SealedJSON):
        return "sa.Text()"
    return False


def is_of_models(_object: object, name: str | None, kind: str, *_more: object) -> bool:
    """Tell whether a part of the schema is one that autogenerate compares; gram indexes are no tables to it."""
    return not (kind in ("table", "index") and is_gram_index(name))


url = context.config.attributes["url"]
engine = create_engine(url)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=engine.dialect.name == "sqlite",
        compare_type=True,
        include_object=is_of_models,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
assert portal.models
