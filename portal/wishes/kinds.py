"""What is wished for and for whom: kinds, categories, beneficiary groups, age bands, and first guesses at them.

Pure: no database, no Flask request, no clock. A guess is only a default that
people correct.
"""

import re
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext


class WishKind(StrEnum):
    """Whether a thing is brought or a service is done."""

    GOODS = "goods"
    SERVICE = "service"


class Category(StrEnum):
    """What sort of thing or service it is; each has a drawn icon."""

    STUDY = "study"
    BOOKS = "books"
    CLOTHING = "clothing"
    BEDDING = "bedding"
    HOME_APPLIANCE = "home_appliance"
    MOBILITY = "mobility"
    DAILY_CARE = "daily_care"
    SPORT = "sport"
    ARTS = "arts"
    COMPANY = "company"
    HOME_SERVICE = "home_service"
    OTHER = "other"


class BeneficiaryGroup(StrEnum):
    """Why somebody is entitled to help (社会救助法 art. 13; children by the civil-affairs categories)."""

    DIBAO = "dibao"
    DIBAO_MARGIN = "dibao_margin"
    EXTREME_HARDSHIP = "extreme_hardship"
    RIGID_EXPENDITURE = "rigid_expenditure"
    DISASTER = "disaster"
    TEMPORARY_HARDSHIP = "temporary_hardship"
    MEDICAL_EMERGENCY = "medical_emergency"
    HOMELESS = "homeless"
    ORPHAN = "orphan"
    DE_FACTO_UNATTENDED_CHILD = "de_facto_unattended_child"
    CHILD_IN_DIFFICULTY = "child_in_difficulty"
    LEFT_BEHIND_CHILD = "left_behind_child"


CHILD_GROUPS = frozenset(
    {
        BeneficiaryGroup.ORPHAN,
        BeneficiaryGroup.DE_FACTO_UNATTENDED_CHILD,
        BeneficiaryGroup.CHILD_IN_DIFFICULTY,
        BeneficiaryGroup.LEFT_BEHIND_CHILD,
    }
)
"""Groups that are meant for people under 18."""


class AgeBand(StrEnum):
    """How old somebody is, as coarsely as anyone outside may know."""

    TODDLER = "0-6"
    CHILD = "7-13"
    TEENAGER = "14-17"
    ADULT = "18-59"
    SIXTIES = "60-69"
    SEVENTIES = "70-79"
    OLD = "80+"


CHILD_BANDS = frozenset({AgeBand.TODDLER, AgeBand.CHILD, AgeBand.TEENAGER})
"""The age bands of people under 18."""

GUARDIAN_AGE = 14
"""Below this age a guardian decides about personal data (PIPL 31)."""

ADULT_AGE = 18

KIND_LABELS: dict[WishKind, Any] = {
    WishKind.GOODS: lazy_gettext("物品"),
    WishKind.SERVICE: lazy_gettext("服务"),
}

CATEGORY_LABELS: dict[Category, Any] = {
    Category.STUDY: lazy_gettext("学习用品"),
    Category.BOOKS: lazy_gettext("图书"),
    Category.CLOTHING: lazy_gettext("衣物鞋帽"),
    Category.BEDDING: lazy_gettext("床上用品"),
    Category.HOME_APPLIANCE: lazy_gettext("家用电器"),
    Category.MOBILITY: lazy_gettext("出行与辅具"),
    Category.DAILY_CARE: lazy_gettext("生活照护"),
    Category.SPORT: lazy_gettext("体育运动"),
    Category.ARTS: lazy_gettext("文化艺术"),
    Category.COMPANY: lazy_gettext("陪伴"),
    Category.HOME_SERVICE: lazy_gettext("上门服务"),
    Category.OTHER: lazy_gettext("其他"),
}

GROUP_LABELS: dict[BeneficiaryGroup, Any] = {
    BeneficiaryGroup.DIBAO: lazy_gettext("最低生活保障家庭"),
    BeneficiaryGroup.DIBAO_MARGIN: lazy_gettext("低保边缘家庭"),
    BeneficiaryGroup.EXTREME_HARDSHIP: lazy_gettext("特困人员"),
    BeneficiaryGroup.RIGID_EXPENDITURE: lazy_gettext("刚性支出困难家庭"),
    BeneficiaryGroup.DISASTER: lazy_gettext("受灾人员"),
    BeneficiaryGroup.TEMPORARY_HARDSHIP: lazy_gettext("临时困难人员"),
    BeneficiaryGroup.MEDICAL_EMERGENCY: lazy_gettext("疾病应急救助人员"),
    BeneficiaryGroup.HOMELESS: lazy_gettext("生活无着的流散人员"),
    BeneficiaryGroup.ORPHAN: lazy_gettext("孤儿"),
    BeneficiaryGroup.DE_FACTO_UNATTENDED_CHILD: lazy_gettext("事实无人抚养儿童"),
    BeneficiaryGroup.CHILD_IN_DIFFICULTY: lazy_gettext("困境儿童"),
    BeneficiaryGroup.LEFT_BEHIND_CHILD: lazy_gettext("留守儿童"),
}

AGE_BAND_LABELS: dict[AgeBand, Any] = {
    AgeBand.TODDLER: lazy_gettext("6岁及以下"),
    AgeBand.CHILD: lazy_gettext("7至13岁"),
    AgeBand.TEENAGER: lazy_gettext("14至17岁"),
    AgeBand.ADULT: lazy_gettext("18至59岁"),
    AgeBand.SIXTIES: lazy_gettext("60至69岁"),
    AgeBand.SEVENTIES: lazy_gettext("70至79岁"),
    AgeBand.OLD: lazy_gettext("80岁及以上"),
}

