"""Whether the portal can serve: asks the database for a read and for the version of its schema."""

from functools import cache

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from portal.db import alembic_config, database


@cache
def _newest_schema() -> str | None:
    return ScriptDirectory.from_config(alembic_config("")).get_current_head()


def find_troubles() -> list[str]:
    """Return in plain words what keeps the portal from serving; empty when nothing does."""
    try:
        with database().read_engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError:
        return [_("数据库连不上。")]
    if found != _newest_schema():
        return [_("数据库的结构不是最新的，请先运行 portal init。")]
    return []
