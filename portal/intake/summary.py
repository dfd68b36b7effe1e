"""What is kept of a list for its preview and its report: counts, columns, problems, a masked look at the first rows.

Names and numbers are masked before they get here; nothing here can be turned
back into an identity.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from portal.households.rules import mask_name, mask_number
from portal.intake.checks import IntakeProblem
from portal.intake.columns import FIELD_LABELS, REQUIRED, WishField
from portal.intake.reading import Reading
from portal.intake.rules import WishRow, in_yuan
from portal.spreadsheets.cells import column_letter
from portal.spreadsheets.problems import Problem
from portal.wishes.kinds import GROUP_LABELS, BeneficiaryGroup

PROBLEMS_KEPT = 300
ROWS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One field of the list and the column it is read from; `index` counts from 0, None for none."""

    field: str
    label: str
    is_required: bool
    index: int | None
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """What the page of a list shows. `other_lists` are sheets that look like wish lists too and were not read."""

    sheet_name: str
    sheet_names: tuple[str, ...]
    other_lists: tuple[str, ...]
    header_row: int
    headers: tuple[str, ...]
    columns: tuple[ColumnView, ...]
    rows_read: int
    new_count: int
    known_count: int
    error_count: int
    warning_count: int
    unwilling_count: int
    skipped: tuple[int, ...]
    problems: tuple[Problem, ...]
    first_rows: tuple[dict[str, str], ...]

    @property
    def is_accepted(self) -> bool:
        """Tell whether nothing stands against taking the list in."""
        return not self.error_count

    @property
    def unseen_count(self) -> int:
        """How many problems are counted but not kept one by one."""
        return self.error_count + self.warning_count - len(self.problems)

    @property
    def column_choices(self) -> list[tuple[str, str]]:
        """The columns of the sheet as a person chooses among them: number, letter and header."""
        return [(str(index), f"{column_letter(index)} {header}".strip()) for index, header in enumerate(self.headers)]


def summarise(reading: Reading) -> dict[str, Any]:
    """Return the summary of a reading as plain data, to be stored sealed."""
    problems = reading.plan.problems
    errors = [each for each in problems if each.is_error]
    kept = (errors + [each for each in problems if not each.is_error])[:PROBLEMS_KEPT]
    return {
        "sheet_name": reading.sheet.name,
        "sheet_names": list(reading.sheet.names),
        "other_lists": list(reading.sheet.other_likely_names),
        "header_row": reading.mapping.header_row,
        "headers": list(reading.mapping.headers),
        "matches": {name: [match.index, match.is_certain] for name, match in reading.mapping.matches.items()},
        "rows_read": reading.row_count,
        "new_count": len(reading.plan.candidates),
        "known_count": reading.plan.known_count,
        "error_count": len(errors),
        "warning_count": len(problems) - len(errors),
        "unwilling_count": sum(not each.wish.consent_publish for each in reading.plan.candidates),
        "skipped": list(reading.skipped[:PROBLEMS_KEPT]),
        "problems": [each.to_dict() for each in sorted(kept, key=lambda problem: problem.row)],
        "first_rows": [_masked(each.wish) for each in reading.plan.candidates[:ROWS_SHOWN]],
    }


def read_summary(data: Mapping[str, Any]) -> Summary:
    """Return the summary that `summarise` wrote, in the reader's language."""
    columns = []
    for each in WishField:
        index, is_certain = data["matches"].get(each, (None, True))
        columns.append(ColumnView(each, str(FIELD_LABELS[each]), each in REQUIRED, index, is_certain))
    return Summary(
        sheet_name=data["sheet_name"],
        sheet_names=tuple(data.get("sheet_names", ())),
        other_lists=tuple(data.get("other_lists", ())),
        header_row=data["header_row"],
        headers=tuple(data["headers"]),
        columns=tuple(columns),
        rows_read=data["rows_read"],
        new_count=data["new_count"],
        known_count=data["known_count"],
        error_count=data["error_count"],
        warning_count=data["warning_count"],
        unwilling_count=data.get("unwilling_count", 0),
        skipped=tuple(data["skipped"]),
        problems=tuple(IntakeProblem.from_dict(each) for each in data["problems"]),
        first_rows=tuple(_labelled(row) for row in data["first_rows"]),
    )


def quote_names(names: Iterable[str]) -> str:
    """Return names of sheets as they stand in a sentence."""
    return _("、").join(f"“{name}”" for name in names)


def _labelled(row: Mapping[str, str]) -> dict[str, str]:
    return {**row, "group": str(GROUP_LABELS[BeneficiaryGroup(row["group"])])}


def _masked(wish: WishRow) -> dict[str, str]:
    return {
        "row": str(wish.row),
        "name": mask_name(wish.name),
        "id_number": mask_number(wish.id_number),
        "phone": mask_number(wish.phone, 3, 4),
        "service_centre": wish.service_centre,
        "community": wish.community,
        "group": wish.group,
        "item": wish.item,
        "quantity": str(wish.quantity),
        "unit_price": in_yuan(wish.unit_price_minor),
    }
