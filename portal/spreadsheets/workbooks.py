"""Finds the sheets of an .xlsx file that was looked over before, chooses one and reads it."""

import io
import posixpath
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from portal.spreadsheets.cells import EMPTY_CELL, Cell, Row, Sheet
from portal.spreadsheets.refusals import Refusal, SheetLimits, SheetRefused
from portal.spreadsheets.sheet_parts import DateStyles, SharedTexts, SheetRows
from portal.spreadsheets.xml_stream import stream

HEAD_ROWS = 30
"""How many rows are looked at to tell which sheet of a file is meant."""

_PROGRESS_EVERY = 500
_MOST_SHEETS = 100
_LIKELY_SHARE = 0.6
"""A sheet that fits this much as well as the best one may be what somebody meant."""

_ROOT_RELATIONS = "_rels/.rels"

Fit = Callable[[tuple[Row, ...]], float]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Related:
    """A part that another part names."""

    kind: str
    path: str


class _Relations:
    """Hears which parts a part names, by their key."""

    def __init__(self, folder: str) -> None:
        self.parts: dict[str, _Related] = {}
        self._folder = folder

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Hear that an element begins."""
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            path = posixpath.normpath(posixpath.join("/", self._folder, attributes.get("Target", ""))).lstrip("/")
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.parts[attributes.get("Id", "")] = _Related(kind, path)

    def end(self, name: str) -> None:
        """Hear that an element ends."""

    def text(self, text: str) -> None:
        """Hear text between tags; relations have none."""

    def of_kind(self, kind: str) -> str | None:
        """Return the path of the first part of a kind."""
        return next((part.path for part in self.parts.values() if part.kind == kind), None)


@dataclass(slots=True)
class _Contents:
    """Hears the workbook: its sheets in order as (name, key, is visible), and from which day it counts."""

    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    counts_from_1904: bool = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Hear that an element begins."""
        if name == "sheet":
            key = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            self.sheets.append((attributes.get("name", ""), key, attributes.get("state", "visible") == "visible"))
        elif name == "workbookPr":
            self.counts_from_1904 = attributes.get("date1904") in {"1", "true"}

    def end(self, name: str) -> None:
        """Hear that an element ends."""

    def text(self, text: str) -> None:
        """Hear text between tags; the workbook has none that matters."""


class _Book:
    """An opened workbook: where its sheets are, and the texts and styles they share."""

    def __init__(self, archive: zipfile.ZipFile, limits: SheetLimits) -> None:
        self._archive, self._limits = archive, limits
        path = self._relations(_ROOT_RELATIONS, "").of_kind("officeDocument")
        if path is None:
            raise SheetRefused(Refusal.WRONG_TYPE)
        folder, file_name = posixpath.split(path)
        related = self._relations(posixpath.join(folder, "_rels", f"{file_name}.rels"), folder)
        contents = _Contents()
        self._stream(path, contents)
        self._counts_from_1904 = contents.counts_from_1904
        worksheets = {key: part.path for key, part in related.parts.items() if part.kind == "worksheet"}
        sheets = [each for each in contents.sheets if each[1] in worksheets][:_MOST_SHEETS]
        self.visible = {name: worksheets[key] for name, key, is_visible in sheets if is_visible}
        self.hidden = tuple(name for name, _, is_visible in sheets if not is_visible)
        self._texts, self._styles = SharedTexts(limits), DateStyles()
        self._stream(related.of_kind("sharedStrings"), self._texts)
        self._stream(related.of_kind("styles"), self._styles)

    def rows(self, name: str, last_row: int | None = None, progress: Progress | None = None) -> SheetRows:
        """Return the filled rows of a sheet, up to a last one."""
        rows = SheetRows(
            self._texts.texts,
            self._styles.indexes,
            self._limits,
            counts_from_1904=self._counts_from_1904,
            last_row=last_row,
            on_row=_now_and_then(progress),
        )
        self._stream(self.visible[name], rows)
        return rows

    def _relations(self, path: str, folder: str) -> _Relations:
        relations = _Relations(folder)
        self._stream(path, relations)
        return relations

    def _stream(
        self, path: str | None, listener: SheetRows | SharedTexts | DateStyles | _Relations | _Contents
    ) -> None:
        if path is not None:
            with self._archive.open(path) as part:
                stream(part, listener)


def read_workbook(
    data: bytes,
    limits: SheetLimits,
    fit: Fit | None = None,
    name: str | None = None,
    progress: Progress | None = None,
) -> Sheet:
    """Return one sheet: the one named, else the visible one that `fit` rates highest.

    Raises SheetRefused.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(_Book(archive, limits), limits, fit, name, progress)
    except (zipfile.BadZipFile, KeyError, IndexError, ValueError, OverflowError):
        raise SheetRefused(Refusal.DAMAGED) from None


def _read(book: _Book, limits: SheetLimits, fit: Fit | None, name: str | None, progress: Progress | None) -> Sheet:
    if name is not None and name not in book.visible:
        raise SheetRefused(Refusal.NO_SUCH_SHEET)
    rates = _rate_sheets(book, fit)
    chosen = _best_name(rates) if name is None else name
    read = book.rows(chosen, progress=progress)
    if not read.rows:
        raise SheetRefused(Refusal.EMPTY)
    if progress:
        progress(len(read.rows), len(read.rows))
    rows = _with_merged(read, limits)
    numbers = range(1, max(rows) + 1)
    likely = tuple(each for each, rate in rates.items() if rate >= _LIKELY_SHARE * max(rates.values()) > 0)
    return Sheet(chosen, tuple(rows.get(number, ()) for number in numbers), tuple(book.visible), book.hidden, likely)


def _rate_sheets(book: _Book, fit: Fit | None) -> dict[str, float]:
    """Return how well the first rows of each visible sheet fit, below 0 for an empty one; a single one is not rated."""
    if not book.visible:
        raise SheetRefused(Refusal.EMPTY)
    if len(book.visible) == 1:
        return dict.fromkeys(book.visible, 0.0)
    heads = {name: tuple(book.rows(name, HEAD_ROWS).rows.values()) for name in book.visible}
    return {name: (fit(rows) if fit else 0.0) if rows else -1.0 for name, rows in heads.items()}


def _best_name(rates: Mapping[str, float]) -> str:
    return max(rates, key=lambda name: rates[name])


def _now_and_then(progress: Progress | None) -> Progress | None:
    if progress is None:
        return None

    def tell(done: int, total: int) -> None:
        if done % _PROGRESS_EVERY == 0:
            progress(done, total)

    return tell


def _with_merged(read: SheetRows, limits: SheetLimits) -> dict[int, Row]:
    """Return the rows with the value of cells merged downwards in each row they span, as people read the sheet."""
    rows = dict(read.rows)
    bottom = max(rows)
    budget = limits.max_rows * limits.max_columns
    for column, first, last in read.spans:
        spanned = range(first + 1, min(last, bottom) + 1)
        budget -= len(spanned)
        if budget < 0:
            raise SheetRefused(Refusal.BOMB)
        top = rows.get(first, ())
        if column <= len(top):
            for number in spanned:
                if number in rows:
                    rows[number] = _filled(rows[number], column - 1, top[column - 1])
    return rows


def _filled(row: Row, index: int, cell: Cell) -> Row:
    """Return a row in which an empty cell is filled; a filled one stays."""
    if index < len(row) and not row[index].is_blank:
        return row
    padded = row + (EMPTY_CELL,) * (index + 1 - len(row))
    return (*padded[:index], cell, *padded[index + 1 :])
