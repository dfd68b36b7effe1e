"""Opens a spreadsheet somebody sent: looks at what it really is, refuses it or hands it to its reader."""

from pathlib import PurePath
from typing import BinaryIO, NoReturn

from portal.spreadsheets.archives import check_archive
from portal.spreadsheets.cells import Sheet
from portal.spreadsheets.csv_reading import read_csv
from portal.spreadsheets.refusals import DEFAULT_LIMITS, Refusal, SheetLimits, SheetRefused
from portal.spreadsheets.workbooks import Fit, Progress, read_workbook

_ZIP_HEAD = b"PK\x03\x04"
_COMPOUND_HEAD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_MARK = "EncryptedPackage".encode("utf-16-le")
_MACRO_ENDINGS = frozenset({".xlsm", ".xltm", ".xlam"})


def open_sheet(
    source: bytes | BinaryIO,
    filename: str,
    limits: SheetLimits = DEFAULT_LIMITS,
    *,
    fit: Fit | None = None,
    name: str | None = None,
    progress: Progress | None = None,
) -> Sheet:
    """Return one sheet of an .xlsx or .csv file.

    Without `name` the visible sheet whose first rows `fit` rates highest is
    taken, the first one of equals. `progress` is told rows done and rows
    expected.

    Raises SheetRefused.
    """
    data = _read_bytes(source, limits)
    ending = PurePath(filename.lower()).suffix
    is_zip = data.startswith(_ZIP_HEAD)
    if data.startswith(_COMPOUND_HEAD):
        raise SheetRefused(Refusal.ENCRYPTED if _ENCRYPTED_MARK in data else Refusal.OLD_FORMAT)
    if is_zip and ending in _MACRO_ENDINGS:
        raise SheetRefused(Refusal.MACROS)
    if is_zip and ending == ".xlsx":
        check_archive(data, limits)
        return read_workbook(data, limits, fit, name, progress)
    if ending != ".csv" or is_zip:
        raise SheetRefused(Refusal.WRONG_TYPE)
    rows = read_csv(data, limits)
    if not rows:
        _refuse_empty()
    return Sheet(PurePath(filename).stem, rows)


def _read_bytes(source: bytes | BinaryIO, limits: SheetLimits) -> bytes:
    data = source if isinstance(source, bytes) else source.read(limits.max_bytes + 1)
    if len(data) > limits.max_bytes:
        raise SheetRefused(Refusal.TOO_LARGE, megabytes=f"{limits.max_bytes / 1_000_000:g}")
    if not data:
        _refuse_empty()
    return data


def _refuse_empty() -> NoReturn:
    raise SheetRefused(Refusal.EMPTY)
