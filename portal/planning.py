"""Tells SQLite which index not to take; it knows nothing of how many rows there are, and PostgreSQL does."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

Look = Callable[[Any], Any]
"""How a condition takes a column: as it is, or only looked at."""


def as_it_is(column: Any) -> Any:
    """Return the column, so that its index may find rows."""
    return column


class looked_at(FunctionElement[Any]):  # noqa: N801 (reads as a function of SQL)
    """A column that rows are looked at for when another index has found them, and that finds none itself."""

    name = "looked_at"
    inherit_cache = True

    def __init__(self, column: Any) -> None:
        self.type = column.type
        super().__init__(column)


@compiles(looked_at)
def _column(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(looked_at, "sqlite")
def _column_without_index(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    return "+" + compiler.process(element.clauses, **options)
