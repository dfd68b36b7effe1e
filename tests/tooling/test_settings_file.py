"""Settings: fresh keys once, nothing is ever replaced; what stops the start is named, and the values stay unsaid."""

import click
import pytest
from click.testing import CliRunner
from dotenv import dotenv_values

from portal import cli
from portal.cli import KEYS, init, settings_command
from portal.config import Settings, SettingsWrong, load_settings


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


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("WORKERS", "many", "PORTAL_WORKERS: Input should be a valid integer"),
        ("SECRET_KEY", "much too short", "PORTAL_SECRET_KEY: must have at least 32 characters"),
        ("COLOUR", "red", "PORTAL_COLOUR is no setting"),
        ("MAIL_URL", "demo:", "PORTAL_MAIL_URL and PORTAL_SMS_URL: the demo mailbox cannot be used in production"),
        ("GATEWAYS", "sandbox", "PORTAL_GATEWAYS: the sandbox gateway cannot be used in production"),
        ("SMALLEST_CELL", "2", "PORTAL_SMALLEST_CELL must be at least 3"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(tmp_path, monkeypatch, name, value, told):
    monkeypatch.setenv("PORTAL_SETTINGS_FILE", str(tmp_path / "none.env"))
    for key, new_key in KEYS.items():
        monkeypatch.setenv(f"PORTAL_{key}", new_key())
    load_settings()
    monkeypatch.setenv(f"PORTAL_{name}", value)
    with pytest.raises(SettingsWrong) as wrong:
        load_settings()
    assert f"  {told}" in str(wrong.value)
    assert value not in str(wrong.value).replace(told, "")


def test_a_missing_key_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_SETTINGS_FILE", str(tmp_path / "none.env"))
    with pytest.raises(SettingsWrong, match="PORTAL_INDEX_KEY is missing"):
        load_settings()


def test_every_setting_is_explained_in_words():
    output = CliRunner().invoke(settings_command).output
    assert output.count("\nPORTAL_") + 1 == len(Settings.model_fields)
    for odd in ("Undefined", "PosixPath", "SecretStr", "[]", "''"):
        assert odd not in output


def test_a_database_that_is_away_is_told_in_a_sentence(run_init, monkeypatch, capsys):
    monkeypatch.setenv("PORTAL_DATABASE_URL", "postgresql://portal:very-secret@127.0.0.1:1/none")
    monkeypatch.setattr("sys.argv", ["portal", "init"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 1
    told = capsys.readouterr().err
    assert told.startswith("The database cannot be reached")
    assert "very-secret" not in told


def test_no_command_is_cut_short_in_the_help_of_its_group():
    cli._gather()
    groups = [command for command in cli.portal.commands.values() if isinstance(command, click.Group)]
    assert {"ledger", "privacy"} <= {group.name for group in groups}
    for group in groups:
        assert "..." not in CliRunner().invoke(group, ["--help"]).output.partition("Commands:")[2]
