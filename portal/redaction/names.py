"""Finds full Chinese names in a folded text: a surname and one or two characters that given names are made of. Pure.

No character is a name by itself, so every candidate is weighed: how sure the
surname, how usual the given name, and whether the words around speak of a
person. A brand or an author stands where nobody is spoken of.
"""

import re
from collections.abc import Iterator

from portal.redaction.lexicon import (
    AMBIGUOUS_SURNAMES,
    DOUBLE_SURNAMES,
    WELL_KNOWN,
    Word,
    cut,
    given_weight,
    is_everyday,
    is_known_name,
    is_surname,
)

Span = tuple[int, int]

THRESHOLD = 2.85
"""The least weight that counts as a name; found by trying it on texts that have names and on texts that have none."""

KIN = (
    "爸爸 妈妈 父亲 母亲 爷爷 奶奶 外公 外婆 姥姥 姥爷 老伴 老伴儿 丈夫 妻子 爱人 儿子 女儿 孙子 孙女 外孙 外孙女 孩子 弟弟 妹妹 哥哥 姐姐"
    " 老人 儿媳 女婿 侄子 侄女 双胞胎 婆婆 公公 岳父 岳母 叔叔 姑姑 舅舅 阿姨 伯伯 养母 养父 继母 继父 宝宝 儿童 男孩 女孩 娃"
)
ROLES = (
    "监护人 网格员 社工 学生 居民 同学 同桌 邻居 联系人 户主 班主任 老师 志愿者 申请人 受助人 心愿人 受益人 家长 收件人 报送人 经办人 帮办人"
    " 代办人 填表人 楼长 书记 主任 医生 护士 患者 病人 保姆 护工 低保户 特困户 残疾人 退役军人 老党员 队长 村民 户主 业主 本人 姓名 名字 大名"
    " 全名 网格 村医 干部 户 员 好友 朋友 队友 代理人 负责人 校长 园长"
)
_BEFORE_PEOPLE = frozenset(f"{KIN} {ROLES}".split())
_BRINGS_PEOPLE = frozenset(
    "祝 祝福 祝愿 愿 证明 兹证明 送 叫 名叫 叫做 是 带 带着 给 和 跟 与 为 替 由 联系 联络 聯絡 找 感谢 帮 请 让 对 陪 陪着 照顾 交给 转交 问 认识 及 、".split()
)
_AFTER_PEOPLE = re.compile(
    r"说|今年|明年|想|希望|需要|喜欢|盼|患|确诊|得了|住|读|就读|上学|上[一二三四五六]年级|独居|老人|小朋友|加油|生日快乐|学习进步|健康|早日|快乐|因|系(?![统列])|同学|女士|先生|阿姨|奶奶|爷爷|老师|一家|一户|家里|家的"
    r"|家有|上报|填写|填报|代填|代办|签字|本人|平时|腿|眼|身体|从小|去年|刚|一个人|和他|和她|自己|同志|师傅|书记|主任|医生"
    r"|[,，、 ]{0,2}[男女](?:[,，、。;； ]|$)|[,，、 (（]{0,2}\d{1,3} ?周?岁|[,，、 (（]{1,2}(?:身份证|电话|手机|住|今年|低保|特困|孤儿|残疾)|[(（]"
)
_AGE_AFTER = re.compile(r"今年|[,，、 (（]{0,2}(?:男|女)?[,，、 ]?\d{1,3} ?周?岁")
_MAY_FOLLOW_PEOPLE = re.compile(r"的|家|在|也|还|就|都|有|没|和|与|把|被|每|很|常|要|正|是|帮|代|一直|已|把")
_ENDS = re.compile(r"[\s,，、。.;；:：!！?？)）\]】”\"'’·|/]|$")
_BREAK = re.compile(r"[\s,，、。.;；:：!！?？(（\[【“\"'‘·|/—-]")
_BETWEEN = " :：是为[(（“\"'姓名"
_MEASURES = frozenset("张车包米连双石")
_BEFORE_MEASURES = frozenset("这那一二两三四五六七八九十几每某半整各多0123456789")
_NEVER_GIVEN = frozenset(
    "因姐哥叔婶姨爷奶爸妈爹舅谢的了着过得是不没很还说和与及或个们吗呢吧啊呀么您你我他她它这那哪谁也就都又只把被让给从到去要想在有用"
)
_TRIED = re.compile("(.)[一了不]\\1")
"""A verb said twice, as in trying something: no name is made like that."""
_THINGS_AFTER = re.compile(
    r"(?:牌|传|全集|文集|童话|故事|玩偶|手办|贴纸|公仔|菜刀|剪刀|运动鞋|球鞋|运动服|篮球|足球|酱|腐乳|凉茶|纪念馆|著|写的|主演|唱的|体|拳|剧|的书|的诗|的画|的歌)"
)

