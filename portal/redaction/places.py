"""Finds where somebody lives, learns, works or lies in hospital, in a folded text in Chinese and English. Pure.

A Chinese place is found by what its name ends in; where the name begins is
told by the dictionary: it goes back word by word until one that belongs to
the sentence and not to the name.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator

from portal.redaction.lexicon import Word, cut
from portal.redaction.marks import MarkKind
from portal.redaction.numbers import Found, matches

_HAN = "\u4e00-\u9fff"
_COUNT = "[一二三四五六七八九十]"
_WISH = "希望"
_OURS = ("我校", "我园", "本校")
_LONGEST_NAME = 12

_SENTENCE = frozenset(
    """
    系 兹 证明 兹证明 心愿 一套 一本 一份 一批 一台 我校 我园 我院 我班 本校 本园 兹有 原 写 地址写 转来 从 现住 暂住 租住 借住
    的 了 着 过 在 是 住 我 他 她 它 你 您 这 那 哪 某 本 该 每 各 一 个 所 家 家里 家在 家住 住在 位于 来自 到 去 回 从 往 向 由 于 和 与 及 跟 或
    把 被 让 给 为 对 有 没 没有 很 都 就 也 还 又 再 才 只 要 想 想要 想去 需要 喜欢 可以 能 会 请 送 送到 寄 寄到 寄往 送往 搬到 搬 转 转到 转院
    读 上 念 考 考上 考入 就读 就读于 毕业 毕业于 读书 上学 上课 今年 现在 目前 去年 以前 之前 后来 刚 刚刚 孩子 儿子 女儿 爸爸 妈妈 父亲 母亲 爷爷
    奶奶 外公 外婆 姥姥 姥爷 弟弟 妹妹 哥哥 姐姐 孙子 孙女 老人 老伴 老师 同学 小朋友 学生 家长 邻居 我家 他家 她家 我们 他们 她们 自己 本人 一所 这所 那所
    一家 这家 那家 一个 这个 那个 几个 附近 旁边 隔壁 对面 后面 前面 门口 里 外 离 到了 进 进了 出 住院 复查 看病 治疗 手术 化疗 检查 每周 每月 每天
    每年 常 常年 经常 周末 平时 地址 住址 学校 单位 户籍 户口 籍贯 电话 代表 参加 负责 联系 全 同 靠 打 回归 刑满 回到 来到 等 等等 所有 许多 很多 其他 另 另外 用 带 跟着 陪 陪着
    确认 不是 同一个 比如 像是 是否 或者 例如 这里 那里 不同 同一 我区 全区 全市 各 每个 东西 快递 包裹 收件 物品 全家 一起 当 做 干 打工 上班 工作 因为 因 所以 如果 适合 适用 推荐 购买 捐给 捐 帮 叫 号 姓名 男 女 岁 今 至 近 临近 最近的
    老 旧 好 乡下 农村 城里 市里 区里 镇上 村里 山里 便民 附 就近 当地 本地 本市 我市 我区 外地 普通 公立 私立 重点 乡村 乡镇 民办 公办 正规
    """.split()
)
"""Words that belong to the sentence around a name, never to the name of a place."""

_BEFORE_NAME = re.compile(rf"[^{_HAN}A-Za-z0-9.()]")

_AREA_ENDS = (
    "自治区|省|市|区|县|镇|乡|街道|社区|村|庄|屯|埠|疃|夼|大道|大街|路|街|巷|胡同|弄|里弄|花园|家园|嘉园|华庭|名苑|公馆|小区"
    "|新苑|新村|新区|邨|[樓閣](?=\\d)|里(?=\\d)|公寓|大院|家属院|苑|府|小镇|大厦|宿舍"
)
_NAMED_ENDS = "邨|社区|村|庄|小区|花园|家园|嘉园|华庭|名苑|新苑|新村|公寓|家属院|胡同|大院|屯"
_DOOR_ENDS = "号楼|号院|号|栋|幢|座|弄|单元|室|户|楼|層|层|樓|门|排|家|组|队"
_DOOR = (
    rf"(?:[甲乙丙丁]?\d{{1,5}}(?:[-–—/之]\d{{1,4}}){{0,3}}(?: ?(?:{_DOOR_ENDS}))?|[一二三四五六七八九〇零]{{3,4}}(?=[,，。;；! ]|$)|[甲乙丙丁]|(?<!第)第?{_COUNT}{{1,3}}(?:{_DOOR_ENDS})"
    rf"|[A-Za-z]\d{{0,4}}(?:{_DOOR_ENDS}|(?![A-Za-z])))"
)
_SIDE = "(?:[东南西北前后中]?(?:头|首|侧|边|面|院|区|段|坡|沟|口)|后面|旁边|对面|隔壁)"
_STEP = f"(?:[{_HAN}]{{1,7}}?(?:{_AREA_ENDS})(?![{_HAN}]{{0,1}}(?:长|民)))"
_MORE = re.compile(
    rf"(?:[一二三四五六七八九\d]{{1,2}}期|(?:老屋|平房|瓦房|老宅|筒子楼)(?=[,，。;；! ]|$)|(?:{_AREA_ENDS})(?=[,，。、;；! 的\d]|$)|{_DOOR}|{_STEP}|[{_HAN}]{{1,5}}?(?=[甲乙]?\d{{1,4}}(?:号楼|号|栋|幢|座|单元))|{_SIDE}(?=[\d第,，。、;；! ]|$)| (?=\d))"
)
_HAS_DOOR = re.compile(
    rf"\d{{1,5}}(?:-\d{{1,4}})*(?:{_DOOR_ENDS})?$|{_COUNT}(?:{_DOOR_ENDS})|\d(?:{_DOOR_ENDS})|[A-Za-z](?:室|座|栋)"
)
_AREA = re.compile(f"(?:{_AREA_ENDS})")
_NAMED = re.compile(f"(?:{_NAMED_ENDS})")
_IS_WIDE = re.compile(rf"[{_HAN}]{{1,4}}(?:自治区|省|市|(?<![社小])区|县|街道|镇|乡)")
_ANYWHERE = re.compile(
    "(?:山区|山村|林区|牧区|矿区|库区|沿海|海岛|偏远|城乡|乡村|农村|城区|郊区|的)*(?:村庄|山村|农村|村|社区|小区|乡镇|县城)?"
)
_FOLLOWED = re.compile(
    "委会|居委|街道|医院|卫生|小学|中学|幼儿园|学校|服务|工作|三等|比赛|活动|公园|里的|书记|主任|干部|民|委会电话|委员|长(?!子)|医|图书"
)
_LIVES = re.compile(
    r"(?:住在|家住|家在|住址:? ?|地址[写是]?:? ?|送到|寄到)(?P<what>[^,，。;；\n”\"]{1,16}?(?:后面|后头|旁边|对面|隔壁|路口|尽头|拐角|[瓦平红楼]房|巷子|胡同|大院|底商)(?:的?[瓦平红楼]房|的?[红蓝绿白黑黄]色?的?(?:大门|铁门|门)|第?[一二三四五六\d]{1,2}个?(?:胡同|巷子|路口|门))?(?:最?里[面头])?"
    r"(?:[,，][^,，。;；\n”\"]{2,14}(?:后面|旁边|对面|隔壁|路口))?)"
)
_BARE_DOORS = (
    re.compile(rf"(?:(?<=[{_HAN}])|(?<![{_HAN}\d]))\d{{1,2}}队\d{{1,4}}号"),
    re.compile(
        rf"(?:从|由|家在|住在?|老家在?|回)(?P<what>(?![{_HAN}]{{0,3}}(?:这|那|哪))[{_HAN}]{{1,5}}?(?:岛|沟|洼|崖|岭|湾|涧|疃|埠|夼|寨|堡))(?=搬|来|住|[,，。;；])"
    ),
    re.compile(
        rf"(?<![第\d])(?:\d{{1,3}}|(?<!{_COUNT}){_COUNT}{{1,3}})(?:号楼|栋|幢|座(?![椅垫便]))"
        rf"(?:[0-9A-Za-z]{{1,5}}(?:-\d{{1,4}}){{0,2}}(?:{_DOOR_ENDS})?|{_COUNT}{{1,3}}(?:单元|楼|层|室)){{0,3}}"
    ),
    re.compile(rf"(?<![第\d])(?:\d{{1,2}}|{_COUNT})单元\d{{0,4}}(?:室|户)?(?!测|卷|练|考|复|课|作)"),
)
_ROADS = "Road|Rd|Street|St|Lane|Ln|Avenue|Ave|Drive|Court|Way|Boulevard|Blvd|Alley|Close|Terrace"
_ROOMS = r"(?:Apt|Apartment|Unit|Flat|Room|Building|Block|Bldg|House|No)\.?\s?\d{1,5}[A-Z]?"
_ESTATE = r"(?:[A-Z][a-z'’]+\s){1,3}(?:Village|Community|Gardens?|Estate|Residence|Compound|Court)"
_ENGLISH = (
    re.compile(
        rf"(?:\b{_ROOMS},?\s){{0,3}}\b\d{{1,5}}[A-Z]?\s(?:[A-Z][\w'’]+\s){{1,4}}(?:{_ROADS})\b\.?(?:,?\s(?:{_ROOMS}|{_ESTATE})){{0,4}}(?:,\s[A-Z][a-z]+(?=[.,;]|$))?"
    ),
    re.compile(rf"\b{_ROOMS}(?:,\s{_ROOMS}){{0,3}}(?:,\s{_ESTATE})?"),
    re.compile(rf"\b{_ESTATE}\b(?:,\s{_ROOMS}){{0,3}}"),
)

_CLASS = rf"(?:(?:初|高)[一二三](?=.{{0,6}}班)|(?:初中?|高中?)?[一二三四五六七八九\d]{{1,2}}(?:年级|(?=[( ]?\(?\d{{1,2}}\)?班)))?(?:[{_HAN}]{{0,3}}?(?:\(?\d{{1,4}}\)?|[大中小]?{_COUNT}{{1,2}}|启智|培智|护理|托)班)?"
_SCHOOL_ENDS = "特殊教育中心|特教中心|培智中心|聋哑学校|[一二三四五六七八九十实]小(?=[转读上念,，。;；一二三四五六的]|$)|小学|中学|幼儿园|幼稚园|实验学校|职业学校|特教学校|特殊教育学校|聋校|盲校|学校|附小|附中|高中|初中|职高|技校|职专|职业中专|(?<!孔子)学院|托儿所|[一二三四五六七八九十]中(?!学)"
_SCHOOL = re.compile(f"(?:{_SCHOOL_ENDS})(?![生考课必毕]|适用|款|图书|数学|语文|英语|教材)")
_UNIVERSITY = re.compile(
    rf"(?:就读于?|考上了?|考入了?|在读|在|读|念|上)(?P<what>[{_HAN}]{{2,10}}?(?:大学|学院)(?:[{_HAN}]{{2,6}}(?:系|学院|专业))?)"
    r"(?=[读念上学大就等毕,，。研]|$)(?!校|开放|的)"
)
_CLASSES = (
    re.compile(rf"[一二三四五六七八九1-9]年级 ?(?:\(?\d{{1,2}}\)?|{_COUNT}{{1,2}})班"),
    re.compile(rf"(?:初|高)?{_COUNT} ?\(\d{{1,2}}\) ?班"),
)
_NOT_FIRST = r"(?!(?:At|In|The|From|To|She|He|They|My|Our|His|Her|Their|A|An|And|Near|For|Please|When|Since)\s)"
_ENGLISH_CLASS = r"(?:,?\s(?:in\s)?(?:Grade|Year|Class|Form)\s\w{1,3}){0,3}"
_ENGLISH_SCHOOLS = (
    re.compile(
        rf"\b{_NOT_FIRST}(?:[A-Z][\w'’]+\.?\s|No\.?\s?\d+\s|of\s){{1,6}}(?:School|Kindergarten|Academy|College|University)\b{_ENGLISH_CLASS}"
    ),
)
_HOSPITAL = re.compile(
    "(?:医院|卫生院|保健院|疗养院|附院|附属医院|康复中心|眼科中心|医疗中心|血液中心|福利院|敬老院|养老院|托养中心|诊所)"
)
_WARD = re.compile(
    rf"(?:住院部|住院楼|门诊部|门诊楼)?(?:[东西南北本]?(?:院区|分院|院|部))?(?:[{_HAN}]{{1,6}}?(?:科|ICU|病房楼))?(?:第?(?:\d{{1,3}}|{_COUNT}{{1,3}})(?:病区|病房|病室|楼|层))?(?:\d{{1,3}}号?床位?)?"
)
_NUMBERED = re.compile(rf"\d|{_COUNT}(?:病区|病房|楼|层)")
_ENGLISH_HOSPITALS = (
    re.compile(
        rf"\b{_NOT_FIRST}"
        r"(?:(?:St|Dr|No)\.\s)?(?:[A-Z][\w'’]+\s|No\.?\s?\d+\s|of\s){1,6}(?:Hospital|Clinic|Medical Cent(?:er|re)|Hospice)\b"
        r"(?:,?\s(?:Ward|Bed|Room)\s\w{1,4}){0,2}"
    ),
)
_EMPLOYER = re.compile(
    r"(?:速运|快运|物流|外卖站|公司|集团|工厂|银行|[{han}]厂|[{han}]局|超市|酒店|饭店|工地|物业|车间|商场|煤矿|船厂)".replace(
        "{han}", _HAN
    )
)
_AT_WORK = re.compile(
    r"(?:的)?(?:工地|上班|上[夜白早晚]班|倒班|送快递|送外卖|送货|退休|下岗|职工|员工|工人|打工|工作|当|做|干|跑|值夜|开车|保洁|任)"
)
_ENGLISH_EMPLOYERS = (
    re.compile(
        r"\b(?:works?|worked|working|employed)\s(?:at|for|by)\s(?:the\s)?(?P<what>[A-Z][\w&'’]+(?:\s(?:&\s)?[A-Z][\w&'’]+){0,4})"
    ),
)
_GENERIC = re.compile(
    "(?:社区|市里|区里|大|小|人民|附近|乡镇|希望|街道|中心|县|区|市|镇|乡|村|公立|三甲|专科|综合|中医|口腔|公办|民办|普通|重点|寄宿|特殊教育|职业|本区|私立|上|的|[一二三四五六七八九十]年级)*"
    "(?:医院|卫生院|康复中心|小学|中学|学校|高中|初中|幼儿园|学院|福利院|敬老院|养老院|诊所|公司|工厂|超市|酒店|饭店|工地|物业|车间|商场|集团)"
)


def find_places(text: str) -> Iterator[Found]:
    """Yield addresses, schools with their classes, hospitals with their wards, employers; what every town has is left out."""
    names = _Names(text)
    yield from _find_addresses(names)
    yield from matches(MarkKind.ADDRESS, (*_BARE_DOORS, _LIVES, *_ENGLISH), text)
    yield from _find_named(names, MarkKind.SCHOOL, _SCHOOL, re.compile(_CLASS + rf"(?:[{_HAN}]{{1,4}}\d{{0,4}}班)?"))
    yield from matches(MarkKind.SCHOOL, (_UNIVERSITY, *_CLASSES, *_ENGLISH_SCHOOLS), text)
    yield from _find_named(names, MarkKind.HOSPITAL, _HOSPITAL, _WARD)
    yield from matches(MarkKind.HOSPITAL, _ENGLISH_HOSPITALS, text)
    yield from matches(MarkKind.EMPLOYER, _ENGLISH_EMPLOYERS, text)
    for kind, start, end in _find_named(names, MarkKind.EMPLOYER, _EMPLOYER, re.compile("")):
        if _AT_WORK.match(text, end):
            yield kind, start, end


class _Names:
    """A text with its words, to go back from the end of a place's name to its beginning."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._words = cut(text)
        self._ends = [word.end for word in self._words]

    def begin(self, end: int) -> int:
        """Return where the name begins whose last part begins at `end`."""
        place = bisect_left(self._ends, end)
        at = end
        # The last part may lie inside a longer word of the dictionary.
        if place < len(self._words) and self._words[place].start < end < self._words[place].end:
            at = self._words[place].start
        elif place < len(self._words) and self._words[place].end == end:
            place += 1
        for word in reversed(self._words[:place]):
            if word.end > at:
                continue
            if not self._belongs(word) or end - word.start > _LONGEST_NAME:
                break
            at = word.start
        return at

    def _belongs(self, word: Word) -> bool:
        return word.text not in _SENTENCE and not _BEFORE_NAME.search(word.text) and word.text not in "().,"


