"""The things of one Stripe account by their ids, the events about them, and what moved its balance."""

import copy
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class TwinEvent:
    """A message to the endpoint; `said` is its object as it was then."""

    id: str
    kind: str
    said: dict[str, Any]
    created: int
    livemode: bool


class Things:
    """Objects by id, events, movements."""

    def __init__(self, now: Callable[[], datetime], kinds: tuple[str, ...]) -> None:
        self.now, self.kinds = now, kinds
        self.lock = threading.RLock()
        self.things: dict[str, dict[str, Any]] = {}
        self.events: list[TwinEvent] = []
        self.livemode = False
        self.settles_in, self.rate = "cny", (1, 1)
        self.is_capture_slow = False
        self.settles_at: dict[str, datetime] = {}
        self._undelivered: dict[str, TwinEvent] = {}

    def add(self, prefix: str, kind: str, **fields: Any) -> dict[str, Any]:
        """Make an object under a new id."""
        name = f"{prefix}_{secrets.token_hex(12)}"
        head = {"id": name, "object": kind, "created": int(self.now().timestamp()), "livemode": self.livemode}
        self.things[name] = head | fields
        return self.things[name]

    def find_all(self, kind: str, **same: Any) -> list[dict[str, Any]]:
        """Return objects of a kind whose fields have these values, the oldest first."""
        found = [thing for thing in self.things.values() if thing["object"] == kind]
        return [thing for thing in found if all(thing.get(name) == value for name, value in same.items())]

    def note(self, kind: str, thing: dict[str, Any]) -> None:
        """Write an event, and send it if the endpoint wants such."""
        created = int(self.now().timestamp())
        event = TwinEvent(f"evt_{secrets.token_hex(12)}", kind, copy.deepcopy(thing), created, self.livemode)
        self.events.append(event)
        if kind in self.kinds:
            self._undelivered[event.id] = event

    def charge_of(self, ref: str) -> dict[str, Any]:
        """Return the charge of a session that is paid."""
        return self.things[self.things[self.things[ref]["payment_intent"]]["latest_charge"]]

    def move_refund(self, refund: dict[str, Any]) -> None:
        """Let the balance fall by a refund."""
        is_card = self.things[refund["charge"]]["payment_method_details"]["type"] == "card"
        self.move(-refund["amount"], 0, "refund" if is_card else "payment_refund", refund["id"])

    def move(self, amount: int, fee: int, kind: str, source: str) -> dict[str, Any]:
        """Return a balance transaction, in the currency in which the account is settled."""
        settled, paid = self.rate
        amount, fee = (round(each * settled / paid) for each in (amount, fee))
        return self.add(
            *("txn", "balance_transaction"),
            amount=amount,
            currency=self.settles_in,
            exchange_rate=None if settled == paid else settled / paid,
            fee=fee,
            net=amount - fee,
            source=source,
            type=kind,
            _payout=None,
        )
