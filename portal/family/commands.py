"""Commands of family: give a family a new code."""

import sys

import click

from portal import codes
from portal.accounts.rules import SYSTEM
from portal.cli import in_app
from portal.codes import CodeMistyped, read_wish_number
from portal.wishes.filing import issue_family_code
from portal.wishes.rules import WrongState
from portal.wishes.service import WishNotFound, get_wish


@click.group("family-code")
def family_code() -> None:
    """Look after the codes by which families follow their wishes."""


@family_code.command("reissue")
@click.argument("number")
@in_app
def reissue(number: str) -> None:
    """Give the wish NUMBER a new family code and print it, once.

    The former code opens nothing from then on. Hand the new one to the family
    in person or on paper.
    """
    try:
        wish = get_wish(read_wish_number(number))
        code = issue_family_code(SYSTEM, wish.id)
    except (CodeMistyped, WishNotFound):
        click.echo("There is no wish with this number.", err=True)
        sys.exit(1)
    except WrongState:
        click.echo("This wish has come to its end; it needs no code.", err=True)
        sys.exit(1)
    click.echo(codes.grouped(code))


COMMANDS: list[click.Command] = [family_code]
