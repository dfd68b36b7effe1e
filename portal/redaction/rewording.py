"""Says what may stand in the place of personal data: true of many people, and of nobody in particular. Pure.

Answers in the language of the text, whatever language its reader has chosen.
"""

import re

from portal.redaction.marks import Mark, MarkKind

_HAN = re.compile("[\u4e00-\u9fff]")
_LATIN = re.compile("[A-Za-z]")

_CHILD = ("孩子", "the child")
_OLDER = ("老人", "the older person")
_ADULT = ("家人", "a family member")
_BY_KIND: dict[MarkKind, tuple[str, str]] = {
    MarkKind.HOSPITAL: ("医院", "a hospital"),
    MarkKind.DIAGNOSIS: ("身体原因", "health reasons"),
    MarkKind.ADDRESS: ("家", "home"),
    MarkKind.EMPLOYER: ("单位", "work"),
}
_SCHOOLS: tuple[tuple[re.Pattern[str], tuple[str, str]], ...] = (
    (re.compile("幼儿园|幼稚园|托儿所|kindergarten", re.IGNORECASE), ("一所幼儿园", "a kindergarten")),
    (re.compile("小学|附小|primary|elementary", re.IGNORECASE), ("一所小学", "a primary school")),
    (re.compile("大学|学院|university|college", re.IGNORECASE), ("一所大学", "a university")),
    (
        re.compile("中学|初中|高中|附中|[一二三四五六七八九十]中|middle|high school", re.IGNORECASE),
        ("一所中学", "a secondary school"),
    ),
)
_ANY_SCHOOL = ("学校", "a school")
_SCRAPS = re.compile(
    r"(?<=[,，、;；:：])[,，、;；]+|^[,，、;；。.\s]+|[,，、:：\s]+(?=[。.!！?？]|$)|(?<=[(（])[,，、\s]+|[(（]\s*[)）]"
)


def reword(mark: Mark, text: str, *, is_child: bool, is_older: bool) -> str:
    """Return what may stand in the place of a mark; nothing where it is best left out.

    The beneficiary's age, as coarsely as it is public, tells what a name becomes.
    """
    piece = text[mark.start : mark.end]
    if mark.kind is MarkKind.PERSON:
        pair = _CHILD if is_child else _OLDER if is_older else _ADULT
    elif mark.kind is MarkKind.SCHOOL:
        pair = next((words for pattern, words in _SCHOOLS if pattern.search(piece)), _ANY_SCHOOL)
    else:
        pair = _BY_KIND.get(mark.kind, ("", ""))
    return pair[0] if _is_chinese(text) else pair[1]


def replace_mark(text: str, mark: Mark, words: str) -> str:
    """Return a text with other words in the place of a mark, and without the punctuation that nothing leaves behind."""
    changed = text[: mark.start] + words + text[mark.end :]
    return changed if words else _SCRAPS.sub("", changed)


def _is_chinese(text: str) -> bool:
    return len(_HAN.findall(text)) * 3 >= len(_LATIN.findall(text))
