"""What a public page costs inside the process, beside a bare page and a page of rows."""

from collections.abc import Iterator
from itertools import count

from tests.bench.anchors import add_fortunes, make_fortunes, make_hello
from tests.bench.callers import Caller, call
from tests.bench.stage import Ground
from tests.bench.timing import Case, Ratio, measure

TITLE = "Pages, inside the process"
WISHES = 600
VISITOR = {"Accept-Language": "zh-CN,zh;q=0.9", "Accept-Encoding": "gzip, br"}


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
                Case("list, fresh", Fresh(portal, "/wishes", VISITOR)),
                Case("list, kept, in Flask", Caller(portal, "/wishes", VISITOR | {"Cookie": "known=1"})),
                Case("list, kept, in front", Caller(portal, "/wishes", VISITOR)),
            ]
        )
        fortunes.extensions["engine"].dispose()
        yield costs.speed("fortunes", "hello")
        yield costs.speed("list, fresh", "fortunes")
        yield costs.speed("list, kept, in Flask", "hello")
        yield costs.speed("list, kept, in front", "hello")
