"""Checks a whole wish list: all its rows come in, or none; tells what is wrong row by row. Pure."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from portal.intake.columns import WishField as F
from portal.intake.places import AreaIndex
from portal.intake.problems import WishProblem
from portal.intake.rules import ADDRESS_SHARED, ID_SHARED, Person, RowReading, WishRow, read_row
from portal.limits.rules import Limits
from portal.spreadsheets.cells import Row, Sheet
from portal.spreadsheets.columns import FEWEST_HEADINGS, ColumnMapping
from portal.spreadsheets.problems import FieldWrong, Severity
from portal.spreadsheets.tidying import fold, tidy

Progress = Callable[[int, int], None]

_PROGRESS_EVERY = 200
_FOOTERS = (
    "合计",
    "总计",
    "小计",
    "共计",
    "备注",
    "说明",
    "注:",
    "填表",
    "填报",
    "制表",
    "审核",
    "负责人",
    "联系人",
    "盖章",
    "单位",
    "日期",
)
_TELLING = (F.NAME, F.ID_NUMBER, F.ITEM, F.PHONE)


@dataclass(frozen=True, slots=True)
class ListReport:
    """What a whole list comes to.

    `wishes` are the rows that could be read; they come in only when
    `is_accepted`. `skipped` are the numbers of rows that hold no wish, such
    as a total or a signature line.
    """

    wishes: tuple[WishRow, ...]
    problems: tuple[WishProblem, ...]
    row_count: int
    skipped: tuple[int, ...] = ()

    @property
    def errors(self) -> tuple[WishProblem, ...]:
        """The problems that keep the list out."""
        return tuple(problem for problem in self.problems if problem.is_error)

    @property
    def warnings(self) -> tuple[WishProblem, ...]:
        """The problems somebody should look at."""
        return tuple(problem for problem in self.problems if not problem.is_error)

    @property
    def is_accepted(self) -> bool:
        """Tell whether the list may come in: it has wishes and no error at all."""
        return bool(self.wishes) and not self.errors

    @property
    def accepted_wishes(self) -> tuple[WishRow, ...]:
        """The wishes to take in: all of them or none."""
        return self.wishes if self.is_accepted else ()


def read_list(
    sheet: Sheet,
    mapping: ColumnMapping,
    areas: AreaIndex,
    limits: Limits,
    today: date,
    progress: Progress | None = None,
) -> ListReport:
    """Return what every row of a list comes to; `progress` is told rows done and rows in all."""
    if not mapping.is_complete:
        return ListReport((), (_mapping_problem(mapping),), 0)
    numbers, skipped = _sort_rows(sheet, mapping)
    readings: list[RowReading] = []
    for done, number in enumerate(numbers, start=1):
        readings.append(read_row(number, sheet.row(number), mapping, areas, limits, today))
        if progress and (done % _PROGRESS_EVERY == 0 or done == len(numbers)):
            progress(done, len(numbers))
    return replace(check_list(readings, mapping), skipped=skipped)


def check_list(readings: Sequence[RowReading], mapping: ColumnMapping | None = None) -> ListReport:
    """Return what rows come to together: their own problems, and what shows only by comparing them.

    One person twice is an error, because a household has one open wish. One
    ID number under two names, or one address for several people, raises a
    flag on each of the rows, which a clerk settles at verification.
    """
    people = [reading.person for reading in readings if reading.person]
    found = [problem for reading in readings for problem in reading.problems]
    flags: dict[int, set[str]] = defaultdict(set)
    for same_id in _groups(people, lambda person: person.id_number):
        for first, second in _repeats(same_id, lambda person: person.name):
            found.append(_pair("same_person", F.ID_NUMBER, first, second, Severity.ERROR, mapping))
        found += _shared(ID_SHARED, F.ID_NUMBER, same_id, flags, mapping)
    for neighbours in _groups(people, lambda person: person.address_key):
        found += _shared(ADDRESS_SHARED, F.ADDRESS, neighbours, flags, mapping)
    if not readings:
        found.append(WishProblem.of(0, None, None, FieldWrong("rows_missing")))
    wishes = tuple(r.wish.with_flags(flags[r.wish.row]) for r in readings if r.wish)
    ordered = sorted(found, key=lambda problem: (problem.row, len(problem.column or ""), problem.column or ""))
    return ListReport(wishes, tuple(ordered), len(readings))


def _mapping_problem(mapping: ColumnMapping) -> WishProblem:
    if not mapping.header_row or len(mapping.matches) < FEWEST_HEADINGS:
        return WishProblem.of(0, None, None, FieldWrong("header_not_found"))
    return WishProblem.of(mapping.header_row, None, None, FieldWrong("columns_missing", columns=mapping.missing))


def _sort_rows(sheet: Sheet, mapping: ColumnMapping) -> tuple[list[int], tuple[int, ...]]:
    """Return the numbers of the rows that hold wishes, and of those that hold something else."""
    wishes: list[int] = []
    skipped: list[int] = []
    for number in range(mapping.header_row + 1, len(sheet.rows) + 1):
        row = sheet.row(number)
        if all(cell.is_blank for cell in row):
            continue
        (wishes if _holds_wish(row, mapping) else skipped).append(number)
    return wishes, tuple(skipped)


def _holds_wish(row: Row, mapping: ColumnMapping) -> bool:
    """Tell whether a row is meant as a wish: not headings repeated, not a total or signature, not only a number."""
    headings = sum(
        tidy(str(mapping.cell(row, field).value)) == match.header for field, match in mapping.matches.items()
    )
    if headings >= FEWEST_HEADINGS:
        return False
    telling = sum(not mapping.cell(row, field).is_blank for field in _TELLING)
    if telling > 1 or (telling and not _is_footer(row)):
        return True
    sequence = mapping.matches.get(F.SEQUENCE)
    filled = [cell for index, cell in enumerate(row) if not cell.is_blank and (not sequence or index != sequence.index)]
    return bool(filled) and not _is_footer(row)


def _is_footer(row: Row) -> bool:
    """Tell whether a row begins as lines below a list do: a total, a note, who filled it in."""
    first = next((fold(str(cell.value)) for cell in row if not cell.is_blank), "")
    return first.startswith(_FOOTERS)


def _groups(people: Iterable[Person], key: Callable[[Person], Hashable]) -> list[list[Person]]:
    """Return the people who have something in common, in groups of two or more."""
    groups: dict[Hashable, list[Person]] = defaultdict(list)
    for person in people:
        if (common := key(person)) is not None:
            groups[common].append(person)
    return [group for group in groups.values() if len(group) > 1]


def _repeats(group: Iterable[Person], key: Callable[[Person], Hashable]) -> Iterator[tuple[Person, Person]]:
    """Yield each repetition together with the first one of its kind."""
    first: dict[Hashable, Person] = {}
    for person in group:
        if key(person) in first:
            yield first[key(person)], person
        first.setdefault(key(person), person)


def _shared(
    code: str, field: F, group: Sequence[Person], flags: dict[int, set[str]], mapping: ColumnMapping | None
) -> list[WishProblem]:
    """Flag the rows of different people who share what only one should have, and say so once for each further one."""
    first_rows: dict[Hashable, Person] = {}
    for person in group:
        first_rows.setdefault((person.id_number, person.name), person)
    if len(first_rows) == 1:
        return []
    for person in group:
        flags[person.row].add(code)
    first, *others = first_rows.values()
    return [_pair(code, field, first, other, Severity.WARNING, mapping) for other in others]


def _pair(
    code: str, field: F, first: Person, second: Person, severity: Severity, mapping: ColumnMapping | None
) -> WishProblem:
    letter = mapping.letter_of(field) if mapping else None
    return WishProblem.of(second.row, letter, field, FieldWrong(code, first=first.row, second=second.row), severity)
