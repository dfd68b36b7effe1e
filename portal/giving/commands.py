"""Commands of giving: hold what the payment providers know against the book."""

import sys
from datetime import datetime, timedelta

import click
from flask import current_app

from portal import clock, codes
from portal.cli import in_app
from portal.clock import LOCAL_ZONE
from portal.config import Settings
from portal.giving.gateways.protocol import Gateway, GatewayRefused, GatewayUnavailable, PaymentOrder, PaysOut
from portal.giving.gateways.registry import GatewayUnknown, get_gateway, list_gateways
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


@click.command("try-gateway")
@click.argument("name")
@in_app
def try_gateway_command(name: str) -> None:
    """Open a payment of 50 yuan at a gateway, look at it and close it again: nobody pays and nothing is booked.

    Shows that key, permissions and methods are right before the first donor
    comes. Ends with status 1 where they are not.
    """
    try:
        _try(get_gateway(name))
    except GatewayUnknown:
        sys.exit(f"{name} is not among PORTAL_GATEWAYS")
    except GatewayRefused as refused:
        sys.exit(f"refused: {refused.code}")
    except GatewayUnavailable:
        sys.exit("no answer, or the key is not taken; the log says which")


def _try(gateway: Gateway) -> None:
    click.echo(f"{gateway.name}: {'live, real money' if gateway.livemode else 'test mode, no real money'}")
    settings: Settings = current_app.config["PORTAL"]
    address = settings.base_url
    # The key is none of a payment's, so that nothing that is said of it later is taken for a gift.
    key = f"try-{codes.new_public_id()}"
    started = gateway.start(PaymentOrder(key, 5_000, "CNY", settings.foundation_name, address, address, "zh"))
    click.echo(f"opened {started.provider_ref}: {gateway.fetch(started.provider_ref).status}")
    gateway.close(started.provider_ref)
    click.echo(f"closed it: {gateway.fetch(started.provider_ref).status}")
    changed = list(gateway.list_since(clock.now() - timedelta(hours=1)))
    click.echo(f"payments that changed within an hour: {len(changed)}")
    if isinstance(gateway, PaysOut):
        click.echo(f"payouts of late: {len(list(gateway.list_payouts(clock.now() - timedelta(days=1))))}")


COMMANDS: list[click.Command] = [reconcile_command, try_gateway_command]
