"""Finds words that shame, pity or ask for thanks, and what to write instead; finds offers to exchange contacts. Pure.

A hint never blocks: people judge the tone. An exchange of contacts does, since
the hand-over is blind.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext

from portal.redaction.folding import Folded, fold
from portal.redaction.marks import Mark, MarkKind


class Tone(StrEnum):
    """What is wrong with how a text speaks of people."""

    PITY = "pity"
    SHAME = "shame"
    GRATITUDE = "gratitude"


TONE_LABELS: dict[Tone, Any] = {
    Tone.PITY: lazy_gettext("听起来像可怜人。写需要什么、派什么用场就够了"),
    Tone.SHAME: lazy_gettext("会让人难堪。换成平实的说法，先说人，再说难处"),
    Tone.GRATITUDE: lazy_gettext("像在要求感谢。接受帮助的家庭不欠谁人情，请去掉"),
}


@dataclass(frozen=True, slots=True)
class Hint:
    """One piece of a text that could be said better, why, and how (nothing: leave it out)."""

    start: int
    end: int
    tone: Tone
    better: str = ""

    @property
    def label(self) -> str:
        """What is wrong with it, in the reader's language."""
        return str(TONE_LABELS[self.tone])


def _rule(tone: Tone, pattern: str, better: str = "") -> tuple[Tone, re.Pattern[str], str]:
    return tone, re.compile(pattern, re.IGNORECASE), better


_SPACE_IN_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")

P, S, G = Tone.PITY, Tone.SHAME, Tone.GRATITUDE
_HINTS = (
    _rule(P, "可怜(?:的|巴巴的?|兮兮的?)?|(?:悲惨|凄惨|苦命)(?:的|遭遇|身世)?|(?:命|身世)(?:很|太|真)?苦(?!瓜)"),
    _rule(P, "(?:令|让|叫)人(?:心酸|心疼|落泪|揪心|同情|怜悯)(?:不已)?|(?:博|引)人?同情|催人泪下|以泪洗面"),
    _rule(P, "(?:不幸|受苦|苦难)的(?=孩子|老人|家庭|人|母亲|女孩|男孩)|(?:伸出|献出)(?:您的?)?(?:援手|爱心)救救|救救(?:这个|他|她|我们)"),
    _rule(S, "残废(?:人|的人)?", "残疾人"),
    _rule(S, "弱智|智障(?!碍)|白痴|痴呆儿|傻子|呆傻", "有智力障碍的人"),
    _rule(S, "瞎子|盲流(?!感)|瞎眼", "视力障碍者"),
    _rule(S, "聋子|哑巴|聋哑人", "听力言语障碍者"),
    _rule(S, "瘸子|跛子|瘫子", "行动不便的人"),
    _rule(S, "疯子|神经病(?!学|科)|精神病人", "有精神障碍的人"),
    _rule(S, "穷(?:人家?|孩子|鬼|户|苦人家?)(?!的孩子早当家)", "生活有困难的家庭"),
    _rule(S, "贫困(?:生|户|儿童|家庭|老人)", "生活有困难的人"),
    _rule(S, "(?:没人要|被抛弃|没爹没妈|没爸没妈|没娘)的(?:孩子|娃|人)?|野孩子|拖油瓶", "由亲人照顾的孩子"),
    _rule(S, "(?:孤寡|五保)老(?:人|头|太)", "独居老人"),
    _rule(S, "连(?:饭|学|药|鞋|书包|衣服)都(?:吃|上|买|穿)不(?:起|上)|吃了上顿没下顿|家徒四壁|一贫如洗|穷困潦倒|等靠要"),
    _rule(G, "(?:要|应该?|必须|务必|得|应当)(?:懂得|知道|学会|心怀|常怀|好好)?(?:感恩|感谢|报答|回报)(?!节)|感恩戴德|知恩图报|恩人|大恩大德"),
    _rule(G, "(?:请|让|叫)(?:孩子|家庭|老人|他|她|他们|受助\\w{1,2})(?:写|拍|录|发|寄|送)(?:一?[封张段个])?(?:感谢信|感谢视频|谢卡|锦旗|合影|合照)"),
    _rule(G, "(?:不要|别|莫)(?:辜负|忘了)(?:我|大家|捐赠人|好心人|爱心人士)"),
    _rule(P, r"\b(?:poor|unfortunate|pitiful|wretched|miserable)\s(?=(?:little\s)?(?:child|kid|boy|girl|soul|thing|famil|old|people|orphan))"),
    _rule(P, r"\b(?:suffer(?:s|ing)\sfrom|victims?\sof)(?=\s\w+)", "has"),
    _rule(P, r"\b(?:heart[- ]?breaking|tear[- ]?jerking|pathetic|tragic\s(?:life|fate|story))\b"),
    _rule(P, r"\bwheelchair[- ]bound\b|\bconfined\sto\sa\swheelchair\b", "who uses a wheelchair"),
    _rule(S, r"\b(?:cripples?|crippled|the\shandicapped|invalids?(?=\s(?:child|man|woman|person)))\b", "a disabled person"),
    _rule(S, r"\b(?:retard(?:ed)?|feeble-minded|mentally\sdefective)\b", "with a learning disability"),
    _rule(S, r"\b(?:deaf[- ](?:mute|and[- ]dumb)|lunatic|madman)\b", "a person with a disability"),
    _rule(S, r"\bthe\s(?:poor|needy|destitute)\b(?!\s(?:box|\w+\s?\w*(?:child|kid|boy|girl|soul)|child|kid|boy|girl|soul|old|famil))|\bbeggars?\b|\bcharity\scase\b", "families in hardship"),
    _rule(S, r"\b(?:unwanted|abandoned)\s(?:child|children|kids?)\b", "a child cared for by relatives"),
    _rule(G, r"\b(?:should|must|ought\sto|had\sbetter|has\sto|have\sto|needs?\sto)\s(?:be\s(?:\w+\s)?(?:grateful|thankful)|thank|repay|appreciate)\b"),
    _rule(G, r"\b(?:write|send|record|film)\s(?:us|me|the\sdonors?)\s(?:a|an|their|some)\s(?:thank[- ]you|letter\sof\sthanks)(?:\s\w+)?"),
    _rule(G, r"\b(?:show|express)(?:ing)?\s(?:their|your|his|her|some)\sgratitude\b|\bbenefactors?\b"),
)  # fmt: skip

_CONTACTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        "(?:加|扫)(?:一下|个|下)?(?:我|他|她|孩子|家长|妈妈|奶奶)的?(?:微信|薇信|QQ|扣扣|好友|V信|vx)?(?=[,，。.;；!！?？ ]|$|[:：]|微信|QQ|聊|吧|哦|\\w{5,})",
        "加(?:个|一下)?(?:微信|薇信|QQ|扣扣|好友|V信|vx)(?!群公告)",
        "(?:互留|互换|交换|留(?:个|下|一下)?|要(?:个|一下)?|给我?)(?:您的?|你的?|孩子的?|家长的?|家里的?|他们的?)?(?:电话|手机号?|微信号?|联系方式|住址|地址|QQ号?)",
        "(?:私下|直接|单独|当面)(?:和|跟|与)?(?:孩子|家庭|家长|老人|我|他|她|他们|这家人?|对方)?(?:联系|见面|联络|认识|交给|转账)",
        "(?:联系|打给|打电话给|致电|发给|私信|找)(?:我|孩子(?:妈妈|爸爸)?|孩子家长)(?:本人)?(?:吧|就行|就好|即可)?(?=[,，。.;；!！?？ ]|$|[:：\\d])",
        "(?:想|希望|能不能|可以|可否)(?:和|跟|与)(?:孩子|这家人?|老人|受助人?)(?:见面|认识|通信|视频|做朋友|交朋友|联系|结对)",
        r"\b(?:add|text|call|phone|ring|e-?mail|message|dm|whatsapp|contact|reach)\s(?:me|us\sprivately|him\sdirectly|her\sdirectly)\b",
        r"\b(?:contact|reach|meet|call|visit|write\sto)\s(?:the\s)?(?:family|child|parents?|boy|girl)(?:\sdirectly|\sprivately|\sin\sperson)?\b",
        r"\b(?:keep|stay|be)\sin\stouch\s(?:with\s(?:the\s)?(?:family|child|boy|girl|kids?|me|them|him|her))",
        r"\b(?:exchange|swap|share)\s(?:contacts?|numbers?|phone\snumbers|addresses|wechats?)\b",
        r"\b(?:what\sis|send\sme|give\sme|tell\sme)\s(?:the\s(?:family|child)(?:'s)?|their|his|her)\s(?:address|number|phone|wechat|e-?mail)\b",
    )
)  # fmt: skip


def find_hints(text: str) -> list[Hint]:
    """Return what in a text shames, pities or asks for thanks, by place; the first of two that overlap."""
    folded, found, free_from = _joined(text), [], 0
    spans = sorted(
        (match.start(), -match.end(), tone, better)
        for tone, pattern, better in _HINTS
        for match in pattern.finditer(folded.text)
    )
    for start, back, tone, better in spans:
        if start >= free_from:
            free_from = -back
            found.append(Hint(*folded.origin(start, -back), tone, better))
    return found


def find_contact_offers(text: str) -> list[Mark]:
    """Return where a text offers or asks to exchange contacts; such words must go."""
    folded = _joined(text)
    spans = sorted({match.span() for pattern in _CONTACTS for match in pattern.finditer(folded.text)})
    return list(_marks(folded, spans))


def _joined(text: str) -> Folded:
    """Return a text in its one form, without the spaces that stand between Chinese characters."""
    folded = fold(text)
    kept = [at for at in range(len(folded.text)) if not _SPACE_IN_CHINESE.match(folded.text, at)]
    starts, ends = (tuple(each[at] for at in kept) for each in (folded.starts, folded.ends))
    return Folded("".join(folded.text[at] for at in kept), starts, ends)


def _marks(folded: Folded, spans: list[tuple[int, int]]) -> Iterator[Mark]:
    free_from = 0
    for start, end in spans:
        if start >= free_from:
            free_from = end
            yield Mark(*folded.origin(start, end), MarkKind.CONTACT_EXCHANGE, is_certain=True)
