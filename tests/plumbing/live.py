"""Runs the portal under gunicorn in processes of its own, on a free port, against a test's database and clock."""

import http.client
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from portal.config import PREFIX, Settings
from tests.plumbing.clocks import SharedClock
from tests.plumbing.environment import as_environment
from tests.plumbing.live_app import serve
from tests.plumbing.processes import STOP_SECONDS, outer_environment, tail

START_SECONDS = 90
PORTAL = "tests.plumbing.live_app:make_app"

# To import the portal takes seconds, so one process does it for all live servers of a worker, which are forked from it.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.plumbing.live_app"])


@dataclass
class LiveServer:
    """A portal that answers over HTTP at `url`; what it wrote to its log is in `log_path`."""

    url: str
    settings: Settings
    clock: SharedClock
    log_path: Path
    process: BaseProcess


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
    surroundings = _environment(settings, clock) | ({"TEST_TEMPLATES": str(templates)} if templates else {})
    process = _FORKS.Process(
        target=serve, args=(application, surroundings, _options(settings, workers), log_path), daemon=True
    )
    process.start()
    try:
        _wait_until_it_answers(settings, process, log_path)
        yield LiveServer(settings.base_url, settings, clock, log_path, process)
    finally:
        _stop(process)


def _options(settings: Settings, workers: int) -> dict[str, Any]:
    return {
        "bind": urlsplit(settings.base_url).netloc,
        "workers": workers,
        "worker_class": "gthread",
        "threads": 4,
        "graceful_timeout": 3,
        "control_socket_disable": True,
        "loglevel": "warning",
    }


def _environment(settings: Settings, clock: SharedClock) -> dict[str, str]:
    given = as_environment(settings)
    return outer_environment() | given | {f"{PREFIX}SETTINGS_FILE": os.devnull, "TEST_CLOCK_FILE": str(clock.path)}


def _wait_until_it_answers(settings: Settings, process: BaseProcess, log_path: Path) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while True:
        connection = http.client.HTTPConnection(urlsplit(settings.base_url).netloc, timeout=START_SECONDS)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        except OSError:
            if not process.is_alive() or time.monotonic() > give_up_at:
                raise AssertionError(f"the live server did not start:\n{tail(log_path)}") from None
            time.sleep(0.05)
        finally:
            connection.close()


def _stop(process: BaseProcess) -> None:
    if process.pid is not None and process.is_alive():
        os.kill(process.pid, signal.SIGINT)
    process.join(STOP_SECONDS)
    if process.is_alive():
        process.kill()
        process.join()
