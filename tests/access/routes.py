"""The stored list of all addresses and who may open them.

Renew it with `.venv/bin/python -m tests.access.routes` after adding, removing
or opening an address, and look at what changed before committing it.
"""

import json
from pathlib import Path
from typing import Any

from flask import Flask

from portal import create_app
from portal.access import rule_of
from portal.config import Settings

STORED = Path(__file__).with_name("routes.json")
KEY = "c3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3M="


def list_routes(app: Flask) -> list[dict[str, Any]]:
    """Return every address with its endpoint, methods and access rule; `who` is None where the rule is missing."""
    routes = [_route(app, rule) for rule in app.url_map.iter_rules()]
    return sorted(routes, key=lambda route: (route["path"], route["methods"]))


def read_stored() -> list[dict[str, Any]]:
    """Return the stored list."""
    stored: list[dict[str, Any]] = json.loads(STORED.read_text())
    return stored


def write_stored(app: Flask) -> None:
    """Store the list of an application's addresses, one line each."""
    lines = ",\n".join("  " + json.dumps(route, ensure_ascii=False) for route in list_routes(app))
    STORED.write_text(f"[\n{lines}\n]\n")


def _route(app: Flask, rule: Any) -> dict[str, Any]:
    access = rule_of(app, rule.endpoint)
    return {
        "path": rule.rule,
        "methods": sorted(rule.methods - {"HEAD", "OPTIONS"}),
        "endpoint": rule.endpoint,
        "who": str(access.who) if access else None,
        "roles": sorted(access.roles) if access else [],
    }


if __name__ == "__main__":
    write_stored(
        create_app(
            Settings(
                environment="test",
                database_url="sqlite:///none.db",
                secret_key="x" * 32,
                sealing_keys=KEY,
                ledger_keys=KEY,
                index_key=KEY,
            )
        )
    )
