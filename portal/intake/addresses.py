"""Addresses in the one form in which two spellings of one flat are equal. Pure; never shown to anyone."""

import re

from portal.intake.numerals import read_numerals
from portal.spreadsheets.tidying import fold

_PUNCTUATION = re.compile(r"[,，.。;；:：、·'\"()\[\]{}<>《》*]")
_DASHES = re.compile(r"[‐‑‒–—―−﹣~～_/\\]+")
# The district follows only a named city, so that 某某小区 is not taken for a district.
_REGION = re.compile(
    r"^(?:中国)?(?:[^\d省市区县]{2,3}省|[^\d省市区县]{2,8}自治区)?(?:[^\d省市区县]{2,4}市(?:[^\d省市区县]{1,4}(?<![小社园院厂校])[区县])?)?"
)
_BUILDING = re.compile(r"(?<=\d)(?:号楼|号院|栋楼|幢楼|楼栋|栋|幢|座|#楼|#)-?(?=\d)")
_ENTRANCE = re.compile(r"(?<=\d)(?:单元|门洞|门)-?(?=\d)")
_FLOOR = re.compile(r"(?<=\d)(?:层|楼)-?(?=\d)")
_LAST = re.compile(r"(?<=\d)(?:号?室|号?户|房间|房|号)$")


def normalise_address(text: str) -> str:
    """Return an address as a key: without province, city, district, signs and the words between its numbers."""
    address = _DASHES.sub("-", _PUNCTUATION.sub("", fold(text)))
    address = read_numerals(_REGION.sub("", address))
    for words in (_BUILDING, _ENTRANCE, _FLOOR):
        address = words.sub("-", address)
    return _LAST.sub("", address)


def names_a_flat(address: str) -> bool:
    """Tell whether a normalised address is fine enough to tell households apart: it has a number."""
    return any(char.isdigit() for char in address)
