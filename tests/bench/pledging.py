"""What one pledge costs inside the process, all of it included, beside the least a claim can be."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from werkzeug.test import EnvironBuilder

from portal.codes import new_public_id, private_token
from tests.bench.anchors import RawClaims
from tests.bench.callers import Wsgi, call
from tests.bench.district import open_numbers
from tests.bench.stage import Ground
from tests.bench.timing import Case, Ratio, measure
from tests.plumbing.forms import PageReader

TITLE = "Pledges, inside the process"
WISHES = 4000
CALLS, ROUNDS, REPEATS = 10, 25, 3

_visitors = count(1)


def compare(ground: Ground, kind: str) -> Iterator[Ratio]:
    """Yield how a pledge compares with a raw claim on the same database."""
    with ExitStack() as closing:
        stage = closing.enter_context(ground.stage(kind, WISHES))
        claim = closing.enter_context(RawClaims(stage.settings.database_url).claimant())
        pledger = Pledger(stage.app.wsgi_app, list_forms(stage.app))
        costs = measure(
            [Case("raw claim", claim, CALLS), Case("pledge", pledger, CALLS)], rounds=ROUNDS, repeats=REPEATS
        )
        yield costs.speed("pledge", "raw claim")


def list_forms(app: Flask) -> Iterator[dict[str, str]]:
    """Return what differs in the forms of as many pledgers as there are open wishes."""
    with app.app_context():
        return iter(
            [
                {
                    "wish": number,
                    "key": private_token("promise-form", new_public_id()),
                    "contact": f"pledger-{number.lower()}@bench.example",
                }
                for number in open_numbers()
            ]
        )


def unlike_address() -> str:
    """Return an address of a range from which nobody came before."""
    number = next(_visitors)
    return f"10.{number >> 8 & 255}.{number & 255}.{number >> 16}"


def read_token(page: bytes) -> str:
    """Return the token of the form by which a promise is made."""
    return next(form for form in PageReader(page.decode()).forms if form.id == "promise").values()["csrf_token"][0]


class Pledger:
    """Somebody at a browser who opened the form once and sends it again and again, as a new guest for a new wish."""

    def __init__(self, app: Wsgi, forms: Iterator[dict[str, str]]) -> None:
        self._app, self._forms = app, forms
        first = next(forms)
        headers, page = call(app, _environ(f"/pledges/new?wish={first['wish']}"), "200")
        self._cookie = headers["Set-Cookie"].partition(";")[0]
        self._given = {"csrf_token": read_token(page), "agree": "y", "take_free": "y", "name": "海风书店"}
        self._environ = _environ("/pledges/new", method="POST", headers={"Cookie": self._cookie})
        self._environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded"

    def __call__(self) -> None:
        """Pledge one wish."""
        body = urlencode(self._given | next(self._forms)).encode()
        changes = {"HTTP_X_FORWARDED_FOR": unlike_address(), "CONTENT_LENGTH": str(len(body))}
        call(self._app, self._environ | changes, "303", body)


def _environ(address: str, method: str = "GET", headers: dict[str, str] | None = None) -> dict[str, Any]:
    builder = EnvironBuilder(path=address, method=method, headers=list((headers or {}).items()))
    try:
        return builder.get_environ()
    finally:
        builder.close()
