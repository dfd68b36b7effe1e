"""Reads comma-, semicolon- or tab-separated text in the encodings Chinese spreadsheet programs write."""

import csv
import io
import re
import unicodedata

from portal.spreadsheets.cells import Row, text_cell
from portal.spreadsheets.refusals import Refusal, SheetLimits, SheetRefused

_MARKED = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_GUESSED = ("utf-8", "gb18030")
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_DELIMITERS = ",\t;"
_LINES_LOOKED_AT = 20
_CHARACTERS_LOOKED_AT = 20_000
_STRANGE_SHARE = 0.01
_TEXT_FORMULA = re.compile(r'="([^"=]*)"')


def read_csv(data: bytes, limits: SheetLimits) -> tuple[Row, ...]:
    """Return the rows of a separated text; every cell is text.

    Raises SheetRefused.
    """
    text = decode(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter_of(text), strict=True)
    rows: list[Row] = []
    filled = 0
    try:
        for fields in reader:
            row = _row(fields, limits)
            rows.append(row)
            filled = len(rows) if row else filled
            if filled > limits.max_rows:
                raise SheetRefused(Refusal.TOO_MANY_ROWS, limit=limits.max_rows)
    except csv.Error:
        raise SheetRefused(Refusal.DAMAGED) from None
    return tuple(rows[:filled])


def decode(data: bytes) -> str:
    """Return the text of a file written as UTF-8, as UTF-16 with its mark, or as GB 18030 (and so GBK, GB 2312).

    Raises SheetRefused.
    """
    marked = next((encoding for mark, encoding in _MARKED if data.startswith(mark)), None)
    for encoding in (marked,) if marked else _GUESSED:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _BINARY.search(text):
            raise SheetRefused(Refusal.WRONG_TYPE)
        if _looks_foreign(text):
            raise SheetRefused(Refusal.CHARSET)
        return text
    raise SheetRefused(Refusal.CHARSET)


def _looks_foreign(text: str) -> bool:
    """Tell whether a text decoded without an error is gibberish all the same: private and unassigned characters."""
    sample = text[:_CHARACTERS_LOOKED_AT]
    strange = sum(unicodedata.category(char) in {"Co", "Cn"} for char in sample)
    return strange > max(1, len(sample) * _STRANGE_SHARE)


def _delimiter_of(text: str) -> str:
    lines = [line for line in text[:_CHARACTERS_LOOKED_AT].splitlines() if line.strip()][:_LINES_LOOKED_AT]
    return max(_DELIMITERS, key=lambda mark: sum(line.count(mark) for line in lines))


def _row(fields: list[str], limits: SheetLimits) -> Row:
    while fields and not fields[-1].strip():
        fields.pop()
    if len(fields) > limits.max_columns:
        raise SheetRefused(Refusal.TOO_MANY_COLUMNS, limit=limits.max_columns)
    if any(len(field) > limits.max_cell_characters for field in fields):
        raise SheetRefused(Refusal.TOO_MUCH_TEXT)
    return tuple(text_cell(_unwrapped(field)) for field in fields)


def _unwrapped(field: str) -> str:
    """Return the text inside `="…"`, by which people keep long numbers from being rounded."""
    wrapped = _TEXT_FORMULA.fullmatch(field.strip())
    return wrapped.group(1) if wrapped else field
