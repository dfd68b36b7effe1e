"""Compiles each statement once for all engines of a test process; SQLAlchemy does it anew for every engine."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine.default import DefaultDialect

import portal.engines

_compiled: dict[Any, Any] = {}


def compile_statements_once() -> None:
    """Let the portal's engines look among what others compiled, whose dialects of one database never differ here."""
    methods: dict[str, Callable[..., Any]] = {
        "__hash__": lambda dialect: hash(type(dialect)),
        "__eq__": lambda dialect, other: type(dialect) is type(other),
    }
    for name, method in methods.items():
        setattr(DefaultDialect, name, method)
    vars(portal.engines)["create_engine"] = _make_engine


def _make_engine(*args: Any, **options: Any) -> Engine:
    return create_engine(*args, **options, execution_options={"compiled_cache": _compiled})
