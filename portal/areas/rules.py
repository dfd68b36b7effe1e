"""How areas are named and when they are open, in Latin letters; pure."""

import re

from pypinyin import lazy_pinyin

CENTRE_SUFFIXES = (("党群服务中心", "Service Centre"), ("服务中心", "Service Centre"), ("中心", "Centre"))

_DAYS = {"一": "Mon", "二": "Tue", "三": "Wed", "四": "Thu", "五": "Fri", "六": "Sat", "日": "Sun", "天": "Sun"}
_HOUR_WORDS = (
    ("节假日", "public holidays"),
    ("每天", "Daily"),
    ("休息", "closed"),
    ("上午", "morning"),
    ("下午", "afternoon"),
    ("至", "–"),
    ("到", "–"),
    ("、", ", "),
    ("，", ", "),
    ("；", "; "),
    ("：", ":"),
)
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
_SPAN = re.compile(r"(\d)-(\d)")
_CHINESE = re.compile(r"[\u3400-\u9fff]")


def centre_name_in_english(name: str) -> str:
    """Return a service centre's name in Latin letters: 海云服务中心 becomes Haiyun Service Centre."""
    for suffix, english in CENTRE_SUFFIXES:
        if name.endswith(suffix) and name != suffix:
            return f"{in_pinyin(name.removesuffix(suffix))} {english}"
    return in_pinyin(name)


def in_pinyin(name: str) -> str:
    """Return a Chinese name in one capitalised word of pinyin; other letters and digits stay."""
    return "".join(lazy_pinyin(name)).replace(" ", "").capitalize()


def hours_in_english(hours: str) -> str:
    """Return opening hours in English where every word of them is understood, else as they were written."""
    text = _WEEKDAY.sub(lambda day: _DAYS[day[1]], hours)
    for chinese, english in _HOUR_WORDS:
        text = text.replace(chinese, english)
    text = _SPAN.sub(r"\1–\2", text)
    return hours if _CHINESE.search(text) else text
