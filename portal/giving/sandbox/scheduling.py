"""Lets the sandbox live: late banks answer, it pays out once a day, its messages go to the portal's own door."""

from flask import current_app

from portal import clock
from portal.giving.sandbox.paying_out import pay_out
from portal.giving.sandbox.provider import SandboxProvider
from portal.giving.sandbox.sending import deliver_events, post_to


def move_sandbox() -> int:
    """Let late banks answer and send waiting messages over HTTP, where the sandbox was chosen; return how many."""
    sandbox = current_app.extensions["portal.gateways"].get("sandbox")
    if sandbox is None:
        return 0
    provider: SandboxProvider = sandbox.provider
    provider.settle_due(clock.now())
    pay_out(provider.store, clock.now())
    door = current_app.config["PORTAL"].base_url.rstrip("/") + "/giving/webhooks/sandbox"
    return deliver_events(provider, post_to(door), clock.now())
