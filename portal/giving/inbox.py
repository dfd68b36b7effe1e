"""The providers' door: each signed message is kept once, then the payment it speaks of is fetched and taken in.

A message is a hint and nothing more. Where the provider cannot be asked at
once, the clock follows it up.
"""

import logging
from collections.abc import Mapping

from sqlalchemy import select, update

from portal import clock
from portal.crashing import crash_point
from portal.db import changed_rows, insert_unless_there, session, transaction
from portal.giving.absorbing import Absorbed
from portal.giving.gateways.protocol import Event, GatewayRefused, GatewayUnavailable
from portal.giving.gateways.registry import GatewayUnknown, get_gateway
from portal.giving.models import WebhookEvent
from portal.giving.syncing import sync_payment

logger = logging.getLogger(__name__)


def take_message(gateway_name: str, headers: Mapping[str, str], body: bytes) -> None:
    """Take a message at the door: verify, keep, fetch, take in; one that came before is followed only if it was not.

    Raises GatewayUnknown, WebhookForged.
    """
    event = get_gateway(gateway_name).verify_webhook(headers, body)
    event_row_id = keep_event(gateway_name, event)
    crash_point("after_event")
    if event_row_id is not None:
        follow(event_row_id)


@transaction
def keep_event(gateway_name: str, event: Event) -> int | None:
    """Write a message down unless it is there; return its row while it still has to be followed."""
    insert_unless_there(
        WebhookEvent,
        gateway=gateway_name,
        event_id=event.id,
        kind=event.kind,
        provider_ref=event.provider_ref,
        livemode=event.livemode,
        state="received",
        received_at=clock.now(),
    )
    return session().scalar(
        select(WebhookEvent.id).where(
            WebhookEvent.gateway == gateway_name, WebhookEvent.event_id == event.id, WebhookEvent.state == "received"
        )
    )


def follow(event_row_id: int) -> bool:
    """Fetch what a kept message speaks of and take it in; tell whether that is done for good."""
    row = session().get(WebhookEvent, event_row_id)
    if row is None or row.state != "received":
        return False
    if row.provider_ref is None:
        return _mark(event_row_id, "ignored")
    try:
        absorbed = sync_payment(row.gateway, row.provider_ref)
    except GatewayRefused:
        return _mark(event_row_id, "ignored")
    except (GatewayUnavailable, GatewayUnknown) as error:
        logger.warning("message %s waits: %s", event_row_id, type(error).__name__)
        return False
    return _mark(event_row_id, "ignored" if absorbed is Absorbed.UNKNOWN else "done")


def follow_waiting() -> int:
    """Follow the messages that could not be followed when they came; return how many are done."""
    waiting = session().scalars(
        select(WebhookEvent.id).where(WebhookEvent.state == "received").order_by(WebhookEvent.id).limit(500)
    )
    return sum(follow(event_row_id) for event_row_id in list(waiting))


@transaction
def _mark(event_row_id: int, state: str) -> bool:
    changed_rows(
        update(WebhookEvent)
        .where(WebhookEvent.id == event_row_id, WebhookEvent.state == "received")
        .values(state=state, done_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    return True
