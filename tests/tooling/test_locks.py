"""The locks pin everything pyproject.toml asks for, by hash, and name no place it must come from."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.tooling.catalogue import ROOT

BLOCK = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[^\s;]+)[^\\]*\\\n(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}[ \\]*\n)+)", re.M
)
LOCKS = {"requirements.txt": ("install",), "requirements-dev.txt": ("install", "dev")}


def _pins(lock: str) -> dict[str, str]:
    found = BLOCK.finditer((ROOT / lock).read_text())
    return {canonicalize_name(each["name"]): each["version"] for each in found}


def _asked_for(extras: tuple[str, ...]) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_in_the_lock(lock):
    pins = _pins(lock)
    for requirement in _asked_for(LOCKS[lock]):
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)]), requirement.name


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_a_lock_is_a_hashed_pin(lock):
    text = (ROOT / lock).read_text()
    rest = [line for line in BLOCK.sub("", text).splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert rest == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_no_path(lock):
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert not re.search(r"(^|[\s(])[~.]?/", text)
    assert "--index-url" not in text


def test_the_tests_run_on_what_the_portal_runs_on():
    assert _pins("requirements.txt").items() <= _pins("requirements-dev.txt").items()
