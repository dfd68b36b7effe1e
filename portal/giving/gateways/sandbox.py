"""The sandbox as a gateway: speaks to the little provider beside it as it would to a real one; never in production."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import lazy_gettext

from portal import clock
from portal.config import Settings
from portal.giving.gateways.protocol import (
    Event,
    MandateOrder,
    PaymentOrder,
    ProviderMandate,
    ProviderPayment,
    ProviderPayout,
    ProviderRefund,
    RefundOrder,
    Started,
    WebhookForged,
)
from portal.giving.sandbox.paying_out import list_payouts
from portal.giving.sandbox.provider import SandboxProvider
from portal.giving.sandbox.sending import SIGNATURE_HEADER, TOLERANCE_SECONDS, signature
from portal.keys import decode_key


class SandboxGateway:
    """The gateway of demos and tests."""

    name = "sandbox"
    is_prompt = True
    livemode = False

    def __init__(self, provider: SandboxProvider) -> None:
        self.provider = provider
        self.label: Any = lazy_gettext("演示付款")
        self.note: Any = lazy_gettext("只用来演示，不会真的收钱")

    def start(self, order: PaymentOrder) -> Started:
        """Order a payment; the same key again gives the same payment."""
        ref = self.provider.create(order, clock.now())
        # A path, because the sandbox lives on the site it takes payments for.
        return Started(ref, current_app.url_map.bind("").build("sandbox.pay", {"ref": ref}))

    def fetch(self, provider_ref: str) -> ProviderPayment:
        """Return how a payment stands."""
        return self.provider.get(provider_ref)

    def close(self, provider_ref: str) -> None:
        """Make a payment that nobody has paid impossible to pay."""
        self.provider.expire(provider_ref, clock.now())

    def refund(self, order: RefundOrder) -> ProviderRefund:
        """Order a refund; the same key again gives the same refund."""
        return self.provider.refund(order, clock.now())

    def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> Event:
        """Return the event of a message that carries the provider's signature."""
        stamp, _, given = headers.get(SIGNATURE_HEADER, "").partition(".")
        expected = signature(self.provider.webhook_key, stamp, body)
        if not stamp.isascii() or not stamp.isdigit() or not hmac.compare_digest(expected.encode(), given.encode()):
            raise WebhookForged
        if abs(clock.now().timestamp() - int(stamp)) > TOLERANCE_SECONDS:
            raise WebhookForged
        try:
            said = json.loads(body)
            return Event(str(said["id"]), str(said["kind"]), said["payment"], bool(said["livemode"]))
        except (ValueError, KeyError, TypeError):
            raise WebhookForged from None

    def is_mandate(self, provider_ref: str) -> bool:
        """Tell whether this names an agreement to pay each month."""
        return provider_ref.startswith("man_")

    def fetch_mandate(self, provider_ref: str) -> ProviderMandate:
        """Return how an agreement to pay each month stands."""
        return self.provider.get_mandate(provider_ref)

    def change_mandate(self, order: MandateOrder) -> ProviderMandate:
        """Let the months to come be of another amount, pause them or let them go on."""
        self.provider.change_mandate(order, clock.now())
        return self.provider.get_mandate(order.provider_ref)

    def stop_mandate(self, provider_ref: str) -> ProviderMandate:
        """End an agreement to pay each month."""
        self.provider.stop_mandate(provider_ref, clock.now())
        return self.provider.get_mandate(provider_ref)

    def start_card(self, provider_ref: str, return_url: str, locale: str) -> str:
        """Return the address of the page on which another card is chosen; it knows the way back by itself."""
        path = urlsplit(return_url).path
        values = {"ref": provider_ref, "back": path}
        return current_app.url_map.bind("").build("sandbox.card", values)

    def list_since(self, when: datetime) -> Iterable[str]:
        """Yield each payment and mandate to which anything happened since a moment."""
        return self.provider.list_changed(when)

    def list_payouts(self, since: datetime) -> Iterable[ProviderPayout]:
        """Yield each payout since a moment."""
        return list_payouts(self.provider.store, since)


def make_sandbox(settings: Settings) -> SandboxGateway:
    """Return the sandbox with its own store and a webhook key that follows from the portal's."""
    index_key = decode_key(settings.index_key.get_secret_value())
    webhook_key = hmac.new(index_key, b"sandbox webhooks", hashlib.sha256).digest()
    return SandboxGateway(SandboxProvider(settings.sandbox_path, webhook_key))
