"""Finds numbers and accounts that belong to somebody in a folded text: documents, cards, telephones, plates. Pure."""

import re
from collections.abc import Iterator

from stdnum import luhn

from portal.redaction.marks import MarkKind

Found = tuple[MarkKind, int, int]

_SPELT_DIGIT = "零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"
_AS_DIGIT = str.maketrans(_SPELT_DIGIT + "oOlI|", "000123456789" + "1" + "123456789" + "00111")
_SPELT = re.compile(
    rf"(?:[{_SPELT_DIGIT}]|(?<![A-Za-z])[\dlI])"
    rf"(?:[ ,，-]{{0,3}}(?:[{_SPELT_DIGIT}\d]|[oO](?![A-NP-Za-kmnp-z])|[lI|](?![a-km-np-zA-HJ-NP-Z]))){{6,24}}"
)

_GAP = r"[ .·_-]?"
_ID = re.compile(
    rf"(?<!\d)[1-9](?:{_GAP}\d){{5}}"  # area
    rf"{_GAP}(?:1{_GAP}[89]|2{_GAP}0)(?:{_GAP}\d){{2}}{_GAP}[01]{_GAP}\d{_GAP}[0-3]{_GAP}\d"  # birth
    rf"(?:{_GAP}\d){{3}}{_GAP}[\dXx](?![\dA-Za-z])"
)
_OLD_ID = re.compile(
    rf"(?<![\dA-Za-z])[1-8](?:{_GAP}\d){{5}}(?:{_GAP}\d){{2}}{_GAP}[01]{_GAP}\d{_GAP}[0-3]{_GAP}\d(?:{_GAP}\d){{3}}(?![\dA-Za-z])"
)
_LABELLED = r"[号码证件no.是为: ]{0,8}(?P<what>"
_IDS = (
    _ID,
    re.compile(
        r"(?:证件?号码?|身份证号?码?|证号|身份号码|老证|\bID(?: card)?(?: (?:no\.?|number))?)[是为: ]{0,3}(?P<what>\d{15}|\d{17}[\dXx])(?!\d)",
        re.IGNORECASE,
    ),
)
_PASSPORTS = (
    re.compile(
        rf"(?:护照|通行证|回乡证|台胞证|passport){_LABELLED}[A-Z]{{1,2}}\d{{7,9}})(?![\dA-Za-z])", re.IGNORECASE
    ),
)
_LICENCES = (
    re.compile(
        r"(?:驾驶证|驾照|行驶证|档案编号|残疾证|低保证|特困证|准考证|学籍|户口簿|医保卡?|社保卡?|病历|住院|学生证|退役军人证|优待证|会员|licen[cs]e)"
        r"[号码编证件卡no.是为: ]{0,8}(?P<what>[A-Z]{0,3}\d(?:[ -]?[\dXx]){6,21})(?![\dA-Za-z])",
        re.IGNORECASE,
    ),
)

_BUSINESS = re.compile(
    r"(?:营业执照|执照|個體戶|个体户)(?:注册)?[号码编证是为: ]{0,6}(?P<what>(?=[A-Z]{0,2}\d)[0-9A-HJ-NP-RTUWXY]{15,18})(?![\dA-Za-z])"
)
_ENGLISH_DIGIT = "zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple"
_ENGLISH_SPELT = re.compile(rf"\b(?:{_ENGLISH_DIGIT})(?:[ ,-]{{1,3}}(?:{_ENGLISH_DIGIT})){{6,14}}\b", re.IGNORECASE)

_CARD = re.compile(r"(?<![\dA-Za-z.])\d(?:[ -]?\d){14,18}(?![\dA-Za-z])")
_NEAR_CARD = re.compile(
    r"卡|账号|帐号|账户|帐户|收款|银行|[工农建中交招邮]行|邮储|信用社|打到|打钱|打款|转到|转账|汇|存折|存到|工资|补贴|户头|\bcard|\baccount|\bIBAN",
    re.IGNORECASE,
)
_NO_CARD = re.compile(
    r"备案|订单|单号|快递|运单|条形?码|书号|流水|编号|型号|ISBN|order|filing|tracking|item|barcode", re.IGNORECASE
)

