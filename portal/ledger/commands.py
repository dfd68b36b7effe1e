"""Commands of the ledger."""

import sys
from pathlib import Path

import click

from portal.books import check_books
from portal.cli import in_app
from portal.ledger import verifier
from portal.ledger.publishing import publish
from portal.ledger.queries import list_funds_below_zero


@click.group()
def ledger() -> None:
    """Check the books, or publish the ledger as files."""


@ledger.command("check")
@in_app
def check() -> None:
    """Check every invariant of the books.

    Ends with status 1 when one is broken. Says as well which funds paid out
    more than they had, which is no fault of the books: a bank may take back
    money that has been spent.
    """
    is_sound = True
    for invariant, broken in check_books():
        click.echo(f"{'BROKEN' if broken else 'holds '}  {invariant.sentence}")
        if broken:
            is_sound = False
            click.echo(f"        {invariant.name}: {broken.count}, such as {', '.join(broken.examples)}")
    for number, currency, held_minor in list_funds_below_zero():
        click.echo(f"below zero: fund {number} holds {held_minor} minor units of {currency}")
    if not is_sound:
        sys.exit(1)


@ledger.command("publish")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@in_app
def publish_command(folder: Path) -> None:
    """Write the public ledger into FOLDER as files.

    Entries, daily checkpoints, the public key and the script that checks
    them. Nothing in it is private. Copy it to places the portal cannot reach; what
    was copied before shows whether anything is changed later.
    """
    published = publish(folder)
    click.echo(f"{published.entries} entries and {published.checkpoints} daily checkpoints are in {folder}.")


@click.command(
    "verify", add_help_option=False, context_settings={"ignore_unknown_options": True, "allow_extra_args": True}
)
@click.pass_context
def verify(ctx: click.Context) -> None:
    """Check a receipt, an export or two checkpoints with the portal switched off; `portal verify -h` says how."""
    sys.exit(verifier.main(ctx.args))


COMMANDS: list[click.Command] = [ledger, verify]
