"""What does not fit: held, shown to finance, and returned at the provider or set aside by a person with a note."""

from portal import clock
from portal.accounts.rules import Actor, Role
from portal.audit import service as audit
from portal.db import insert_unless_there, session, transaction
from portal.giving.gateways.protocol import ProviderPayment, RefundOrder
from portal.giving.gateways.registry import get_gateway
from portal.giving.models import Hold
from portal.giving.rules import WhyHeld


class HoldSettled(Exception):
    """Another person has decided already."""


class HoldNotFound(LookupError):
    """Nothing is held under this number."""


def note_hold(
    gateway: str, seen: ProviderPayment, why: WhyHeld, payment_id: int | None, *, amount_minor: int | None = None
) -> None:
    """Hold something for a person, once for each reason; call inside a transaction."""
    insert_unless_there(
        Hold,
        gateway=gateway,
        provider_ref=seen.provider_ref,
        why=why,
        payment_id=payment_id,
        amount_minor=seen.amount_minor if amount_minor is None else amount_minor,
        currency=seen.currency,
        livemode=seen.livemode,
        state="open",
        created_at=clock.now(),
    )


def return_hold(actor: Actor, hold_id: int, note: str) -> None:
    """Send what is held back whence it came, at the provider, and say why; nothing of it was ever booked.

    Raises NotAllowed, HoldNotFound, HoldSettled, GatewayUnavailable, GatewayRefused, GatewayUnknown.
    """
    actor.require({Role.FINANCE})
    hold = session().get(Hold, hold_id)
    if hold is None:
        raise HoldNotFound(hold_id)
    if hold.state != "open":
        raise HoldSettled
    order = RefundOrder(f"hold-{hold.id}", hold.provider_ref, hold.amount_minor, hold.currency)
    get_gateway(hold.gateway).refund(order)
    _settle(actor, hold_id, "returned", note)


def set_hold_aside(actor: Actor, hold_id: int, note: str) -> None:
    """Decide that nothing has to be done about it, and say why.

    Raises NotAllowed, HoldNotFound, HoldSettled.
    """
    actor.require({Role.FINANCE})
    _settle(actor, hold_id, "set_aside", note)


@transaction
def _settle(actor: Actor, hold_id: int, state: str, note: str) -> None:
    hold = session().get(Hold, hold_id, with_for_update=True)
    if hold is None:
        raise HoldNotFound(hold_id)
    if hold.state != "open":
        raise HoldSettled
    hold.state, hold.note = state, note
    hold.settled_by_id, hold.settled_at = actor.person_id, clock.now()
    audit.record(actor, "hold.settle", "hold", hold_id, before={"state": "open"}, after={"state": state})
