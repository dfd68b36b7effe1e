"""What Stripe sends to the bank: its payouts, and the balance transactions each of them consists of.

An automatic payout names its transactions; one that somebody made by hand in
the Dashboard names none, does not fit and is held for a person.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import stripe

from portal.clock import local_date
from portal.giving.gateways.protocol import MovementKind, PayoutItem, ProviderPayout

LATEST_ARRIVAL = timedelta(days=10)
"""How long after the day on which it was to arrive a payout may still become paid."""

KINDS = {
    "charge": MovementKind.PAYMENT,
    "payment": MovementKind.PAYMENT,
    "refund": MovementKind.REFUND,
    "payment_refund": MovementKind.REFUND,
    "refund_failure": MovementKind.REFUND_FAILED,
}
"""What a balance transaction is of, by its type; one of no type here leaves the payout without its sum, so that it is
held. A dispute's are adjustments."""

MOST_KEPT = 200


class StripePayouts:
    """The payouts of one account; what is paid does not change any more, so each is read once in a process."""

    def __init__(self, client: stripe.StripeClient, name_of: Callable[[str], str | None]) -> None:
        self._client, self._of_intent = client, name_of
        self._kept: dict[str, ProviderPayout] = {}

    def list_since(self, since: datetime) -> list[ProviderPayout]:
        """Return the payouts that may have been paid since a moment, the oldest first; raises Stripe's errors."""
        arrival: Any = {"gte": int((since - LATEST_ARRIVAL).timestamp())}
        found = self._client.v1.payouts.list({"arrival_date": arrival, "status": "paid", "limit": 100})
        payouts = [self._read(each) for each in found.auto_paging_iter()]
        return sorted(payouts, key=lambda each: each.paid_on)

    def _read(self, payout: Any) -> ProviderPayout:
        if payout.id not in self._kept:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[payout.id] = ProviderPayout(
                provider_ref=payout.id,
                amount_minor=payout.amount,
                currency=payout.currency.upper(),
                livemode=payout.livemode,
                paid_on=local_date(datetime.fromtimestamp(payout.arrival_date, UTC)),
                items=tuple(self._list_items(payout.id)),
            )
        return self._kept[payout.id]

    def _list_items(self, payout_id: str) -> Iterator[PayoutItem]:
        moves = self._client.v1.balance_transactions.list(
            {"payout": payout_id, "limit": 100, "expand": ["data.source"]}
        )
        for move in moves.auto_paging_iter():
            kind = _kind_of(move)
            if kind is not None:
                yield PayoutItem(kind, self._name_of(kind, move.source), move.amount, move.fee)

    def _name_of(self, kind: MovementKind, source: Any) -> str:
        """Return what the portal calls the source: a payment goes by its Checkout Session."""
        if kind is not MovementKind.PAYMENT or not source.payment_intent:
            return str(source.id)
        return self._of_intent(source.payment_intent) or str(source.id)


def _kind_of(move: Any) -> MovementKind | None:
    if move.type != "adjustment":
        return KINDS.get(move.type)
    if not move.source or move.source.object != "dispute":
        return None
    if move.amount == 0:
        return MovementKind.DISPUTE_LOST
    return MovementKind.DISPUTE if move.amount < 0 else MovementKind.DISPUTE_WON
