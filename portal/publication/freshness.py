"""Counts the changes of everything public, so that whatever is kept of it is known to be fresh or thrown away.

Nobody has to remember it: every transaction that touches a publication raises
the count, as its last act, so that writers do not wait for each other longer
than a commit takes.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import event, select, update
from sqlalchemy.orm import ORMExecuteState, Session

from portal import clock
from portal.db import insert_unless_there, session
from portal.publication.models import Publication, PublicVersion

T = TypeVar("T")

MOST_KEPT = 500

_CHANGED = "portal.publication.changed"
_KEPT = "portal.publication.kept"


def public_version() -> int:
    """Return the count of changes so far; equal counts mean equal public pages on the same day."""
    return session().scalar(select(PublicVersion.version)) or 0


def kept(key: Any, make: Callable[[], T]) -> T:
    """Return what was made for this key since the last public change and the last midnight, or make it now."""
    state = (public_version(), clock.today())
    shelf = current_app.extensions.get(_KEPT)
    if shelf is None or shelf[0] != state or len(shelf[1]) >= MOST_KEPT:
        shelf = current_app.extensions[_KEPT] = (state, {})
    found: dict[Any, T] = shelf[1]
    if key not in found:
        found[key] = make()
    return found[key]


@event.listens_for(Session, "after_flush")
def _notice_rows(writer: Session, _context: object) -> None:
    if any(isinstance(row, Publication) for row in (*writer.new, *writer.dirty, *writer.deleted)):
        writer.info[_CHANGED] = True


@event.listens_for(Session, "do_orm_execute")
def _notice_statements(state: ORMExecuteState) -> None:
    if not state.is_select and state.bind_mapper is not None and state.bind_mapper.class_ is Publication:
        state.session.info[_CHANGED] = True


@event.listens_for(Session, "before_commit")
def _raise_count(writer: Session) -> None:
    writer.flush()
    if not writer.info.pop(_CHANGED, False):
        return
    one_more = update(PublicVersion).values(version=PublicVersion.version + 1)
    if writer.connection().execute(one_more).rowcount == 0:
        insert_unless_there(PublicVersion, id=1, version=0)
        writer.connection().execute(one_more)
