"""Limits wrong codes at the counter and at the door: per person, and per address range for many accounts at once."""

from portal.access import current_actor
from portal.throttle.service import Allowance, address_range, check_tries, count_try

WRONG_BY_PERSON = Allowance("counter-code-person", 15, 900)
WRONG_NEARBY = Allowance("counter-code-nearby", 60, 900)


def check_wrong_codes() -> None:
    """Refuse further codes from whoever typed too many wrong ones.

    Raises TooManyTries.
    """
    check_tries(WRONG_BY_PERSON, str(current_actor().person_id))
    check_tries(WRONG_NEARBY, address_range())


def count_wrong_code() -> None:
    """Count one wrong code; call outside transactions.

    Raises TooManyTries.
    """
    count_try(WRONG_BY_PERSON, str(current_actor().person_id))
    count_try(WRONG_NEARBY, address_range())
