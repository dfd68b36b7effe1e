"""Finds where somebody lives, learns or lies in hospital, in a folded text in Chinese and English. Pure."""

import re
from collections.abc import Iterator

from portal.publication.marks import MarkKind
from portal.publication.numbers import Found, matches

_HAN = "\u4e00-\u9fff"
# What the name of a place hardly holds: words that stand before it by chance.
_NOT_IN_PLACES = (
    "的在是住我他她你它们这那个了过得和与及跟到去从来于或为把被有没很都就也还要想给让向往近旁边附属本该每某几多可以送请前后回末"
    "读考上家今年现校孩子等因所期适合用款推荐靠参加全同进出邻农乡达收寄找哪另外老师间说己址爷奶爸妈"
)
_PLACE = f"(?:(?![{_NOT_IN_PLACES}])[{_HAN}])"
_CHINESE_COUNT = "[一二三四五六七八九十]"

_AREA_ENDS = (
    "省|市|区|县|镇|街道|社区|居委会|村|庄|屯|大道|大街|路|街|巷|胡同|弄|花园|家园|嘉园|小区|新苑|新村|公寓|大院|苑|里"
)
# Atomic, as below the repeated areas: a text of nothing but place words would else be tried in endless ways.
_AREA = f"(?>{_PLACE}{{1,7}}?(?:{_AREA_ENDS}))"
_DOOR_ENDS = "号楼|号院|号|栋|幢|座|弄|单元|室|户"
_FIRST_DOOR = (
    rf"(?:\d{{1,5}}(?:-\d{{1,4}}){{0,2}}(?:{_DOOR_ENDS})|(?<!第){_CHINESE_COUNT}{{1,3}}(?:号楼|号院|号|栋|幢|单元))"
)
_NEXT_DOOR = (
    rf"(?:[0-9A-Za-z]{{1,5}}(?:-\d{{1,4}}){{0,2}}(?:{_DOOR_ENDS}|楼|樓|层|门)?"
    rf"|(?<!第){_CHINESE_COUNT}{{1,3}}(?:号楼|栋|幢|单元|楼|层|室))"
)
_ROAD_ENDS = "Road|Rd|Street|St|Lane|Ln|Avenue|Ave|Drive|Court|Way|Boulevard|Blvd|Alley"
_ROOMS = r"(?:Apt|Apartment|Unit|Flat|Room|Building|Block)\.?\s?\d{1,5}[A-Z]?"
_ADDRESSES = (
    re.compile(f"(?:{_AREA}{{1,6}}+{_FIRST_DOOR}{_NEXT_DOOR}{{0,4}}+){{1,3}}+"),
    re.compile(
        rf"(?<![第\d])(?:\d{{1,3}}|(?<!{_CHINESE_COUNT}){_CHINESE_COUNT}{{1,3}})"
        rf"(?:号楼|栋|幢|座(?![椅垫便])){_NEXT_DOOR}{{0,3}}"
    ),
    re.compile(rf"(?<![第\d])(?:\d{{1,2}}|{_CHINESE_COUNT})单元\d{{0,4}}(?:室|户)?(?!测|卷|练)"),
    re.compile(
        f"{_AREA}{{0,3}}?{_PLACE}{{2,5}}(?:社区|村|小区|花园|新苑|家园|街道|胡同)"
        "(?!医院|小学|中学|幼儿园|学校|三等|比赛|活动|工作)"
    ),
    re.compile(
        "(?:住在|家住|家在|住址:?|地址:?)(?P<what>[^,，。;；\n]{1,14}(?:后面|旁边|对面|隔壁|路口|[瓦平红]房|巷子|大院))"
    ),
    re.compile(rf"\b\d{{1,5}}\s(?:[A-Z][\w'’]+\s){{1,3}}(?:{_ROAD_ENDS})\b\.?(?:,?\s{_ROOMS}){{0,3}}"),
    re.compile(rf"\b{_ROOMS}(?:,\s{_ROOMS}){{0,3}}"),
    re.compile(r"\b(?:[A-Z][a-z]+\s){1,2}(?:Village|Community|Gardens?|Estate)\b"),
)

_CLASS = (
    rf"(?:[一二三四五六七八九\d]{{1,2}}年级)?(?:{_PLACE}{{0,3}}?(?:\(\d{{1,2}}\)|{_CHINESE_COUNT}{{1,2}}|\d{{1,4}})班)?"
)
_SCHOOL_ENDS = "小学|中学|幼儿园|实验学校|职业学校|特教学校|学校|附小|附中|高中|职高|技校"
_SCHOOLS = (
    re.compile(
        f"{_PLACE}{{2,10}}?(?:{_SCHOOL_ENDS})(?!生|门口|适用|款|图书){_CLASS}(?:{_PLACE}{{1,4}}(?:\\d{{2,4}})?班)?"
    ),
    re.compile(
        "(?:就读于?|考上|考入|在读)"
        f"(?P<what>{_PLACE}{{2,10}}(?:大学|学院|学校|小学|中学|{_CHINESE_COUNT}{{1,2}}中){_CLASS})"
    ),
    re.compile(rf"[一二三四五六七八九1-9]年级 ?(?:\(?\d{{1,2}}\)?|{_CHINESE_COUNT}{{1,2}})班"),
    re.compile(rf"{_CHINESE_COUNT}\(\d{{1,2}}\)班"),
    re.compile(
        r"\b(?:[A-Z][\w'’]+\s){1,4}(?:School|Kindergarten|Academy|College)\b(?:,?\s(?:Grade|Year|Class)\s\w{1,3}){0,3}"
    ),
)
_HOSPITALS = (
    re.compile(
        f"{_PLACE}{{2,12}}?(?:医院|卫生院|保健院|疗养院|康复中心)(?:{_PLACE}{{1,5}}科)?"
        rf"(?:第?(?:\d{{1,3}}|{_CHINESE_COUNT}{{1,3}})(?:病区|病房))?(?:\d{{1,3}}号?床)?"
    ),
    re.compile(r"\b(?:[A-Z][\w'’]+\s){1,4}(?:Hospital|Clinic|Medical Cent(?:er|re))\b(?:,?\sWard\s\w{1,4})?"),
)
_GENERIC = re.compile(
    "(?:社区|市里|区里|大|人民|附近|乡镇|希望|街道)?(?:医院|卫生院|康复中心|小学|中学|学校|高中|幼儿园)"
)


def find_places(text: str) -> Iterator[Found]:
    """Yield addresses, schools with their classes, and hospitals with their wards; what every town has is left out."""
    yield from matches(MarkKind.ADDRESS, _ADDRESSES, text)
    for kind, patterns in ((MarkKind.SCHOOL, _SCHOOLS), (MarkKind.HOSPITAL, _HOSPITALS)):
        for found in matches(kind, patterns, text):
            if not _GENERIC.fullmatch(text, found[1], found[2]):
                yield found
