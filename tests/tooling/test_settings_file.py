"""The settings file: fresh keys once, what an older version left out is added, nothing is ever replaced."""

import pytest
from click.testing import CliRunner
from dotenv import dotenv_values

from portal.cli import KEYS, init
from portal.config import load_settings


@pytest.fixture
def run_init(tmp_path, monkeypatch):
    """Return a function that runs `portal init` on a settings file of this test's own, and its path."""
    path = tmp_path / "portal.env"
    monkeypatch.setenv("PORTAL_SETTINGS_FILE", str(path))
    monkeypatch.setenv("PORTAL_DATABASE_URL", f"sqlite:///{tmp_path / 'portal.db'}")
    return path, lambda: CliRunner().invoke(init, catch_exceptions=False)


def test_init_writes_every_key_for_the_owner_only(run_init):
    path, run = run_init
    assert "Wrote" in run().output
    assert dotenv_values(path).keys() == {f"PORTAL_{name}" for name in KEYS}
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_settings().ledger_keys


def test_init_again_changes_no_key(run_init):
    path, run = run_init
    run()
    before = path.read_text()
    assert "fresh" not in run().output
    assert path.read_text() == before


def test_init_adds_a_key_that_an_older_version_did_not_know(run_init):
    path, run = run_init
    run()
    lines = [line for line in path.read_text().splitlines() if "LEDGER" not in line]
    path.write_text("\n".join(lines))
    assert "Added a fresh PORTAL_LEDGER_KEYS" in run().output
    assert path.read_text().splitlines()[:-1] == lines
    assert load_settings().ledger_keys


def test_a_key_of_the_environment_needs_none_in_the_file(run_init, monkeypatch):
    path, run = run_init
    monkeypatch.setenv("PORTAL_LEDGER_KEYS", KEYS["LEDGER_KEYS"]())
    run()
    path.write_text("".join(line for line in path.read_text().splitlines(True) if "LEDGER" not in line))
    assert "Added" not in run().output
