"""Against card testing: how often one mail, one card or one address range may try; nobody is shut out with a neighbour.

Tries that fail count, gifts that succeed do not. A range with many failures
is not closed: whoever gives from there confirms their mail address first, so
that a tester needs a mailbox for every few tries and an honest donor behind
the same address needs one click.
"""

from contextlib import suppress
from datetime import timedelta

from sqlalchemy import ColumnElement, select

from portal import clock
from portal.db import session
from portal.giving.models import Gift, Payment
from portal.giving.rules import PaymentState
from portal.sealing import keyed_hash
from portal.throttle.service import Allowance, TooManyTries, address_range, check_tries, count_try

WINDOW_SECONDS = 3600
STARTS_OF_A_MAIL = Allowance("gift-starts", 30, WINDOW_SECONDS)
STARTS_OF_A_RANGE = Allowance("gift-starts-of-a-range", 1200, WINDOW_SECONDS)
FAILURES_OF_A_MAIL = Allowance("gift-failures", 8, WINDOW_SECONDS)
FAILURES_OF_A_METHOD = Allowance("gift-failures-of-a-method", 6, WINDOW_SECONDS)
FAILURES_OF_A_RANGE = Allowance("gift-failures-of-a-range", 25, WINDOW_SECONDS)
LETTERS_TO_A_CONTACT = Allowance("gift-letters", 6, WINDOW_SECONDS)
SEARCHES_OF_A_RANGE = Allowance("gift-searches", 60, WINDOW_SECONDS)
CHECKS_OF_A_RANGE = Allowance("gift-checks", 60, WINDOW_SECONDS)


def range_hash() -> str:
    """Return the keyed hash of the caller's address range, which payments keep for counting and nothing else."""
    return keyed_hash("gift-range", address_range())


def throttle_start(contact_hash: str) -> None:
    """Count a try to pay, and refuse where a mail address or its card has failed too often.

    Raises TooManyTries.
    """
    count_try(STARTS_OF_A_RANGE, address_range())
    count_try(STARTS_OF_A_MAIL, contact_hash)
    check_tries(FAILURES_OF_A_MAIL, contact_hash)
    for method in _methods_that_failed(Gift.contact_hash == contact_hash):
        check_tries(FAILURES_OF_A_METHOD, method)


def must_confirm(hashed_range: str) -> bool:
    """Tell whether so much failed from an address range lately that a mail address must be confirmed first."""
    try:
        check_tries(FAILURES_OF_A_RANGE, hashed_range)
        for method in _methods_that_failed(Payment.range_hash == hashed_range):
            check_tries(FAILURES_OF_A_METHOD, method)
    except TooManyTries:
        return True
    return False


def note_failure(gift: Gift, payment: Payment) -> None:
    """Count a failed payment against its mail address, card and address range; call inside its transaction."""
    counted = (
        (FAILURES_OF_A_MAIL, gift.contact_hash),
        (FAILURES_OF_A_METHOD, payment.method_hash),
        (FAILURES_OF_A_RANGE, payment.range_hash),
    )
    for allowance, subject in counted:
        if subject is not None:
            with suppress(TooManyTries):
                count_try(allowance, subject)


def _methods_that_failed(whose: ColumnElement[bool]) -> list[str]:
    since = clock.now() - timedelta(seconds=WINDOW_SECONDS)
    query = (
        select(Payment.method_hash)
        .join(Gift, Gift.id == Payment.gift_id)
        .where(whose, Payment.state == PaymentState.FAILED, Payment.ended_at > since)
        .distinct()
    )
    return [method for method in session().scalars(query) if method is not None]
