"""Finds who is spoken of in a folded text: names, kin and titles, nicknames, masked names. Pure.

A name is never certain by its look alone.
"""

import re
from collections.abc import Iterator

from portal.redaction.latin_names import find_latin_names
from portal.redaction.lexicon import AMBIGUOUS_SURNAMES, DOUBLE_SURNAMES, SURNAMES
from portal.redaction.names import Span, find_names

_HAN = "\u4e00-\u9fff"
_DOUBLE = "|".join(sorted(DOUBLE_SURNAMES))
_SURE = f"(?:{_DOUBLE}|[{''.join(sorted(SURNAMES))}])"
_ANY = f"(?:{_DOUBLE}|[{''.join(sorted(SURNAMES | AMBIGUOUS_SURNAMES))}])"
_STOP = r"(?=[,，、。;；:!！?？ )）(（”\"'\]】]|$)"
_LOOSE_GIVEN = f"(?:(?![的了是不没很也还说])[{_HAN}])"
_TITLES = (
    "奶奶|爷爷|大爷|大妈|大娘|阿姨|叔叔|叔|婶|大婶|大嫂|嫂子|大哥|大姐|姐|哥|老师|医生|大夫|护士|师傅|先生|女士|小姐|同学|书记"
    "|主任|姥姥|外婆|外公|大伯|伯伯|伯|老人|太太|婆婆|阿婆|老太太|老太|老汉|教练|校长|园长|经理|网格员|社工|厂长|店长|馆长|站长|所长|镇长|村长|队长|院长|会长|理事长|局长|科长|老板|老爷子|大叔|大舅|姑姑|姨"
)
_LABELS = "姓名|名字|心愿人|受助人|受益人|联系人|监护人|申请人|家长|户主|孩子|学生|收件人|报送人|收货人|经办人|帮办人|代办人|填表人|居民|老人"
_NICKNAMES = "小名|乳名|昵称|外号|绰号|网名|艺名"
_NOT_PETS = "名店路院车房屋花草鸟鱼虫船桥树山溪湖镇县城村队组班碗盘锅桶包袋盒箱票卡书本笔球号件型时声额费声说事项段分批量幅册节伙姨婆爸妈爹娘孩学朋时心型狗猫区米河巷吃卖说麦块便灯桌推"
_PET_NAME = f"[阿小](?![{_NOT_PETS}]){_LOOSE_GIVEN}"
_CHILD = "(?:弟弟|妹妹|儿子|女儿|孙子|孙女|孩子|外孙女?|宝宝|哥哥|姐姐|同桌|联系|找)"
_THEN_PERSON = r"(?=说|今年|[(（]|想要|也想|家里|有[^的]|加油|的妈妈|的爸爸|的奶奶|的爷爷|的外婆|妈妈|爸爸|奶奶|爷爷|喜欢|需要|希望)"

