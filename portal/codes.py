"""Numbers and codes people read, type and scan: random ones, derived ones, and how they are written.

All use Crockford's base 32 (no I, L, O, U) and tolerate what people confuse.
A derived code is computed from a key and an id, so it can be shown again
without being stored; a random one is stored as a keyed hash only.
"""

import hmac
import secrets
import unicodedata

from stdnum import luhn

from portal.sealing import key_ring

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
FAMILY_CODE_LENGTH = 17
WISH_NUMBER_LENGTH = 7
COUNTER_CODE_LENGTH = 8
RECOVERY_CODE_LENGTH = 12

GIFT_NUMBER_LENGTH = 11
GIFT_CHECK_LENGTH = 8
_CONFUSED = str.maketrans("ILO", "110")


class CodeMistyped(ValueError):
    """A code has the wrong length, a foreign character or a wrong check character."""


def tidy(text: str) -> str:
    """Return a typed code in the one form it is compared in: upper case, no separators, I L O read as 1 1 0."""
    wide = unicodedata.normalize("NFKC", text).upper()
    return "".join(char for char in wide if char.isalnum()).translate(_CONFUSED)


def grouped(code: str) -> str:
    """Return a code in groups of four, as it is printed."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def new_wish_number() -> str:
    """Return a random public wish number: six characters and a check character; it says nothing about the wish."""
    return _random_with_check(WISH_NUMBER_LENGTH)


def new_family_code() -> str:
    """Return a random family code: 16 characters (80 bits) and a check character."""
    return _random_with_check(FAMILY_CODE_LENGTH)


def new_recovery_code() -> str:
    """Return a random code that stands for an authenticator once: eleven characters (55 bits) and a check character."""
    return _random_with_check(RECOVERY_CODE_LENGTH)


def new_gift_number() -> str:
    """Return a random number for a gift's confirmation: ten characters and a check character."""
    return _random_with_check(GIFT_NUMBER_LENGTH)


def read_gift_number(text: str) -> str:
    """Return the number of a confirmation somebody typed.

    Raises CodeMistyped.
    """
    return _read_with_check(text, GIFT_NUMBER_LENGTH)


def gift_check_code(number: str) -> str:
    """Return the check code that stands beside a gift's number; only the portal can make it."""
    return derived("gift-check", number, GIFT_CHECK_LENGTH)


def read_wish_number(text: str) -> str:
    """Return the wish number somebody typed.

    Raises CodeMistyped.
    """
    return _read_with_check(text, WISH_NUMBER_LENGTH)


def read_family_code(text: str) -> str:
    """Return the family code somebody typed.

    Raises CodeMistyped.
    """
    return _read_with_check(text, FAMILY_CODE_LENGTH)


def read_recovery_code(text: str) -> str:
    """Return the recovery code somebody typed.

    Raises CodeMistyped.
    """
    return _read_with_check(text, RECOVERY_CODE_LENGTH)


def drop_off_code(pledge_public_id: str, attempt: int) -> str:
    """Return the code a pledger shows at the counter; it begins with S and changes with each attempt."""
    return "S" + derived("drop-off", f"{pledge_public_id}:{attempt}", COUNTER_CODE_LENGTH - 1)


def pick_up_code(wish_number: str, attempt: int) -> str:
    """Return the code a family shows to collect; it begins with Q and changes with each attempt."""
    return "Q" + derived("pick-up", f"{wish_number}:{attempt}", COUNTER_CODE_LENGTH - 1)


def new_public_id() -> str:
    """Return ten random characters (50 bits) that name a row in a private link."""
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


def private_token(purpose: str, public_id: str) -> str:
    """Return the secret part of a private address: the row's public id and 20 derived characters (100 bits)."""
    return f"{public_id}-{derived(purpose, public_id, 20)}".lower()


def read_private_token(purpose: str, token: str) -> str | None:
    """Return the public id a private address names, or None when the address is not genuine."""
    public_id = token.upper().partition("-")[0]
    genuine = hmac.compare_digest(private_token(purpose, public_id).encode(), token.lower().encode())
    return public_id if genuine else None


def derived(purpose: str, text: str, length: int) -> str:
    """Return `length` characters derived from a text under the portal's key, the same each time."""
    number = int.from_bytes(key_ring().digest(purpose, text))
    return "".join(ALPHABET[(number >> (5 * i)) & 31] for i in range(length))


def _random_with_check(length: int) -> str:
    body = "".join(secrets.choice(ALPHABET) for _ in range(length - 1))
    return body + luhn.calc_check_digit(body, ALPHABET)


def _read_with_check(text: str, length: int) -> str:
    code = tidy(text)
    if len(code) != length or not luhn.is_valid(code, ALPHABET):
        raise CodeMistyped
    return code