_LABEL_OF_PHONE = r"(?:电话|電話|致電|致电|手機|聯絡|聯繫|座机|宅电|固话|热线|手机|号码|联系|拨打?|打|tel\.?|phone|call|mobile)[是为:.号码 ]{0,4}"
_EXTENSION = r"(?:(?: ?(?:转|分机号?|ext\.?|x) ?|-)\d{1,6}(?!\d|-\d))?"
_PHONES = (
    re.compile(r"(?<![\d.])(?:\(?(?:\+|00)?86\)?[ -]?)?1[ .·_*/-]{0,3}[3-9](?:[ .·_*/-]{0,3}\d){9}(?!\d|[.-]\d)"),
    re.compile(r"(?<![\d.])1[3-9]\d ?[,，] ?\d{4} ?[,，] ?\d{4}(?!\d)"),
    re.compile(r"(?<![\d.])1[3-9]\d[ -]?[*×xX]{3,5}[ -]?\d{3,4}(?!\d)"),
    re.compile(
        rf"(?<![\d.])(?:\+?86[ -]?)?\(?0\)?(?:10|2\d|[3-9]\d{{2}})[) -]{{0,2}}[2-9]\d{{2,3}}[ -]?\d{{4}}(?!\d){_EXTENSION}"
    ),
    re.compile(rf"{_LABEL_OF_PHONE}(?P<what>[2-9]\d{{2,3}}[ -]?\d{{4}})(?![\d元块])", re.IGNORECASE),
    re.compile(r"(?<!\w)\+\d{1,3}(?:[ .()-]{0,2}\d){7,12}(?!\d)"),
    re.compile(r"(?<![\w+-])07\d{3}[ -]?\d{3}[ -]?\d{3}(?!\d)"),
    re.compile(r"(?<![\w+-])\(?0[12]\d{1,3}\)?[ -]\d{3,4}[ -]\d{3,4}(?!\d)"),
    re.compile(r"(?<![\w-])\(?[2-9]\d{2}\)?[ .-]\d{3}[ .-]\d{4}(?![\d-])"),
)
_HOTLINE = re.compile(r"[48]00[ -]?\d{3}[ -]?\d{4}|[48]00[ -]?\d{4}[ -]?\d{3}")
_QQ = re.compile(
    r"(?:Q ?Q|扣扣|叩叩|抠抠|口口(?=号)|扣号|企鹅|球球|加[我她他]?(?:的)?Q|(?<![A-Za-z])Q(?=[:号是]|$))"
    r"(?: ?号码?| ?群号?|邮箱| ?number| ?account)?(?:也?是|为|[: ]|no\.?|\bis\b){0,4}(?P<what>[1-9](?:[ -]?\d){4,10})(?![\d@])",
    re.IGNORECASE,
)

_AT = r"(?: ?@ ?| ?[(\[{（【] ?(?:at|@|艾特) ?[)\]}）】] ?| at (?=\S+ ?(?:\.|\[|\(|dot)))"
_DOT = r"(?:\.| ?[(\[{（【] ?(?:dot|点|\.) ?[)\]}）】] ?| dot |点(?=com|cn|net|org))"
_EMAIL = re.compile(
    rf"[A-Za-z0-9_.+-]{{1,64}}(?: dot [A-Za-z0-9_+-]{{1,30}}){{0,3}}{_AT}[A-Za-z0-9-]{{1,63}}(?:{_DOT}[A-Za-z0-9-]{{1,63}}){{1,4}}"
    r"|[A-Za-z0-9_.+-]{3,64}[#＃*][A-Za-z0-9-]{1,63}\.(?:com|cn|net|org)(?:\.cn)?\b",
    re.IGNORECASE,
)
_ACCOUNT = r"(?P<what>[A-Za-z](?:[A-Za-z0-9_-]){4,19})"
_WECHATS = (
    re.compile(
        r"(?:微 ?信|薇 ?信|威信|徽信|微❤|薇(?=[:号])|绿泡泡|wechat|weixin|\bwe chat|\bwx|\bvx|v ?信|\bV(?=[:号])|\+V|加V|加威|微(?=[:]))(?: ?(?:号|id|账号|號))*"
        rf"(?:(?:也?是|为|叫|同步|同号|名|[: ]|\bis\b|\bid\b|\bnumber\b){{1,5}}|(?<=信)|(?<=号)|(?<=泡)|(?<=[xX])|(?<=[vV])){_ACCOUNT}(?![A-Za-z0-9_-])",
        re.IGNORECASE,
    ),
    re.compile(r"(?<![A-Za-z0-9])(?P<what>wxid_[a-z0-9]{6,20})"),
    re.compile(rf"加(?:我|她|他|v|V|一下|个)?[: ]?(?!Q ?\d){_ACCOUNT}(?=[,，。.、;； ]|$)"),
)
_ENGLISH_WORD = re.compile(r"[A-Z]?[a-z]+")

