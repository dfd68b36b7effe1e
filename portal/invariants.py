"""What must be true of the rows at all times, said once in words and once in SQL; each room lists its own.

A room puts them into a tuple `INVARIANTS` in its `invariants.py`, and `portal.books`
gathers them. Each has a test that plants the fault and sees it found.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import text
from sqlalchemy.exc import DataError

from portal import clock
from portal.db import session

MOST_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Broken:
    """How many rows break an invariant, and which ones for example."""

    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Invariant:
    """A sentence about the rows, and the SQL that names each row of which it is not true.

    The first column names the row to whoever has to look, and never a person.
    `:today` stands for the present day. `on_sqlite` is for where SQLite needs
    other words than PostgreSQL.
    """

    name: str
    sentence: str
    sql: str
    on_sqlite: str = ""

    def find_broken(self) -> Broken | None:
        """Return what breaks the invariant, or None where it holds."""
        is_sqlite = session().get_bind().dialect.name == "sqlite"
        sql = self.on_sqlite if self.on_sqlite and is_sqlite else self.sql
        values = {"today": clock.today().isoformat()} if ":today" in sql else {}
        return _broken(lambda: (row[0] for row in session().execute(text(sql), values)))


@dataclass(frozen=True, slots=True)
class Proof:
    """A sentence about the rows that SQL cannot check, such as one about hashes; `find` yields what breaks it."""

    name: str
    sentence: str
    find: Callable[[], Iterable[object]]

    def find_broken(self) -> Broken | None:
        """Return what breaks the sentence, or None where it holds."""
        return _broken(self.find)


def _broken(find: Callable[[], Iterable[object]]) -> Broken | None:
    try:
        rows = iter(find())
        examples = tuple(str(row) for row in islice(rows, MOST_EXAMPLES))
        count = len(examples) + sum(1 for _row in rows)
    except (DataError, LookupError, TypeError, ValueError) as error:
        # A row that cannot even be read is no sound row.
        return Broken(1, (f"unreadable: {type(error).__name__}",))
    return Broken(count, examples) if count else None
