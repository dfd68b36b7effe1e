"""Finds the Chromium that browser tests drive, and brings one to the machine when there is none.

`python -m tests.plumbing.chromium` is what `make test` calls first.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from playwright.sync_api import sync_playwright

# The one without windows takes a quarter less of the processor's time.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium-headless-shell", "chromium")
FONT_PACKAGE = "fonts-wqy-microhei"
# The program that playwright brings and drives browsers with needs this one library of the system.
DRIVER_PACKAGE = "libatomic1"
# No sandbox, because tests may run as root; no host but this machine, because a page may need no other.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
ADVICE = """The browser tests need Chromium, and none could be found or installed. Do one of these and try again:
  - Debian, Ubuntu, as root:  apt install chromium-headless-shell libatomic1 fonts-wqy-microhei
  - anywhere:                 .venv/bin/python -m playwright install --with-deps chromium
  - a Chromium elsewhere:     TEST_CHROMIUM=/path/to/chromium make test"""


def find_chromium() -> str | None:
    """Return the path of a Chromium that starts: TEST_CHROMIUM, one on the path, or playwright's own; or None."""
    return next((candidate for candidate in _candidates() if _starts(candidate)), None)


def bring_chromium() -> str | None:
    """Install Chromium with apt where this account may, else with playwright; return its path or None."""
    apt = _apt()
    if apt:
        print("Installing Chromium with apt …", flush=True)
        _try([*apt, "update", "-qq"])
        for package in (DRIVER_PACKAGE, *PACKAGES):
            _try([*apt, "install", "-y", "-qq", "--no-install-recommends", package])
            if package in PACKAGES and (found := find_chromium()):
                return found
    print("Installing Chromium with playwright …", flush=True)
    _try([sys.executable, "-m", "playwright", "install", *(["--with-deps"] if apt else []), "chromium"])
    return find_chromium()


def can_drive() -> bool:
    """Tell whether playwright's driver starts on this machine."""
    return _starts(sys.executable, "-m", "playwright")


def bring_font() -> None:
    """Install a Chinese font where there is none; without one, pages show boxes, which fails no test."""
    if _has_chinese_font():
        return
    apt = _apt()
    if apt:
        print(f"Installing {FONT_PACKAGE} with apt …", flush=True)
        _try([*apt, "update", "-qq"])
        _try([*apt, "install", "-y", "-qq", FONT_PACKAGE])
    if not _has_chinese_font():
        print(f"No Chinese font here, so screenshots will show boxes; {FONT_PACKAGE} has one.", flush=True)


def _candidates() -> Iterator[str]:
    """Yield where a Chromium may be, the quickest to look up first."""
    yield from filter(None, [os.environ.get("TEST_CHROMIUM"), *map(shutil.which, PROGRAMS)])
    if can_drive():
        with sync_playwright() as playwright:
            own = playwright.chromium.executable_path
        yield own


def _starts(*command: str) -> bool:
    try:
        told = subprocess.run([*command, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return told.returncode == 0


def _has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout.strip())


def _apt() -> list[str]:
    """Return the words that run apt-get as root without a question, or none where that is not possible."""
    apt = shutil.which("apt-get")
    if not apt:
        return []
    words = ["env", "DEBIAN_FRONTEND=noninteractive", apt]
    if os.geteuid() == 0:
        return words
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n", *words]
    return []


def _try(command: list[str]) -> None:
    """Run an installer; whether it helped is seen afterwards, so a failure only shows its last words."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        print("  " + "\n  ".join(done.stdout.strip().splitlines()[-3:]), flush=True)


if __name__ == "__main__":
    if not (can_drive() and find_chromium()) and not (bring_chromium() and can_drive()):
        sys.exit(ADVICE)
    bring_font()