def _find_named(names: _Names, kind: MarkKind, anchor: re.Pattern[str], tail: re.Pattern[str]) -> Iterator[Found]:
    """Yield names that end in an anchor, with what follows them as their part."""
    free_from = 0
    for match in anchor.finditer(names.text):
        start = max(names.begin(match.start()), free_from)
        if names.text.startswith(_WISH, start) and match.start() - start > len(_WISH) + 1:
            start += len(_WISH)
        if names.text.startswith("园", start) and names.text.startswith(("我", "本"), start - 1):
            start += 1
        if names.text.startswith(_OURS, start):
            start += 2
        if start >= match.start():
            continue
        follows = tail.match(names.text, match.end())
        has_ward = kind is MarkKind.HOSPITAL and follows is not None and bool(_NUMBERED.search(follows.group()))
        if _GENERIC.fullmatch(names.text, start, match.end()) and not has_ward:
            continue
        end = follows.end() if follows else match.end()
        free_from = end
        yield kind, start, end


def _find_addresses(names: _Names) -> Iterator[Found]:
    """Yield chains of areas and doors: with a door, or with the name of a village, a community or an estate."""
    free_from = 0
    for match in _AREA.finditer(names.text):
        if match.start() < free_from:
            continue
        start = max(names.begin(match.start()), free_from)
        if start >= match.start():
            continue
        end = match.end()
        while more := _MORE.match(names.text, end):
            end = more.end()
        end = start + len(names.text[start:end].rstrip())
        if _is_address(names.text, start, match.start(), end):
            free_from = end
            yield MarkKind.ADDRESS, start, end


def _is_address(text: str, start: int, named_until: int, end: int) -> bool:
    whole = text[start:end]
    if _FOLLOWED.match(text, end):
        return False
    if _HAS_DOOR.search(whole):
        return len(whole) >= 4
    if _IS_WIDE.fullmatch(whole) or _ANYWHERE.fullmatch(whole):
        return False
    return named_until - start >= 2 - (end - named_until > 2) and bool(_NAMED.search(whole))
