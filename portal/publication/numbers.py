"""Finds numbers and accounts that belong to somebody in a folded text: documents, cards, telephones, plates. Pure."""

import re
from collections.abc import Iterator

from stdnum import luhn

from portal.publication.marks import MarkKind

Found = tuple[MarkKind, int, int]

_SPELT_DIGIT = "零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"
_AS_DIGIT = str.maketrans(_SPELT_DIGIT + "oO", "000123456789" + "1" + "123456789" + "00")
_SPELT = re.compile(
    rf"(?:[{_SPELT_DIGIT}]|(?<![A-Za-z])\d)(?:[ -]?(?:[{_SPELT_DIGIT}\d]|[oO](?![A-NP-Za-np-z]))){{6,24}}"
)

_GAP = r"[ .·-]?"
_ID = re.compile(
    rf"(?<!\d)[1-9](?:{_GAP}\d){{5}}"  # area
    rf"{_GAP}(?:1{_GAP}[89]|2{_GAP}0)(?:{_GAP}\d){{2}}{_GAP}[01]{_GAP}\d{_GAP}[0-3]{_GAP}\d"  # birth
    rf"(?:{_GAP}\d){{3}}{_GAP}[\dXx](?![\dA-Za-z])"
)
_IDS = (
    _ID,
    re.compile(r"(?:证件?号码?|身份证号?码?)[是为: ]{0,3}(?P<what>\d{15})(?!\d)"),
    re.compile(r"(?:护照|通行证|passport)[号码no.是为:# ]{0,8}(?P<what>[A-Z]{1,2}\d{7,8})(?!\d)", re.IGNORECASE),
)

_CARD = re.compile(r"(?<![\dA-Za-z.])\d(?:[ -]?\d){15,18}(?![\dA-Za-z])")
_NEAR_CARD = re.compile(r"卡|账号|帐号|账户|收款|银行|打到|汇|\bcard|\baccount|\bIBAN", re.IGNORECASE)

_PHONES = (
    re.compile(r"(?<![\d.])(?:\+?86[ -]?)?1[ .-]?[3-9](?:[ .-]?\d){9}(?!\d|[.-]\d)"),
    re.compile(
        r"(?<![\d.])\(?0(?:10|2\d|[3-9]\d{2})[) -]{0,2}[2-9]\d{2,3}[ -]?\d{4}(?!\d)(?: ?(?:转|ext\.?|x) ?\d{1,6})?"
    ),
    re.compile(
        r"(?:电话|座机|热线|手机|号码|tel|phone|call)[是为:.号码 ]{0,4}(?P<what>[2-9]\d{2,3}[ -]?\d{4})(?!\d)",
        re.IGNORECASE,
    ),
    re.compile(r"(?<!\w)\+\d{1,3}(?:[ .()-]{0,2}\d){7,12}(?!\d)"),
)
_QQ = re.compile(
    r"(?:QQ|扣扣|企鹅)(?:号码?|群号?|number)?[是为: ]{0,3}(?P<what>[1-9](?:[ -]?\d){4,10})(?!\d)", re.IGNORECASE
)

_EMAIL = re.compile(r"[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_ACCOUNT = r"(?P<what>[A-Za-z][A-Za-z0-9_-]{4,19})"
_WECHATS = (
    re.compile(
        r"(?:微信|薇信|威信|wechat|weixin|\bwx|\bvx|\bv信)(?: ?(?:号|id))?"
        rf"(?:是|为|[: ]{{1,2}}|(?<=信)|(?<=号)){_ACCOUNT}(?![A-Za-z0-9_-])",
        re.IGNORECASE,
    ),
    re.compile(r"(?P<what>wxid_[a-z0-9]{6,20})"),
    re.compile(rf"加(?:我|她|他|v|V|一下)?[: ]?{_ACCOUNT}(?=[,，。.、 ]|$)"),
)
_ENGLISH_WORD = re.compile(r"[A-Z]?[a-z]+")

_PLATES = (
    re.compile(
        "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
        r"[A-HJ-NP-Z][ .·•-]?[A-HJ-NP-Z0-9]{5,6}(?![A-Z0-9])"
    ),
    re.compile(
        r"(?i:\bdrives|\bplate(?: number)?|\blicen[cs]e)[: ]{1,3}(?P<what>(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z0-9]{5,8})\b"
    ),
)


def find_numbers(text: str) -> Iterator[Found]:
    """Yield documents, bank cards, telephones and accounts, also where digits are spelt in Chinese."""
    digits = _SPELT.sub(lambda match: match.group().translate(_AS_DIGIT), text)
    yield from matches(MarkKind.ID_CARD, _IDS, digits)
    yield from _find_cards(text, digits)
    yield from matches(MarkKind.PHONE, _PHONES, digits)
    yield from matches(MarkKind.QQ, (_QQ,), digits)
    yield from matches(MarkKind.EMAIL, (_EMAIL,), text)
    yield from matches(MarkKind.PLATE, _PLATES, text)
    for kind, start, end in matches(MarkKind.WECHAT, _WECHATS, text):
        # "WeChat payment" and "微信 payment" name no account; accounts of plain letters follow their label directly.
        if not (text[start - 1].isspace() and _ENGLISH_WORD.fullmatch(text, start, end)):
            yield kind, start, end


def matches(kind: MarkKind, patterns: tuple[re.Pattern[str], ...], text: str) -> Iterator[Found]:
    """Yield where patterns match; of a pattern with a group `what`, only that group."""
    for pattern in patterns:
        group = "what" if "what" in pattern.groupindex else 0
        for match in pattern.finditer(text):
            start, end = match.span(group)
            if end > start:
                yield kind, start, end


def _find_cards(text: str, digits: str) -> Iterator[Found]:
    """Yield card numbers: the check digit is right, or the words around speak of a card or an account."""
    for match in _CARD.finditer(digits):
        around = text[max(0, match.start() - 12) : match.end() + 8]
        is_right = luhn.is_valid(re.sub(r"\D", "", match.group()))
        if is_right or (_NEAR_CARD.search(around) and not _ID.fullmatch(match.group())):
            yield MarkKind.BANK_CARD, *match.span()
