"""Asks a provider how a payment stands and takes the answer in; the asking is never inside a transaction."""

from portal.crashing import crash_point
from portal.db import database
from portal.giving.absorbing import Absorbed, Source, absorb, is_known
from portal.giving.gateways.protocol import Gateway
from portal.giving.gateways.registry import get_gateway


def sync_payment(gateway_name: str, provider_ref: str) -> Absorbed:
    """Fetch one payment and take it in.

    Raises GatewayUnknown, GatewayUnavailable, GatewayRefused.
    """
    gateway = get_gateway(gateway_name)
    outside_transactions()
    seen = gateway.fetch(provider_ref)
    crash_point("after_fetch")
    if is_known(source_of(gateway), seen):
        return Absorbed.TAKEN
    absorbed = absorb(source_of(gateway), seen)
    crash_point("after_absorb")
    return absorbed


def source_of(gateway: Gateway) -> Source:
    """Return whom `absorb` is told that something was said by."""
    return Source(gateway.name, gateway.livemode)


def outside_transactions() -> None:
    """Refuse to go on inside a transaction: a provider may take long, and a rollback does not undo what it did."""
    if database().writing_session is not None:
        raise RuntimeError("a provider is called outside of transactions")
