"""Somebody who owns the database and changes, removes, doubles or exchanges single rows of the book."""

import random

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.db import session

MEANING = {
    "ledger_entries": ("sequence", "reference", "kind", "posted_on", "currency", "reverses", "leaf_hash"),
    "ledger_postings": ("entry_sequence", "account_id", "amount_minor"),
    "ledger_nodes": ("level", "position", "hash"),
    "ledger_checkpoints": ("is_daily", "tree_size", "root_hash", "note"),
    "fund_holdings": ("fund", "currency", "held_minor"),
    "ledger_accounts": ("code", "currency", "kind", "fund"),
    "ledger_head": ("sequence",),
}
"""Every column that says something, by table; the others are keys nobody sees and days that no hash covers."""


class RowTamperer:
    """Changes, removes, doubles or exchanges rows, one thing at a time."""

    def __init__(self, seed):
        self.draw = random.Random(seed)

    def tamper_where_possible(self):
        """Do one thing; return None when no column could hold it, such as a day that is in no calendar."""
        try:
            return self.tamper()
        except DBAPIError:
            return None

    def tamper(self):
        """Do one thing to one row and return what it was, or None when nothing would differ."""
        table = self.draw.choice([*MEANING, "ledger_entries", "ledger_postings"])
        rows = [dict(row) for row in session().execute(text(f"SELECT * FROM {table}")).mappings()]
        rows.sort(key=lambda row: row.get("id", 0))
        act = self.draw.choice((self.change, self.remove, self.double, self.exchange))
        return act(table, rows)

    def change(self, table, rows):
        row, column = self.draw.choice(rows), self.draw.choice(MEANING[table])
        value = self.other(row[column], [each[column] for each in rows])
        if value == row[column]:
            return None
        self.set(table, row, {column: value})
        return f"{table}.{column}: {row[column]} becomes {value}"

    def remove(self, table, rows):
        if table == "ledger_checkpoints":
            # Without its newest checkpoint a log is what it was a minute ago, and signs the same again.
            rows = rows[:-1]
        row = self.draw.choice(rows)
        session().execute(text(f"DELETE FROM {table} WHERE {same(row)}"), row)
        return f"{table}: one removed"

    def double(self, table, rows):
        row = dict(self.draw.choice(rows))
        if "id" in row and table != "ledger_head":
            row["id"] = max(each["id"] for each in rows) + 1
        if table == "ledger_entries" and self.draw.random() < 0.5:
            row |= {"sequence": len(rows) + 1, "reference": f"{self.draw.randrange(10**20):020d}"}
        columns = ", ".join(row)
        session().execute(
            text(f"INSERT INTO {table} ({columns}) VALUES ({', '.join(f':{name}' for name in row)})"), row
        )
        return f"{table}: one inserted"

    def exchange(self, table, rows):
        """Let two rows change places: everything but their keys."""
        if len(rows) < 2:
            return None
        one, other = self.draw.sample(rows, 2)
        moved = [name for name in MEANING[table] if name not in ("sequence", "level", "position", "is_daily")]
        if table == "ledger_entries" and self.draw.random() < 0.5:
            moved = ["sequence"]
        if not moved or all(one[name] == other[name] for name in moved):
            return None
        if table == "ledger_accounts":
            moved = ["code"]
        if table == "ledger_postings":
            # Two postings of one account and amount in two entries are the same postings.
            moved = [self.draw.choice(("amount_minor", "account_id"))]
            if one[moved[0]] == other[moved[0]] or is_same_entry(one, other, rows):
                return None
        self.set(table, one, {name: other[name] for name in moved})
        self.set(table, other, {name: one[name] for name in moved})
        return f"{table}: two exchanged by {', '.join(moved)}"

    def set(self, table, row, values):
        assigned = ", ".join(f"{name} = :new_{name}" for name in values)
        bound = row | {f"new_{name}": value for name, value in values.items()}
        session().execute(text(f"UPDATE {table} SET {assigned} WHERE {same(row)}"), bound)

    def other(self, value, others):
        if isinstance(value, bool) or (value in (0, 1) and set(others) <= {0, 1}):
            return not value
        if isinstance(value, int):
            return value + self.draw.choice((-1, 1, 100, -value * 2 or 7))
        if value is None or self.draw.random() < 0.5:
            return self.draw.choice(others)
        value = str(value)
        place = self.draw.randrange(len(value))
        return value[:place] + self.draw.choice("0123456789") + value[place + 1 :]


def same(row):
    """Return the SQL that finds a row again by its key."""
    key = next((name for name in ("id", "sequence") if name in row), None)
    names = [key] if key else [name for name in ("fund", "currency", "level", "position") if name in row]
    return " AND ".join(f"{name} = :{name}" for name in names)


def is_same_entry(one, other, rows):
    """Tell whether an exchange would only name the two postings of one entry the other way round."""
    return one["entry_sequence"] == other["entry_sequence"] and len(rows) > 0
