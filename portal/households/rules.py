"""Who asks, as plain values, and what holds for children. Pure: no database, no Flask, no clock."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from portal.accounts.rules import Actor, Role

GUARDIAN_AGE = 14
"""Below this age a guardian decides about personal data (PIPL 31)."""

ADULT_AGE = 18

OPENERS = frozenset({Role.CENTRE_CLERK, Role.MODERATOR})
"""Who may open a sealed record of their area; a need reporter may too, but only one they filed themselves."""

FILERS = frozenset({Role.CENTRE_CLERK, Role.NEED_REPORTER, Role.ADMINISTRATOR})
"""Who may bring a household in."""

_MOBILE = re.compile(r"1[3-9]\d{9}")
_NOISE = re.compile(r"[\s,，.。、;；:：\-—－_#＃]")
_WIDE = {ord("０") + i: str(i) for i in range(10)}


class GuardianNeeded(ValueError):
    """The person is under 14, so a guardian must be named and must decide."""


class ContactWrong(ValueError):
    """A telephone number cannot be read; `field` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Identity:
    """Who wishes: tidy values as a document and the family give them.

    `birth_date` follows from the ID number. `address_key` is the address in
    the form in which two spellings of one door are equal, where its reader
    knows a better one than `fold_address`.
    """

    name: str
    id_number: str
    birth_date: date
    gender: str | None = None
    phone: str | None = None
    address: str | None = None
    guardian: str | None = None
    guardian_phone: str | None = None
    address_key: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return what is sealed; empty fields are left out."""
        plain = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: value for name, value in plain.items() if value} | {"birth_date": self.birth_date.isoformat()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Identity":
        """Return the identity that to_dict wrote."""
        known: dict[str, Any] = {item.name: data.get(item.name) for item in fields(cls)}
        return cls(**known | {"birth_date": date.fromisoformat(data["birth_date"])})

    def corrected(self, **changes: Any) -> "Identity":
        """Return the identity with some fields replaced.

        Raises TypeError for an unknown field.
        """
        if "address" in changes and changes["address"] != self.address:
            changes = {"address_key": None} | changes
        return replace(self, **changes)

    @property
    def contact_phone(self) -> str | None:
        """The number to tell news to: the guardian's when there is one, else the person's own."""
        return self.guardian_phone or self.phone


@dataclass(frozen=True, slots=True)
class Place:
    """Where a household belongs: service centre, and community and grid where they are known."""

    service_centre_id: int
    community_id: int | None = None
    grid_id: int | None = None


def is_under(birth_date: date, years: int, day: date) -> bool:
    """Tell whether somebody has not had their `years`-th birthday by a day."""
    age = day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
    return age < years


def check_guardian(identity: Identity, day: date) -> None:
    """Refuse a child under 14 without a guardian.

    Raises GuardianNeeded.
    """
    if is_under(identity.birth_date, GUARDIAN_AGE, day) and not identity.guardian:
        raise GuardianNeeded


def check_giver(needs_guardian: bool, is_given: bool, given_by: str) -> None:
    """Refuse a yes that a child under 14 gives alone; a no may come from anybody of the family.

    Raises GuardianNeeded.
    """
    if needs_guardian and is_given and given_by != "guardian":
        raise GuardianNeeded


def may_open(actor: Actor, service_centre_id: int, filed_by_id: int | None) -> bool:
    """Tell whether an actor may open a sealed record of a centre that somebody filed."""
    filed_it = filed_by_id is not None and filed_by_id == actor.person_id
    return actor.may(OPENERS | {Role.NEED_REPORTER} if filed_it else OPENERS, service_centre_id)


def may_correct(actor: Actor, service_centre_id: int, filed_by_id: int | None) -> bool:
    """Tell whether an actor may put a sealed record right: a clerk of the centre, or the reporter who filed it."""
    filed_it = filed_by_id is not None and filed_by_id == actor.person_id
    roles = {Role.CENTRE_CLERK, Role.NEED_REPORTER} if filed_it else {Role.CENTRE_CLERK}
    return actor.may(roles, service_centre_id)


def is_mobile(phone: str | None) -> bool:
    """Tell whether short messages reach a number."""
    return bool(phone and _MOBILE.fullmatch(phone))


def fold_address(address: str) -> str:
    """Return an address in the form in which two spellings of one door are equal."""
    return _NOISE.sub("", address.translate(_WIDE)).casefold()


def mask_name(name: str) -> str:
    """Return a name with all but its first character hidden."""
    return name[:1] + "*" * max(1, len(name) - 1) if name else ""


def mask_number(number: str, head: int = 4, tail: int = 4) -> str:
    """Return a number with its middle hidden."""
    if len(number) <= head + tail:
        return "*" * len(number)
    return number[:head] + "*" * (len(number) - head - tail) + number[-tail:]
