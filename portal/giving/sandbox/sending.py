"""Sends the sandbox's events to the portal's own door over HTTP, signed as a provider signs."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from portal.giving.sandbox.events import WaitingEvent
from portal.giving.sandbox.provider import SandboxProvider

SIGNATURE_HEADER = "X-Sandbox-Signature"
TOLERANCE_SECONDS = 300
TIMEOUT_SECONDS = 10

Poster = Callable[[bytes, dict[str, str]], int]
"""Posts a body with headers to the door and returns the status of the answer."""


def signature(key: bytes, stamp: str, body: bytes) -> str:
    """Return the HMAC-SHA256 of a time and a body, in hex."""
    return hmac.new(key, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def signed(event: WaitingEvent, key: bytes, now: datetime) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of an event as they go over the wire."""
    said = {"id": event.id, "kind": event.kind, "payment": event.payment, "livemode": False}
    body = json.dumps(said).encode()
    stamp = str(int(now.timestamp()))
    return body, {"Content-Type": "application/json", SIGNATURE_HEADER: f"{stamp}.{signature(key, stamp, body)}"}


def deliver_events(provider: SandboxProvider, post: Poster, now: datetime) -> int:
    """Send what is due, the oldest first; what is not taken with an answer of the 200s is sent again later."""
    taken = 0
    for event in provider.list_due_events(now):
        try:
            status = post(*signed(event, provider.webhook_key, now))
        except (OSError, HTTPException):
            status = 0
        if 200 <= status < 300:
            provider.mark_delivered(event.id, now)
            taken += 1
        else:
            provider.put_off(event.id, now)
    return taken


def post_to(url: str) -> Poster:
    """Return a poster to an address."""

    def post(body: bytes, headers: dict[str, str]) -> int:
        parts = urlsplit(url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("POST", parts.path, body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    return post