_PROVINCES = "粵魯滬遼蘇贛閩貴陝雲晉寧瓊京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATES = (
    re.compile(
        rf"[{_PROVINCES}] ?[A-HJ-NP-Z][ .·•-]?(?=[A-Z0-9 ]*\d)[A-HJ-NP-Z0-9](?: ?[A-HJ-NP-Z0-9]){{4,5}}[学警挂领港澳]?(?![A-Z0-9])",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?i:\bdrives(?: an?)?|\bplates?(?: number)?(?: is)?|\blicen[cs]e(?: plate)?|\bcar|\bvan|\btruck|车牌|号牌|车号)[:是为 ]{1,3}"
        r"(?P<what>(?=[A-Z -]*\d)(?=[\d -]*[A-Z])[A-Z0-9]{1,4}[ -]?[A-Z0-9]{2,5})\b"
    ),
    re.compile(
        r"(?:车牌|号牌|牌照|牌号|车号)[号是为: ]{0,3}(?P<what>[\u4e00-\u9fff]{2}[ ·]?[A-Z]?\d{4,7})(?![\dA-Za-z])"
    ),
)


def find_numbers(text: str) -> Iterator[Found]:
    """Yield documents, bank cards, telephones and accounts, also where digits are spelt in Chinese."""
    digits = _SPELT.sub(lambda match: match.group().translate(_AS_DIGIT), text)
    yield from matches(MarkKind.ID_CARD, _IDS, digits)
    yield from _find_old_ids(digits)
    yield from matches(MarkKind.PASSPORT, _PASSPORTS, text)
    yield from matches(MarkKind.LICENCE, _LICENCES, digits)
    yield from _find_cards(text, digits)
    yield from matches(MarkKind.LICENCE, (_BUSINESS,), text)
    yield from matches(MarkKind.PHONE, (_ENGLISH_SPELT,), text)
    for found in matches(MarkKind.PHONE, _PHONES, digits):
        if not _HOTLINE.fullmatch(digits, found[1], found[2]):
            yield found
    yield from matches(MarkKind.QQ, (_QQ,), digits)
    yield from matches(MarkKind.EMAIL, (_EMAIL,), text)
    yield from matches(MarkKind.PLATE, _PLATES, text)
    for kind, start, end in matches(MarkKind.WECHAT, _WECHATS, text):
        # "WeChat payment" and "微信 payment" name no account; accounts of plain letters follow their label directly.
        if not (text[start - 1].isspace() and _ENGLISH_WORD.fullmatch(text, start, end)):
            yield kind, start, end


def _find_old_ids(digits: str) -> Iterator[Found]:
    """Yield ID numbers of fifteen digits, as they were until 1999; without a label the date in them must be one."""
    for match in _OLD_ID.finditer(digits):
        plain = re.sub(r"\D", "", match.group())
        month, day = int(plain[8:10]), int(plain[10:12])
        around = digits[max(0, match.start() - 10) : match.start()]
        if 1 <= month <= 12 and 1 <= day <= 31 and not _NO_CARD.search(around) and not luhn.is_valid(plain):
            yield MarkKind.ID_CARD, *match.span()


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
        before, after = text[max(0, match.start() - 14) : match.start()], text[match.end() : match.end() + 8]
        plain = re.sub(r"\D", "", match.group())
        is_spoken_of = _NEAR_CARD.search(before + after) is not None
        if _NO_CARD.search(before) and not is_spoken_of:
            continue
        if (len(plain) >= 16 and luhn.is_valid(plain)) or (is_spoken_of and not _ID.fullmatch(match.group())):
            yield MarkKind.BANK_CARD, *match.span()
