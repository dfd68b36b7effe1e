"""Finds rows by any part of a text, one Chinese character too, with an index that the database keeps by itself.

A text is taken apart into its characters and its pairs of neighbours. SQLite
keeps them in a contentless FTS5 table that triggers fill and empty, PostgreSQL
in a GIN index; either changes with the row, in one transaction, whoever writes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Select, cast, collate, column, event, func, literal, select, table, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.types import Text

from portal.db import Base

_ASCII_CAPITALS = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}

_SQLITE_TABLE = "CREATE VIRTUAL TABLE {name} USING fts5(grams, content='', columnsize=0, detail=none, tokenize='ascii')"
# A number for each character of the text comes out of an array as long as the text; hex digits make one word of a gram.
_SQLITE_GRAMS = (
    "(SELECT group_concat(hex(substr(lower({text}), key + 1, 1)) || ' ' || hex(substr(lower({text}), key + 1, 2)), ' ')"
    " FROM json_each('[' || rtrim(replace(hex(zeroblob(length({text}))), '00', '0,'), ',') || ']'))"
)
_SQLITE_INSERT = (
    "CREATE TRIGGER {name}_insert AFTER INSERT ON {table} WHEN {of_new} BEGIN"
    " INSERT INTO {name}(rowid, grams) VALUES (new.id, {new_grams}); END"
)
_SQLITE_DELETE = (
    "CREATE TRIGGER {name}_delete AFTER DELETE ON {table} WHEN {of_old} BEGIN"
    " INSERT INTO {name}({name}, rowid, grams) VALUES ('delete', old.id, {old_grams}); END"
)
_SQLITE_UPDATE = (
    "CREATE TRIGGER {name}_update AFTER UPDATE ON {table}"
    " WHEN ({of_old}) <> ({of_new}) OR old.{column} <> new.{column} BEGIN"
    " INSERT INTO {name}({name}, rowid, grams) SELECT 'delete', old.id, {old_grams} WHERE {of_old};"
    " INSERT INTO {name}(rowid, grams) SELECT new.id, {new_grams} WHERE {of_new}; END"
)
_POSTGRESQL_FUNCTION = (
    "CREATE OR REPLACE FUNCTION grams_of(given text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10000 AS"
    " $$ SELECT coalesce(array_agg(DISTINCT gram), '{}') FROM"
    " (SELECT letter, letter || coalesce(lead(letter) OVER (ORDER BY place), '') AS pair"
    ' FROM string_to_table(lower(given COLLATE "C"), NULL) WITH ORDINALITY AS letters(letter, place)) AS found,'
    " LATERAL (VALUES (letter), (pair)) AS grams(gram) $$"
)
_POSTGRESQL_INDEX = (
    "CREATE INDEX {name} ON {table} USING gin (grams_of({column})) WITH (fastupdate = off) WHERE {of_row}"
)

_DECLARED: dict[str, "GramIndex"] = {}


@dataclass(frozen=True)
class GramIndex:
    """An index over the texts of one column, of those rows only of which a condition holds, in SQL as `{row}.…`."""

    table: str
    column: str
    condition: str = "TRUE"

    @property
    def name(self) -> str:
        """The name of the table or index that holds it."""
        return f"{self.table}_grams"

    def declare(self) -> "GramIndex":
        """Make the index part of the schema, and return it; call below the model of its table."""
        _DECLARED[self.name] = self
        event.listen(Base.metadata.tables[self.table], "after_create", self._create)
        return self

    def statements(self, dialect: str) -> Iterator[str]:
        """Yield what creates the index."""
        if dialect == "postgresql":
            yield _POSTGRESQL_FUNCTION
            yield _POSTGRESQL_INDEX.format(**self._parts(), of_row=self.condition.replace("{row}.", ""))
            return
        for statement in (_SQLITE_TABLE, _SQLITE_INSERT, _SQLITE_DELETE, _SQLITE_UPDATE):
            yield statement.format(**self._parts())

    def holding(self, word: str, dialect: Dialect) -> Select[int]:
        """Return the query for the ids of the indexed rows whose text holds a word, whatever the case of Latin letters.

        For a character or two the index alone is the answer, else it is looked up in the texts that it names.
        """
        word = word.translate(_ASCII_CAPITALS)
        rows = table(self.table, column("id"), column(self.column, Text))
        given: Any = rows.c[self.column]
        if dialect.name == "postgresql":
            named: Any = func.grams_of(given).op("@>")(cast(literal(_grams(word)), ARRAY(Text)))
            query = select(rows.c.id).where(named, text(self.condition.replace("{row}.", "")))
            given = collate(given, "C")
        else:
            wanted = " ".join(gram.encode().hex() for gram in _grams(word))
            matches = text(f"{self.name} MATCH :wanted").bindparams(wanted=wanted)
            index: Any = select(column("rowid")).select_from(table(self.name)).where(matches)
            query = index if len(word) < 3 else select(rows.c.id).where(rows.c.id.in_(index))
        return query if len(word) < 3 else query.where(func.lower(given).contains(word, autoescape=True))

    def _parts(self) -> dict[str, str]:
        parts = {"name": self.name, "table": self.table, "column": self.column}
        for row in ("old", "new"):
            parts[f"of_{row}"] = self.condition.format(row=row)
            parts[f"{row}_grams"] = _SQLITE_GRAMS.format(text=f"{row}.{self.column}")
        return parts

    def _create(self, _table: object, connection: Connection, **_more: object) -> None:
        for statement in self.statements(connection.dialect.name):
            connection.exec_driver_sql(statement)


def is_gram_index(name: str | None) -> bool:
    """Tell whether a table or index of a database is one that was declared here, or one that FTS5 keeps for it."""
    return name is not None and (name in _DECLARED or name.rpartition("_")[0] in _DECLARED)


def _grams(word: str) -> list[str]:
    return sorted({"".join(pair) for pair in pairwise(word)}) if len(word) > 1 else [word]
