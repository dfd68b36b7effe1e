"""Starts and stops the processes a test needs, each by its own id, so that none outlives the tests."""

import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

STOP_SECONDS = 20

# Loaded beforehand: between fork and exec, nothing may be loaded.
_LINUX = ctypes.CDLL(None) if sys.platform == "linux" else None


def start(
    command: Sequence[str | Path],
    *,
    folder: Path,
    surroundings: Mapping[str, str],
    log_path: Path,
    account: pwd.struct_passwd | None = None,
    end: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a process in a folder, with an environment, as another account if one is given; it writes to a log.

    On Linux the kernel sends it `end` when the tests are killed; elsewhere a killed run leaves it behind.
    """
    with log_path.open("wb") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=surroundings,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=partial(follow_parent, end),  # noqa: PLW1509 (one call to the kernel, which takes no lock)
        )


def follow_parent(end: signal.Signals = signal.SIGTERM) -> None:
    """Have this process sent `end` when its parent is gone; only Linux can."""
    if _LINUX is not None:
        parent_death_signal = 1
        _LINUX.prctl(parent_death_signal, end)


def stop(process: subprocess.Popen[bytes], by: signal.Signals) -> None:
    """Ask a child to end and wait for it; kill it when it takes too long."""
    process.send_signal(by)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def tail(log_path: Path) -> str:
    """Return the last words of a log."""
    return log_path.read_text(errors="replace").strip()[-2000:]


def outer_environment() -> dict[str, str]:
    """Return the environment of the tests without the portal's settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}


def find_free_port() -> int:
    """Return a loopback port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
