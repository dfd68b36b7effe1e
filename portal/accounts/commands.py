"""Commands of accounts."""

import sys

import click

from portal.accounts.details import DetailWrong, read_email
from portal.accounts.passwords import SHORTEST, PasswordTooCommon, PasswordTooShort, check_password_rules
from portal.accounts.rules import SYSTEM, Grant, Role
from portal.accounts.service import EmailTaken, add_person
from portal.cli import in_app
from portal.spreadsheets.tidying import tidy


@click.command("create-admin")
@click.option("--name", help="The person's name; asked for when missing.")
@click.option("--email", help="The mail address to sign in with; asked for when missing.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
@in_app
def create_admin(name: str | None, email: str | None, password_stdin: bool) -> None:
    """Add an administrator, who then adds everybody else on the pages.

    The second factor is set up at the first sign-in.
    """
    name = tidy(name or click.prompt("Name"))
    try:
        email = read_email(email or click.prompt("Mail address"))
        password = _read_password(password_stdin)
        check_password_rules(password, name, email)
        add_person(SYSTEM, name, email, password, {Grant(Role.ADMINISTRATOR)})
    except DetailWrong:
        raise click.ClickException("This is not a mail address.") from None
    except PasswordTooShort:
        raise click.ClickException(f"The password needs at least {SHORTEST} characters.") from None
    except PasswordTooCommon:
        raise click.ClickException("This password is easy to guess; join a few unrelated words instead.") from None
    except EmailTaken:
        raise click.ClickException("Somebody has this mail address already; use another one.") from None
    click.echo(f"{email} can sign in now and sets up the second factor there.")


def _read_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt="The same again")
    return answer


COMMANDS: list[click.Command] = [create_admin]
