"""Stripe as a gateway: cards, Alipay and WeChat Pay on Stripe's own page, refunds and chargebacks.

Monthly gifts are subscriptions paid by card; see `stripe_months`. A message is
verified on its raw body and is a hint only; what happened is read
from the objects themselves, in the version of the API that is pinned here. A
payment is called by its Checkout Session; what messages say of the
PaymentIntent behind it leads there. No card number, name or mail address of a
donor passes through this site.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import stripe
from flask_babel import lazy_gettext

from portal import clock
from portal.config import Settings
from portal.giving.gateways.protocol import (
    Event,
    GatewayRefused,
    GatewayUnavailable,
    MandateOrder,
    PaymentOrder,
    ProviderMandate,
    ProviderPayment,
    ProviderPayout,
    ProviderRefund,
    RefundOrder,
    Started,
)
from portal.giving.gateways.stripe_messages import KINDS, payment_of, read_message
from portal.giving.gateways.stripe_months import StripeMonths, first_month
from portal.giving.gateways.stripe_objects import key_of, read_month, read_payment, read_refund
from portal.giving.gateways.stripe_payouts import StripePayouts

API_VERSION = "2026-10-28.endive"
"""The version all requests are made in, whatever the account's own default is; read its changelog before moving on."""

METHODS = ("card", "alipay", "wechat_pay")
"""Of the methods that are switched on in the account, those that are offered."""

TIMEOUT_SECONDS = 15.0
TRIES = 3

EVENTS_KEPT = timedelta(days=29)
"""How long Stripe can be asked for its events, less a day."""

SLOWEST_REFUND = timedelta(days=45)
SLOWEST_DISPUTE = timedelta(days=180)
SLOWEST_MONTH = timedelta(days=30)
"""How long after it was opened a refund, dispute or month may still change."""

EXPANDED = ["payment_intent.latest_charge.balance_transaction", "payment_intent.latest_charge.refunds"]

logger = logging.getLogger(__name__)


