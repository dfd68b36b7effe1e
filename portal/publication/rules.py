"""Who may approve a public text and what may be in it; pure."""

from portal.redaction.marks import Mark


class OwnText(Exception):
    """Nobody approves what they wrote themselves."""


class TextIncomplete(ValueError):
    """Something is missing in one of the languages."""


class MarksLeft(ValueError):
    """The text holds what must never be public, such as a telephone number or the family's name."""


class ReasonNeeded(ValueError):
    """Something in the text may point at somebody, or is turned down, so a reason must be given."""


class NotWaiting(Exception):
    """The text no longer waits to be decided on."""


def check_approver(approver_id: int | None, written_by_id: int) -> None:
    """Refuse whoever wrote the text, and whoever has no name.

    Raises OwnText.
    """
    if approver_id is None or approver_id == written_by_id:
        raise OwnText


def check_marks(marks: list[Mark], reason: str | None) -> None:
    """Refuse a text with certain marks, and one with other marks that nobody gives a reason for.

    Raises MarksLeft, ReasonNeeded.
    """
    if any(mark.is_certain for mark in marks):
        raise MarksLeft
    if marks and not (reason or "").strip():
        raise ReasonNeeded