_BAND_STARTS = (
    (80, AgeBand.OLD),
    (70, AgeBand.SEVENTIES),
    (60, AgeBand.SIXTIES),
    (18, AgeBand.ADULT),
    (14, AgeBand.TEENAGER),
    (7, AgeBand.CHILD),
    (0, AgeBand.TODDLER),
)

_THING_NOT_SERVICE = re.compile(
    r"课[桌本椅外间]|课程表|(?:理发|剪发)(?:器|剪|推|刀|套|工具)|按摩(?:器|椅|仪|枕|垫|棒)|(?:维修|修理|安装|清洁|清洗)"
    r"(?:剂|工具|用品|套装|液)|辅导(?:书|资料|机)|教材|服务器|体检仪|陪伴(?:机器人|玩具|玩偶)"
)
_SERVICE = re.compile(
    r"陪[同伴诊护读练聊]|陪.{0,4}(?:看病|就医|散步|说话)|上门|课|辅导|培训|维修|修理|检修|保洁|清洁|打扫|清洗|理发|剪发"
    r"|家教|咨询|服务|体检|安装|疏通|代办|代购|跑腿|探访|探视|疏导|按摩|助浴|读报|读书给|送餐|接送|讲座|适老化改造"
)

_SERVICE_CATEGORIES = (
    (Category.COMPANY, re.compile(r"陪|探访|探视|聊天|读报|读书给|接送|疏导|心理|散步")),
    (Category.ARTS, re.compile(r"吉他|琴|乐器|美术|绘画|画画|书法|舞|唱|音乐|合唱|手工|摄影|戏")),
    (Category.SPORT, re.compile(r"球|游泳|跆拳|武术|跑步|健身|体育|滑冰|轮滑|棋")),
    (Category.STUDY, re.compile(r"课|辅导|家教|培训|讲座|学")),
    (
        Category.HOME_SERVICE,
        re.compile(r"上门|修|保洁|清洁|打扫|清洗|理发|剪发|安装|疏通|代办|代购|跑腿|助浴|送餐|改造|按摩|服务"),
    ),
)

_GOODS_CATEGORIES = (
    (
        Category.BOOKS,
        re.compile(r"《|图书|绘本|词典|字典|课外书|课外读物|百科|书籍|名著|漫画|童话|故事书|教材|杂志|小说"),
    ),
    (
        Category.CLOTHING,
        re.compile(r"鞋|靴|棉服|棉衣|外套|校服|运动服|衣服|衣物|羽绒|毛衣|内衣|睡衣|[裤裙帽袜]|手套|围巾|保暖衣|雨衣"),
    ),
    (
        Category.MOBILITY,
        re.compile(r"轮椅|助行|拐杖|拐棍|手杖|自行车|单车|电动车|三轮车|代步|滑板车|童车|婴儿车"),
    ),
    (
        Category.DAILY_CARE,
        re.compile(
            r"坐便|马桶|尿|护理|洗澡|浴|血压|血糖|助听|老花|眼镜|理发|剪发|放大镜|扶手|牙|奶粉|药箱|氧|体温|按摩|保温杯|水杯|洗发|毛巾"
            r"|大米|面粉|食用油|粮油|防褥疮"
        ),
    ),
    (
        Category.ARTS,
        re.compile(
            r"水彩|彩笔|蜡笔|画笔|画板|画架|颜料|吉他|琴|笛|乐器|葫芦丝|二胡|书法|毛笔|宣纸|舞|架子鼓|橡皮泥|拼图"
        ),
    ),
    (
        Category.STUDY,
        re.compile(
            r"书包|台灯|文具|平板|学习|书桌|课桌|书架|书柜|笔|作业本|笔记本|点读|计算器|电脑|打印机|耳机|地球仪|手表"
        ),
    ),
    (
        Category.HOME_APPLIANCE,
        re.compile(
            r"电饭|锅|电.{0,2}壶|热水[器壶]|炉|风扇|电扇|空调|暖[风气手]|取暖|电暖|电热|小太阳|冰箱|冰柜|洗衣机|收音机|电视|微波|烤箱"
            r"|电磁|加湿|除湿|净化器|吹风|豆浆|破壁|榨汁|手机|音箱|唱戏机|播放器|灯"
        ),
    ),
    (Category.BEDDING, re.compile(r"棉被|被子|被褥|被套|[凉冬夏丝绒芯]被|四件套|三件套|床|褥|枕|毯|凉席|蚊帐")),
    (Category.SPORT, re.compile(r"球|跳绳|轮滑|滑板|泳|哑铃|拉力|健身|瑜伽|象棋|围棋|跳棋|运动|护膝|毽子")),
)


def age_on(birth_on: date, day: date) -> int:
    """Return how many birthdays somebody has had by a day."""
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def age_band(birth_on: date, day: date) -> AgeBand:
    """Return the age band of somebody born on one day, as of another."""
    age = age_on(birth_on, day)
    return next((band for start, band in _BAND_STARTS if age >= start), AgeBand.TODDLER)


def guess_kind(item: str) -> WishKind:
    """Guess from its name whether an item is a thing or a service."""
    return WishKind.SERVICE if _SERVICE.search(_THING_NOT_SERVICE.sub("", item)) else WishKind.GOODS


def guess_category(item: str, kind: WishKind | None = None) -> Category:
    """Guess an item's category from its name; `kind` says whether to look among things or services."""
    table = _SERVICE_CATEGORIES if (kind or guess_kind(item)) is WishKind.SERVICE else _GOODS_CATEGORIES
    return next((category for category, pattern in table if pattern.search(item)), Category.OTHER)
