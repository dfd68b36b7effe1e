"""Reads corrected particulars of a family by the rules that read lists, and lets its wishes follow."""

from collections.abc import Callable, Mapping
from typing import Any

from portal import clock
from portal.accounts.rules import Actor
from portal.db import transaction
from portal.households.service import correct_identity
from portal.intake.addresses import names_a_flat, normalise_address
from portal.intake.columns import WishField
from portal.intake.identity import IdNumber, read_id_number, read_name, read_phones
from portal.intake.problems import WishProblem
from portal.intake.rules import ADDRESS_LIMIT, GUARDIAN_LIMIT
from portal.intake.values import read_optional, read_text
from portal.spreadsheets.cells import Cell, cell_of
from portal.spreadsheets.problems import FieldWrong
from portal.wishes.filing import set_age_band
from portal.wishes.kinds import age_band

F = WishField


def read_correction(typed: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the corrected fields of an identity, and what cannot be read, as words by field."""
    today = clock.today()
    readers: dict[WishField, Callable[[Cell], Any]] = {
        F.NAME: read_name,
        F.ID_NUMBER: lambda cell: read_id_number(cell, today),
        F.PHONE: lambda cell: read_phones(cell)[0],
        F.GUARDIAN: lambda cell: read_optional(cell, GUARDIAN_LIMIT),
        F.GUARDIAN_PHONE: lambda cell: None if cell.is_blank else read_phones(cell)[0],
        F.ADDRESS: lambda cell: read_text(cell, ADDRESS_LIMIT),
    }
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for field, read in readers.items():
        try:
            values[field.value] = read(cell_of(typed.get(field, "")))
        except FieldWrong as wrong:
            problems[field.value] = WishProblem.of(0, None, field, wrong).message
    return ({} if problems else _as_changes(values)), problems


def _as_changes(values: dict[str, Any]) -> dict[str, Any]:
    number: IdNumber = values.pop("id_number")
    key = normalise_address(values["address"])
    return values | {
        "id_number": number.number,
        "birth_date": number.birth_on,
        "address_key": key if names_a_flat(key) else None,
    }


@transaction
def correct_household(actor: Actor, household_id: int, reason: str, changes: Mapping[str, Any]) -> None:
    """Put a sealed record right for a stated reason and let the age band of its open wishes follow.

    Raises NotAllowed, ReasonMissing, GuardianNeeded, HouseholdNotFound, IdentityPurged.
    """
    identity = correct_identity(actor, household_id, reason, **changes)
    set_age_band(household_id, age_band(identity.birth_date, clock.today()))
