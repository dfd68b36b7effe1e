"""Reads single cells of a wish list: texts, quantities, money, dates, consent. Pure.

Each reader returns the value or raises FieldWrong with a code of
portal.intake.problems.
"""

import re
from datetime import date, timedelta
from decimal import Decimal

from portal.spreadsheets.cells import Cell, CellKind
from portal.spreadsheets.problems import FieldWrong
from portal.spreadsheets.tidying import fold, tidy

LARGEST_QUANTITY = 99
EARLIEST_YEAR, LATEST_YEAR = 2000, 2100

_LONGEST_VALUE = 40
_FEN_PER_YUAN = 100
_ROUNDING = Decimal("0.000001")
_LARGEST_FLOAT = 1e12
_SERIAL_START = date(1899, 12, 30)
_NOTHING = frozenset({"", "无", "暂无", "没有", "-", "--", "—", "——", "/", "\\", "none", "n/a", "na", "nil", "null"})

_UNITS = (
    "个|件|套|台|只|双|本|把|条|张|床|部|副|盒|箱|包|支|枝|根|瓶|次|份|辆|架|块|顶|组|对|袋|桶|提|卷|册|幅|节|堂|课时|小时|人次"
    "|pcs|pc|piece|pieces|set|sets"
)
_QUANTITY = re.compile(rf"([+-]?\d{{1,9}})(\.\d+)?(?:{_UNITS})?")
_MONEY = re.compile(
    r"([+-]?)(?:rmb|cny|人民币|¥)?([+-]?)(\d{1,3}(?:,\d{3})+|\d{1,9})(\.\d*)?(?:元|圆|块|块钱|rmb|cny|yuan)?整?"
    r"(?:/[\u4e00-\u9fff]{1,2})?"
)
_DATE = re.compile(
    r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})[日号]?(?:\(?(?:星期|周)[一二三四五六日天]\)?)?"
    r"(?:t?(?:[上下]午)?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?z?)?"
)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")

_YES_WORDS = "是 同意 愿意 可以 已同意 授权 已授权 同意公开 可 对 有 要 √ ✓ ✔ ☑ ✅ v y yes true 1 agree agreed ok"
_NO_WORDS = "否 不同意 不愿意 不可以 未同意 未授权 不授权 不公开 不可 不 不是 × ✕ ✗ ✘ ☒ ❌ x n no false 0 disagree"
_TICKED, _OPEN = "☑✓✔√✅■☒⊠●◉", "□☐○◯▢"
_BOX_FIRST = re.compile(rf"(?P<box>[{_TICKED}{_OPEN}])(?P<word>[^{_TICKED}{_OPEN}]+)")
_WORD_FIRST = re.compile(rf"(?P<word>[^{_TICKED}{_OPEN}]+)(?P<box>[{_TICKED}{_OPEN}])")
_YES, _NO = frozenset(_YES_WORDS.split()), frozenset(_NO_WORDS.split())


def plain_text(cell: Cell) -> str:
    """Return what a cell says as a tidy text, empty for an empty cell.

    A text that begins with an equals sign counts as a formula: whoever wrote
    it meant one, and a sheet written from it later might compute it.

    Raises FieldWrong.
    """
    if cell.kind is CellKind.FORMULA:
        raise FieldWrong("formula")
    if cell.kind is CellKind.ERROR:
        raise FieldWrong("cell_error")
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = tidy(value.lstrip("'")) if isinstance(value, str) else str(value)
    if text[:1] in {"=", "＝"}:
        raise FieldWrong("formula")
    return text


def is_nothing(text: str) -> bool:
    """Tell whether a tidy text is empty or one of the marks people write for nothing."""
    return fold(text) in _NOTHING


def read_optional(cell: Cell, limit: int) -> str | None:
    """Return a text of at most `limit` characters, None when nothing is written.

    Raises FieldWrong.
    """
    text = plain_text(cell)
    if len(text) > limit:
        raise FieldWrong("too_long", limit=limit)
    return None if is_nothing(text) else text


def read_text(cell: Cell, limit: int) -> str:
    """Return a text of at most `limit` characters that must be there.

    Raises FieldWrong.
    """
    text = read_optional(cell, limit)
    if text is None:
        raise FieldWrong("missing")
    return text