_PLACES_AFTER = re.compile("街道|社区|村|镇|路|花园|小区|新苑|服务中心|小学|中学|医院|公园")


def find_names(text: str) -> Iterator[Span]:
    """Yield the spans of a folded text that are full names by all that can be seen of them."""
    words = cut(text)
    free_from = 0
    for place, word in enumerate(words):
        if word.start < free_from:
            continue
        best = max(_candidates(words, place), key=lambda span: _weight(text, words, place, span), default=None)
        if best is not None and _weight(text, words, place, best) >= THRESHOLD:
            yield best
            free_from = best[1]


def _candidates(words: list[Word], place: int) -> Iterator[Span]:
    """Yield where a name that begins with this word may end."""
    word = words[place]
    if len(word.text) in (2, 3, 4) and is_surname(word.text[0]) and not is_everyday(word.text):
        if word.text not in DOUBLE_SURNAMES:
            yield word.start, word.end
        follower = _next_char(words, place + 1)
        if len(word.text) == 2 and follower is not None:
            yield word.start, follower.end
    if is_surname(word.text):
        first = _next_char(words, place + 1)
        if first is not None:
            yield word.start, first.end
            second = _next_char(words, place + 2) if len(first.text) == 1 else None
            if second is not None and len(second.text) == 1:
                yield word.start, second.end


def _next_char(words: list[Word], place: int) -> Word | None:
    """Return the word at a place when it can be (part of) a given name."""
    if place >= len(words) or not 1 <= len(words[place].text) <= 2:
        return None
    word = words[place]
    is_han = all("\u4e00" <= char <= "\u9fff" for char in word.text)
    return word if is_han and not _NEVER_GIVEN.intersection(word.text) else None


def _weight(text: str, words: list[Word], place: int, span: Span) -> float:
    name = text[slice(*span)]
    if name in WELL_KNOWN or _TRIED.fullmatch(name):
        return 0.0
    surname = name[:2] if name[:2] in DOUBLE_SURNAMES else name[0]
    given = name[len(surname) :]
    if not 1 <= len(given) <= 2 or _NEVER_GIVEN.intersection(given):
        return 0.0
    return (
        _weight_of_form(name, surname, given, words[place])
        + _weight_before(text, words, place)
        + _weight_after(text, span[1])
    )


def _weight_of_form(name: str, surname: str, given: str, first: Word) -> float:
    weight = 2.0 if len(given) == 2 else 1.2
    if surname in AMBIGUOUS_SURNAMES:
        weight -= 0.9
    if len(surname) == 2:
        weight += 1.2
    if len(first.text) > len(surname):  # The dictionary has surname and given name as one word.
        weight -= 0.0 if is_known_name(name) and len(given) == 2 else 0.6
    weights = [given_weight(char) for char in given]
    usual = sum(weights) / len(weights)
    if is_everyday(given):
        weight -= 1.5 if usual < 0.65 else 0.5
    return weight + usual - sum(1.0 for each in weights if each < 0.05)


def _weight_before(text: str, words: list[Word], place: int) -> float:
    at = words[place].start
    if at and text[at - 1] in _BEFORE_MEASURES and words[place].text[0] in _MEASURES:
        return -2.0
    before = text[:at].rstrip(_BETWEEN)
    edge = 0.7 if not before or (at and _BREAK.match(text, at - 1)) else -0.3
    for length in (3, 2, 4, 1):
        if before[-length:] in _BEFORE_PEOPLE and len(before) >= length:
            return 2.0
    if place and words[place - 1].text in _BRINGS_PEOPLE:
        return 0.9
    return edge


def _weight_after(text: str, end: int) -> float:
    if _THINGS_AFTER.match(text, end) or _PLACES_AFTER.match(text, end):
        return -2.0
    if _AGE_AFTER.match(text, end):
        return 2.0
    if _AFTER_PEOPLE.match(text, end):
        return 1.0
    if _ENDS.match(text, end):
        return 0.5
    return 0.4 if _MAY_FOLLOW_PEOPLE.match(text, end) else -0.2
