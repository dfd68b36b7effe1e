"""The fixtures every test may ask for, and what holds for the whole run: both databases, no network, no leftovers.

`--database sqlite` (default), `postgresql` or `both` chooses where tests with a database run.
"""

import base64
import gc
import os
import re
import signal
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser, Page

from portal import create_app
from portal.config import PREFIX, Settings
from tests.plumbing.browsing import Windows, run_chromium
from tests.plumbing.clocks import MONDAY_MORNING, SharedClock
from tests.plumbing.databases import PostgresStock, SqliteStock, find_memory
from tests.plumbing.engines import share_engines
from tests.plumbing.live import LiveServer, run_live_server
from tests.plumbing.mailbox import Mailbox, run_mailbox
from tests.plumbing.postgres import PostgresMissing, run_postgres
from tests.plumbing.processes import find_free_port
from tests.plumbing.routing import RuleCompiledOnce
from tests.plumbing.sockets import close_outside_world
from tests.plumbing.visitor import Visitor

DATABASES = ("sqlite", "postgresql")
PICTURES = Path("test-results")
POSTGRES_URL = pytest.StashKey[str]()
OPEN_SERVERS = pytest.StashKey[ExitStack]()
OUTCOME = pytest.StashKey[pytest.TestReport]()

# The same examples in every run and no stop-watch: a failure is there for everybody, on a slow machine too.
hypothesis.settings.register_profile("house", derandomize=True, deadline=None)
hypothesis.settings.load_profile("house")

# Of 40 ms that making an application takes, 30 go into compiling addresses.
Flask.url_rule_class = RuleCompiledOnce
# A fifth of the time of a test went into compiling statements that an earlier test had compiled.
share_engines()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the caller choose the databases, and how long the long tests are."""
    parser.addoption("--database", choices=(*DATABASES, "both"), default="sqlite", help="where tests run")
    parser.addoption("--lives", type=int, metavar="COUNT", help="live through so many random lives of wishes")
    parser.addoption("--racers", type=int, metavar="COUNT", help="let so many want the last wish over HTTP")


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once for all workers when it is asked for; without it the run fails."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]
    os.environ[f"{PREFIX}SETTINGS_FILE"] = os.devnull
    close_outside_world()
    workerinput = getattr(config, "workerinput", None)
    if workerinput is not None:
        config.stash[POSTGRES_URL] = workerinput["postgres_url"]
        return
    signal.signal(signal.SIGTERM, _interrupt)
    config.stash[OPEN_SERVERS] = ExitStack()
    config.stash[POSTGRES_URL] = ""
    if config.option.database != "sqlite" and not config.option.collectonly:
        try:
            config.stash[POSTGRES_URL] = config.stash[OPEN_SERVERS].enter_context(run_postgres())
        except PostgresMissing as error:
            raise pytest.UsageError(str(error)) from error


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what lives many lives to `make lives`."""
    if config.option.lives is None:
        left_out = [item for item in items if item.get_closest_marker("many_lives")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let the collector of garbage pass over what stays for the whole run; it takes a tenth of the time otherwise."""
    gc.collect()
    gc.freeze()


def _interrupt(number: int, frame: object) -> None:
    """Clean up on a polite request to end as on Ctrl-C."""
    raise KeyboardInterrupt


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started."""
    servers = config.stash.get(OPEN_SERVERS, None)
    if servers is not None:
        servers.close()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell each worker where PostgreSQL is."""
    node.workerinput["postgres_url"] = node.config.stash[POSTGRES_URL]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that touches a database once for each chosen database."""
    if "database_kind" in metafunc.fixturenames:
        chosen = metafunc.config.option.database
        pinned = metafunc.definition.get_closest_marker("only_on")
        kinds = [kind for kind in DATABASES if chosen in (kind, "both") and (pinned is None or kind in pinned.args)]
        metafunc.parametrize("database_kind", kinds, scope="session")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember how a test ended, so that its windows can be pictured."""
    report = yield
    if call.when == "call":
        item.stash[OUTCOME] = report
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests ran on which database."""
    for kind in DATABASES:
        counts = [
            f"{len(reports)} {outcome}"
            for outcome in ("passed", "failed", "error", "skipped")
            if (reports := [each for each in terminalreporter.stats.get(outcome, []) if _ran_on(each, kind)])
        ]
        if counts:
            terminalreporter.write_line(f"on {kind}: {', '.join(counts)}")


def _ran_on(report: Any, kind: str) -> bool:
    return bool(re.search(rf"\[(.*-)?{kind}(-.*)?\]$", getattr(report, "nodeid", "")))


@pytest.fixture(scope="session")
def stocks(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], SqliteStock | PostgresStock]]:
    """Return a function from a database's name to the stock of that kind, made once for each worker."""
    made: dict[str, SqliteStock | PostgresStock] = {}

    def stock(kind: str) -> SqliteStock | PostgresStock:
        if kind not in made:
            if kind == "sqlite":
                made[kind] = SqliteStock(tmp_path_factory.mktemp("stock"))
            else:
                made[kind] = PostgresStock(request.config.stash[POSTGRES_URL])
        return made[kind]

    yield stock
    for each in made.values():
        each.close()


