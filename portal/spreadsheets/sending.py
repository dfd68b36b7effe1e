"""Sends a table of a page as a spreadsheet in which nothing is evaluated. Whoever calls it records who took it out."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response, abort, url_for

from portal.spreadsheets.writing import CSV_TYPE, XLSX_TYPE, Value, stream_csv, write_xlsx

ENDINGS = ("csv", "xlsx")


def check_ending(ending: str) -> None:
    """Answer 404 to an address that asks for another kind of file."""
    if ending not in ENDINGS:
        abort(404)


def send_table(
    name: str, title: str, headers: Sequence[Value], rows: Iterable[Sequence[Value]], ending: str
) -> Response:
    """Return a file to save: `name` is its name without the ending, `title` that of the sheet."""
    check_ending(ending)
    headings = [str(header) for header in headers]
    if ending == "csv":
        body, kind = b"".join(stream_csv(headings, rows)), CSV_TYPE
    else:
        stream = io.BytesIO()
        write_xlsx(stream, title, headings, rows)
        body, kind = stream.getvalue(), XLSX_TYPE
    return Response(body, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}.{ending}"'})


def export_links(endpoint: str, **query: Any) -> list[dict[str, str]]:
    """Return the links by which a page offers its table, one for each kind of file."""
    return [{"label": ending.upper(), "url": url_for(endpoint, ending=ending, **query)} for ending in ENDINGS]
