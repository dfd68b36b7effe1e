"""Serves applications by gunicorn as `portal serve` does, and asks them over HTTP from several connections at once."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from portal.config import PREFIX, ROOT
from tests.bench.stage import Stage
from tests.plumbing.environment import as_environment
from tests.plumbing.lines import Line
from tests.plumbing.processes import find_free_port, outer_environment, start, stop, tail

START_SECONDS = 90
WORKERS, THREADS = 2, 2


class NoStart(Exception):
    """A server did not start."""


@contextmanager
def serve(
    stage: Stage, name: str, given: Mapping[str, str], *, workers: int = WORKERS, threads: int = THREADS
) -> Iterator[int]:
    """Serve an application of `served` and yield its port."""
    port, log_path = find_free_port(), stage.folder / f"{name}.log"
    settings = as_environment(stage.settings) | {f"{PREFIX}SETTINGS_FILE": os.devnull}
    command = [
        *(sys.executable, "-m", "gunicorn", "--no-control-socket", "--preload", "--log-level", "warning"),
        *("--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--worker-class", "gthread"),
        *("--threads", str(threads), "--graceful-timeout", "3", f"tests.bench.served:{name}()"),
    ]
    process = start(command, folder=ROOT, surroundings=outer_environment() | settings | dict(given), log_path=log_path)
    try:
        _wait_until_it_answers(port, log_path)
        yield port
    finally:
        stop(process, signal.SIGTERM)


def _wait_until_it_answers(port: int, log_path: Path) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while True:
        try:
            Line(port).close()
            return
        except OSError:
            if time.monotonic() > give_up_at:
                raise NoStart(tail(log_path)) from None
            time.sleep(0.1)


def all_together(acts: Sequence[Callable[[], object]], seconds: float) -> list[list[float]]:
    """Let each act be done again and again beside the others for some seconds; return how long it took each time."""
    taken: list[list[float]] = [[] for _act in acts]
    failed: list[BaseException] = []
    barrier = threading.Barrier(len(acts), timeout=60)

    def run(act: Callable[[], object], times: list[float]) -> None:
        try:
            barrier.wait()
            end = time.perf_counter() + seconds
            while (begun := time.perf_counter()) < end:
                act()
                times.append(time.perf_counter() - begun)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=pair) for pair in zip(acts, taken, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return taken
