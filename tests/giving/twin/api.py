"""The endpoints of the twin: each takes checked parameters and returns objects, or refuses as Stripe does."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stripe import params as kinds
from stripe.params import checkout

from tests.giving.twin import month_api
from tests.giving.twin.account import PAGE_HOURS, Account
from tests.giving.twin.answers import Refused, find, getter, page
from tests.giving.twin.params import ParameterWrong, check

CURRENCIES = {
    "card": frozenset("aud cad chf cny dkk eur gbp hkd jpy myr nok nzd sek sgd usd".split()),
    "alipay": frozenset("aud cad cny eur gbp hkd jpy myr nzd sgd usd".split()),
    "wechat_pay": frozenset("aud cad chf cny dkk eur gbp hkd jpy nok sek sgd usd".split()),
}
SESSION_FILTERS = ("payment_intent", "subscription", "customer", "status")
SMALLEST, LARGEST = 400, 99_999_999
"""In the currency of the account, which is settled in Hong Kong."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method and path, the library's type of its parameters, and what it does."""

    method: str
    path: re.Pattern[str]
    kind: Any
    act: Callable[[Account, dict[str, Any], str], dict[str, Any]]


def call(account: Account, endpoint: Endpoint, name: str, given: dict[str, Any]) -> dict[str, Any]:
    """Check the parameters and act.

    Raises Refused, ParameterWrong.
    """
    checked = check(given, endpoint.kind)
    with account.lock:
        answer = endpoint.act(account, checked, name)
        for path in checked.get("expand", []):
            if path.count(".") > 3:
                raise ParameterWrong("You cannot expand more than 4 levels of a property", "expand")
            _expand(account, answer, path.split("."))
        return _shown(answer)


def find_endpoint(method: str, path: str) -> tuple[Endpoint, str]:
    """Return the endpoint of a path, and the name in it.

    Raises Refused.
    """
    for endpoint in ENDPOINTS:
        found = endpoint.path.fullmatch(path)
        if found and endpoint.method == method:
            return endpoint, found.groupdict().get("name", "")
    raise Refused(404, f"Unrecognized request URL ({method}: {path}).")


def _create_session(account: Account, given: dict[str, Any], _name: str) -> dict[str, Any]:
    mode = given.get("mode")
    for needed in ("success_url", "customer" if mode == "setup" else "line_items"):
        if needed not in given:
            raise ParameterWrong(f"Missing required param: {needed}.", needed, "parameter_missing")
    _check_mode(mode, given)
    prices = [item["price_data"] for item in given.get("line_items", []) if "price_data" in item]
    [currency] = {price["currency"] for price in prices} or {given["currency"]}
    total = sum(item["price_data"]["unit_amount"] * item["quantity"] for item in given.get("line_items", []))
    if mode != "setup":
        _check_total(account, total)
    session = account.add(
        *("cs_test", "checkout.session"),
        amount_total=total,
        currency=currency,
        customer=given.get("customer"),
        expires_at=given.get("expires_at", int(account.now().timestamp()) + PAGE_HOURS * 3600),
        invoice=None,
        metadata=given.get("metadata", {}),
        mode=mode,
        payment_intent=None,
        payment_method_types=_choose_methods(given, currency),
        payment_status="unpaid",
        setup_intent=None,
        status="open",
        subscription=None,
        success_url=given["success_url"],
        _intent_metadata=given.get("payment_intent_data", {}).get("metadata", {}),
        _subscription_metadata=given.get("subscription_data", {}).get("metadata", {}),
        _price={"unit_amount": total, "currency": currency},
    )
    session["url"] = f"https://checkout.stripe.example/c/pay/{session['id']}#{secrets.token_hex(60)}"
    return session


def _check_mode(mode: str | None, given: dict[str, Any]) -> None:
    """Refuse what Stripe takes in another mode only."""
    for own, name in (
        ("payment", "payment_intent_data"),
        ("subscription", "subscription_data"),
        ("payment", "submit_type"),
    ):
        if name in given and mode != own:
            raise ParameterWrong(f"You can not pass `{name}` in `{mode}` mode.", name)
    for item in given.get("line_items", []):
        if ("recurring" in item.get("price_data", {})) != (mode == "subscription"):
            raise ParameterWrong("Prices fit the mode: recurring in subscription mode only.", "line_items")
    if mode == "subscription" and given.get("allowed_payment_method_types") != ["card"]:
        raise ParameterWrong(
            "Alipay and WeChat Pay cannot be used in `subscription` mode.", "allowed_payment_method_types"
        )


