"""Reads who somebody is: names, ID numbers, telephone numbers, gender. Pure; never quotes what it read."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import phonenumbers
from stdnum.cn import ric

from portal.intake.values import plain_text, read_text
from portal.spreadsheets.cells import Cell, CellKind
from portal.spreadsheets.problems import FieldWrong
from portal.spreadsheets.tidying import fold, tidy

LONGEST_NAME = 40
OLDEST_AGE = 125
ID_LENGTH, OLD_ID_LENGTH = 18, 15

_SAFE_DIGITS = 15
_LONGEST_TEXT = 80
_ID_SEPARATORS = re.compile(r"[\s\-·.,_]")
# Letters and signs that people type, or programs put, where the check character X should stand.
_LIKE_X = str.maketrans("xХх×✕Χχ", "XXXXXXX")
_ID_NUMBER = re.compile(r"\d{17}[\dX]")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d{1,2}", re.IGNORECASE)
_CHINESE_GAP = re.compile(r"(?<=[\u3400-\u9fff\U00020000-\U0003ffff]) +(?=[\u3400-\u9fff\U00020000-\U0003ffff])")
_DOTS = re.compile(r"\s*[·・•‧∙･˙]\s*")
_NAME_SIGNS = frozenset("·-' .")
_PHONE_BREAK = re.compile(r"[/、;；,，]|或|(?<=\d{7})\s+(?=\d{7})")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}[1-9]\d{6,7}")
_EXTENSION = re.compile(r"(?:转|ext\.?|分机)\d{1,6}$", re.IGNORECASE)
_PHONE_SIGNS = re.compile(r"[\s\-—–()．.]")
_COUNTRY = re.compile(r"^(?:\+|00)?86(?=1[3-9]\d{9}$|0?[1-9]\d{8,10}$)")


class Gender(StrEnum):
    """What a list says of somebody's gender."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A resident identity number and what it tells."""

    number: str
    birth_on: date
    gender: Gender


_GENDERS = {
    **dict.fromkeys(("男", "男性", "男孩", "m", "male", "boy"), Gender.MALE),
    **dict.fromkeys(("女", "女性", "女孩", "f", "female", "girl"), Gender.FEMALE),
}


def tidy_name(text: str) -> str:
    """Return a name in the one form it is compared in: no padding between characters, one kind of dot."""
    name = unicodedata.normalize("NFKC", _DOTS.sub("·", tidy(text)))
    return _CHINESE_GAP.sub("", name)


def read_name(cell: Cell) -> str:
    """Return a person's name as on the certificate.

    Raises FieldWrong.
    """
    name = tidy_name(read_text(cell, LONGEST_NAME))
    if not all(char.isalpha() or char in _NAME_SIGNS for char in name) or not any(map(str.isalpha, name)):
        raise FieldWrong("name_unreadable")
    return name


def read_id_number(cell: Cell, on: date) -> IdNumber:
    """Return a resident identity number whose check digit holds and whose birth date is possible on a day.

    The region is not checked: numbers keep the code of a district that was
    renamed or dissolved (GB 11643).

    Raises FieldWrong.
    """
    text = read_text(cell, _LONGEST_TEXT)
    _refuse_rounded(cell, text)
    number = _ID_SEPARATORS.sub("", text).translate(_LIKE_X)
    if len(number) != ID_LENGTH:
        old = len(number) == OLD_ID_LENGTH and number.isdigit()
        raise FieldWrong("id_old") if old else FieldWrong("id_length", length=len(number))
    if not _ID_NUMBER.fullmatch(number):
        raise FieldWrong("id_characters")
    if ric.calc_check_digit(number) != number[-1]:
        raise FieldWrong("id_check_digit")
    gender = Gender.MALE if int(number[16]) % 2 else Gender.FEMALE
    return IdNumber(number, _birth_date(number, on), gender)


def _refuse_rounded(cell: Cell, text: str) -> None:
    """Refuse a number cell: spreadsheets keep 15 digits and turn the rest into zeros without a word."""
    if (cell.kind is CellKind.NUMBER and len(text) > _SAFE_DIGITS) or _SCIENTIFIC.fullmatch(text):
        raise FieldWrong("id_as_number")


def _birth_date(number: str, on: date) -> date:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise FieldWrong("id_birth_date") from None
    if born > on or on.year - born.year > OLDEST_AGE:
        raise FieldWrong("id_birth_date")
    return born


def read_gender(cell: Cell) -> Gender | None:
    """Return the gender a list gives, None when it gives none.

    Raises FieldWrong.
    """
    text = plain_text(cell)
    if not text:
        return None
    gender = _GENDERS.get(fold(text))
    if gender is None:
        raise FieldWrong("gender_unclear", value=text)
    return gender


def read_phones(cell: Cell) -> tuple[str, ...]:
    """Return the telephone numbers of a cell, digits only, the first one first.

    Mobile numbers are eleven digits from 13 to 19, because number plans lag
    behind new prefixes; landlines need their area code.

    Raises FieldWrong when one cannot be read.
    """
    text = read_text(cell, _LONGEST_TEXT)
    parts = [part for part in _PHONE_BREAK.split(text) if part.strip()]
    return tuple(dict.fromkeys(tidy_phone(part) for part in parts))


def tidy_phone(text: str) -> str:
    """Return a mainland telephone number as digits.

    Raises FieldWrong.
    """
    digits = _PHONE_SIGNS.sub("", _EXTENSION.sub("", fold(text)))
    country = _COUNTRY.match(digits)
    if country:
        digits = digits[country.end() :]
    if _MOBILE.fullmatch(digits):
        return digits
    if country and not digits.startswith("0"):
        digits = f"0{digits}"
    if _LANDLINE.fullmatch(digits) and phonenumbers.is_possible_number(phonenumbers.parse(digits, "CN")):
        return digits
    raise FieldWrong("phone_wrong")
