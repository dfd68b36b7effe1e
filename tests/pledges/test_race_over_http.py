"""A crowd wants the last wish over HTTP, from gunicorn with several workers: one gets it, the others hear what is free.

`make race` lets ten thousand run. Each is a guest of their own: a session, a
form that was opened before, a mail address, and an address range, which the
server reads from its proxy as in real operation, so that the limits on guests
stand as they are. The naive twin in `naive_app` shows what happens without
the defences.
"""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from portal.db import database
from portal.pledges.models import Pledge
from tests.pledges.letterbox import kinds
from tests.pledges.test_race import live_pledges
from tests.plumbing.forms import PageReader
from tests.plumbing.lines import Line, get, post, read_cookie
from tests.plumbing.live import run_live_server

RACERS, CONNECTIONS, WORKERS = 50, 100, 3
READING_SECONDS = 1800

YES, TOLD_WHAT_IS_FREE = "yes", "no, and told what is free"


@pytest.fixture
def chosen_settings():
    return {"proxy_count": 1}


@pytest.fixture
def racers(request):
    """How many take part."""
    return request.config.option.racers or RACERS


@pytest.fixture
def last_wish(publish):
    """The wish that everybody wants; a similar one is free."""
    wanted = publish()
    publish("另一个书包")
    return wanted


def test_of_a_crowd_over_http_one_wins_and_all_others_hear_what_is_free(
    app, settings, clock, tmp_path, last_wish, racers
):
    with run_live_server(settings, clock, tmp_path, workers=WORKERS) as server:
        outcomes = race(server.url, last_wish, racers)
        assert server.log_path.read_text() == ""
    assert outcomes == {YES: 1, TOLD_WHAT_IS_FREE: racers - 1}
    assert live_pledges(app, last_wish) == 1
    assert kinds(app) == ["confirm"]


def test_without_the_defences_several_of_the_crowd_win(app, settings, clock, tmp_path, last_wish, racers):
    name = "uq_pledges_live_wish"
    with app.app_context(), database().write_engine.begin() as connection:
        connection.execute(text(f"DROP INDEX {name}"))
    naive = "tests.pledges.naive_app:make_app"
    try:
        with run_live_server(settings, clock, tmp_path, workers=WORKERS, application=naive) as server:
            outcomes = race(server.url, last_wish, racers)
        assert outcomes[YES] > 1
        assert live_pledges(app, last_wish) == outcomes[YES]
    finally:
        # On PostgreSQL the next test has the same tables.
        with app.app_context(), database().write_engine.begin() as connection:
            connection.execute(text("DELETE FROM pledges"))
            next(index for index in Pledge.__table__.indexes if index.name == name).create(connection)


def race(url, number, racers):
    """Let everybody open the form; when all have it, let all send it. Return how many got which answer."""
    connections, port = min(racers, CONNECTIONS), urlsplit(url).port
    ready = threading.Barrier(connections)

    def run(first):
        with closing(Line(port)) as line:
            forms = [Racer(runner, line, number) for runner in range(first, racers, connections)]
            ready.wait(READING_SECONDS)
            return Counter(racer.send(line) for racer in forms)

    with ThreadPoolExecutor(connections) as crowd:
        return sum(crowd.map(run, range(connections)), Counter())


class Racer:
    """A guest who has the form open."""

    def __init__(self, runner, line, number):
        self._surroundings = {"X-Forwarded-For": f"10.{runner >> 8}.{runner & 255}.1", "Accept-Language": "zh"}
        status, head, page = line.ask(get(f"/pledges/new?wish={number}", self._surroundings))
        assert status == 200
        self._surroundings["Cookie"] = read_cookie(head)
        form = next(form for form in PageReader(page.decode()).forms if form.id == "promise")
        self._form = form.values() | {"contact": [f"racer{runner}@example.org"], "agree": ["y"]}

    def send(self, line):
        """Send the form; return what the answer means."""
        status, _head, page = line.ask(post("/pledges/new", self._form, self._surroundings))
        if status == 409 and all(words in page.decode() for words in ("刚被别人认领了", "另一个书包")):
            return TOLD_WHAT_IS_FREE
        return YES if status == 303 else status