def read_quantity(cell: Cell) -> int:
    """Return a whole number of pieces from 1; a number with a unit is understood, a number in words is not.

    Raises FieldWrong.
    """
    text = read_text(cell, _LONGEST_VALUE)
    found = _QUANTITY.fullmatch(_numeric(cell, text))
    if not found:
        raise FieldWrong("quantity_word", value=text)
    number = Decimal(found.group(1) + (found.group(2) or ""))
    if number < 0:
        raise FieldWrong("quantity_negative", value=text)
    if number != int(number):
        raise FieldWrong("quantity_fraction", value=text)
    if number == 0:
        raise FieldWrong("quantity_zero")
    if number > LARGEST_QUANTITY:
        raise FieldWrong("quantity_large", value=text, limit=LARGEST_QUANTITY)
    return int(number)


def read_money(cell: Cell) -> int:
    """Return an amount written in yuan as whole fen; never rounds a digit somebody typed.

    Raises FieldWrong.
    """
    text = read_text(cell, _LONGEST_VALUE)
    found = _MONEY.fullmatch(_numeric(cell, text))
    if not found:
        raise FieldWrong("money_word", value=text)
    before, after, whole, fraction = found.groups()
    yuan = Decimal(whole.replace(",", "") + (fraction or ""))
    if "-" in before + after and yuan:
        raise FieldWrong("money_negative", value=text)
    fen = yuan * _FEN_PER_YUAN
    if fen != int(fen):
        raise FieldWrong("money_decimals", value=text)
    return int(fen)


def _numeric(cell: Cell, text: str) -> str:
    """Return a numeral without spaces and wide forms; a computed number without the dust of binary fractions."""
    if isinstance(cell.value, float):
        rounded = Decimal(cell.value).quantize(_ROUNDING) if abs(cell.value) < _LARGEST_FLOAT else None
        return f"{rounded.normalize():f}" if rounded is not None else text
    if cell.kind in {CellKind.DATE, CellKind.BOOLEAN}:
        return ""
    return fold(text).replace("−", "-")


def read_date(cell: Cell) -> date:
    """Return a day from a date cell, a spreadsheet's day number, or a text in one of the usual spellings.

    Raises FieldWrong.
    """
    if isinstance(cell.value, date):
        return _plausible(cell.value, cell.value.isoformat())
    text = read_text(cell, _LONGEST_VALUE)
    folded = fold(text)
    for pattern in (_DATE, _COMPACT_DATE):
        if found := pattern.fullmatch(folded):
            return _plausible(_calendar_day(text, *map(int, found.groups())), text)
    if (serial := _SERIAL.fullmatch(folded)) and cell.kind is not CellKind.BOOLEAN:
        return _plausible(_SERIAL_START + timedelta(days=int(serial.group(1))), text)
    raise FieldWrong("date_wrong", value=text)


def _calendar_day(text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise FieldWrong("date_wrong", value=text) from None


def _plausible(day: date, text: str) -> date:
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise FieldWrong("date_wrong", value=text)
    return day


def read_consent(cell: Cell) -> bool:
    """Return whether the family agreed; a no is an answer, silence is not (PIPL 23, 29).

    Raises FieldWrong.
    """
    text = plain_text(cell)
    if not text:
        raise FieldWrong("consent_missing")
    answer = _ticked_answer(text) or fold(text).strip(".。!！()（）")
    if answer in _YES:
        return True
    if answer in _NO:
        return False
    raise FieldWrong("consent_unclear", value=text)


def _ticked_answer(text: str) -> str | None:
    """Return the one answer whose box is ticked, where a cell holds boxes for several."""
    folded = re.sub(r"[.。,，;；/、]", "", fold(text))
    choice = _BOX_FIRST if folded[:1] in _TICKED + _OPEN else _WORD_FIRST
    boxes = list(choice.finditer(folded))
    ticked = [found["word"] for found in boxes if found["box"] in _TICKED]
    is_whole = "".join(found[0] for found in boxes) == folded
    return ticked[0] if is_whole and len(boxes) > 1 and len(ticked) == 1 else None


def read_optional_consent(cell: Cell) -> bool | None:
    """Return whether the family agreed to a further use, None when nothing is written.

    Raises FieldWrong.
    """
    return None if is_nothing(plain_text(cell)) else read_consent(cell)
