"""Marks where a page of the public list ends, so that the next one neither repeats nor skips. Pure."""

import base64
import binascii
from dataclasses import dataclass
from datetime import date

_DAY_DIGITS = 7


def day_spot(day: date) -> str:
    """Return what the spots of all wishes begin with that wait since a day."""
    return f"{day.toordinal():0{_DAY_DIGITS}}"


def number_of(spot: str) -> str:
    """Return the number of the wish at a spot."""
    return spot[_DAY_DIGITS:]


@dataclass(frozen=True, slots=True)
class Mark:
    """One place in the list: longest wait first, then by number."""

    waiting_since: date
    number: str

    @classmethod
    def at(cls, spot: str) -> "Mark":
        """Return the mark of a spot."""
        return cls(date.fromordinal(int(spot[:_DAY_DIGITS])), number_of(spot))

    @property
    def spot(self) -> str:
        """The place as one text; the list is sorted by it."""
        return day_spot(self.waiting_since) + self.number

    def write(self) -> str:
        """Return the mark as it stands in an address."""
        return base64.urlsafe_b64encode(f"{self.waiting_since.toordinal()}.{self.number}".encode()).decode().rstrip("=")


def read_mark(text: str | None) -> Mark | None:
    """Return the mark an address holds, or None where it holds nothing that can be read."""
    if not text or len(text) > 64:
        return None
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
        day, _, number = plain.partition(".")
        if not (day.isdigit() and number.isalnum()):
            return None
        return Mark(date.fromordinal(int(day)), number)
    except (ValueError, OverflowError, binascii.Error):
        return None
