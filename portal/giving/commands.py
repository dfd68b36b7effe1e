"""Commands of giving: hold what the payment providers know against the book."""

import sys
from datetime import datetime

import click

from portal.cli import in_app
from portal.clock import LOCAL_ZONE
from portal.giving.gateways.registry import list_gateways
from portal.giving.inbox import follow_waiting
from portal.giving.reconciling import reconcile
from portal.giving.refunding import send_refunds


@click.command("reconcile")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Look at everything that changed since this day in China, not only since the last time.",
)
@in_app
def reconcile_command(since: datetime | None) -> None:
    """Find payments, refunds and chargebacks that were missed, over any outage; nothing is doubled.

    Ends with status 1 where a provider did not answer.
    """
    start = since.replace(tzinfo=LOCAL_ZONE) if since is not None else None
    is_whole = True
    for gateway in list_gateways():
        found = reconcile(gateway.name, start)
        is_whole = is_whole and found.is_whole
        click.echo(f"{gateway.name}: looked at {found.looked_at}, moved {found.moved}, held for a person {found.held}")
    click.echo(f"messages followed: {follow_waiting()}, refunds sent: {send_refunds()}")
    sys.exit(0 if is_whole else 1)


COMMANDS: list[click.Command] = [reconcile_command]
