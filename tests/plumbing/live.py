"""Runs the portal under gunicorn in processes of its own, on a free port, against a test's database and clock."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from portal.config import PREFIX, ROOT, Settings
from tests.plumbing.clocks import SharedClock
from tests.plumbing.environment import as_environment
from tests.plumbing.processes import outer_environment, start, stop, tail

START_SECONDS = 90
PORTAL = "tests.plumbing.live_app:make_app()"


@dataclass
class LiveServer:
    """A portal that answers over HTTP at `url`; what it wrote to its log is in `log_path`."""

    url: str
    settings: Settings
    clock: SharedClock
    log_path: Path
    process: subprocess.Popen[bytes]


@contextmanager
def run_live_server(
    settings: Settings,
    clock: SharedClock,
    folder: Path,
    *,
    workers: int = 1,
    application: str = PORTAL,
    templates: Path | None = None,
) -> Iterator[LiveServer]:
    """Yield a running server; it listens where settings.base_url says, and its log goes to a folder.

    Compiled templates are taken from another folder, if one is given, and left there for the next server.
    """
    log_path = folder / "live-server.log"
    process = start(
        _command(settings, workers, application),
        folder=ROOT,
        surroundings=_environment(settings, clock) | ({"TEST_TEMPLATES": str(templates)} if templates else {}),
        log_path=log_path,
    )
    try:
        _wait_until_it_answers(settings, process, log_path)
        yield LiveServer(settings.base_url, settings, clock, log_path, process)
    finally:
        stop(process, signal.SIGINT)


def _command(settings: Settings, workers: int, application: str) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "--no-control-socket", "--preload", "--log-level", "warning"),
        *("--bind", urlsplit(settings.base_url).netloc, "--workers", str(workers)),
        *("--worker-class", "gthread", "--threads", "4", "--graceful-timeout", "3"),
        application,
    ]


def _environment(settings: Settings, clock: SharedClock) -> dict[str, str]:
    given = as_environment(settings)
    return outer_environment() | given | {f"{PREFIX}SETTINGS_FILE": os.devnull, "TEST_CLOCK_FILE": str(clock.path)}


def _wait_until_it_answers(settings: Settings, process: subprocess.Popen[bytes], log_path: Path) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while True:
        connection = http.client.HTTPConnection(urlsplit(settings.base_url).netloc, timeout=START_SECONDS)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > give_up_at:
                raise AssertionError(f"the live server did not start:\n{tail(log_path)}") from None
            time.sleep(0.05)
        finally:
            connection.close()