def _check_total(account: Account, total: int) -> None:
    settled, paid = account.rate
    if total * settled < SMALLEST * paid:
        message = "The Checkout Session's total amount must convert to at least 400 cents."
        raise Refused(400, message, "amount_too_small")
    if total > LARGEST:
        raise Refused(
            400, "The Checkout Session's total amount due must be no more than 999,999.99", "amount_too_large"
        )


def _choose_methods(given: dict[str, Any], currency: str) -> list[str]:
    allowed = given.get("allowed_payment_method_types", ["card"])
    fitting = [each for each in allowed if currency in CURRENCIES.get(each, ())]
    if "wechat_pay" in fitting and "wechat_pay" not in given.get("payment_method_options", {}):
        param = "payment_method_options[wechat_pay][client]"
        raise ParameterWrong(f"Missing required param: {param}.", param, "parameter_missing")
    if not fitting:
        raise ParameterWrong("No valid payment method types for this Checkout Session.", "allowed_payment_method_types")
    return fitting


def _get_session(account: Account, _given: dict[str, Any], name: str) -> dict[str, Any]:
    return dict(find(account, name, "checkout.session"))


def _expire_session(account: Account, _given: dict[str, Any], name: str) -> dict[str, Any]:
    session = find(account, name, "checkout.session")
    if session["status"] != "open":
        raise Refused(400, f'Only Checkout Sessions with a status in ["open"] can be expired, not {session["status"]}.')
    account.expire(name)
    return session


def _create_refund(account: Account, given: dict[str, Any], _name: str) -> dict[str, Any]:
    intent = find(account, given.get("payment_intent", ""), "payment_intent", status=400)
    if intent["latest_charge"] is None:
        raise Refused(400, "This PaymentIntent does not have a successful charge to refund.", param="payment_intent")
    charge = account.things[intent["latest_charge"]]
    left = charge["amount"] - charge["amount_refunded"]
    amount = given.get("amount", left)
    taken = [each for each in account.find_all("dispute", charge=charge["id"]) if each["status"] not in _NO_CHARGEBACK]
    if taken:
        raise Refused(400, "This charge has been charged back; cannot issue a refund.", "charge_disputed")
    if left == 0:
        raise Refused(400, "This charge has already been refunded.", "charge_already_refunded")
    if not 0 < amount <= left:
        raise Refused(400, "Refund amount is greater than unrefunded amount on charge", param="amount")
    return account.refund(charge, amount, given.get("metadata", {}))


_NO_CHARGEBACK = ("won", "prevented", "warning_needs_response", "warning_under_review", "warning_closed")


def _lister(kind: str, *filters: str) -> Callable[[Account, dict[str, Any], str], dict[str, Any]]:
    def act(account: Account, given: dict[str, Any], _name: str) -> dict[str, Any]:
        found = account.find_all(kind, **{name: given[name] for name in filters if name in given})
        return page(found, given, f"/v1/{kind.replace('.', '/')}s")

    return act


def _list_refunds_of_charge(account: Account, given: dict[str, Any], name: str) -> dict[str, Any]:
    return page(account.find_all("refund", charge=name), given, f"/v1/charges/{name}/refunds")


def _list_payouts(account: Account, given: dict[str, Any], _name: str) -> dict[str, Any]:
    arrival = given.get("arrival_date", {}).get("gte", 0)
    found = [each for each in account.find_all("payout") if each["arrival_date"] >= arrival]
    wanted = given.get("status")
    return page([each for each in found if wanted in (None, each["status"])], given, "/v1/payouts")


def _list_moves(account: Account, given: dict[str, Any], _name: str) -> dict[str, Any]:
    found = account.find_all("balance_transaction", **({"_payout": given["payout"]} if "payout" in given else {}))
    return page(found, given, "/v1/balance_transactions")


