"""The twin's messages as they go over the wire, signed with the endpoint's secret as Stripe signs."""

import hashlib
import hmac
import json
from datetime import datetime

from tests.giving.twin.api import event_body
from tests.giving.twin.things import TwinEvent

HEADER = "Stripe-Signature"


def signed(event: TwinEvent, secret: bytes, now: datetime) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of an event."""
    body = json.dumps(event_body(event), indent=2).encode()
    stamp = int(now.timestamp())
    signature = hmac.new(secret, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return body, {"Content-Type": "application/json; charset=utf-8", HEADER: f"t={stamp},v1={signature}"}
