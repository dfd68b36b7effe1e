"""A problem reads in any language and survives being stored."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import lazy_gettext

from portal.spreadsheets.problems import FieldWrong, Problem, Severity


class PriceProblem(Problem):
    """A problem of an invented list."""

    __slots__ = ()

    wording: ClassVar[Mapping[str, Any]] = {"odd": lazy_gettext("%(label)s“%(value)s”看不懂。"), "rows": "%(rows)s"}
    labels: ClassVar[Mapping[str, Any]] = {"price": "单价"}


def test_problem_says_where_and_what():
    problem = PriceProblem.of(7, "C", "price", FieldWrong("odd", value="约两百"))
    assert problem.message == "单价“约两百”看不懂。"
    assert (problem.row, problem.column, problem.label, problem.is_error) == (7, "C", "单价", True)


def test_long_quotations_are_cut_and_lists_are_joined():
    quoting = PriceProblem.of(7, "C", "price", FieldWrong("odd", value="长" * 50))
    assert quoting.message == f"单价“{'长' * 20}…”看不懂。"
    assert PriceProblem.of(7, None, None, FieldWrong("rows", rows=(8, 9, "price"))).message == "8、9、单价"


def test_problem_survives_being_stored():
    problem = PriceProblem.of(7, None, "price", FieldWrong("rows", rows=(8, 9)), Severity.WARNING)
    assert PriceProblem.from_dict(json.loads(json.dumps(problem.to_dict()))) == problem
    assert not problem.is_error
