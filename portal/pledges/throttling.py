"""How often promises are made and letters asked for; counted before the verbs, so that failed tries count too."""

from portal.pledges.pledgers import contact_hash
from portal.pledges.rules import Pledger
from portal.throttle.service import Allowance, address_range, count_tries, count_try

PROMISES_OF_A_RANGE = Allowance("promises", 120, 3600)
LARGE_PROMISES_OF_A_RANGE = Allowance("large-promises", 12, 3600)
LARGE_PROMISE_WISHES = 4
PROMISES_OF_A_PERSON = Allowance("promises-of-a-person", 120, 3600)
LETTERS_TO_A_CONTACT = (Allowance("pledge-letters", 6, 3600), Allowance("pledge-letters-a-day", 20, 86400))

CODES_OF_A_RANGE = Allowance("pledge-codes", 200, 3600)
SEARCHES_OF_A_RANGE = Allowance("pledge-searches", 60, 3600)


def throttle_promise(pledger: Pledger, count: int) -> None:
    """Count a promise against its maker. Many may share an address range, so only large promises are few there.

    Raises TooManyTries.
    """
    if pledger.person_id is not None:
        count_try(PROMISES_OF_A_PERSON, str(pledger.person_id))
        return
    of_a_range = [PROMISES_OF_A_RANGE]
    if count >= LARGE_PROMISE_WISHES:
        of_a_range.append(LARGE_PROMISES_OF_A_RANGE)
    nearby, hashed = address_range(), contact_hash(pledger.contact.receiver)
    count_tries(
        [(allowance, nearby) for allowance in of_a_range] + [(allowance, hashed) for allowance in LETTERS_TO_A_CONTACT]
    )


def throttle_letters(hashed: str) -> None:
    """Count a letter to a contact, by its keyed hash, so that nobody's mailbox is flooded by others.

    Raises TooManyTries.
    """
    count_tries([(allowance, hashed) for allowance in LETTERS_TO_A_CONTACT])