def _list_events(account: Account, given: dict[str, Any], _name: str) -> dict[str, Any]:
    if len(given.get("types", [])) > 20:
        raise ParameterWrong("You may pass up to 20 types", "types")
    kept = account.now().timestamp() - 30 * 86_400
    found = [
        event_body(event)
        for event in account.events
        if event.created >= kept and event.kind in given.get("types", [event.kind])
    ]
    return page(found, given, "/v1/events")


def event_body(event: Any) -> dict[str, Any]:
    """Return an event as it is listed and sent."""
    return {
        "id": event.id,
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": event.created,
        "data": {"object": _shown(event.said)},
        "livemode": event.livemode,
        "pending_webhooks": 1,
        "type": event.kind,
    }


def _expand(account: Account, thing: dict[str, Any], path: list[str]) -> None:
    name, rest = path[0], path[1:]
    if thing["object"] == "list" and name == "data":
        thing["data"] = [dict(each) for each in thing["data"]]
        for each in thing["data"]:
            _expand(account, each, rest)
        return
    if thing["object"] == "charge" and name == "refunds":
        url = f"/v1/charges/{thing['id']}/refunds"
        thing["refunds"] = page(account.find_all("refund", charge=thing["id"]), {}, url)
        return
    if name not in thing:
        raise ParameterWrong(f"This property cannot be expanded ({name}).", "expand")
    value = thing[name]
    if isinstance(value, str) and value in account.things:
        value = thing[name] = dict(account.things[value])
    if rest and value is not None:
        _expand(account, value, rest)


def _shown(thing: Any) -> Any:
    """Leave out what the twin keeps for itself."""
    if isinstance(thing, list):
        return [_shown(each) for each in thing]
    if isinstance(thing, dict):
        return {name: _shown(value) for name, value in thing.items() if not name.startswith("_")}
    return thing


_NAME = r"(?P<name>[A-Za-z0-9_]+)"
ENDPOINTS = tuple(
    Endpoint(method, re.compile(f"/v1/{path}"), kind, act)
    for method, path, kind, act in (
        ("POST", "checkout/sessions", checkout.SessionCreateParams, _create_session),
        (
            "GET",
            "checkout/sessions",
            checkout.SessionListParams,
            _lister("checkout.session", "payment_intent", "subscription", "customer", "status"),
        ),
        ("GET", f"checkout/sessions/{_NAME}", checkout.SessionRetrieveParams, _get_session),
        ("POST", f"checkout/sessions/{_NAME}/expire", checkout.SessionExpireParams, _expire_session),
        ("GET", f"payment_intents/{_NAME}", kinds.PaymentIntentRetrieveParams, getter("payment_intent")),
        ("GET", f"setup_intents/{_NAME}", kinds.SetupIntentRetrieveParams, getter("setup_intent")),
        ("GET", f"subscriptions/{_NAME}", kinds.SubscriptionRetrieveParams, getter("subscription")),
        ("POST", f"subscriptions/{_NAME}", kinds.SubscriptionUpdateParams, month_api.update_subscription),
        ("DELETE", f"subscriptions/{_NAME}", kinds.SubscriptionCancelParams, month_api.cancel_subscription),
        ("GET", "invoices", kinds.InvoiceListParams, month_api.list_invoices),
        ("GET", f"invoices/{_NAME}", kinds.InvoiceRetrieveParams, getter("invoice")),
        ("POST", f"invoices/{_NAME}/void", kinds.InvoiceVoidInvoiceParams, month_api.void_invoice),
        ("GET", "invoice_payments", kinds.InvoicePaymentListParams, month_api.list_invoice_payments),
        ("POST", "refunds", kinds.RefundCreateParams, _create_refund),
        ("GET", "refunds", kinds.RefundListParams, _lister("refund", "payment_intent", "charge")),
        ("GET", f"charges/{_NAME}/refunds", kinds.ChargeListRefundsParams, _list_refunds_of_charge),
        ("GET", "disputes", kinds.DisputeListParams, _lister("dispute", "payment_intent", "charge")),
        ("GET", "payouts", kinds.PayoutListParams, _list_payouts),
        ("GET", "balance_transactions", kinds.BalanceTransactionListParams, _list_moves),
        ("GET", "events", kinds.EventListParams, _list_events),
    )
)
