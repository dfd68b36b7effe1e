"""What the twin's endpoints share: refusals, pages of lists, finding a thing by its id."""

from collections.abc import Callable
from typing import Any

from tests.giving.twin.account import Account
from tests.giving.twin.params import ParameterWrong


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, message: str, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.param = status, code, param


def getter(kind: str) -> Callable[[Account, dict[str, Any], str], dict[str, Any]]:
    """Return an endpoint that returns a thing of a kind."""

    def act(account: Account, _given: dict[str, Any], name: str) -> dict[str, Any]:
        return dict(find(account, name, kind))

    return act


def page(oldest_first: list[dict[str, Any]], given: dict[str, Any], url: str) -> dict[str, Any]:
    """Return a page of a list, the newest first."""
    since = given.get("created", {})
    found = [each for each in reversed(oldest_first) if each["created"] >= (since or {}).get("gte", 0)]
    limit = given.get("limit", 10)
    if not 1 <= limit <= 100:
        raise ParameterWrong("Invalid limit: must be between 1 and 100", "limit")
    if "starting_after" in given:
        found = found[[each["id"] for each in found].index(given["starting_after"]) + 1 :]
    return {"object": "list", "url": url, "has_more": len(found) > limit, "data": found[:limit]}


def find(account: Account, name: str, kind: str, status: int = 404) -> dict[str, Any]:
    """Return a thing by its id.

    Raises Refused.
    """
    found = account.things.get(name)
    if found is None or found["object"] != kind:
        raise Refused(status, f"No such {kind}: '{name}'", "resource_missing", "id")
    return found