class StripeGateway:
    """The gateway to one Stripe account."""

    name = "stripe"
    is_prompt = True

    def __init__(self, client: stripe.StripeClient, webhook_secret: str, *, livemode: bool) -> None:
        self._client, self._webhook_secret, self.livemode = client, webhook_secret, livemode
        self._payouts, self._months = StripePayouts(client, self._name_of), StripeMonths(client)
        self.label: Any = lazy_gettext("银行卡、支付宝或微信支付")
        self.note: Any = lazy_gettext("在 Stripe 的付款页面上付，卡号不经过本站")

    def start(self, order: PaymentOrder) -> Started:
        """Open a Checkout Session; the same key again gives the same one.

        Stripe keeps its answer to a key for a day, a fault of its own too, and
        refuses the key when the campaign's title was changed meanwhile. Then a
        second key opens another session: the first one's page was never shown
        to anybody, so nobody can pay it.
        """
        with _asking():
            try:
                session = self._open(order, order.key)
            except (stripe.APIError, stripe.IdempotencyError) as stuck:
                if stuck.http_status == 409:
                    # The same order is under way by another request.
                    raise
                session = self._open(order, f"{order.key}-again")
        return Started(session.id, str(session.url))

    def fetch(self, provider_ref: str) -> ProviderPayment:
        """Return how a payment stands, by its Checkout Session, a later month's invoice, or the intent behind one."""
        with _asking():
            paper, intent = self._get(provider_ref)
            charge = intent.latest_charge if intent else None
            disputes = self._list_disputes(intent.id) if charge and charge.disputed else []
            if paper.object == "invoice":
                return read_month(paper, intent, disputes)
            return read_payment(paper, intent, disputes)

    def close(self, provider_ref: str) -> None:
        """Expire a Checkout Session; one that is paid or has expired stays so."""
        with _asking():
            try:
                self._client.v1.checkout.sessions.expire(provider_ref)
            except stripe.InvalidRequestError as refused:
                if refused.http_status != 400:
                    raise

    def refund(self, order: RefundOrder) -> ProviderRefund:
        """Order a refund; the same key again gives the same refund, also after Stripe has forgotten the key."""
        with _asking():
            _paper, intent = self._get(order.provider_ref)
            if not intent or not intent.latest_charge:
                raise GatewayRefused("not_paid")
            for known in intent.latest_charge.refunds.auto_paging_iter():
                if key_of(known) == order.key:
                    return read_refund(known)
            made = self._client.v1.refunds.create(
                {"payment_intent": intent.id, "amount": order.amount_minor, "metadata": {"key": order.key}},
                {"idempotency_key": order.key},
            )
            return read_refund(made)

    def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> Event:
        """Return the event of a message that Stripe signed; one of the other mode speaks of no payment of ours."""
        return read_message(headers, body, self._webhook_secret, livemode=self.livemode)

    def list_since(self, when: datetime) -> Iterable[str]:
        """Yield each payment to which anything happened since a moment; events, and beyond a month the objects."""
        with _asking():
            created: Any = {"gte": int(when.timestamp())}
            events = self._client.v1.events.list({"created": created, "types": list(KINDS), "limit": 100})
            newest_first = [event.data.object for event in events.auto_paging_iter()]
            if when < clock.now() - EVENTS_KEPT:
                newest_first += self._list_objects(when)
        refs = [payment_of(thing) for thing in reversed(newest_first)]
        yield from dict.fromkeys(ref for ref in refs if ref)

    def is_mandate(self, provider_ref: str) -> bool:
        """Tell whether this names a subscription."""
        return provider_ref.startswith("sub_")

    def fetch_mandate(self, provider_ref: str) -> ProviderMandate:
        """Return how a subscription stands; a new card is put to use first."""
        with _asking():
            return self._months.fetch(provider_ref)

    def change_mandate(self, order: MandateOrder) -> ProviderMandate:
        """Let the months to come be of another amount, pause them or let them go on."""
        with _asking():
            return self._months.change(order)

    def stop_mandate(self, provider_ref: str) -> ProviderMandate:
        """Cancel a subscription for good."""
        with _asking():
            return self._months.stop(provider_ref)

    def start_card(self, provider_ref: str, return_url: str, locale: str) -> str:
        """Return the address of a page that takes another card."""
        with _asking():
            return self._months.start_card(provider_ref, return_url, locale)

    def list_payouts(self, since: datetime) -> Iterable[ProviderPayout]:
        """Yield each payout that may have reached the bank since a moment."""
        with _asking():
            payouts = self._payouts.list_since(since)
        yield from payouts

    def _open(self, order: PaymentOrder, idempotency_key: str) -> Any:
        price: Any = {
            "currency": order.currency.lower(),
            "unit_amount": order.amount_minor,
            "product_data": {"name": order.title},
        }
        if order.is_monthly:
            price["recurring"] = {"interval": "month"}
        wanted: Any = (first_month if order.is_monthly else _once)(order) | {
            "locale": "en" if order.locale == "en" else "zh",
            "line_items": [{"quantity": 1, "price_data": price}],
            # What is paid is what was promised, in the campaign's currency.
            "adaptive_pricing": {"enabled": False},
            "metadata": {"key": order.key},
            "success_url": order.return_url,
            "cancel_url": order.leave_url,
        }
        return self._client.v1.checkout.sessions.create(wanted, {"idempotency_key": idempotency_key})

    def _get(self, ref: str) -> tuple[Any, Any]:
        """Return the Checkout Session or a later month's invoice, and the intent that paid it, if any."""
        name = self._name_of(ref) if ref.startswith("pi_") else ref
        if name is None:
            raise GatewayRefused("no_such_payment")
        if name.startswith("in_"):
            invoice = self._client.v1.invoices.retrieve(name)
            session_id = self._months.session_of(invoice)
            if session_id is None:
                return invoice, self._months.intent_of(invoice.id)
            name = session_id
        session = self._client.v1.checkout.sessions.retrieve(name, {"expand": EXPANDED})
        return session, session.payment_intent or self._months.intent_of(
            str(session.invoice) if session.invoice else None
        )

    def _name_of(self, intent_id: str) -> str | None:
        """Return what a payment goes by: its Checkout Session, or the invoice where it is a later month."""
        session_id = self._session_of(intent_id)
        invoice_id = None if session_id else self._months.invoice_of(intent_id)
        if invoice_id is None:
            return session_id
        return self._months.session_of(self._client.v1.invoices.retrieve(invoice_id)) or invoice_id

    def _session_of(self, intent_id: str) -> str | None:
        """Return the session an intent stands behind; a payout asks for hundreds, and one lost answer is no end."""
        for _try in range(TRIES - 1):
            with suppress(stripe.APIConnectionError):
                return self._ask_session_of(intent_id)
        return self._ask_session_of(intent_id)

    def _ask_session_of(self, intent_id: str) -> str | None:
        found = self._client.v1.checkout.sessions.list({"payment_intent": intent_id, "limit": 1})
        return found.data[0].id if found.data else None

    def _list_disputes(self, intent_id: str) -> list[Any]:
        found = self._client.v1.disputes.list({"payment_intent": intent_id, "limit": 100})
        return list(found.auto_paging_iter())

    def _list_objects(self, when: datetime) -> list[Any]:
        """Return what may have changed since a moment of which Stripe keeps no events any more."""

        def since(slowest: timedelta) -> Any:
            return {"created": {"gte": int((when - slowest).timestamp())}, "limit": 100}

        v1 = self._client.v1
        lists: tuple[Any, ...] = (
            v1.disputes.list(since(SLOWEST_DISPUTE)),
            v1.refunds.list(since(SLOWEST_REFUND)),
            v1.invoices.list(since(SLOWEST_MONTH)),
            v1.checkout.sessions.list(since(timedelta(days=1))),
        )
        return [each for found in lists for each in found.auto_paging_iter()]