@pytest.fixture
def quick_folder() -> Iterator[Path]:
    """Return a folder in memory where there is room for one: on a disk a tenth of the time would go into waiting."""
    with TemporaryDirectory(prefix="portal-test-", dir=find_memory()) as folder:
        yield Path(folder)


@pytest.fixture
def database_url(database_kind: str, stocks: Callable[[str], SqliteStock | PostgresStock], quick_folder: Path) -> str:
    """Return the URL of a migrated, empty database of this test's own."""
    return stocks(database_kind).fresh(quick_folder)


@pytest.fixture
def clock(tmp_path: Path) -> SharedClock:
    """Return the clock of the portal, standing at Monday 2026-11-23 09:00 in China until a test moves it."""
    return SharedClock(MONDAY_MORNING, tmp_path / "clock")


@pytest.fixture
def chosen_settings() -> dict[str, Any]:
    """Return settings by name that differ from the suite's; a test module overrides this fixture to choose its own."""
    return {}


@pytest.fixture
def settings(
    database_url: str, tmp_path: Path, chosen_settings: dict[str, Any], request: pytest.FixtureRequest
) -> Settings:
    """Return settings for one test: its own database and folder, throw-away keys, fast passwords."""
    mailbox = request.getfixturevalue("mailbox") if "mailbox" in request.fixturenames else None
    values: dict[str, Any] = {
        "environment": "test",
        "database_url": database_url,
        "secret_key": "a key that signs for the length of one test only",
        "sealing_keys": _key(b"s"),
        "index_key": _key(b"i"),
        "ledger_keys": _key(b"l"),
        "base_url": f"http://127.0.0.1:{find_free_port()}",
        "files_path": tmp_path / "files",
        "sandbox_path": tmp_path / "sandbox.db",
        "mail_url": mailbox.url if mailbox else "demo:",
        "sms_url": "demo:",
        "smallest_cell": 1,
        "password_memory_kib": 8,
        "password_passes": 1,
    }
    return Settings(**(values | chosen_settings))


def _key(letter: bytes) -> str:
    return base64.urlsafe_b64encode(letter * 32).decode()


@pytest.fixture(scope="session")
def template_cache(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Return compiled templates that outlive one test's application."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings: Settings, clock: SharedClock, template_cache: FileSystemBytecodeCache) -> Iterator[Flask]:
    """Return the application; faults are raised instead of answered with 500. Enter app.app_context() to call verbs."""
    app = create_app(settings, clock=clock)
    app.config.update(TESTING=True, RAISE_FAULTS=True)
    app.jinja_env.bytecode_cache = template_cache
    yield app
    app.extensions["portal.database"].dispose()


@pytest.fixture
def app_context(app: Flask) -> Iterator[Flask]:
    """Return the application inside its context, for tests that call verbs and open no page.

    A client must not be used inside it: requests would share one context, and so who is signed in.
    """
    with app.app_context():
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a bare HTTP client; CSRF stays on, so use `visitor` to send forms."""
    return app.test_client()


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Return a person with a simple browser who reads Chinese."""
    return Visitor(app.test_client())


@pytest.fixture
def new_visitor(app: Flask) -> Callable[..., Visitor]:
    """Return a function that brings one more person; language="en" reads English."""
    return lambda language=None: Visitor(app.test_client(), language)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """Return a real SMTP server's mailbox, to which the settings then send."""
    with run_mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def live_server(
    settings: Settings, clock: SharedClock, tmp_path: Path, template_cache: FileSystemBytecodeCache
) -> Iterator[LiveServer]:
    """Return the portal running under gunicorn on settings.base_url, with this test's database and clock."""
    with run_live_server(settings, clock, tmp_path, templates=Path(template_cache.directory)) as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return the worker's browser."""
    with run_chromium() as browser:
        yield browser


@pytest.fixture
def new_page(request: pytest.FixtureRequest, chromium: Browser, live_server: LiveServer) -> Iterator[Windows]:
    """Return a function that opens one more window: new_page(width=360, language="en")."""
    windows = Windows(chromium, live_server.url)
    yield windows
    outcome = request.node.stash.get(OUTCOME, None)
    if windows.faults or outcome is None or outcome.failed:
        windows.keep_pictures(PICTURES, re.sub(r"\W+", "-", request.node.nodeid).strip("-"))
    windows.close()
    assert not windows.faults, "\n".join(windows.faults)


@pytest.fixture
def screen(database_kind: str) -> dict[str, Any]:
    """Return a phone whose owner reads Chinese in SQLite's run, and a desk of an English reader in PostgreSQL's."""
    return {"width": 360, "language": "zh"} if database_kind == "sqlite" else {"width": 1440, "language": "en"}


@pytest.fixture
def page(new_page: Windows) -> Page:
    """Return a desktop window on the live server for a person who reads Chinese."""
    return new_page()
