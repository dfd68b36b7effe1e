"""Answers plain queries that every request asks, such as the count of public changes, at the least cost.

Its connections belong to nobody between two queries, so there is nothing to
begin, to reset or to look after: the driver's own call is all there is.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine


class Glances:
    """Cursors on connections of their own; each serves one query at a time, and as many are kept as ran at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: deque[Any] = deque()

    @property
    def error(self) -> type[Exception]:
        """What the driver raises when it cannot answer."""
        return self._engine.dialect.loaded_dbapi.Error

    def read(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query as the driver gives them; a connection that fails is not used again."""
        try:
            cursor = self._idle.pop()
        except IndexError:
            cursor = self._open()
        try:
            cursor.execute(query, values)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        except BaseException:
            cursor.connection.close()
            raise
        self._idle.append(cursor)
        return rows

    def dispose(self) -> None:
        """Close the connections that are not in use."""
        while self._idle:
            self._idle.pop().connection.close()

    def _open(self) -> Any:
        lent = self._engine.raw_connection()
        connection: Any = lent.driver_connection
        lent.detach()
        return connection.cursor()
