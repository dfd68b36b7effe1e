"""Tells a donor how to transfer: the reference that is waited for, and a letter with it."""

from portal.db import transaction
from portal.giving.gateways.bank_transfer import BANK_TRANSFER
from portal.giving.letters import tell
from portal.giving.making import get_gift, list_waiting_payments
from portal.giving.rules import News


def find_reference(public_id: str) -> str | None:
    """Return the reference of the transfer that a gift waits for, or None where it waits for none."""
    waiting = list_waiting_payments(public_id)
    return next((ref for _id, gateway, ref in waiting if gateway == BANK_TRANSFER and ref), None)


@transaction
def tell_how_to_transfer(public_id: str) -> None:
    """Send a donor the reference of a transfer and the way to its page, once."""
    reference = find_reference(public_id)
    if reference is not None:
        tell(get_gift(public_id), News.TRANSFER, key=reference, words=reference)
