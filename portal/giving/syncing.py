"""Asks a provider how a payment or a mandate stands and takes the answer in, never inside a transaction."""

from portal import clock
from portal.crashing import crash_point
from portal.db import database
from portal.giving.absorbing import Absorbed, Source, absorb, is_known
from portal.giving.gateways.protocol import Gateway, GivesMonthly
from portal.giving.gateways.registry import get_gateway
from portal.giving.monthly_absorbing import absorb_mandate


def sync_payment(gateway_name: str, provider_ref: str) -> Absorbed:
    """Fetch one payment, or the agreement to pay each month that goes by this name, and take it in.

    Raises GatewayUnknown, GatewayUnavailable, GatewayRefused.
    """
    gateway = get_gateway(gateway_name)
    outside_transactions()
    if isinstance(gateway, GivesMonthly) and gateway.is_mandate(provider_ref):
        return _sync_mandate(gateway, provider_ref, source_of(gateway))
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


def _sync_mandate(gateway: GivesMonthly, provider_ref: str, source: Source) -> Absorbed:
    asked_at = clock.now()
    return absorb_mandate(source, gateway.fetch_mandate(provider_ref), asked_at)
