"""Counts the changes of everything public, so that whatever is kept of it is known to be fresh or thrown away.

Nobody has to remember it: every transaction that touches a row of which a
public page may tell raises the count, as its last act, so that writers do not
wait for each other longer than a commit takes. The count lies in the database,
so a change is seen with its commit, by every process.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar, cast

from flask import Flask, current_app, has_request_context, request
from sqlalchemy import event, select, update
from sqlalchemy.orm import ORMExecuteState, Session

from portal.areas.models import ServiceCentre
from portal.clock import local_date
from portal.db import Base, database, insert_unless_there, noted
from portal.limits.models import Limit
from portal.publication.models import Publication, PublicVersion

T = TypeVar("T")

State = tuple[int, date]
"""The count of changes and the day: while both are equal, so is every public page."""

MOST_KEPT = 500

_COUNTED = {table.__tablename__ for table in (Publication, ServiceCentre, Limit)}
_CHANGED = "portal.publication.changed"
_KEPT = "portal.publication.kept"
STATE = "portal.publication.state"
_VERSION = str(select(PublicVersion.version))
_ONE_MORE = update(PublicVersion).values(version=PublicVersion.version + 1)


def count_changes_of(*tables: type[Base]) -> None:
    """Let changes of further tables count, because public pages that are kept tell of their rows."""
    _COUNTED.update(table.__tablename__ for table in tables)


def public_version() -> int:
    """Return the count of changes so far; equal counts mean equal public pages on the same day."""
    version: int = database().read_value(_VERSION) or 0
    return version


def read_state(app: Flask) -> State:
    """Return the state of everything public at this moment; needs no context of Flask."""
    return app.extensions["portal.database"].read_value(_VERSION) or 0, local_date(app.extensions["portal.clock"].now())


def public_state() -> State:
    """Return the state of everything public as this request first saw it; a verb of its own lets it look again."""
    if not has_request_context():
        return read_state(current_app)
    seen = noted()
    if STATE not in seen:
        # The front door has just read it.
        seen[STATE] = request.environ.pop(STATE, None) or read_state(current_app)
    state: State = seen[STATE]
    return state


def kept(key: Any, make: Callable[[], T]) -> T:
    """Return what was made for this key in the present public state, or make it now.

    What a transaction makes is not kept: it may yet be rolled back.
    """
    if database().writing_session is not None:
        return make()
    found: dict[Any, T] = _shelf()
    if key not in found:
        found[key] = make()
    return found[key]


def _shelf() -> dict[Any, Any]:
    """Return what is kept for the present state; a request looks it up once."""
    notes = noted() if has_request_context() else {}
    shelf: dict[Any, Any] | None = notes.get(_KEPT)
    if shelf is None:
        state, found = public_state(), current_app.extensions.get(_KEPT)
        if found is None or found[0] != state or len(found[1]) >= MOST_KEPT:
            found = current_app.extensions[_KEPT] = (state, {})
        shelf = notes[_KEPT] = found[1]
    return shelf


@event.listens_for(Session, "after_flush")
def _notice_rows(writer: Session, _context: object) -> None:
    if any(row.__tablename__ in _COUNTED for row in (*writer.new, *writer.dirty, *writer.deleted)):
        writer.info[_CHANGED] = True


@event.listens_for(Session, "do_orm_execute")
def _notice_statements(state: ORMExecuteState) -> None:
    is_change = state.is_insert or state.is_update or state.is_delete
    if is_change and cast("Any", state.statement).table.name in _COUNTED:
        state.session.info[_CHANGED] = True


@event.listens_for(Session, "before_commit")
def _raise_count(writer: Session) -> None:
    writer.flush()
    if not writer.info.pop(_CHANGED, False):
        return
    if writer.connection().execute(_ONE_MORE).rowcount == 0:
        insert_unless_there(PublicVersion, id=1, version=0)
        writer.connection().execute(_ONE_MORE)
