"""Mail addresses and mobile numbers as people type them, in the one form they are compared in; pure."""

import unicodedata
from dataclasses import dataclass

import phonenumbers
from email_validator import EmailNotValidError, validate_email


class ContactUnclear(ValueError):
    """What was typed is neither a mail address nor a mobile number of mainland China."""


@dataclass(frozen=True)
class Contact:
    """A way to reach a pledger: a mail address, or a mobile number with +86."""

    channel: str
    receiver: str

    @property
    def masked(self) -> str:
        """The contact as it may be shown to whoever typed it: enough to see a slip, too little for a stranger."""
        if self.channel == "sms":
            return f"{self.receiver[3:6]}****{self.receiver[-4:]}"
        name, _, domain = self.receiver.partition("@")
        return f"{name[0]}***@{domain}"


def read_contact(text: str) -> Contact:
    """Return the contact somebody typed.

    Raises ContactUnclear.
    """
    tidy = unicodedata.normalize("NFKC", text).strip()
    return _read_mail(tidy) if "@" in tidy else _read_mobile(tidy)


def _read_mail(text: str) -> Contact:
    try:
        found = validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        raise ContactUnclear from None
    if not found.ascii_email:
        raise ContactUnclear
    return Contact("mail", found.ascii_email.lower())


def _read_mobile(text: str) -> Contact:
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        raise ContactUnclear from None
    is_mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    if number.country_code != 86 or not is_mobile or not phonenumbers.is_valid_number(number):
        raise ContactUnclear
    return Contact("sms", phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
