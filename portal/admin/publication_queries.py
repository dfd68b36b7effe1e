"""Reads the two piles of moderators: verified wishes without a public text, and texts that wait for another's yes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, literal, select, true, tuple_
from sqlalchemy.orm import aliased

from portal import clock
from portal.accounts.rules import Actor, Role
from portal.counting import MOST_OF_A_PILE, Count, count_rows
from portal.db import session
from portal.planning import looked_at
from portal.publication.compose import PublicText, Suggestion
from portal.publication.models import Publication, PublicationStatus
from portal.publication.versions import Version, as_versions
from portal.redaction.marks import Segment, segments
from portal.wishes.models import Wish
from portal.wishes.publishing import WRITABLE, find_marks, known_words_of, suggest
from portal.wishes.rules import WishState

PILE_SIZE = 20

Marked = dict[str, list[Segment]]


@dataclass(frozen=True, slots=True)
class ToWrite:
    """A verified wish that waits for a public text, with the text the system composes."""

    number: str
    item: str
    category: str
    since: datetime
    is_overdue: bool
    suggestion: Suggestion
    marked: Marked

    @property
    def is_ready(self) -> bool:
        """Tell whether the composed text can be taken as it stands."""
        return self.suggestion.text.is_complete and not self.marked


@dataclass(frozen=True, slots=True)
class ToApprove:
    """A written text that waits, with what is marked in it; nobody ticks their own."""

    wish_id: int
    version: Version
    is_own: bool
    marked: Marked


def list_to_write(actor: Actor, after: str | None = None, limit: int = PILE_SIZE) -> list[ToWrite]:
    """Return verified wishes without a text that waits, the longest wait first, from behind one; the text for each."""
    query = select(Wish).where(*_unwritten(actor)).order_by(Wish.state_since, Wish.number).limit(limit)
    rows = list(session().scalars(query.where(_waits_behind(after)) if after else query))
    words = known_words_of({wish.household_id for wish in rows})
    entries = []
    for wish in rows:
        suggestion = suggest(wish, words[wish.household_id])
        marks = find_marks(suggestion.text, words[wish.household_id])
        marked = {name: segments(getattr(suggestion.text, name), found) for name, found in marks.items()}
        late = wish.overdue_level > 0 or (wish.deadline_at is not None and wish.deadline_at <= clock.now())
        entries.append(ToWrite(wish.number, wish.item, wish.category, wish.state_since, late, suggestion, marked))
    return entries


def list_to_approve(actor: Actor, after: int | None = None, limit: int = PILE_SIZE) -> list[ToApprove]:
    """Return written texts that wait, the oldest first, from behind one; what is marked in each.

    Texts of wishes that were withdrawn or referred meanwhile wait for nobody.
    """
    query = select(Publication, Wish).join(Wish, Wish.number == Publication.number).where(*_written(actor))
    if after is not None:
        query = query.where(Publication.id > after)
    rows = session().execute(query.order_by(Publication.id).limit(limit)).all()
    versions = as_versions([row for row, _ in rows])
    words = known_words_of({wish.household_id for _, wish in rows})
    entries = []
    for version, (_, wish) in zip(versions, rows, strict=True):
        marks = find_marks(version.text, words[wish.household_id])
        marked = {name: segments(getattr(version.text, name), found) for name, found in marks.items()}
        entries.append(ToApprove(wish.id, version, version.written_by_id == actor.person_id, marked))
    return entries


def every_to_write(actor: Actor) -> Iterator[tuple[str, PublicText]]:
    """Yield number and composed text of all verified wishes without a text, pile by pile."""
    after: str | None = None
    while entries := list_to_write(actor, after):
        yield from ((entry.number, entry.suggestion.text) for entry in entries)
        after = entries[-1].number


def every_to_approve(actor: Actor) -> Iterator[tuple[str, PublicText]]:
    """Yield number and text of all that waits for a yes, pile by pile."""
    after: int | None = None
    while entries := list_to_approve(actor, after):
        yield from ((entry.version.number, entry.version.text) for entry in entries)
        after = entries[-1].version.id


def count_to_write(actor: Actor) -> Count:
    """Return how many verified wishes have no text that waits."""
    return count_rows(select(Wish.id).where(*_unwritten(actor)), MOST_OF_A_PILE)


def count_to_approve(actor: Actor) -> Count:
    """Return how many written texts wait, the actor's own among them."""
    waiting = select(Publication.id).join(Wish, Wish.number == Publication.number).where(*_written(actor))
    return count_rows(waiting, MOST_OF_A_PILE)


def find_next_to_write(actor: Actor, after: str) -> str | None:
    """Return the number of the next verified wish without a text, starting over at the end of the pile."""
    query = select(Wish.number).where(*_unwritten(actor), Wish.number != after)
    query = query.order_by(Wish.state_since, Wish.number).limit(1)
    return session().scalar(query.where(_waits_behind(after))) or session().scalar(query)


def _waits_behind(number: str) -> ColumnElement[bool]:
    """Return that a wish has waited less long than another one."""
    other = aliased(Wish)
    since = select(other.state_since).where(other.number == number).scalar_subquery()
    return tuple_(Wish.state_since, Wish.number) > tuple_(since, literal(number))


def _unwritten(actor: Actor) -> list[ColumnElement[bool]]:
    waits = exists().where(Publication.number == Wish.number, Publication.status == PublicationStatus.WRITTEN)
    return [Wish.state == WishState.VERIFIED, ~waits, _in_reach(actor)]


def _written(actor: Actor) -> list[ColumnElement[bool]]:
    return [Publication.status == PublicationStatus.WRITTEN, looked_at(Wish.state).in_(WRITABLE), _in_reach(actor)]


def _in_reach(actor: Actor) -> ColumnElement[bool]:
    centres = actor.centres_of(Role.MODERATOR)
    return true() if centres is None else looked_at(Wish.service_centre_id).in_(centres)
