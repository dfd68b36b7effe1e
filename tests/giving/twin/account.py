"""One Stripe account as its bank side sees it: what donors, banks and staff do there, and its book.

Its verbs have the names of the sandbox's, so that the same enemies can play with both.
"""

from datetime import datetime, timedelta
from typing import Any

from portal.giving.gateways.protocol import PaymentStatus, ProviderPayment, ProviderRefund, RefundStatus
from tests.giving.twin.months import Months
from tests.giving.twin.things import TwinEvent

FEE_PER_MILLE, FEE_FIXED = 34, 35
PAGE_HOURS = 24


class Account(Months):
    """Sessions, intents, charges, refunds, disputes and balance transactions by their ids."""

    def pay(self, ref: str, card: str, now: datetime | None = None) -> bool:
        """Let a donor pay on the page of a session; tell whether this call did it."""
        with self.lock:
            session = self.things[ref]
            if session["status"] != "open":
                return False
            if session["mode"] == "payment":
                self.charge(self._intent_of(session), card)
            else:
                self.agree(session, card)
            session |= {"status": "complete", "payment_status": "no_payment_required"}
            if session["mode"] != "setup":
                session["payment_status"] = "paid"
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
                self.charge(intent, intent.pop("_card"))
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
                self.move_refund(refund)
                self.note("refund.updated", refund)
            return len(due) + self.bill_due(now)

    def expire(self, ref: str) -> None:
        """Close a page."""
        self.things[ref]["status"] = "expired"
        self.note("checkout.session.expired", self.things[ref])

    def pay_out(self) -> dict[str, Any]:
        """Send what is in the account to the bank; the payout is a movement of its own."""
        with self.lock:
            moves = self.find_all("balance_transaction", _payout=None)
            amount = sum(move["net"] for move in moves)
            arrival = int(self.now().timestamp())
            payout = self.add(
                *("po", "payout"), amount=amount, arrival_date=arrival, currency=self.settles_in, status="paid"
            )
            for move in (*moves, self.move(-amount, 0, "payout", payout["id"])):
                move["_payout"] = payout["id"]
            return payout

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

    def charge(self, intent: dict[str, Any], card: str) -> None:
        """Charge a card for an intent."""
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
        charge["balance_transaction"] = self.move(charge["amount"], fee, kind, charge["id"])["id"]
