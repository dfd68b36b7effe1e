"""Carries an uploaded sheet of areas through a form, signed, so that nothing is kept between preview and import."""

from datetime import date
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from portal.spreadsheets.cells import EMPTY_CELL, Cell, CellKind, Sheet, cell_of

_MARKS = {CellKind.FORMULA: "f", CellKind.ERROR: "e", CellKind.DATE: "d"}
_KINDS = {mark: kind for kind, mark in _MARKS.items()}


class SheetLost(ValueError):
    """What came back is not what was sent out."""


def pack_sheet(sheet: Sheet) -> str:
    """Return a sheet as a signed, compressed text for a hidden field."""
    rows = [[_pack_cell(cell) for cell in row] for row in sheet.rows]
    packed = _signer().dumps([sheet.name, rows])
    return packed if isinstance(packed, str) else packed.decode()


def unpack_sheet(text: str) -> Sheet:
    """Return the sheet a hidden field carries.

    Raises SheetLost when it was changed on the way.
    """
    try:
        name, rows = _signer().loads(text)
    except BadData:
        raise SheetLost from None
    return Sheet(name, tuple(tuple(_unpack_cell(cell) for cell in row) for row in rows))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="area-sheet")


def _pack_cell(cell: Cell) -> Any:
    mark = _MARKS.get(cell.kind)
    if mark is None:
        return cell.value
    return [mark, str(cell.value if cell.value is not None else "")]


def _unpack_cell(packed: Any) -> Cell:
    if packed is None:
        return EMPTY_CELL
    if not isinstance(packed, list):
        return cell_of(packed)
    kind = _KINDS[packed[0]]
    return Cell(date.fromisoformat(packed[1]) if kind is CellKind.DATE else packed[1], kind)
