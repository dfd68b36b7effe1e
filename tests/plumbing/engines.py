"""Saves the tests what SQLAlchemy and PostgreSQL do anew for each application: compiling statements, connecting."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine.default import DefaultDialect

import portal.engines

KEPT = "kept between tests"
"""How PostgreSQL calls the connections that stay open when a test ends."""

_compiled: dict[Any, Any] = {}
_engines: dict[str, Engine] = {}


def share_engines() -> None:
    """Let the portal's engines look among what others compiled, and share PostgreSQL's connections.

    All dialects of one database are taken for the same, which they are here.
    """
    methods: dict[str, Callable[..., Any]] = {
        "__hash__": lambda dialect: hash(type(dialect)),
        "__eq__": lambda dialect, other: type(dialect) is type(other),
    }
    for name, method in methods.items():
        setattr(DefaultDialect, name, method)
    vars(portal.engines)["create_engine"] = _make_engine


def _make_engine(url: Any, **options: Any) -> Engine:
    shared = {"execution_options": {"compiled_cache": _compiled}}
    if not str(url).startswith("postgresql"):
        return create_engine(url, **options, **shared)
    key = f"{url} {sorted(options.items())}"
    if key not in _engines:
        arguments = options.pop("connect_args", {}) | {"application_name": KEPT}
        _engines[key] = create_engine(url, connect_args=arguments, **options, **shared)
        # Whoever closes all connections of one application leaves those of the others open.
        _engines[key].dispose = lambda close=True: None  # type: ignore[method-assign]
    return _engines[key]
