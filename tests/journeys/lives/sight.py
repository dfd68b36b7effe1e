"""One look at all that the portal stores of wishes, seals opened, so that it can be compared with the look before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from portal import clock
from portal.db import Base, database
from portal.pledges.models import LIVE_STATES

Rows = Mapping[Any, Row[Any]]

WATCHED = (
    *("wishes", "wish_events", "households", "consents", "identity_reads", "filing_drafts", "imports"),
    *("publications", "public_versions", "promises", "pledges", "pledger_blocks", "organisations"),
    *("handover_receipts", "deliveries", "acknowledgements", "messages", "audit_entries"),
)
"""The tables a wish's way leads through; money has machines of its own."""


@dataclass(frozen=True)
class Sight:
    """All rows of the watched tables by name and key, at a moment."""

    at: datetime
    tables: Mapping[str, Rows]

    def __getitem__(self, table: str) -> Rows:
        return self.tables[table]

    def rows(self, table: str) -> Iterable[Row[Any]]:
        """Return the rows of a table in the order of their keys."""
        return self.tables[table].values()

    def of_wish(self, table: str, wish_id: int) -> list[Row[Any]]:
        """Return the rows of a table that belong to a wish, in the order of their keys."""
        return self._by_wish[table][wish_id]

    def live_pledges(self, wish_id: int) -> list[Row[Any]]:
        """Return the live pledges of a wish; there should be one at most."""
        return [each for each in self.of_wish("pledges", wish_id) if each.state in LIVE_STATES]

    def texts(self, number: str, *statuses: str) -> list[Row[Any]]:
        """Return the versions of a wish's public text that stand in one of these ways."""
        return [each for each in self.rows("publications") if each.number == number and each.status in statuses]

    def agrees(self, wish_id: int, use: str) -> bool:
        """Tell whether a family's last word on one use is yes."""
        words = [each.is_given for each in self.of_wish("consents", wish_id) if each.use == use]
        return bool(words and words[-1])

    def new_rows(self, before: "Sight", table: str) -> list[Row[Any]]:
        """Return the rows of a table that were not there before."""
        return [row for key, row in self[table].items() if key not in before[table]]

    @cached_property
    def _by_wish(self) -> dict[str, dict[int, list[Row[Any]]]]:
        found: dict[str, dict[int, list[Row[Any]]]] = defaultdict(lambda: defaultdict(list))
        for name, rows in self.tables.items():
            for row in rows.values():
                if "wish_id" in row._fields:
                    found[name][row.wish_id].append(row)
        return found


def look() -> Sight:
    """Look at the database as it is now."""
    with database().read_engine.connect() as connection:
        return Sight(clock.now(), {name: _rows(connection, table) for name, table in _watched().items()})


@cache
def _watched() -> dict[str, Select[Any]]:
    return {name: select(table).order_by(table.c.id) for name in WATCHED for table in [Base.metadata.tables[name]]}


def _rows(connection: Connection, rows: Select[Any]) -> Rows:
    return {row.id: row for row in connection.execute(rows)}
