"""What counts at the counter, as plain values: answers, proofs, checks, reasons; no database, Flask or clock."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext

from portal.codes import tidy
from portal.wishes.rules import WishAction


class Answer(StrEnum):
    """A family's word on what they got."""

    RECEIVED = "received"
    PARTLY = "partly"
    WRONG = "wrong"
    NOT_RECEIVED = "not_received"


class Through(StrEnum):
    """How a family's word came to us."""

    CODE = "code"
    CLERK = "clerk"
    SLIP = "slip"


class Way(StrEnum):
    """How something gets from the counter to the family."""

    PICK_UP = "pick_up"
    HOME = "home"
    SERVICE = "service"


class Proof(StrEnum):
    """What shows that goods went to the right hands; never a face."""

    CODE = "code"
    SIGNATURE = "signature"


class Fault(StrEnum):
    """Why goods are turned away at the counter."""

    NOT_MATCHING = "not_matching"
    NOT_NEW = "not_new"
    NOT_SAFE = "not_safe"
    EXPIRED = "expired"
    DAMAGED = "damaged"
    INCOMPLETE = "incomplete"
    OTHER = "other"


class Settlement(StrEnum):
    """What a clerk does about a wish the family says is not right."""

    FIND = "find"
    REPLACE = "replace"
    REPUBLISH = "republish"
    REFER = "refer"


SETTLED_BY: dict[Settlement, WishAction] = {
    Settlement.FIND: WishAction.FIND,
    Settlement.REPLACE: WishAction.REPLACE,
    Settlement.REPUBLISH: WishAction.REPUBLISH,
    Settlement.REFER: WishAction.REFER,
}

ANSWER_LABELS: dict[Answer, Any] = {
    Answer.RECEIVED: lazy_gettext("收到了，没有问题"),
    Answer.PARTLY: lazy_gettext("只收到一部分"),
    Answer.WRONG: lazy_gettext("东西不对，或者用不了"),
    Answer.NOT_RECEIVED: lazy_gettext("还没有收到"),
}

THROUGH_LABELS: dict[Through, Any] = {
    Through.CODE: lazy_gettext("家庭用查询码"),
    Through.CLERK: lazy_gettext("工作人员代记"),
    Through.SLIP: lazy_gettext("凭签收单"),
}

FAULT_LABELS: dict[Fault, Any] = {
    Fault.NOT_MATCHING: lazy_gettext("和心愿写的不一样"),
    Fault.NOT_NEW: lazy_gettext("不是新的"),
    Fault.NOT_SAFE: lazy_gettext("不安全或没有合格证明"),
    Fault.EXPIRED: lazy_gettext("过期或快要过期"),
    Fault.DAMAGED: lazy_gettext("破损"),
    Fault.INCOMPLETE: lazy_gettext("数量或配件不全"),
    Fault.OTHER: lazy_gettext("其他原因"),
}

SETTLEMENT_LABELS: dict[Settlement, Any] = {
    Settlement.FIND: lazy_gettext("东西在中心，重新交给家庭"),
    Settlement.REPLACE: lazy_gettext("请认领人换一个再送来"),
    Settlement.REPUBLISH: lazy_gettext("结束这次认领，重新公开等人认领"),
    Settlement.REFER: lazy_gettext("转办，用政策帮扶解决"),
}


class ChecksFailed(ValueError):
    """Goods do not pass the clerk's comparison with the wish, so they cannot be taken in."""


@dataclass(frozen=True, slots=True)
class Checks:
    """What a clerk saw when comparing goods with the wish."""

    item_matches: bool
    is_new: bool
    is_safe: bool

    def require_all(self) -> None:
        """Refuse goods that fail a check.

        Raises ChecksFailed.
        """
        if not (self.item_matches and self.is_new and self.is_safe):
            raise ChecksFailed

    @classmethod
    def after(cls, fault: Fault) -> "Checks":
        """Return what the comparison came to when goods are turned away for a fault."""
        return cls(
            item_matches=fault not in (Fault.NOT_MATCHING, Fault.INCOMPLETE, Fault.OTHER),
            is_new=fault not in (Fault.NOT_NEW, Fault.DAMAGED),
            is_safe=fault not in (Fault.NOT_SAFE, Fault.EXPIRED),
        )


_HOME_DOOR = re.compile(r"\d\s*(?:号楼|栋|幢|单元|室|户)|[一二三四五六七八九十]\s*(?:号楼|栋|幢|单元)|单元")
_MANY_DIGITS = re.compile(r"\d{7,}")


def may_name_a_home(place: str) -> bool:
    """Tell whether an appointment's place looks like somebody's door or telephone, which a pledger must not learn."""
    return bool(_HOME_DOOR.search(place) or _MANY_DIGITS.search(re.sub(r"[\s-]", "", place)))


def read_code(text: str) -> str:
    """Return the code in what was typed or scanned; a scanner at the keyboard types a picture's whole address."""
    return tidy(text.rpartition("#")[2])
