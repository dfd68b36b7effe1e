"""From a gift to the page where it is paid: asks the provider between transactions, never inside one."""

import logging

from portal.crashing import crash_point
from portal.giving.gateways.protocol import Gateway, GatewayRefused, GatewayUnavailable, GivesMonthly
from portal.giving.gateways.registry import GatewayUnknown, get_gateway, list_gateways, list_prompt_gateways
from portal.giving.making import begin_payment, get_gift, list_waiting_payments, note_refused_start, note_started
from portal.giving.months import find_monthly
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


def list_ways_to_pay(public_id: str) -> list[Gateway]:
    """Return the gateways at which a gift can be paid.

    Where it is monthly, those that charge each month; a wish is held for those
    only that take minutes. Raises GiftNotFound.
    """
    gift = get_gift(public_id)
    gateways = list_gateways() if gift.wish_number is None else list_prompt_gateways()
    is_monthly = find_monthly(gift.id) is not None
    return [each for each in gateways if not is_monthly or isinstance(each, GivesMonthly)]


def look_again(public_id: str) -> None:
    """Ask the providers of a gift's unpaid payments how they stand, as when the donor comes back from paying."""
    for _payment_id, gateway_name, provider_ref in list_waiting_payments(public_id):
        if provider_ref is None:
            continue
        try:
            sync_payment(gateway_name, provider_ref)
        except (GatewayUnavailable, GatewayRefused, GatewayUnknown) as error:
            logger.warning("payment not looked at: %s", type(error).__name__)
    _look_at_months(public_id)


def _look_at_months(public_id: str) -> None:
    """Learn when the next month is due, once the first one is paid."""
    monthly = find_monthly(get_gift(public_id).id)
    if monthly is None or monthly.gateway is None or monthly.provider_ref is None or monthly.next_on is not None:
        return
    try:
        sync_payment(monthly.gateway, monthly.provider_ref)
    except (GatewayUnavailable, GatewayRefused, GatewayUnknown) as error:
        logger.warning("monthly gift not looked at: %s", type(error).__name__)


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
