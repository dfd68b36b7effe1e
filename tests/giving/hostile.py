"""Providers as enemies: answers get lost, messages come twice, late, in disorder, never, or from a stranger."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

from flask import Flask

from portal.giving.gateways.protocol import (
    Event,
    Gateway,
    GatewayUnavailable,
    PaymentOrder,
    PaysOut,
    ProviderPayment,
    ProviderPayout,
    ProviderRefund,
    RefundOrder,
    Started,
)
from portal.giving.sandbox import sending
from portal.giving.sandbox.provider import SandboxProvider
from tests.giving.twin import messages
from tests.giving.twin.account import Account
from tests.giving.twin.server import WEBHOOK_SECRET

LOST_ANSWERS = 0.05
DUPLICATED = 0.20
REORDERED = 0.20
LATE = 0.05
LOST_MESSAGES = 0.02
FORGED = 0.01


class HostileGateway:
    """Does what it is asked and then, every now and then, does not say so.

    Without its idempotency key (`has_keys`) it does again what it is asked again.
    """

    def __init__(
        self, inner: Gateway, provider: SandboxProvider | Account, draw: Random, *, has_keys: bool = True
    ) -> None:
        self._inner, self._draw, self._has_keys = inner, draw, has_keys
        self._calls = 0
        self.name, self.livemode, self.label, self.note = inner.name, inner.livemode, inner.label, inner.note
        self.provider = provider
        self.pages: dict[str, dict[str, None]] = defaultdict(dict)
        self.refunds_ordered: dict[str, int] = {}

    def start(self, order: PaymentOrder) -> Started:
        """Open a payment; the donor may then have its page without the portal knowing."""
        started = self._inner.start(replace(order, key=self._key(order.key)))
        self.pages[order.key][started.provider_ref] = None
        return self._answer(started)

    def fetch(self, provider_ref: str) -> ProviderPayment:
        """Tell how a payment stands."""
        seen = self._inner.fetch(provider_ref)
        refunds = tuple(replace(each, key=_plain(each.key)) for each in seen.refunds)
        return self._answer(replace(seen, key=_plain(seen.key), refunds=refunds))

    def close(self, provider_ref: str) -> None:
        """Close a payment."""
        self._inner.close(provider_ref)

    def refund(self, order: RefundOrder) -> ProviderRefund:
        """Give money back."""
        self.refunds_ordered[order.key] = order.amount_minor
        return self._answer(self._inner.refund(replace(order, key=self._key(order.key))))

    def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> Event:
        """Verify a message."""
        return self._inner.verify_webhook(headers, body)

    def list_since(self, when: datetime) -> Iterable[str]:
        """List what changed."""
        return self._inner.list_since(when)

    def list_payouts(self, since: datetime) -> Iterable[ProviderPayout]:
        """List what went to the bank."""
        return self._inner.list_payouts(since) if isinstance(self._inner, PaysOut) else ()

    def refunds_made(self) -> int:
        """Return how many refunds there are at the provider."""
        refs = [ref for pages in self.pages.values() for ref in pages]
        return sum(len(self.provider.get(ref).refunds) for ref in refs)

    def _key(self, key: str) -> str:
        self._calls += 1
        return key if self._has_keys else f"{key}~{self._calls}"

    def _answer(self, answer: Any) -> Any:
        if self._draw.random() < LOST_ANSWERS:
            raise GatewayUnavailable
        return answer


class HostilePost:
    """Carries a provider's messages to the door: some twice, some late, some never, and a stranger's among them."""

    def __init__(self, app: Flask, gateway: HostileGateway, draw: Random) -> None:
        self._app, self._name, self._provider, self._draw = app, gateway.name, gateway.provider, draw
        self._late: list[Any] = []
        self._signed: Callable[[Any, bytes, datetime], tuple[bytes, dict[str, str]]]
        if isinstance(gateway.provider, SandboxProvider):
            self._signed, self._header = sending.signed, sending.SIGNATURE_HEADER
            self._key = gateway.provider.webhook_key
        else:
            self._signed, self._header = messages.signed, messages.HEADER
            self._key = WEBHOOK_SECRET.encode()
        self.counts: dict[str, int] = defaultdict(int)

    def carry(self, now: datetime) -> None:
        """Carry what the provider has to send, by several carriers at once."""
        events: list[Any] = []
        while batch := self._provider.list_due_events(now):
            for event in batch:
                self._provider.mark_delivered(event.id, now)
            events += batch
        self._deliver(self._spoil(events), now)

    def carry_late(self, now: datetime) -> None:
        """Carry what was kept back."""
        late, self._late = self._late, []
        self._deliver(late, now)

    def _spoil(self, events: list[Any]) -> list[Any]:
        kept: list[Any] = []
        for event in events:
            chance = self._draw.random()
            if chance < LOST_MESSAGES:
                self.counts["lost"] += 1
            elif chance < LOST_MESSAGES + LATE:
                self.counts["late"] += 1
                self._late.append(event)
            else:
                kept.append(event)
                if self._draw.random() < DUPLICATED:
                    self.counts["duplicated"] += 1
                    kept.append(event)
        for place in range(len(kept)):
            if self._draw.random() < REORDERED:
                other = self._draw.randrange(len(kept))
                kept[place], kept[other] = kept[other], kept[place]
                self.counts["reordered"] += 1
        return kept

    def _deliver(self, events: list[Any], now: datetime) -> None:
        letters = [(*self._signed(event, self._key, now), 200) for event in events]
        for event in events:
            if self._draw.random() < FORGED:
                self.counts["forged"] += 1
                forged = replace(event, id=f"evt_forged_{self.counts['forged']}")
                body, headers = self._signed(forged, b"a stranger", now)
                letters.append((body, headers, 400))
                letters.append((body, headers | {self._header: ""}, 400))
        with ThreadPoolExecutor(3) as carriers:
            wrong = [status for status in carriers.map(self._post(), letters) if status]
        assert not wrong, wrong

    def _post(self) -> Callable[[tuple[bytes, dict[str, str], int]], int]:
        def post(letter: tuple[bytes, dict[str, str], int]) -> int:
            body, headers, expected = letter
            answer = self._app.test_client().post(f"/giving/webhooks/{self._name}", data=body, headers=headers)
            return 0 if answer.status_code == expected else answer.status_code

        return post


def _plain(key: str | None) -> str | None:
    return key.partition("~")[0] if key else key
