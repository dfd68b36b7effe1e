"""One Stripe account as its bank side sees it: what donors, banks and staff do there, and its book.

Its verbs have the names of the sandbox's, so that the same enemies can play with both.
"""

import copy
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal.giving.gateways.protocol import PaymentStatus, ProviderPayment, ProviderRefund, RefundStatus

FEE_PER_MILLE, FEE_FIXED = 34, 35
DISPUTE_FEE = 1_500
PAGE_HOURS = 24


@dataclass(frozen=True, slots=True)
class TwinEvent:
    """A message to the endpoint; `said` is its object as it was then."""

    id: str
    kind: str
    said: dict[str, Any]
    created: int
    livemode: bool


class Account:
    """Sessions, intents, charges, refunds, disputes and balance transactions by their ids."""

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

    def pay(self, ref: str, card: str, now: datetime | None = None) -> bool:
        """Let a donor pay on the page of a session; tell whether this call did it."""
        with self.lock:
            session = self.things[ref]
            if session["status"] != "open":
                return False
            intent = self._intent_of(session)
            self._charge(intent, card)
            session |= {"status": "complete", "payment_status": "paid"}
            self.note("checkout.session.completed", session)
            return True

    def decline(self, ref: str, card: str, failure: str, now: datetime | None = None) -> bool:
        """Turn a card down: the page stays open; a bank that was to answer later ends it."""
        with self.lock:
            session = self.things[ref]
            if session["payment_status"] == "paid" or session["status"] == "expired":
                return False
            intent = self._intent_of(session)
            error = {"code": failure, "decline_code": "generic_decline", "type": "card_error"}
            intent |= {"status": "requires_payment_method", "last_payment_error": error}
            self.settles_at.pop(ref, None)
            self.note("payment_intent.payment_failed", intent)
            if session["status"] == "complete":
                self.note("checkout.session.async_payment_failed", session)
            return True

    def pay_later(self, ref: str, card: str, now: datetime, seconds: int = 120) -> bool:
        """Let a donor pay in a way whose bank answers later."""
        with self.lock:
            session = self.things[ref]
            if session["status"] != "open":
                return False
            intent = self._intent_of(session)
            intent |= {"status": "processing", "_card": card}
            session["status"] = "complete"
            self.settles_at[ref] = now + timedelta(seconds=seconds)
            self.note("checkout.session.completed", session)
            return True

    def settle_due(self, now: datetime) -> int:
        """Let banks answer, charges be captured and pages expire, as time has come."""
        with self.lock:
            due = [ref for ref, at in self.settles_at.items() if at <= now]
            for ref in due:
                del self.settles_at[ref]
                session = self.things[ref]
                intent = self.things[session["payment_intent"]]
                self._charge(intent, intent.pop("_card"))
                session["payment_status"] = "paid"
                self.note("checkout.session.async_payment_succeeded", session)
            for session in self.find_all("checkout.session", status="open"):
                if session["expires_at"] <= now.timestamp():
                    self.expire(session["id"])
            for charge in self.find_all("charge", balance_transaction=None, status="succeeded"):
                self._settle(charge)
                self.note("charge.updated", charge)
            for refund in self.find_all("refund", status="pending"):
                refund["status"] = "succeeded"
                self._move_refund(refund)
                self.note("refund.updated", refund)
            return len(due)

    def expire(self, ref: str) -> None:
        """Close a page."""
        self.things[ref]["status"] = "expired"
        self.note("checkout.session.expired", self.things[ref])

    def refund(self, charge: dict[str, Any], amount: int, metadata: dict[str, str]) -> dict[str, Any]:
        """Give money back; cards at once, wallets later."""
        is_card = charge["payment_method_details"]["type"] == "card"
        refund = self.add(
            *("re", "refund"),
            amount=amount,
            currency=charge["currency"],
            charge=charge["id"],
            payment_intent=charge["payment_intent"],
            metadata=metadata,
            status="succeeded" if is_card else "pending",
        )
        if is_card:
            self._move_refund(refund)
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self.note("refund.created", refund)
        self.note("charge.refunded", charge)
        return refund

    def fail_refund(self, name: str, now: datetime | None = None) -> None:
        """Let a refund come back."""
        with self.lock:
            refund = self.things[name]
            if refund["status"] == "succeeded":
                self._move(refund["amount"], 0, "refund_failure", refund["id"])
            refund["status"] = "failed"
            charge = self.things[refund["charge"]]
            charge["amount_refunded"] -= refund["amount"]
            charge["refunded"] = False
            self.note("refund.failed", refund)

    def dispute(self, ref: str, now: datetime | None = None, *, is_inquiry: bool = False) -> str:
        """Let the donor's bank take back what is left, or only ask."""
        with self.lock:
            charge = self.charge_of(ref)
            amount = charge["amount"] - charge["amount_refunded"]
            dispute = self.add(
                *("dp", "dispute"),
                amount=amount,
                currency=charge["currency"],
                charge=charge["id"],
                payment_intent=charge["payment_intent"],
                status="warning_needs_response" if is_inquiry else "needs_response",
                balance_transactions=[],
                metadata={},
            )
            if not is_inquiry:
                dispute["balance_transactions"].append(self._move(-amount, DISPUTE_FEE, "adjustment", dispute["id"]))
            charge["disputed"] = True
            self.note("charge.dispute.created", dispute)
            return str(dispute["id"])

    def close_dispute(self, name: str, now: datetime | None = None, *, is_won: bool, fee: int = 0) -> None:
        """Let the bank decide; `fee` is what comes on top, or below zero comes back."""
        with self.lock:
            dispute = self.things[name]
            dispute["status"] = "won" if is_won else "lost"
            if is_won or fee:
                amount = dispute["amount"] if is_won else 0
                dispute["balance_transactions"].append(self._move(amount, fee, "adjustment", name))
            self.note("charge.dispute.closed", dispute)

    def pay_out(self) -> dict[str, Any]:
        """Send what is in the account to the bank; the payout is a movement of its own."""
        with self.lock:
            moves = self.find_all("balance_transaction", _payout=None)
            amount = sum(move["net"] for move in moves)
            arrival = int(self.now().timestamp())
            payout = self.add(
                *("po", "payout"), amount=amount, arrival_date=arrival, currency=self.settles_in, status="paid"
            )
            for move in (*moves, self._move(-amount, 0, "payout", payout["id"])):
                move["_payout"] = payout["id"]
            return payout

    def charge_of(self, ref: str) -> dict[str, Any]:
        """Return the charge of a session that is paid."""
        return self.things[self.things[self.things[ref]["payment_intent"]]["latest_charge"]]

    def get(self, ref: str) -> ProviderPayment:
        """Return a payment with its refunds, read without the portal's code."""
        session = self.things[ref]
        is_paid = session["payment_status"] == "paid"
        refunds = self.find_all("refund", payment_intent=session["payment_intent"]) if is_paid else []
        return ProviderPayment(
            provider_ref=ref,
            key=session["metadata"].get("key"),
            status=PaymentStatus.SUCCEEDED if is_paid else PaymentStatus.OPEN,
            amount_minor=session["amount_total"],
            currency=session["currency"].upper(),
            livemode=session["livemode"],
            refunds=tuple(
                ProviderRefund(each["id"], each["metadata"].get("key"), each["amount"], RefundStatus(each["status"]))
                for each in refunds
            ),
        )

    def list_due_events(self, now: datetime, limit: int = 100) -> list[TwinEvent]:
        """Return messages that were not sent, the oldest first."""
        with self.lock:
            return list(self._undelivered.values())[:limit]

    def mark_delivered(self, event_id: str, now: datetime) -> None:
        """Note that a message was sent."""
        with self.lock:
            self._undelivered.pop(event_id, None)

    def book(self) -> dict[str, int]:
        """Return what came in, went back and was kept as fees, in the account's own currency."""
        paid = self.find_all("charge", status="succeeded")
        moves = [self.things[each["balance_transaction"]] for each in paid if each["balance_transaction"]]
        disputed = [move for each in self.find_all("dispute") for move in each["balance_transactions"]]
        refunded = sum(each["amount"] for each in self.find_all("refund", status="succeeded"))
        return {
            "received": sum(each["amount"] for each in paid),
            "refunded": refunded - sum(move["amount"] for move in disputed),
            "fees": sum(move["fee"] for move in (*moves, *disputed)),
        }

    def _intent_of(self, session: dict[str, Any]) -> dict[str, Any]:
        """Return the intent behind a page; as at Stripe there is none before somebody tries to pay."""
        if session["payment_intent"] is None:
            intent = self.add(
                *("pi", "payment_intent"),
                amount=session["amount_total"],
                amount_received=0,
                currency=session["currency"],
                latest_charge=None,
                last_payment_error=None,
                metadata=session["_intent_metadata"],
                status="requires_payment_method",
            )
            session["payment_intent"] = intent["id"]
        return self.things[session["payment_intent"]]

    def _charge(self, intent: dict[str, Any], card: str) -> None:
        method = card.partition("-")[0]
        charge = self.add(
            *("ch", "charge"),
            amount=intent["amount"],
            amount_refunded=0,
            balance_transaction=None,
            currency=intent["currency"],
            disputed=False,
            payment_intent=intent["id"],
            payment_method_details={"type": method, method: {"fingerprint": f"fp_{card}"}},
            refunded=False,
            status="succeeded",
        )
        if not self.is_capture_slow:
            self._settle(charge)
        received = {"amount_received": intent["amount"], "latest_charge": charge["id"], "last_payment_error": None}
        intent |= {"status": "succeeded"} | received
        self.note("payment_intent.succeeded", intent)

    def _settle(self, charge: dict[str, Any]) -> None:
        fee = (charge["amount"] * FEE_PER_MILLE + 500) // 1000 + FEE_FIXED
        kind = "charge" if charge["payment_method_details"]["type"] == "card" else "payment"
        charge["balance_transaction"] = self._move(charge["amount"], fee, kind, charge["id"])["id"]

    def _move_refund(self, refund: dict[str, Any]) -> None:
        is_card = self.things[refund["charge"]]["payment_method_details"]["type"] == "card"
        self._move(-refund["amount"], 0, "refund" if is_card else "payment_refund", refund["id"])

    def _move(self, amount: int, fee: int, kind: str, source: str) -> dict[str, Any]:
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