def make_stripe(settings: Settings) -> StripeGateway:
    """Return the gateway to the account of the settings' key."""
    # The library tells its maker how fast it was, and writes addresses with donors' private links into the log.
    stripe.enable_telemetry = False
    logging.getLogger("stripe").setLevel(logging.WARNING)
    key = settings.stripe_secret_key.get_secret_value()
    client = stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": settings.stripe_api_url},
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        # The portal asks again by itself, with the same key.
        max_network_retries=0,
    )
    return StripeGateway(client, settings.stripe_webhook_secret.get_secret_value(), livemode="_live_" in key)


@contextmanager
def _asking() -> Iterator[None]:
    """Turn Stripe's errors into the protocol's; what Stripe writes about them may name people and is left out."""
    try:
        yield
    except (stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError) as refused:
        raise GatewayRefused(refused.code or _type_of(refused)) from None
    except (stripe.AuthenticationError, stripe.PermissionError) as shut_out:
        # Nothing was done, but it is the key that is wrong and not the order: it waits until somebody mends it.
        logger.error("stripe does not take the key: %s", type(shut_out).__name__)
        raise GatewayUnavailable from None
    except stripe.StripeError as lost:
        logger.warning("stripe: %s, status %s", type(lost).__name__, lost.http_status)
        raise GatewayUnavailable from None


def _type_of(error: stripe.StripeError) -> str:
    return "idempotency_error" if isinstance(error, stripe.IdempotencyError) else "refused"


def _once(order: PaymentOrder) -> dict[str, Any]:
    """Return what makes a Checkout Session a single gift."""
    return {
        "mode": "payment",
        "submit_type": "donate",
        "allowed_payment_method_types": list(METHODS),
        "payment_method_options": {"wechat_pay": {"client": "web"}},
        "payment_intent_data": {"metadata": {"key": order.key}},
    }
