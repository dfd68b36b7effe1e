"""What a public page costs inside the process, beside a bare page and a page of rows."""

from collections.abc import Iterator
from itertools import count

from tests.bench.anchors import add_fortunes, make_fortunes, make_hello
from tests.bench.callers import Caller, call
from tests.bench.district import open_numbers
from tests.bench.stage import Ground, Stage
from tests.bench.timing import Case, Ratio, measure

TITLE = "Pages, inside the process"
WISHES = 600
STRANGER = {"Accept-Language": "zh-CN,zh;q=0.9", "Accept-Encoding": "gzip, br"}
AIMS = {"list, fresh": 1.0, "list, kept, for a visitor": 0.65, "list, kept, for a stranger": 1.0}
"""The least that each page shall be, beside Fortunes where it is made anew, else beside hello."""


class Fresh(Caller):
    """A page that is made anew each time, because nobody asked for exactly this address before."""

    _numbers = count(1)

    def __call__(self) -> bytes:
        """Ask once and return the body."""
        return call(self._app, self._environ | {"QUERY_STRING": f"fresh={next(self._numbers)}"}, self._status)[1]


def compare(ground: Ground, kind: str) -> Iterator[Ratio]:
    """Yield how the pages compare with their anchors."""
    with ground.stage(kind, WISHES) as stage:
        add_fortunes(stage.settings.database_url)
        fortunes = make_fortunes(stage.settings.database_url)
        portal = stage.app.wsgi_app
        costs = measure(
            [
                Case("hello", Caller(make_hello().wsgi_app, "/")),
                Case("fortunes", Caller(fortunes.wsgi_app, "/")),
                Case("list, fresh", Fresh(portal, "/wishes", STRANGER)),
                Case("list, kept, for a visitor", Caller(portal, "/wishes", STRANGER | {"Cookie": own_cookie(stage)})),
                Case("list, kept, for a stranger", Caller(portal, "/wishes", STRANGER)),
            ]
        )
        fortunes.extensions["engine"].dispose()
        yield costs.speed("fortunes", "hello")
        for name, aim in AIMS.items():
            yield costs.speed(name, "fortunes" if name == "list, fresh" else "hello", at_least=aim)


def own_cookie(stage: Stage) -> str:
    """Return the session of somebody who once opened the form of a pledge; whose it is, is looked at each time."""
    with stage.app.app_context():
        number = open_numbers()[0]
    answer = stage.app.test_client().get("/pledges/new", query_string={"wish": number})
    return answer.headers["Set-Cookie"].partition(";")[0]
