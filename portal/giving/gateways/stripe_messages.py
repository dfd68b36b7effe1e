"""Stripe's messages: which kinds are wanted, whether Stripe signed one, and what it speaks of; asks nobody."""

import json
from collections.abc import Mapping
from typing import Any

import stripe

from portal import clock
from portal.giving.gateways.protocol import Event, WebhookForged

SIGNATURE_HEADER = "Stripe-Signature"
TOLERANCE_SECONDS = 300

KINDS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "charge.updated",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "invoice.paid",
    "invoice.payment_failed",
    "customer.subscription.updated",
    "customer.subscription.deleted",
)
"""The events an endpoint should be given; charge.updated brings the fee, which is not known at once."""


def read_message(headers: Mapping[str, str], body: bytes, secret: str, *, livemode: bool) -> Event:
    """Return the event of a message that Stripe signed with a secret.

    Raises WebhookForged.
    """
    header = headers.get(SIGNATURE_HEADER, "")
    try:
        # The portal's clock judges the age below; the library's would let messages of the future in.
        stripe.WebhookSignature.verify_header(body, header, secret)
        stamp = next(int(part[2:]) for part in header.split(",") if part.startswith("t="))
        said = json.loads(body)
        ref = payment_of(said["data"]["object"]) if said["livemode"] is livemode else None
        event = Event(str(said["id"]), str(said["type"]), ref, bool(said["livemode"]))
    except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError, StopIteration):
        raise WebhookForged from None
    if abs(clock.now().timestamp() - stamp) > TOLERANCE_SECONDS:
        raise WebhookForged
    return event


def payment_of(thing: Any) -> str | None:
    """Return what the object of an event belongs to: a payment, the intent behind one, or a subscription."""
    try:
        return _named(thing)
    except (KeyError, TypeError):
        return None


def _named(thing: Any) -> str | None:
    match thing["object"]:
        case "checkout.session":
            return str(thing["metadata"]["mandate"] if thing["mode"] == "setup" else thing["id"])
        case "subscription":
            return str(thing["id"])
        case "invoice":
            # One that is not paid moves the subscription only; money came by a paid one.
            mandate = thing["parent"]["subscription_details"]["subscription"]
            return str(thing["id"] if thing["status"] == "paid" else mandate)
    intent = thing["payment_intent"]
    return str(intent) if intent else None
