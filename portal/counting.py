"""Counts rows as far as anybody needs to know, so that it takes no longer in a large database, and says so honestly."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CompoundSelect, Select, func, select

from portal.db import session

MOST_COUNTED = 500
MOST_OF_A_PILE = 99
"""A pile of work is counted less far than a list: nobody works off more in a day."""


class Count(int):
    """A number of rows, or with `is_more` a number that they are more than."""

    is_more: bool

    def __new__(cls, number: int, *, is_more: bool = False) -> "Count":
        """Make a count of a number."""
        count = super().__new__(cls, number)
        count.is_more = is_more
        return count

    def __add__(self, other: int) -> "Count":
        """Return the count of these rows and others together."""
        return Count(int(self) + int(other), is_more=self.is_more or getattr(other, "is_more", False))


def as_count(number: int, most: int) -> Count:
    """Return the count of rows of which no more than `most` and one were looked at."""
    return Count(min(number, most), is_more=number > most)


def count_rows(query: Select[Any] | CompoundSelect[Any], most: int | None = None) -> Count:
    """Return how many rows a query has, of which none beyond `most` (else MOST_COUNTED) and one is looked at."""
    most = MOST_COUNTED if most is None else most
    looked_at = query.limit(most + 1).subquery()
    return as_count(session().scalar(select(func.count()).select_from(looked_at)) or 0, most)


def distinct_values(column: Any) -> Sequence[Any]:
    """Return the values of an indexed column in order, going from each to the next instead of through all rows."""
    least = select(func.min(column).label("value")).cte("seen", recursive=True)
    following = select(func.min(column)).where(column > least.c.value).scalar_subquery()
    seen = least.union_all(select(following).where(least.c.value.is_not(None)))
    return session().scalars(select(seen.c.value).where(seen.c.value.is_not(None))).all()
