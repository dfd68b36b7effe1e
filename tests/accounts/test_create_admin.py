"""The command that adds the first administrator."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from portal.accounts.commands import create_admin
from portal.accounts.models import Person
from portal.accounts.rules import Role
from portal.db import session
from tests.plumbing.environment import put_settings


@pytest.fixture
def run(app, settings, monkeypatch):
    """Return a function that runs the command with this test's settings."""
    put_settings(settings, monkeypatch)
    return lambda *arguments, typed="": CliRunner().invoke(create_admin, list(arguments), input=typed)


def test_administrator_is_asked_for_and_added(app, run):
    typed = "沈青\nShen@Example.org\nthree quiet herons 42\nthree quiet herons 42\n"
    result = run(typed=typed)
    assert result.exit_code == 0, result.output
    assert "herons" not in result.output
    with app.app_context():
        person = session().scalars(select(Person)).one()
        assert (person.name, person.email) == ("沈青", "shen@example.org")
        assert person.actor.has_role(Role.ADMINISTRATOR)
        assert person.second_factor_enrolled_at is None


def test_password_comes_from_a_pipe(app, run):
    result = run("--name", "沈青", "--email", "shen@example.org", "--password-stdin", typed="three quiet herons 42\n")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("email", "password", "problem"),
    [
        ("shen@", "three quiet herons 42", "not a mail address"),
        ("shen@example.org", "short", "at least 12"),
        ("shen@example.org", "password1234", "easy to guess"),
        ("shen@example.org", "", "at least 12"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_added(app, run, email, password, problem):
    result = run("--name", "沈青", "--email", email, "--password-stdin", typed=f"{password}\n")
    assert result.exit_code == 1
    assert problem in result.output
    with app.app_context():
        assert session().scalars(select(Person)).all() == []


def test_mail_address_in_use_is_refused(run):
    arguments = ("--name", "沈青", "--email", "shen@example.org", "--password-stdin")
    run(*arguments, typed="three quiet herons 42\n")
    result = run(*arguments, typed="three quiet herons 42\n")
    assert result.exit_code == 1
    assert "already" in result.output
