"""Reads the sheet of service centres, communities and grids: all of it, or a report by row. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from flask_babel import lazy_gettext

from portal.spreadsheets.cells import Cell, CellKind, Row, Sheet
from portal.spreadsheets.columns import (
    FEWEST_HEADINGS,
    ColumnMapping,
    Heading,
    find_columns,
    rate_head,
    restore_columns,
)
from portal.spreadsheets.problems import FieldWrong, Problem, Severity
from portal.spreadsheets.tidying import fold, tidy

TEXT_LIMIT = 120
MOST_GRIDS = 99
GRID_NAME = "第{number}网格"


class AreaField(StrEnum):
    """What a row of the sheet says."""

    SERVICE_CENTRE = "service_centre"
    ADDRESS = "address"
    PHONE = "phone"
    HOURS = "hours"
    COMMUNITY = "community"
    STATION_ADDRESS = "station_address"
    GRID_COUNT = "grid_count"


F = AreaField

FIELD_LABELS: dict[str, Any] = {
    F.SERVICE_CENTRE: lazy_gettext("服务中心"),
    F.ADDRESS: lazy_gettext("中心地址"),
    F.PHONE: lazy_gettext("中心电话"),
    F.HOURS: lazy_gettext("开放时间"),
    F.COMMUNITY: lazy_gettext("社区"),
    F.STATION_ADDRESS: lazy_gettext("网格工作站地址"),
    F.GRID_COUNT: lazy_gettext("网格数"),
}

# Names of columns are read from files, not shown, so they are not translated.
_ALIASES: dict[AreaField, str] = {
    F.SERVICE_CENTRE: "服务中心 中心 中心名称 服务中心名称 ServiceCentre ServiceCenter Centre Center",
    F.ADDRESS: "中心地址 服务中心地址 地址 CentreAddress CenterAddress Address",
    F.PHONE: "中心电话 服务中心电话 电话 联系电话 CentrePhone CenterPhone Phone Telephone",
    F.HOURS: "开放时间 服务时间 办公时间 工作时间 营业时间 OpeningHours Hours OpenHours",
    F.COMMUNITY: "社区 社区名称 村居 Community",
    F.STATION_ADDRESS: "网格工作站地址 工作站地址 网格站地址 社区地址 StationAddress GridStationAddress",
    F.GRID_COUNT: "网格数 网格数量 网格个数 GridCount Grids NumberOfGrids",
}

HEADINGS = tuple(
    Heading(field, FIELD_LABELS[field], tuple(_ALIASES[field].split()), field is not F.HOURS) for field in AreaField
)

WORDING: dict[str, Any] = {
    "header_not_found": lazy_gettext("找不到表头。请让一行写明“服务中心”“社区”“网格数”等列名，或指出表头在第几行。"),
    "columns_missing": lazy_gettext("找不到这些列：%(columns)s。请在上面指出每一列的位置。"),
    "rows_missing": lazy_gettext("表头下面没有服务中心。"),
    "missing": lazy_gettext("%(label)s没有填写。"),
    "formula": lazy_gettext("%(label)s是公式，不是内容。请直接填写。"),
    "too_long": lazy_gettext("%(label)s太长，最多%(limit)s个字。"),
    "count_wrong": lazy_gettext("%(label)s“%(value)s”看不懂。请只写数字，从1到%(limit)s。"),
    "community_twice": lazy_gettext("“%(centre)s”的“%(community)s”在第%(first)s行已经写过。"),
    "community_elsewhere": lazy_gettext(
        "“%(community)s”在第%(first)s行属于另一个服务中心“%(centre)s”。请确认不是同一个社区。"
    ),
    "centre_differs": lazy_gettext("“%(centre)s”的%(label)s以第%(first)s行为准；第%(rows)s行写的不一样，没有采用。"),
}


class AreaProblem(Problem):
    """A problem of the sheet of areas."""

    __slots__ = ()

    wording: ClassVar[Mapping[str, Any]] = WORDING
    labels: ClassVar[Mapping[str, Any]] = FIELD_LABELS


@dataclass(frozen=True, slots=True)
class CommunityEntry:
    """One community as the sheet gives it."""

    row: int
    name: str
    station_address: str
    grids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CentreEntry:
    """One service centre as the sheet gives it; address, phone and hours from its first row."""

    row: int
    name: str
    address: str
    phone: str
    hours: str
    communities: tuple[CommunityEntry, ...]


@dataclass(frozen=True, slots=True)
class AreaReport:
    """What the whole sheet comes to; `centres` come in only when `is_accepted`."""

    centres: tuple[CentreEntry, ...]
    problems: tuple[AreaProblem, ...]

    @property
    def errors(self) -> tuple[AreaProblem, ...]:
        """The problems that keep the sheet out."""
        return tuple(problem for problem in self.problems if problem.is_error)

    @property
    def warnings(self) -> tuple[AreaProblem, ...]:
        """The problems somebody should look at."""
        return tuple(problem for problem in self.problems if not problem.is_error)

    @property
    def is_accepted(self) -> bool:
        """Tell whether the areas may come in: there are some, and no error at all."""
        return bool(self.centres) and not self.errors

    @property
    def tree(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """The names alone: {centre: {community: grids}}."""
        return {centre.name: {place.name: place.grids for place in centre.communities} for centre in self.centres}


@dataclass(frozen=True, slots=True)
class _Line:
    """One row, read; None where a value is missing or wrong."""

    row: int
    texts: Mapping[str, str | None]
    grid_count: int | None

    def text(self, field: AreaField) -> str:
        return self.texts[field] or ""


def rate_area_sheet(rows: tuple[Row, ...]) -> float:
    """Return how much the first rows of a sheet look like a sheet of areas, to choose among the sheets of a file."""
    return rate_head(rows, HEADINGS)


def read_area_columns(sheet: Sheet, header_row: int | None = None) -> ColumnMapping:
    """Return how the columns of a sheet of areas are best read."""
    return find_columns(sheet.rows, HEADINGS, header_row)


def restore_area_columns(sheet: Sheet, data: Mapping[str, Any]) -> ColumnMapping:
    """Return the mapping a person saw before, from what to_dict wrote into the form.

    Raises ValueError when it does not fit this sheet.
    """
    return restore_columns(sheet.rows, HEADINGS, data)


def read_areas(sheet: Sheet, mapping: ColumnMapping | None = None) -> AreaReport:
    """Return the service centres of a sheet and what is to be said about its rows.

    Where the rows of a centre give different addresses, telephones or hours,
    the first row counts and a warning names the others.
    """
    mapping = mapping or read_area_columns(sheet)
    if not mapping.is_complete:
        return AreaReport((), (_mapping_problem(mapping),))
    problems: list[AreaProblem] = []
    lines = [
        _read_line(number, sheet.row(number), mapping, problems)
        for number in range(mapping.header_row + 1, len(sheet.rows) + 1)
        if _holds_area(sheet.row(number), mapping)
    ]
    if not lines:
        problems.append(AreaProblem.of(0, None, None, FieldWrong("rows_missing")))
    by_centre: dict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        by_centre[fold(line.text(F.SERVICE_CENTRE))].append(line)
    problems += _compare_communities(lines, mapping)
    problems += _compare_centres(by_centre.values(), mapping)
    centres = tuple(_centre(group) for name, group in by_centre.items() if name)
    return AreaReport(centres, tuple(sorted(problems, key=lambda problem: (problem.row, problem.column or ""))))


def _mapping_problem(mapping: ColumnMapping) -> AreaProblem:
    if not mapping.header_row or len(mapping.matches) < FEWEST_HEADINGS:
        return AreaProblem.of(0, None, None, FieldWrong("header_not_found"))
    return AreaProblem.of(mapping.header_row, None, None, FieldWrong("columns_missing", columns=mapping.missing))


def _holds_area(row: Row, mapping: ColumnMapping) -> bool:
    """Tell whether a row is meant as an area: not blank, not the headings repeated, not a line below the list."""
    if all(mapping.cell(row, field).is_blank for field in (F.COMMUNITY, F.STATION_ADDRESS, F.GRID_COUNT)):
        return False
    return str(mapping.cell(row, F.COMMUNITY).value) != mapping.matches[F.COMMUNITY].header


def _read_line(number: int, row: Row, mapping: ColumnMapping, problems: list[AreaProblem]) -> _Line:
    texts: dict[str, str | None] = {}
    for field in AreaField:
        try:
            texts[field] = _text(mapping.cell(row, field), is_needed=field is not F.HOURS)
        except FieldWrong as wrong:
            texts[field] = None
            problems.append(AreaProblem.of(number, mapping.letter_of(field), field, wrong))
    count = None
    if (written := texts[F.GRID_COUNT]) is not None:
        try:
            count = _count(written)
        except FieldWrong as wrong:
            problems.append(AreaProblem.of(number, mapping.letter_of(F.GRID_COUNT), F.GRID_COUNT, wrong))
    return _Line(number, texts, count)


def _text(cell: Cell, *, is_needed: bool) -> str:
    value = cell.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else tidy(str(value))
    if cell.kind in {CellKind.FORMULA, CellKind.ERROR} or text.startswith(("=", "＝")):
        raise FieldWrong("formula")
    if not text and is_needed:
        raise FieldWrong("missing")
    if len(text) > TEXT_LIMIT:
        raise FieldWrong("too_long", limit=TEXT_LIMIT)
    return text


def _count(text: str) -> int:
    digits = fold(text).removesuffix("个")
    count = int(digits) if digits.isdecimal() and len(digits) <= len(str(MOST_GRIDS)) else 0
    if not 1 <= count <= MOST_GRIDS:
        raise FieldWrong("count_wrong", value=text, limit=MOST_GRIDS)
    return count


def _compare_communities(lines: Iterable[_Line], mapping: ColumnMapping) -> list[AreaProblem]:
    """Find communities written twice: in one centre an error, in two centres possible but worth a look."""
    problems = []
    first: dict[str, _Line] = {}
    for line in lines:
        name = fold(line.text(F.COMMUNITY))
        other = first.setdefault(name, line) if name else line
        if other is line:
            continue
        same = fold(other.text(F.SERVICE_CENTRE)) == fold(line.text(F.SERVICE_CENTRE))
        wrong = FieldWrong(
            "community_twice" if same else "community_elsewhere",
            community=line.text(F.COMMUNITY),
            centre=other.text(F.SERVICE_CENTRE),
            first=other.row,
        )
        severity = Severity.ERROR if same else Severity.WARNING
        problems.append(AreaProblem.of(line.row, mapping.letter_of(F.COMMUNITY), F.COMMUNITY, wrong, severity))
    return problems


def _compare_centres(groups: Iterable[list[_Line]], mapping: ColumnMapping) -> list[AreaProblem]:
    """Find centres whose rows give different particulars; one warning names all rows that were not followed."""
    problems = []
    for group in groups:
        first, *others = group
        for field in (F.ADDRESS, F.PHONE, F.HOURS):
            known = fold(first.text(field))
            rows = tuple(line.row for line in others if line.text(field) and fold(line.text(field)) != known)
            if rows:
                centre = first.text(F.SERVICE_CENTRE)
                wrong = FieldWrong("centre_differs", centre=centre, first=first.row, rows=rows)
                letter = mapping.letter_of(field)
                problems.append(AreaProblem.of(first.row, letter, field, wrong, Severity.WARNING))
    return problems


def _centre(group: list[_Line]) -> CentreEntry:
    first = group[0]
    communities = tuple(
        CommunityEntry(
            line.row,
            line.text(F.COMMUNITY),
            line.text(F.STATION_ADDRESS),
            tuple(GRID_NAME.format(number=number) for number in range(1, (line.grid_count or 0) + 1)),
        )
        for line in group
    )
    name, address, phone, hours = (first.text(f) for f in (F.SERVICE_CENTRE, F.ADDRESS, F.PHONE, F.HOURS))
    return CentreEntry(first.row, name, address, phone, hours, communities)
