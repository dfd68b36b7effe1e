"""The one way a list changes its state: a conditional update that only one of many can win."""

from typing import Any

from sqlalchemy import ColumnElement, update

from portal.db import session
from portal.intake.models import Import


def change_import(import_id: int, state: str, /, *conditions: ColumnElement[bool], **values: Any) -> bool:
    """Change a list that is still in a state and meets all conditions; tell whether it was. Call in a transaction."""
    statement = update(Import).where(Import.id == import_id, Import.state == state, *conditions).values(values)
    return session().connection().execute(statement).rowcount == 1
