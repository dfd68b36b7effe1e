"""Stripe's side of monthly gifts: subscriptions that charge a card each month, their invoices, and another card.

How often and when a payment that failed is tried again, and that the
subscription is cancelled afterwards, is set in Stripe's Dashboard.
"""

from datetime import UTC, datetime
from typing import Any

import stripe

from portal.clock import local_date
from portal.giving.gateways.protocol import (
    GatewayRefused,
    MandateName,
    MandateOrder,
    MandateStatus,
    PaymentOrder,
    ProviderMandate,
)
from portal.giving.gateways.stripe_objects import key_of

STATUSES = {
    "active": MandateStatus.ACTIVE,
    "trialing": MandateStatus.ACTIVE,
    "past_due": MandateStatus.LATE,
    "unpaid": MandateStatus.LATE,
    "paused": MandateStatus.PAUSED,
    "canceled": MandateStatus.STOPPED,
    "incomplete_expired": MandateStatus.STOPPED,
}
"""What the statuses of a subscription mean; one that is incomplete has not begun."""

INTENT_EXPANDED = ["latest_charge.balance_transaction", "latest_charge.refunds"]


class StripeMonths:
    """The subscriptions of one account; its calls raise Stripe's errors."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._v1 = client.v1

    def fetch(self, name: str) -> ProviderMandate:
        """Return how a subscription stands, with the newest card its customer left put to use."""
        found = self._get(name)
        return read_mandate(self._use_new_card(found))

    def change(self, order: MandateOrder) -> ProviderMandate:
        """Set amount and pause; months that pass paused are void, and so is one that failed. Nothing is prorated."""
        found = self._get(order.provider_ref)
        item = _item(found)
        price = {
            "currency": order.currency.lower(),
            "product": item.price.product,
            "recurring": {"interval": "month"},
            "unit_amount": order.amount_minor,
        }
        changes: Any = {
            "proration_behavior": "none",
            "pause_collection": {"behavior": "void"} if order.is_paused else "",
        }
        if item.price.unit_amount != order.amount_minor:
            changes["items"] = [{"id": item.id, "price_data": price}]
        self._v1.subscriptions.update(found.id, changes)
        if order.is_paused:
            self._void_open(found.id)
        return read_mandate(self._get(found.id))

    def stop(self, name: str) -> ProviderMandate:
        """Cancel a subscription at once; one that is cancelled stays so, and a month that failed is not tried again."""
        if self._get(name).status not in ("canceled", "incomplete_expired"):
            self._v1.subscriptions.cancel(name)
            self._void_open(name)
        return read_mandate(self._get(name))

    def start_card(self, name: str, return_url: str, locale: str) -> str:
        """Return the address of a Checkout page that takes another card and charges nothing."""
        found = self._get(name)
        wanted: Any = {
            "mode": "setup",
            "customer": found.customer,
            "currency": found.currency,
            "allowed_payment_method_types": ["card"],
            "locale": "en" if locale == "en" else "zh",
            "metadata": {"mandate": found.id},
            "success_url": return_url,
            "cancel_url": return_url,
        }
        return str(self._v1.checkout.sessions.create(wanted).url)

    def invoice_of(self, intent_id: str) -> str | None:
        """Return the invoice a PaymentIntent pays, or None."""
        asked: Any = {"payment": {"type": "payment_intent", "payment_intent": intent_id}, "limit": 1}
        found = self._v1.invoice_payments.list(asked)
        return str(found.data[0].invoice) if found.data else None

    def session_of(self, invoice: Any) -> str | None:
        """Return the Checkout Session whose first month an invoice is, or None for a later month."""
        if invoice.billing_reason != "subscription_create":
            return None
        found = self._v1.checkout.sessions.list({"subscription": mandate_of(invoice).provider_ref, "limit": 1})
        return found.data[0].id if found.data else None

    def intent_of(self, invoice_id: str | None) -> Any:
        """Return the PaymentIntent that paid an invoice, with its charge, or None."""
        if not invoice_id:
            return None
        paid = self._v1.invoice_payments.list({"invoice": invoice_id, "status": "paid", "limit": 1})
        if not paid.data or not paid.data[0].payment.payment_intent:
            return None
        return self._v1.payment_intents.retrieve(
            str(paid.data[0].payment.payment_intent), {"expand": list(INTENT_EXPANDED)}
        )

    def _get(self, name: str) -> Any:
        found = self._v1.subscriptions.retrieve(name, {"expand": ["latest_invoice"]})
        if found.status not in STATUSES:
            raise GatewayRefused("not_begun")
        return found

    def _use_new_card(self, found: Any) -> Any:
        """Charge the card of the newest setup page from now on, once for each such page."""
        if found.status == "canceled":
            return found
        pages = self._v1.checkout.sessions.list({"customer": found.customer, "status": "complete", "limit": 100})
        setups = [each for each in pages.data if each.mode == "setup" and _says(each, "mandate") == found.id]
        if not setups or _says(found, "card_from") == setups[0].id:
            return found
        intent = self._v1.setup_intents.retrieve(str(setups[0].setup_intent))
        if not intent.payment_method:
            return found
        changes: Any = {"default_payment_method": intent.payment_method, "metadata": {"card_from": setups[0].id}}
        self._v1.subscriptions.update(found.id, changes)
        return self._get(found.id)

    def _void_open(self, name: str) -> None:
        for invoice in self._v1.invoices.list({"subscription": name, "status": "open", "limit": 100}).data:
            self._v1.invoices.void_invoice(invoice.id)


def first_month(order: PaymentOrder) -> dict[str, Any]:
    """Return what makes a Checkout Session the first of many months; only cards can be charged each month."""
    return {
        "mode": "subscription",
        "allowed_payment_method_types": ["card"],
        "subscription_data": {"metadata": {"key": order.key}},
    }


def read_mandate(found: Any) -> ProviderMandate:
    """Return an agreement from a subscription that holds its newest invoice."""
    item = _item(found)
    status = STATUSES[found.status]
    if found.pause_collection and status in (MandateStatus.ACTIVE, MandateStatus.LATE):
        status = MandateStatus.PAUSED
    newest = found.latest_invoice
    is_tried_again = status is MandateStatus.LATE and newest and newest.next_payment_attempt
    reason = found.cancellation_details.reason if found.cancellation_details else None
    return ProviderMandate(
        provider_ref=found.id,
        status=status,
        amount_minor=item.price.unit_amount * item.quantity,
        currency=found.currency.upper(),
        livemode=found.livemode,
        next_on=_day(item.current_period_end) if status in (MandateStatus.ACTIVE, MandateStatus.LATE) else None,
        retry_on=_day(newest.next_payment_attempt) if is_tried_again else None,
        method=str(found.default_payment_method) if found.default_payment_method else None,
        has_failed=found.status == "unpaid" or reason == "payment_failed",
    )


def mandate_of(invoice: Any) -> MandateName:
    """Return the subscription an invoice is of, with the key that its first payment had."""
    details = invoice.parent.subscription_details
    return MandateName(str(details.subscription), key_of(details))


def _item(found: Any) -> Any:
    return found["items"].data[0]


def _says(thing: Any, name: str) -> str | None:
    return thing.metadata[name] if thing.metadata and name in thing.metadata else None


def _day(stamp: int) -> Any:
    return local_date(datetime.fromtimestamp(stamp, UTC))
