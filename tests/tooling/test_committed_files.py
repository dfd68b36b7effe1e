"""Nothing that is committed belongs to one machine, and the README tells the truth about commands."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tooling.catalogue import ROOT

# Written so that this line does not match itself.
HOSTS = re.compile(r"py[p]i\.org|python[h]osted|registry\.np[m]|np[m]js\.|tsingh[u]a|aliyu[n]", re.IGNORECASE)
PATHS = re.compile(r"(?<![\w.}])/(?:wor[k]|roo[t]|hom[e]/\w+|tm[p])/")
TEXT_LIMIT_BYTES = 2_000_000
MAKE_COMMAND = re.compile(r"`make ([a-z-]+)")
PORTAL_COMMAND = re.compile(r"`(?:\.venv/bin/)?portal ([a-z-]+)")


def _committed() -> list[Path]:
    """Return what git keeps; in a copy without git, what looks like it."""
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        tops = ("portal", "templates", "static", "translations", "migrations", "tests", "deploy", ".ci")
        paths = [
            *ROOT.glob("*.*"),
            *(path for top in tops for path in (ROOT / top).rglob("*") if path.suffix != ".pyc"),
        ]
    return [path for path in paths if path.is_file() and path.stat().st_size < TEXT_LIMIT_BYTES]


@pytest.mark.parametrize("pattern", [HOSTS, PATHS])
def test_no_committed_file_names_a_registry_or_a_machine(pattern):
    found = [path.name for path in _committed() if pattern.search(path.read_text(errors="ignore"))]
    assert found == []


def test_the_readme_names_commands_that_exist():
    text = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(MAKE_COMMAND.findall(text)) <= targets
    program = Path(sys.executable).parent / "portal"
    manual = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    assert set(PORTAL_COMMAND.findall(text)) <= set(re.findall(r"^  ([a-z-]+)", manual, re.MULTILINE))
