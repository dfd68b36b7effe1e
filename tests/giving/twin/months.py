"""The twin's subscriptions: the first month by Checkout, the later ones by themselves, tried again when they fail."""

from datetime import datetime, timedelta
from typing import Any

from portal.giving.sandbox.mandates import months_after
from tests.giving.twin.money_back import MoneyBack

RETRY_DAYS = (1, 3, 7)
"""As set in the account's Dashboard; after the last one the subscription is cancelled."""


class Months(MoneyBack):
    """The account's customers, subscriptions and invoices."""

    def agree(self, session: dict[str, Any], card: str) -> None:
        """Let a donor leave a card: with the first month of a subscription, or for one there is."""
        method = self.add("pm", "payment_method", card=card)
        if session["mode"] == "setup":
            intent = self.add("seti", "setup_intent", payment_method=method["id"], status="succeeded")
            session["setup_intent"] = intent["id"]
            return
        customer = self.add("cus", "customer", metadata={})
        price = session["_price"] | {"product": self.add("prod", "product", name="x")["id"]}
        began = self.now()
        subscription = self.add(
            *("sub", "subscription"),
            cancellation_details={"reason": None},
            currency=session["currency"],
            customer=customer["id"],
            default_payment_method=method["id"],
            latest_invoice=None,
            metadata=dict(session["_subscription_metadata"]),
            pause_collection=None,
            status="active",
            _began=began,
            _months=1,
            _failure=None,
            _fails=0,
        )
        item = self.add("si", "subscription_item", price=price, quantity=1, current_period_end=0)
        subscription["items"] = {"object": "list", "data": [item], "has_more": False, "url": "/v1/subscription_items"}
        invoice = self._invoice(subscription, began, "subscription_create")
        self._pay_invoice(subscription, invoice)
        session |= {"customer": customer["id"], "subscription": subscription["id"], "invoice": invoice["id"]}
        self._set_period(subscription)
        self.note("customer.subscription.created", subscription)

    def bill_due(self, now: datetime) -> int:
        """Let months be billed and failed ones be tried again, as time has come."""
        paid = 0
        for subscription in self.find_all("subscription"):
            while subscription["status"] in ("active", "past_due") and self._bill(subscription, now):
                paid += 1
        return paid

    def break_months(self, name: str, failure: str | None) -> None:
        """Let the card of a subscription be turned down from now on."""
        self.things[name]["_failure"] = failure

    def cancel(self, name: str, reason: str = "cancellation_requested") -> dict[str, Any]:
        """End a subscription."""
        subscription = self.things[name]
        subscription |= {"status": "canceled", "cancellation_details": {"reason": reason}}
        for invoice in self.find_all("invoice", status="open", _subscription=name):
            invoice["next_payment_attempt"] = None
        self.note("customer.subscription.deleted", subscription)
        return subscription

    def _bill(self, subscription: dict[str, Any], now: datetime) -> bool:
        """Take one step of a subscription; tell whether there was one to take."""
        invoice = self.things[subscription["latest_invoice"]]
        if subscription["status"] == "past_due" and invoice["status"] == "open":
            if not invoice["next_payment_attempt"] or invoice["next_payment_attempt"] > now.timestamp():
                return False
            self._try(subscription, invoice)
            return True
        due = months_after(subscription["_began"], subscription["_months"])
        if due > now:
            return False
        invoice = self._invoice(subscription, due, "subscription_cycle")
        subscription["_months"] += 1
        self._set_period(subscription)
        if subscription["pause_collection"]:
            invoice["status"] = "void"
        else:
            self._try(subscription, invoice)
        return True

    def _try(self, subscription: dict[str, Any], invoice: dict[str, Any]) -> None:
        if subscription["_failure"] is None:
            self._pay_invoice(subscription, invoice)
            if subscription["status"] == "past_due":
                subscription |= {"status": "active", "_fails": 0}
            self.note("customer.subscription.updated", subscription)
            return
        if subscription["_fails"] == len(RETRY_DAYS):
            self.cancel(subscription["id"], "payment_failed")
            return
        due = datetime.fromtimestamp(invoice["created"], self.now().tzinfo)
        again = due + timedelta(days=RETRY_DAYS[subscription["_fails"]])
        invoice["next_payment_attempt"] = int(again.timestamp())
        subscription |= {"status": "past_due", "_fails": subscription["_fails"] + 1}
        self.note("invoice.payment_failed", invoice)
        self.note("customer.subscription.updated", subscription)

    def _invoice(self, subscription: dict[str, Any], at: datetime, reason: str) -> dict[str, Any]:
        details = {"subscription": subscription["id"], "metadata": dict(subscription["metadata"])}
        price = subscription["items"]["data"][0]["price"]
        line = {"object": "line_item", "period": {"start": int(at.timestamp()), "end": int(at.timestamp())}}
        invoice = self.add(
            *("in", "invoice"),
            billing_reason=reason,
            currency=subscription["currency"],
            customer=subscription["customer"],
            lines={"object": "list", "data": [line], "has_more": False, "url": "/v1/invoices/lines"},
            metadata={},
            next_payment_attempt=None,
            parent={"type": "subscription_details", "subscription_details": details},
            status="open",
            total=price["unit_amount"],
            _subscription=subscription["id"],
        )
        invoice["created"] = int(at.timestamp())
        subscription["latest_invoice"] = invoice["id"]
        return invoice

    def _pay_invoice(self, subscription: dict[str, Any], invoice: dict[str, Any]) -> None:
        intent = self.add(
            *("pi", "payment_intent"),
            amount=invoice["total"],
            amount_received=0,
            currency=invoice["currency"],
            latest_charge=None,
            last_payment_error=None,
            metadata={},
            status="requires_payment_method",
        )
        self.charge(intent, self.things[subscription["default_payment_method"]]["card"])
        paid = {"type": "payment_intent", "payment_intent": intent["id"]}
        self.add("inpay", "invoice_payment", invoice=invoice["id"], payment=paid, status="paid")
        invoice |= {"status": "paid", "next_payment_attempt": None}
        self.note("invoice.paid", invoice)

    def _set_period(self, subscription: dict[str, Any]) -> None:
        end = months_after(subscription["_began"], subscription["_months"])
        subscription["items"]["data"][0]["current_period_end"] = int(end.timestamp())

    def charge(self, intent: dict[str, Any], card: str) -> None:
        """Charge a card for an intent."""
        raise NotImplementedError
