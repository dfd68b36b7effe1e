"""Reads the details people type: names, mail addresses, telephone numbers, credit codes. Pure."""

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from portal.spreadsheets.tidying import tidy

LONGEST_NAME = 60


class DetailWrong(ValueError):
    """What was typed cannot be read as what was asked for."""


def fold_email(text: str | None) -> str:
    """Return a mail address in the one form it is compared in."""
    return tidy(text or "").replace(" ", "").lower()


def read_email(text: str | None) -> str:
    """Return a mail address in the one form it is kept in.

    Raises DetailWrong.
    """
    try:
        return validate_email(fold_email(text), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise DetailWrong from None


def read_phone(text: str | None) -> str:
    """Return a telephone number in mainland China as it is dialled there, with or without an area code.

    Raises DetailWrong.
    """
    try:
        number = phonenumbers.parse(tidy(text or ""), "CN")
    except phonenumbers.NumberParseException:
        raise DetailWrong from None
    if number.country_code != 86 or not phonenumbers.is_valid_number(number):
        raise DetailWrong
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    area, _, rest = national.partition(" ")
    return f"{area}-{rest.replace(' ', '')}" if area.startswith("0") else national.replace(" ", "")


def read_uscc(text: str | None) -> str:
    """Return a unified social credit code in 18 capitals and digits, its check character verified (GB 32100-2015).

    Raises DetailWrong.
    """
    try:
        return uscc.validate(tidy(text or "").upper().replace("-", ""))
    except ValidationError:
        raise DetailWrong from None
