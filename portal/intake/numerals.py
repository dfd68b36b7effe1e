"""Chinese numerals up to ninety-nine as Arabic digits, where they number a building, floor, flat or grid. Pure."""

import re

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_NUMERAL = re.compile(r"(?<!十)[零〇一二两三四五六七八九]?十[一二三四五六七八九]?|[零〇一二两三四五六七八九]+")
_COUNTED = re.compile(rf"(?P<number>{_NUMERAL.pattern})(?=号|栋|幢|座|单元|层|楼|室|户|网格)")


def read_numerals(text: str) -> str:
    """Return a text in which Chinese numerals before a counting word are Arabic; names such as 三里 stay."""
    return _COUNTED.sub(lambda found: str(_number(found["number"])), text)


def read_number(text: str) -> int | None:
    """Return the number a text consists of, in either kind of digits; None when it is anything else."""
    if text.isdecimal():
        return int(text)
    return _number(text) if _NUMERAL.fullmatch(text) else None


def _number(numeral: str) -> int:
    if "十" not in numeral:
        return int("".join(str(_DIGITS[char]) for char in numeral))
    tens, _, ones = numeral.partition("十")
    return 10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0)
