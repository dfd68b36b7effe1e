"""The ledger's commands: check the books, publish them as files, and verify with the portal switched off."""

import subprocess
import sys
from datetime import timedelta

import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from portal.config import PREFIX
from portal.ledger import commands
from portal.ledger.checks import find_last_check
from portal.ledger.log import list_daily, prove_consistency, sign_checkpoint
from portal.ledger.publishing import publish_when_due
from tests.ledger.book import FUND, chargeback, give, open_funds, spend, without_guards


@pytest.fixture
def run(app, settings, monkeypatch):
    """Return a function that runs a command on this test's book and returns its exit status and output."""
    for name, value in settings:
        monkeypatch.setenv(f"{PREFIX}{name.upper()}", as_text(value))
    with app.app_context():
        open_funds()
        for amount_minor in (5_000, 700, 90):
            give(amount_minor)
        sign_checkpoint()

    def run_command(*arguments):
        done = CliRunner().invoke(getattr(commands, arguments[0]), arguments[1:])
        return done.exit_code, done.output

    return run_command


def as_text(value):
    if isinstance(value, list):
        return ",".join(map(as_text, value))
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def test_a_sound_book_passes_the_check(app, run):
    status, said = run("ledger", "check")
    assert status == 0
    assert "holds   The postings of every entry sum to zero." in said
    assert "BROKEN" not in said
    with app.app_context():
        assert find_last_check().broken == {}


def test_a_broken_book_fails_the_check_and_says_where(app, run):
    with app.app_context():
        without_guards("UPDATE ledger_postings SET amount_minor = 1 + amount_minor WHERE entry_sequence = 2")
    status, said = run("ledger", "check")
    assert status == 1
    assert "BROKEN  The postings of every entry sum to zero.\n        entries_balance: 1, such as 2" in said


def test_a_fund_below_zero_is_told_and_no_fault(app, run):
    with app.app_context():
        spend(5_790)
        chargeback(700)
        sign_checkpoint()
    status, said = run("ledger", "check")
    assert (status, f"below zero: fund {FUND} holds -700" in said) == (0, True)


def test_published_files_are_checked_without_the_portal(app, run, clock, tmp_path):
    folder = tmp_path / "copy"
    with app.app_context():
        clock.advance(timedelta(days=1))
        give(11)
        sign_checkpoint()
        (tmp_path / "growth.txt").write_text(prove_consistency(3))
    assert run("ledger", "publish", str(folder)) == (0, f"4 entries and 2 daily checkpoints are in {folder}.\n")
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    days = ["checkpoints/2026-11-23.txt", "checkpoints/2026-11-24.txt"]
    assert files == ["checkpoint.txt", *days, "entries.jsonl", "key.txt", "verify.py"]
    whole = ["export", "entries.jsonl", "--checkpoint", "checkpoint.txt", "--checkpoint", days[0], "--key", "key.txt"]
    growth = ["growth", days[0], str(tmp_path / "growth.txt"), "--key", "key.txt"]
    for arguments in (whole, growth):
        command = [sys.executable, "-I", "-S", "verify.py", *arguments]
        assert subprocess.run(command, cwd=folder, check=False, stdout=subprocess.DEVNULL).returncode == 0


def test_verify_is_the_same_script(run, tmp_path):
    run("ledger", "publish", str(tmp_path / "copy"))
    names = [str(tmp_path / "copy" / name) for name in ("entries.jsonl", "checkpoint.txt", "key.txt")]
    status, said = run("verify", "export", names[0], "--checkpoint", names[1], "--key", names[2])
    assert (status, "57.90 CNY" in said) == (0, True)
    with open(names[0], "ab") as file:
        file.write(b"{}\n")
    assert run("verify", "export", names[0], "--checkpoint", names[1], "--key", names[2])[0] == 1
    status, said = run("verify", "-h")
    assert (status, "tlog-proof" in said) == (0, True)


@pytest.fixture
def chosen_settings(tmp_path):
    """Return settings with a folder where the ledger is published."""
    return {"ledger_publish_path": str(tmp_path / "public")}


def test_the_clock_publishes_once_a_day_and_never_rewrites_a_day(app, clock, tmp_path):
    with app.app_context():
        open_funds()
        assert publish_when_due() == 0, "nothing to publish yet"
        give()
        sign_checkpoint()
        assert [publish_when_due(), publish_when_due()] == [1, 0]
        day = tmp_path / "public" / "checkpoints" / "2026-11-23.txt"
        day.write_text("what a reader has copied")
        clock.advance(timedelta(days=1))
        give()
        sign_checkpoint()
        assert [publish_when_due(), publish_when_due()] == [2, 0]
        assert day.read_text() == "what a reader has copied"
        assert (tmp_path / "public" / "checkpoints" / "2026-11-24.txt").read_text() == list_daily(1)[0].note
