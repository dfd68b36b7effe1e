"""Finds the first rows of the staff's list of wishes by walking along an index in the list's order.

What else is asked of a wish stands in the same index, so a page is found
without opening the wishes it passes. Rows that an index of another order finds
better are a part of their own, and the first rows of all parts are compared.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, false, literal, select, true, tuple_, union_all

from portal import clock
from portal.db import UtcDateTime
from portal.planning import Look, as_it_is, looked_at
from portal.wishes.models import IS_CLIMBED, Wish

FAR_AHEAD = datetime(9000, 1, 1, tzinfo=clock.LOCAL_ZONE)
"""Where wishes without a deadline stand when the list is sorted by it: at the end of the way, after all others."""

Mark = tuple[datetime, str]
"""The last row of a page: by what it is sorted, and its number."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the rows of a list, none of them in another part; `has_own_index` where that finds them, out of order."""

    where: ColumnElement[bool]
    has_own_index: bool = False


@dataclass(frozen=True, slots=True)
class Walk:
    """One index that is walked along: which rows it holds from where on, their key in the list, and their order."""

    where: ColumnElement[bool]
    key: Any
    order: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """By what a list is sorted, which way, and from behind which mark."""

    sort: str
    is_descending: bool
    mark: Mark | None

    def first_rows(self, parts: list[Part], limit: int) -> Select[Any]:
        """Return the query for the ids of the first rows of all parts."""
        heads = [
            self._ordered(
                select(Wish.id, walk.key.label("key"), Wish.number).where(part.where, walk.where), limit, *walk.order
            ).subquery()
            for part in parts
            for walk in self._walks(looked_at if part.has_own_index else as_it_is)
        ]
        found = heads[0] if len(heads) == 1 else union_all(*(select(head) for head in heads)).subquery()
        return cast("Select[Any]", self._ordered(select(found.c.id), limit, found.c.key, found.c.number))

    def _ordered(self, query: Any, limit: int, *columns: Any) -> Any:
        order = [column.desc() for column in columns] if self.is_descending else columns
        return query.order_by(*order).limit(limit)

    def _walks(self, look: Look) -> list[Walk]:
        if self.sort != "deadline":
            key = look(Wish.created_at if self.sort == "filed" else Wish.state_since)
            return [Walk(self._behind(key), key, (key, Wish.number))]
        key = look(Wish.deadline_at)
        at_the_end = literal(FAR_AHEAD, UtcDateTime)
        return [
            Walk(and_(Wish.deadline_at.is_not(None), self._behind(key)), key, (key, Wish.number)),
            Walk(and_(Wish.deadline_at.is_(None), self._behind_at_the_end()), at_the_end, (Wish.number,)),
        ]

    def _behind(self, key: Any) -> ColumnElement[bool]:
        if self.mark is None:
            return true()
        at, number = self.mark
        place, last = tuple_(key, Wish.number), tuple_(literal(at, UtcDateTime), literal(number))
        return place < last if self.is_descending else place > last

    def _behind_at_the_end(self) -> ColumnElement[bool]:
        """Return which of the wishes that all stand at FAR_AHEAD are behind the mark."""
        if self.mark is None:
            return true()
        at, number = self.mark
        if at == FAR_AHEAD:
            return Wish.number < number if self.is_descending else Wish.number > number
        return true() if (at < FAR_AHEAD) is not self.is_descending else false()


def late_parts() -> list[Part]:
    """Return the two kinds of late wishes: those that have climbed, and the few that will with the next tick."""
    is_due = and_(~IS_CLIMBED, Wish.deadline_at <= clock.now())
    return [Part(IS_CLIMBED), Part(is_due, has_own_index=True)]
