"""What a public page costs inside the process, beside a bare page and a page of rows."""

from collections.abc import Iterator

from tests.bench.anchors import add_fortunes, make_fortunes, make_hello
from tests.bench.callers import Caller
from tests.bench.stage import Ground
from tests.bench.timing import Case, Ratio, measure

TITLE = "Pages, inside the process"
WISHES = 600
VISITOR = {"Accept-Language": "zh-CN,zh;q=0.9", "Accept-Encoding": "gzip, br"}


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
                Case("list", Caller(portal, "/wishes", VISITOR)),
                Case("home", Caller(portal, "/", VISITOR)),
                Case("known", Caller(portal, "/wishes", VISITOR | {"Cookie": "other=1"})),
            ]
        )
        fortunes.extensions["engine"].dispose()
        yield costs.speed("fortunes", "hello")
        yield costs.speed("list", "fortunes", at_least=1.0)
        yield costs.speed("home", "fortunes")
        yield costs.speed("list", "hello")
        yield costs.speed("known", "hello")
