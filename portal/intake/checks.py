"""Compares a list with what the portal already knows: rows that came in before, open wishes, centres of others.

Finds people by keyed hashes only and changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from flask_babel import lazy_gettext

from portal.households.hashing import id_hash, person_hash
from portal.intake.columns import WishField as F
from portal.intake.lists import ListReport
from portal.intake.localities import Localities
from portal.intake.problems import WORDING, WishProblem
from portal.intake.rules import WishRow
from portal.limits.service import get_limits
from portal.sealing import keyed_hash
from portal.spreadsheets.columns import ColumnMapping
from portal.spreadsheets.problems import FieldWrong, Problem, Severity
from portal.wishes.bulk import known_rows
from portal.wishes.filing import count_open_by_id, count_open_wishes


class IntakeProblem(WishProblem):
    """A problem of a list, one that shows only beside what the portal knows included."""

    __slots__ = ()

    wording: ClassVar[Mapping[str, Any]] = WORDING | {
        "centre_of_others": lazy_gettext(
            "“%(value)s”不在您负责的服务中心里。请交给那里的工作人员导入，或请管理员导入。"
        ),
        "wish_open": lazy_gettext("这位心愿人还有没办结的心愿，要等它办结或撤回后才能再提。"),
        "id_known_otherwise": lazy_gettext("别处有同一个身份证号、不同姓名的心愿正在办理。核实时请查看证件。"),
    }


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that would come in, with the hashes it is known by."""

    wish: WishRow
    row_hash: str
    person_hash: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What taking a list in would do now: all candidates come in, or, with an error anywhere, none."""

    candidates: tuple[Candidate, ...]
    known_count: int
    problems: tuple[Problem, ...]

    @property
    def is_accepted(self) -> bool:
        """Tell whether nothing stands against taking the list in."""
        return not any(problem.is_error for problem in self.problems)


def check_against_portal(report: ListReport, mapping: ColumnMapping, places: Localities) -> Plan:
    """Return what a list comes to beside what is in the portal; its own problems come first in each row."""
    candidates = [_candidate(wish) for wish in report.wishes]
    known = known_rows(each.row_hash for each in candidates)
    fresh = [each for each in candidates if each.row_hash not in known]
    found: list[Problem] = [
        *report.problems,
        *_others_centres(report.wishes, mapping, places),
        *_open_wishes(fresh, mapping),
        *_other_names(fresh, mapping),
    ]
    found.sort(key=lambda problem: (problem.row, len(problem.column or ""), problem.column or ""))
    return Plan(tuple(fresh), len(candidates) - len(fresh), tuple(found))


def find_conflicts(candidates: Sequence[Candidate]) -> bool:
    """Tell whether something came in meanwhile that a candidate collides with; call in the transaction that inserts."""
    is_known = known_rows(each.row_hash for each in candidates)
    return bool(is_known) or bool(_over_limit(candidates))


def _candidate(wish: WishRow) -> Candidate:
    return Candidate(wish, keyed_hash("row", wish.row_key), person_hash(wish.id_number, wish.name))


def _others_centres(wishes: Sequence[WishRow], mapping: ColumnMapping, places: Localities) -> list[Problem]:
    return [
        _problem(wish, F.SERVICE_CENTRE, mapping, FieldWrong("centre_of_others", value=wish.service_centre))
        for wish in wishes
        if not places.is_own(wish.service_centre)
    ]


def _open_wishes(candidates: Sequence[Candidate], mapping: ColumnMapping) -> list[Problem]:
    return [_problem(each.wish, F.ID_NUMBER, mapping, FieldWrong("wish_open")) for each in _over_limit(candidates)]


def _over_limit(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates whose person has as many open wishes as the limit allows.

    One person twice in the same list is found when the list itself is checked.
    """
    counts = count_open_wishes({each.person_hash for each in candidates})
    limit = get_limits().open_wishes_per_household
    return [each for each in candidates if counts.get(each.person_hash, 0) >= limit]


def _other_names(candidates: Sequence[Candidate], mapping: ColumnMapping) -> list[Problem]:
    """Return a remark for each candidate under whose ID number others have open wishes in the portal."""
    hashes = {each.wish.id_number: id_hash(each.wish.id_number) for each in candidates}
    by_id = count_open_by_id(hashes.values())
    shared = [each for each in candidates if hashes[each.wish.id_number] in by_id]
    own = count_open_wishes(each.person_hash for each in shared)
    return [
        _problem(each.wish, F.ID_NUMBER, mapping, FieldWrong("id_known_otherwise"), Severity.WARNING)
        for each in shared
        if by_id[hashes[each.wish.id_number]] > own.get(each.person_hash, 0)
    ]


def _problem(
    wish: WishRow, field: F, mapping: ColumnMapping, wrong: FieldWrong, severity: Severity = Severity.ERROR
) -> IntakeProblem:
    return IntakeProblem.of(wish.row, mapping.letter_of(field), field, wrong, severity)
