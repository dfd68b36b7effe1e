"""Why a spreadsheet is not opened, in words for the person who sent it, and how large one may be.

Pure. Nothing here repeats what stands in the file.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext


class Refusal(StrEnum):
    """The reasons for which a file is refused."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    WRONG_TYPE = "wrong_type"
    OLD_FORMAT = "old_format"
    ENCRYPTED = "encrypted"
    MACROS = "macros"
    BOMB = "bomb"
    EMBEDDED = "embedded"
    EXTERNAL_LINKS = "external_links"
    UNSAFE_XML = "unsafe_xml"
    DAMAGED = "damaged"
    CHARSET = "charset"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_MUCH_TEXT = "too_much_text"
    NO_SUCH_SHEET = "no_such_sheet"


WORDING: dict[Refusal, Any] = {
    Refusal.EMPTY: lazy_gettext("这个文件里没有内容。"),
    Refusal.TOO_LARGE: lazy_gettext("文件太大，最多%(megabytes)s MB。请删去图片，或分成几份。"),
    Refusal.WRONG_TYPE: lazy_gettext("这不是能读的表格文件。请用 Excel 或 WPS 另存为 .xlsx 或 .csv 再上传。"),
    Refusal.OLD_FORMAT: lazy_gettext("这是旧版 .xls 格式。请用 Excel 或 WPS 另存为 .xlsx 再上传。"),
    Refusal.ENCRYPTED: lazy_gettext("文件设了打开密码。请取消密码后再上传。"),
    Refusal.MACROS: lazy_gettext("文件里有宏程序。请另存为不带宏的 .xlsx 再上传。"),
    Refusal.BOMB: lazy_gettext("文件展开后大得不正常，没有打开。请把内容复制到一个新表格再上传。"),
    Refusal.EMBEDDED: lazy_gettext("文件里嵌有别的文件。请删去嵌入的对象，或把内容复制到一个新表格再上传。"),
    Refusal.EXTERNAL_LINKS: lazy_gettext("文件里有指向别处数据的链接。请断开链接，或把内容复制到一个新表格再上传。"),
    Refusal.UNSAFE_XML: lazy_gettext("文件里有不该有的声明，没有打开。请把内容复制到一个新表格再上传。"),
    Refusal.DAMAGED: lazy_gettext("文件已损坏，读不出来。请重新保存后再上传。"),
    Refusal.CHARSET: lazy_gettext("认不出文件的文字编码。请另存为 UTF-8 编码的 .csv，或改用 .xlsx。"),
    Refusal.TOO_MANY_ROWS: lazy_gettext("表格超过%(limit)s行。请分成几份。"),
    Refusal.TOO_MANY_COLUMNS: lazy_gettext("表格超过%(limit)s列。请删去多余的列。"),
    Refusal.TOO_MUCH_TEXT: lazy_gettext("单元格里的文字多得不正常，没有继续读。请把内容复制到一个新表格再上传。"),
    Refusal.NO_SUCH_SHEET: lazy_gettext("文件里没有这张工作表。"),
}


class SheetRefused(Exception):
    """A file is not opened, or not read to its end; `message` tells the sender why and what to do."""

    def __init__(self, kind: Refusal, **params: int | str) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.params = params

    @property
    def message(self) -> str:
        """The reason in the reader's language."""
        return str(WORDING[self.kind]) % self.params if self.params else str(WORDING[self.kind])


@dataclass(frozen=True)
class SheetLimits:
    """How much a spreadsheet may hold.

    The figures about the inside of an .xlsx file bound time and memory: a list
    of 20,000 rows as communities write them stays below a third of each.
    """

    max_bytes: int = 10_000_000
    max_rows: int = 20_000
    max_columns: int = 60
    max_entries: int = 256
    max_inflated_bytes: int = 80_000_000
    max_part_bytes: int = 8_000_000
    max_strings_bytes: int = 30_000_000
    max_ratio: int = 150
    max_tags: int = 4_000_000
    max_cell_characters: int = 32_767
    max_characters: int = 20_000_000


DEFAULT_LIMITS = SheetLimits()
