"""Opens a wish list and reads it to a plan: what would come in, what is known, what stands against it.

Writes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app

from portal import clock
from portal.accounts.rules import Actor, Role
from portal.intake.checks import Plan, check_against_portal
from portal.intake.columns import rate_wish_list, read_columns, restore_wish_columns
from portal.intake.lists import read_list
from portal.intake.localities import Localities, read_localities
from portal.limits.service import get_limits
from portal.spreadsheets.cells import Sheet
from portal.spreadsheets.columns import ColumnMapping
from portal.spreadsheets.reading import open_sheet
from portal.spreadsheets.refusals import SheetLimits

IMPORTERS = (Role.CENTRE_CLERK,)
"""Who hands lists in, for their own centres; administrators for all."""

SHEET = "sheet"

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Reading:
    """A list as it was read just now."""

    sheet: Sheet
    mapping: ColumnMapping
    places: Localities
    plan: Plan
    row_count: int
    skipped: tuple[int, ...]

    @property
    def choice(self) -> dict[str, Any]:
        """Which sheet and columns are read, as plain data; read_wishes takes it again."""
        sheet = {SHEET: self.sheet.name} if len(self.sheet.names) > 1 else {}
        return sheet | self.mapping.to_dict()


def read_wishes(
    actor: Actor,
    data: bytes,
    file_name: str,
    columns: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Reading:
    """Return what a file holds, its sheet and columns read as found or as a person chose them (Reading.choice).

    Raises SheetRefused, ValueError when the chosen columns do not fit the sheet.
    """
    chosen = dict(columns or {})
    sheet = open_wish_sheet(data, file_name, chosen.pop(SHEET, None))
    mapping = restore_wish_columns(sheet, chosen) if chosen else read_columns(sheet)
    return read_with(actor, sheet, mapping, progress)


def open_wish_sheet(data: bytes, file_name: str, name: str | None = None) -> Sheet:
    """Return the sheet of a file that is named, else the one that looks most like a wish list.

    Raises SheetRefused.
    """
    return open_sheet(data, file_name, upload_limits(), fit=rate_wish_list, name=name)


def read_with(actor: Actor, sheet: Sheet, mapping: ColumnMapping, progress: Progress | None = None) -> Reading:
    """Return what a sheet holds with its columns read in one way."""
    places = read_localities(actor, *IMPORTERS)
    report = read_list(sheet, mapping, places.index, get_limits(), clock.today(), progress)
    return Reading(
        sheet, mapping, places, check_against_portal(report, mapping, places), report.row_count, report.skipped
    )


def upload_limits() -> SheetLimits:
    """Return how large a list may be."""
    return SheetLimits(max_bytes=current_app.config["PORTAL"].upload_bytes)
