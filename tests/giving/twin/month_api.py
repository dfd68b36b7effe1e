"""The twin's endpoints of subscriptions and invoices."""

from typing import Any

from tests.giving.twin.account import Account
from tests.giving.twin.answers import Refused, find, page


def update_subscription(account: Account, given: dict[str, Any], name: str) -> dict[str, Any]:
    """Change price, pause or card of a subscription."""
    subscription = find(account, name, "subscription")
    if subscription["status"] == "canceled":
        raise Refused(400, "A canceled subscription can only update its cancellation_details and metadata.")
    for item in given.get("items", []):
        price, mine = item["price_data"], subscription["items"]["data"][0]
        if item["id"] != mine["id"] or price["product"] != mine["price"]["product"]:
            raise Refused(400, "No such subscription item or product", "resource_missing", "items")
        mine["price"] = {
            "product": price["product"],
            "unit_amount": price["unit_amount"],
            "currency": price["currency"],
        }
    if "pause_collection" in given:
        subscription["pause_collection"] = given["pause_collection"] or None
    if "default_payment_method" in given:
        subscription["default_payment_method"] = given["default_payment_method"]
    subscription["metadata"] |= given.get("metadata", {})
    account.note("customer.subscription.updated", subscription)
    return dict(subscription)


def cancel_subscription(account: Account, _given: dict[str, Any], name: str) -> dict[str, Any]:
    """End a subscription."""
    if find(account, name, "subscription")["status"] == "canceled":
        raise Refused(404, f"No such subscription: '{name}'", "resource_missing", "id")
    return account.cancel(name)


def void_invoice(account: Account, _given: dict[str, Any], name: str) -> dict[str, Any]:
    """Give up an open invoice."""
    invoice = find(account, name, "invoice")
    if invoice["status"] != "open":
        raise Refused(400, "You can only pass in open invoices.")
    invoice |= {"status": "void", "next_payment_attempt": None}
    subscription = account.things[invoice["_subscription"]]
    if subscription["status"] == "past_due":
        subscription |= {"status": "active", "_fails": 0}
    return invoice


def list_invoices(account: Account, given: dict[str, Any], _name: str) -> dict[str, Any]:
    """List invoices of a subscription."""
    wanted = {"_subscription": given.get("subscription"), "status": given.get("status")}
    found = account.find_all("invoice", **{name: value for name, value in wanted.items() if value})
    return page(found, given, "/v1/invoices")


def list_invoice_payments(account: Account, given: dict[str, Any], _name: str) -> dict[str, Any]:
    """List what paid invoices."""
    wanted = {name: given[name] for name in ("invoice", "payment", "status") if name in given}
    return page(account.find_all("invoice_payment", **wanted), given, "/v1/invoice_payments")
