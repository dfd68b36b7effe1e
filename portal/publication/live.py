"""Keeps this process's card index in step with the live public texts: a change is in it with the commit that made it.

At first all live texts are read, later only those that changed since, by the
count of public changes. Reads through a connection of its own, so that it
never takes in what a transaction may yet undo.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from threading import Lock
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from portal.db import database
from portal.publication.bits import Bits
from portal.publication.card_index import Card, CardIndex
from portal.publication.filters import price_band
from portal.publication.freshness import public_state, public_version
from portal.publication.models import SEARCH, Publication, PublicationChange, PublicationStatus
from portal.publication.paging import Mark

MOST_TAKEN_IN = 300
"""How many changes are taken in one by one; after more, reading everything anew is quicker."""

_KEPT = "portal.publication.live"

_CARD = (
    Publication.id,
    Publication.number,
    Publication.waiting_since,
    Publication.price_minor,
    Publication.availability,
    Publication.category,
    Publication.group,
    Publication.service_centre_id,
    Publication.kind,
)
_IS_LIVE = Publication.status == PublicationStatus.LIVE


@contextmanager
def live_cards() -> Iterator["LiveCards"]:
    """Hold the cards of all live texts, as fresh as the database, while nobody else in this process changes them."""
    kept: LiveCards = current_app.extensions[_KEPT]
    with kept.lock:
        kept.follow(public_state()[0])
        yield kept


def install_live_cards(app: Flask) -> None:
    """Give an application its cards; they are read when they are first asked for."""
    app.extensions[_KEPT] = LiveCards()


class LiveCards:
    """The cards of all live texts and the count of public changes that they stand at."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.index = CardIndex()
        self._version: int | None = None

    def follow(self, version: int) -> None:
        """Bring the cards to a count of changes or beyond it."""
        if self._version is not None and version < self._version:
            # Another request saw more than this one did, or the database is an older one.
            version = public_version()
        if version == self._version:
            return
        with _reading() as reader:
            if self._version is None or version < self._version or not self._take_in_changes(reader, version):
                self.index, self._version = CardIndex(_read_all(reader)), version

    def holding(self, word: str) -> Bits:
        """Return the cards whose text holds a word."""
        return self.index.holding(word, _find)

    def _take_in_changes(self, reader: Session, version: int) -> bool:
        """Take in what changed since; tell whether that was little enough."""
        rows = reader.execute(_changes().where(PublicationChange.version > self._version)).all()
        if len(rows) > MOST_TAKEN_IN:
            return False
        for _count, changed, text, *card in rows:
            if text is None:
                self.index.remove(changed)
            else:
                self.index.put(_card(*card), text)
        self._version = max([version, *(count for count, *_row in rows)])
        return True


@contextmanager
def _reading() -> Iterator[Session]:
    with Session(database().read_engine) as reader:
        yield reader


def _read_all(reader: Session) -> list[Card]:
    return [_card(*row) for row in reader.execute(select(*_CARD).where(_IS_LIVE)).all()]


def _changes() -> Select[Any]:
    same = and_(Publication.number == PublicationChange.number, _IS_LIVE)
    columns: list[Any] = [PublicationChange.version, PublicationChange.number, Publication.search_text, *_CARD]
    return select(*columns).select_from(PublicationChange).outerjoin(Publication, same)


def _card(key: int, number: str, waiting_since: date, price_minor: int, *traits: str | int | None) -> Card:
    return Card(key, number, Mark(waiting_since, number).spot, (price_band(price_minor), *traits))


def _find(word: str) -> Sequence[int]:
    # Past the ORM, because a common word is in thousands of texts.
    with database().read_engine.connect() as connection:
        return connection.scalars(SEARCH.holding(word, connection.dialect)).all()
