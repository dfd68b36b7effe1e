"""Pages and pledges over HTTP, from several connections at once, beside the same anchors: what a visitor notices."""

import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import count

from tests.bench.anchors import RawClaims, add_fortunes
from tests.bench.pages import AIMS, STRANGER, own_cookie
from tests.bench.pledging import list_forms, read_token, unlike_address
from tests.bench.served import FORTUNES_URL
from tests.bench.serving import all_together, serve
from tests.bench.stage import Ground, Stage
from tests.bench.timing import Ratio
from tests.plumbing.lines import Line, get, post, read_cookie

TITLE = "Over HTTP, with gunicorn (medians of windows taken in turn)"
WISHES = 16_000
LINES, WINDOWS, WINDOW_SECONDS = 4, 5, 1.0
AIM_OF_PLEDGES = {"sqlite": 0.2, "postgresql": 0.1}

Acts = Sequence[Callable[[], object]]


def compare(ground: Ground, kind: str) -> Iterator[Ratio]:
    """Yield how many answers a second the portal gives, beside what the anchors give."""
    with ExitStack() as closing:
        stage = closing.enter_context(ground.stage(kind, WISHES))
        add_fortunes(stage.settings.database_url)
        ports = {
            name: closing.enter_context(serve(stage, name, {FORTUNES_URL: stage.settings.database_url}))
            for name in ("hello", "fortunes", "portal")
        }
        visitor = STRANGER | {"Cookie": own_cookie(stage)}
        asked = {
            "hello": _readers(closing, ports["hello"], lambda: get("/")),
            "fortunes": _readers(closing, ports["fortunes"], lambda: get("/")),
            "list, fresh": _readers(closing, ports["portal"], _ever_other("/wishes")),
            "list, kept, for a visitor": _readers(closing, ports["portal"], lambda: get("/wishes", visitor)),
            "list, kept, for a stranger": _readers(closing, ports["portal"], lambda: get("/wishes", STRANGER)),
            "raw claim": _claimants(closing, stage),
            "pledge": _pledgers(closing, stage, ports["portal"]),
        }
        speeds = _measure(asked)
        yield _ratio(speeds, "fortunes", "hello")
        for name, aim in AIMS.items():
            yield _ratio(speeds, name, "fortunes" if name == "list, fresh" else "hello", aim)
        yield _ratio(speeds, "pledge", "raw claim", AIM_OF_PLEDGES[kind])


def _measure(asked: dict[str, Acts]) -> dict[str, list[float]]:
    """Return how often a second each thing was done, for each window."""
    speeds: dict[str, list[float]] = {name: [] for name in asked}
    for acts in asked.values():
        all_together(acts, WINDOW_SECONDS / 4)
    for _window in range(WINDOWS):
        for name, acts in asked.items():
            done = sum(len(times) for times in all_together(acts, WINDOW_SECONDS))
            speeds[name].append(done / WINDOW_SECONDS)
    return speeds


def _ratio(speeds: dict[str, list[float]], name: str, against: str, at_least: float | None = None) -> Ratio:
    note = f"{statistics.median(speeds[name]):,.0f}/s, {against} {statistics.median(speeds[against]):,.0f}/s"
    ratios = tuple(ours / theirs for ours, theirs in zip(speeds[name], speeds[against], strict=True))
    return Ratio(name, against, ratios, at_least=at_least, note=note)


def _ever_other(address: str) -> Callable[[], bytes]:
    numbers = count(1)
    return lambda: get(f"{address}?fresh={next(numbers)}", STRANGER)


def _readers(closing: ExitStack, port: int, request: Callable[[], bytes]) -> Acts:
    return [_reader(closing, port, request) for _line in range(LINES)]


def _reader(closing: ExitStack, port: int, request: Callable[[], bytes]) -> Callable[[], None]:
    line = Line(port)
    closing.callback(line.close)

    def read() -> None:
        status, _head, _body = line.ask(request())
        assert status == 200, status

    return read


def _claimants(closing: ExitStack, stage: Stage) -> Acts:
    """One claimant on SQLite, where one writes at a time; as many as there are pledgers on PostgreSQL."""
    claims = RawClaims(stage.settings.database_url)
    return [closing.enter_context(claims.claimant()) for _claimant in range(1 if stage.kind == "sqlite" else LINES)]


def _pledgers(closing: ExitStack, stage: Stage, port: int) -> Acts:
    forms = list_forms(stage.app)
    return [pledger(closing, port, forms) for _line in range(LINES)]


def pledger(closing: ExitStack, port: int, forms: Iterator[dict[str, str]]) -> Callable[[], None]:
    """Return an act that pledges one wish over a connection of its own; the form was opened once, before."""
    line = Line(port)
    closing.callback(line.close)
    _status, head, page = line.ask(get(f"/pledges/new?wish={next(forms)['wish']}"))
    given = {"csrf_token": read_token(page), "agree": "y", "take_free": "y", "name": "海风书店"}
    cookie = read_cookie(head)

    def pledge() -> None:
        surroundings = {"Cookie": cookie, "X-Forwarded-For": unlike_address()}
        status, _head, _body = line.ask(post("/pledges/new", given | next(forms), surroundings))
        assert status == 303, status

    return pledge
