"""Every act of the audit trail has a name."""

import ast
from functools import cache
from pathlib import Path

from portal.admin.act_labels import ACT_LABELS, SUBJECT_LABELS, act_label
from portal.wishes.rules import WishAction

MOVES = ("organisation.", "campaign.", "disbursement.")
"""Acts whose names the code puts together from a move."""

ROOMS = Path(__file__).parent.parent.parent / "portal"


@cache
def recorded() -> tuple[set[str], set[str]]:
    """Return the acts and the kinds of subjects the code records, as far as they are written out."""
    acts, kinds = set(), set()
    for path in ROOMS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                acts |= _texts(node.args[1])
                kinds |= _texts(node.args[2])
    return acts, kinds


def _texts(node: ast.expr) -> set[str]:
    if isinstance(node, ast.IfExp):
        return _texts(node.body) | _texts(node.orelse)
    return {str(node.value)} if isinstance(node, ast.Constant) else set()


def test_code_that_is_looked_at_is_there():
    acts, kinds = recorded()
    assert {"person.add", "person.enable", "person.disable"} <= acts
    assert "wish" in kinds


def test_every_act_that_is_recorded_has_a_name(app_context):
    acts, _kinds = recorded()
    nameless = {act for act in acts if act not in ACT_LABELS and act_label(act) == act.removeprefix("wish.")}
    assert not nameless


def test_every_move_of_a_wish_has_a_name(app_context):
    assert not [action for action in WishAction if act_label(f"wish.{action}") == action]


def test_every_subject_has_a_name():
    _acts, kinds = recorded()
    assert not kinds - set(SUBJECT_LABELS)


def test_no_name_is_left_over():
    acts, kinds = recorded()
    assert not {act for act in ACT_LABELS if not act.startswith(MOVES)} - acts
    assert not set(SUBJECT_LABELS) - kinds
