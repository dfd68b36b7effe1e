"""What can be marked in a text as looking like personal data, and how marks are put together. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext


class MarkKind(StrEnum):
    """What a marked piece of text looks like."""

    PERSON = "person"
    PHONE = "phone"
    ID_CARD = "id_card"
    BANK_CARD = "bank_card"
    EMAIL = "email"
    WECHAT = "wechat"
    QQ = "qq"
    PLATE = "plate"
    ADDRESS = "address"
    SCHOOL = "school"
    HOSPITAL = "hospital"
    DIAGNOSIS = "diagnosis"
    DATE_OF_BIRTH = "date_of_birth"
    AGE = "age"
    EMPLOYER = "employer"
    PASSPORT = "passport"
    LICENCE = "licence"
    CONTACT_EXCHANGE = "contact_exchange"


CERTAIN_KINDS = frozenset(
    {
        MarkKind.PHONE,
        MarkKind.ID_CARD,
        MarkKind.BANK_CARD,
        MarkKind.EMAIL,
        MarkKind.WECHAT,
        MarkKind.QQ,
        MarkKind.PLATE,
        MarkKind.PASSPORT,
        MarkKind.LICENCE,
        MarkKind.CONTACT_EXCHANGE,
    }
)
"""What never belongs into a public text, so that no reason can excuse it."""

MARK_LABELS: dict[MarkKind, Any] = {
    MarkKind.PERSON: lazy_gettext("像是人名"),
    MarkKind.PHONE: lazy_gettext("像是电话号码"),
    MarkKind.ID_CARD: lazy_gettext("像是证件号码"),
    MarkKind.BANK_CARD: lazy_gettext("像是银行卡号"),
    MarkKind.EMAIL: lazy_gettext("像是邮箱"),
    MarkKind.WECHAT: lazy_gettext("像是微信号"),
    MarkKind.QQ: lazy_gettext("像是QQ号"),
    MarkKind.PLATE: lazy_gettext("像是车牌"),
    MarkKind.ADDRESS: lazy_gettext("像是住址"),
    MarkKind.SCHOOL: lazy_gettext("像是学校或班级"),
    MarkKind.HOSPITAL: lazy_gettext("像是医院"),
    MarkKind.DIAGNOSIS: lazy_gettext("像是病情或残疾"),
    MarkKind.DATE_OF_BIRTH: lazy_gettext("像是出生日期"),
    MarkKind.AGE: lazy_gettext("像是确切年龄"),
    MarkKind.PASSPORT: lazy_gettext("像是护照号码"),
    MarkKind.LICENCE: lazy_gettext("像是证照编号"),
    MarkKind.EMPLOYER: lazy_gettext("像是工作单位"),
    MarkKind.CONTACT_EXCHANGE: lazy_gettext("像是互留联系方式。交接是匿名的，请去掉"),
}

KNOWN_LABELS: dict[MarkKind, Any] = {
    MarkKind.PERSON: lazy_gettext("和这家人登记的姓名一样"),
    MarkKind.PHONE: lazy_gettext("和这家人登记的电话一样"),
    MarkKind.ID_CARD: lazy_gettext("和这家人登记的证件号码一样"),
    MarkKind.ADDRESS: lazy_gettext("和这家人登记的住址有相同的地名"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One piece of a text, by its offsets there; a certain one must go, another may stay for a stated reason."""

    start: int
    end: int
    kind: MarkKind
    is_certain: bool
    is_known: bool = False

    @property
    def label(self) -> str:
        """Why the piece is marked, in the reader's language."""
        return str(KNOWN_LABELS[self.kind] if self.is_known else MARK_LABELS[self.kind])


@dataclass(frozen=True, slots=True)
class KnownIdentity:
    """What is known of the household a text speaks of, as plain words; never kept and never shown."""

    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    addresses: tuple[str, ...] = field(default=(), repr=False)

    def __repr__(self) -> str:
        """Say nothing, so that no log can."""
        return "KnownIdentity(…)"


NOBODY = KnownIdentity()


def without_overlaps(marks: Iterable[Mark]) -> list[Mark]:
    """Return the marks that stay when of two that overlap the surer, else the longer one counts, by place."""
    chosen: list[Mark] = []
    for mark in sorted(marks, key=lambda each: (not each.is_known, not each.is_certain, each.start - each.end)):
        if all(mark.end <= other.start or mark.start >= other.end for other in chosen):
            chosen.append(mark)
    return sorted(chosen, key=lambda each: each.start)


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text to be shown; `label` says why it is marked, and is empty where it is not."""

    text: str
    label: str = ""
    is_certain: bool = False


def segments(text: str, marks: Iterable[Mark]) -> list[Segment]:
    """Return a text cut into marked and unmarked pieces, in order."""
    pieces, at = [], 0
    for mark in marks:
        pieces.append(Segment(text[at : mark.start]))
        pieces.append(Segment(text[mark.start : mark.end], mark.label, mark.is_certain))
        at = mark.end
    return [piece for piece in [*pieces, Segment(text[at:])] if piece.text]
