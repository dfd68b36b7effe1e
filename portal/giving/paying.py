"""From a gift to the page where it is paid: asks the provider between transactions, never inside one."""

import logging

from portal.crashing import crash_point
from portal.giving.gateways.protocol import GatewayRefused, GatewayUnavailable
from portal.giving.gateways.registry import GatewayUnknown, get_gateway
from portal.giving.making import begin_payment, list_waiting_payments, note_refused_start, note_started
from portal.giving.syncing import outside_transactions, sync_payment

logger = logging.getLogger(__name__)


class PayPageMissing(Exception):
    """The provider did not answer, or would not take the payment; the gift is kept and can be tried again."""


def find_pay_page(public_id: str, gateway_name: str, range_hash: str | None = None) -> str:
    """Return the address where a gift is paid; asked twice it is the same payment and so the same address.

    A payment that waits at another gateway is closed first. A crash between
    the steps loses nothing: the same key finds the same payment.

    Raises GiftNotFound, GiftPaid, PaymentUnderWay, TooManyAttempts, GatewayUnknown, CampaignTakesNoGifts,
    WishNotFree, PayPageMissing.
    """
    outside_transactions()
    _close_others(public_id, gateway_name)
    attempt = begin_payment(public_id, gateway_name, range_hash)
    crash_point("after_intent")
    if attempt.pay_url is not None:
        return attempt.pay_url
    try:
        started = get_gateway(gateway_name).start(attempt.order)
    except GatewayRefused as refused:
        logger.warning("payment %s: refused (%s)", attempt.payment_id, refused.code)
        note_refused_start(attempt.payment_id, refused.code)
        raise PayPageMissing from refused
    except GatewayUnavailable as lost:
        logger.warning("payment %s: no answer", attempt.payment_id)
        raise PayPageMissing from lost
    crash_point("after_start")
    note_started(attempt.payment_id, started)
    crash_point("after_note_of_start")
    return started.pay_url


def look_again(public_id: str) -> None:
    """Ask the providers of a gift's unpaid payments how they stand, as when the donor comes back from paying."""
    for _payment_id, gateway_name, provider_ref in list_waiting_payments(public_id):
        if provider_ref is None:
            continue
        try:
            sync_payment(gateway_name, provider_ref)
        except (GatewayUnavailable, GatewayRefused, GatewayUnknown) as error:
            logger.warning("payment not looked at: %s", type(error).__name__)


def _close_others(public_id: str, gateway_name: str) -> None:
    """Close what waits at another gateway, so that a gift is not paid twice in two ways."""
    for _payment_id, other, provider_ref in list_waiting_payments(public_id):
        if other == gateway_name or provider_ref is None:
            continue
        try:
            get_gateway(other).close(provider_ref)
            sync_payment(other, provider_ref)
        except (GatewayUnavailable, GatewayRefused, GatewayUnknown) as error:
            # A second success is refunded by itself, so this must not keep the donor from giving.
            logger.warning("payment not closed: %s", type(error).__name__)