_RULES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:{_LABELS})(?:姓名)?\s?[:是为]\s?(?P<who>{_ANY} {{0,2}}{_LOOSE_GIVEN}{{1,2}}){_STOP}",
        rf"(?:{_LABELS})(?:姓名)?\s?[:]\s?(?P<who>{_LOOSE_GIVEN} ?{_LOOSE_GIVEN}{{1,3}}){_STOP}",
        rf"(?:我叫|名叫|名字叫|大名|全名|他叫|她叫|孩子叫|[儿孙]子叫|[女孙]女?儿?叫)(?:做|是)?(?P<who>{_LOOSE_GIVEN}{{2,4}}){_STOP}",
        rf"(?:{_NICKNAMES})(?:叫|是|为)?\s?[:“\"'「]?\s?(?P<who>{_LOOSE_GIVEN}{{1,4}}){_STOP}",
        rf"(?P<who>(?<![由对关等属高低至终语])(?:老|小)?{_ANY}(?:{_TITLES}))(?![儿傅手头们])",
        rf"(?P<who>(?<![哥姐])([{_HAN}])(?<![姐哥弟妹爷奶爸妈叔姑姨婶公婆星天人常刚])\2(?:姐姐|姐|哥哥|哥|奶奶|爷爷|阿姨|妹妹|弟弟|姥姥|叔叔))",
        rf"(?P<who>(?<![{_HAN}])阿{_LOOSE_GIVEN}(?:{_TITLES}))",
        rf"(?P<who>{_ANY}某{{1,2}})",
        rf"(?<![{_HAN}])(?P<who>{_SURE}(?:[*＊×xX○〇□]{{1,2}}(?:(?!家|的){_LOOSE_GIVEN})?|{_LOOSE_GIVEN}[*＊×xX○]))(?![a-zA-Z*])",
        rf"(?<![{_HAN}])(?P<who>[老小]{_SURE})(?=的|家|说|想|[,，、 ]|今年|腿|眼|一个人|你好|您好|介绍|来|在|和|跟|帮|也)",
        rf"(?<![{_HAN}])(?P<who>老{_ANY})(?=你好|您好)",
        rf"(?:工友|邻居|房东|同事|老乡|战友|队友|亲戚|街坊|室友)(?P<who>[老小阿]{_ANY})(?![人家板师板{_HAN}]的)",
        rf"(?<![{_HAN}])(?P<who>(?P<twice>(?![爸妈爷奶哥姐弟妹叔姑舅姨婶公婆宝天常慢人家个样看想试听时刚渐偏恰明往轻早仅悄默静偷暗处事件种次年月日夜本口层片条头块笔步句声纷匆连屡])[{_HAN}])(?P=twice))(?=的(?:妈妈|爸爸|奶奶|爷爷|姥姥|外婆|心愿)|会|说|想|今年|喜欢|需要|希望|也想)",
        r"(?:和|跟|与|陪|找)(?P<who>[A-Z][a-z]{2,12})(?=一起|去|说|聊|到)",
        rf"(?P<who>阿(?![姨婆爸妈爹娘公伯胶里拉斯尔富玛司迪根])[{_HAN}])(?=说|想要|也想|一起|今年)",
        rf"(?:[和与跟、是]|送给|[:])(?P<who>{_PET_NAME})(?=[,，。;；!！]|和|与|给|加油|的|$)",
        rf"(?:送给|给|妹妹|弟弟|叫|孩子|宝宝|女儿|儿子|孙女|孙子)(?P<who>(?P<same>(?![爸妈爷奶哥姐弟妹叔姑舅姨婶公婆宝天常慢人家个样看想试听多时])[{_HAN}])(?P=same))(?=[,，。;；!！和与的 今想]|$)",
        r"(?<![A-Za-z])(?P<who>[A-Z][a-z]{1,12}(?:姐姐?|哥哥?|老师|阿姨|叔叔?|妈妈|爸爸|同学|女士|先生|小姐))",
        r"(?:笔友|朋友|同学|我是|我叫|署名|志愿者|网友)(?P<who>[A-Z][a-z]{1,12}(?: [A-Z][a-z]{1,12})?)(?=[,，。!！ ]|$)",
        rf"{_CHILD}(?:叫|是)?(?P<who>{_PET_NAME}){_STOP}",
        rf"(?<![{_HAN}])(?P<who>{_PET_NAME}{_LOOSE_GIVEN}??){_THEN_PERSON}",
    )
)

_PSEUDONYM = re.compile(r"\s?[(（](?:化名|匿名|pseudonym)")
_TITLE_OF_A_BOOK = re.compile(r"《[^》]{0,60}》")


def find_people(text: str) -> Iterator[Span]:
    """Yield the spans of a folded text that look like people; declared pseudonyms and titles of books are none."""
    quoted = [match.span() for match in _TITLE_OF_A_BOOK.finditer(text)]
    for start, end in (*_by_rules(text), *find_names(text), *find_latin_names(text)):
        in_a_title = any(start < stop and end > begin for begin, stop in quoted)
        if not in_a_title and not _PSEUDONYM.match(text, end):
            yield start, end


def _by_rules(text: str) -> Iterator[Span]:
    for rule in _RULES:
        for match in rule.finditer(text):
            yield match.span("who")
