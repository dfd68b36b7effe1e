"""Whether the portal can serve: asks for a read, the version of the schema, and the last check of the books."""

from functools import cache

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from portal.db import alembic_config, database
from portal.ledger.checks import find_last_check


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
    return _troubles_of_the_books()


def _troubles_of_the_books() -> list[str]:
    """Return what the last check of the books found; the check itself runs on a clock."""
    last = find_last_check()
    if last is None:
        return []
    if last.broken:
        return [_("账目核对发现不一致，请马上运行 portal ledger check 查看。")]
    return [_("账目很久没有核对了，请检查定时任务是否在运行。")] if last.is_stale else []
