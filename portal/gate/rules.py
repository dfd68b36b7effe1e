"""What the gate finds in texts and what follows from it. Pure: no database, no Flask, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.gate.fields import PUBLIC, PublicText
from portal.redaction.detect import detect
from portal.redaction.dignity import find_contact_offers
from portal.redaction.marks import Mark, MarkKind, without_overlaps

Text = tuple[str, str | None]
Texts = Iterable[Text]
"""Public texts, each with its table and column as `fields.PUBLIC` names it; two rows of one column may stand here."""

FOR_MODERATORS = frozenset({MarkKind.PERSON, MarkKind.ADDRESS})
"""What only a moderator lets through: for anybody else a registered name and any other name look alike here."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One marked piece of a public text: in which field (table and column), and what it is."""

    field: str
    piece: str
    mark: Mark


class WordsHeld(ValueError):
    """The gate does not let these words through as they are; `findings` says which."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        super().__init__("held at the gate")
        self.findings = tuple(findings)

    @property
    def words(self) -> list[str]:
        """The pieces, each once."""
        return list(dict.fromkeys(each.piece for each in self.findings))


class HoldsPersonalData(WordsHeld):
    """The words hold what must never be public, whatever the reason."""


class ExcuseNeeded(WordsHeld):
    """The words may point at somebody; whoever lets them through says why they may stay."""


class ModeratorNeeded(WordsHeld):
    """The words may point at a family; a moderator has to decide. Says nothing about who is registered."""


def guard_of(field: str) -> PublicText:
    """Return what guards a public text; an English twin is guarded like its column.

    Raises KeyError for a text that no list declares public: unknown is closed.
    """
    return PUBLIC[field.removesuffix("_en")]


def examine(texts: Texts) -> list[Finding]:
    """Return what looks like personal data in public texts and is not there by law.

    Raises KeyError.
    """
    return [finding for field, text in texts for finding in examine_one(field, text)]


def examine_one(field: str, text: str | None) -> list[Finding]:
    """Return what looks like personal data in one public text and is not there by law.

    Raises KeyError.
    """
    allowed = guard_of(field).allowed
    if not text:
        return []
    return [Finding(field, text[mark.start : mark.end], mark) for mark in _marks(text) if mark.kind not in allowed]


def _marks(text: str) -> list[Mark]:
    return without_overlaps([*detect(text), *find_contact_offers(text)])


def check_certain(findings: Iterable[Finding]) -> None:
    """Refuse what must never be public.

    Raises HoldsPersonalData.
    """
    certain = [each for each in findings if each.mark.is_certain]
    if certain:
        raise HoldsPersonalData(certain)


def check_excused(findings: Iterable[Finding], excuse: str | None) -> None:
    """Refuse what may point at somebody and nobody gives a reason for.

    Raises ExcuseNeeded.
    """
    left = tuple(findings)
    if left and not (excuse or "").strip():
        raise ExcuseNeeded(left)
