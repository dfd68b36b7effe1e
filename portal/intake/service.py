"""What people do with wish lists: hand one in, say which column is which, have it taken in, drop it.

Taking in itself is in `taking_in`; assisted filing in `assisting`.
"""

import hashlib
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.accounts.rules import Actor, ActorKind, NotAllowed, Role
from portal.audit import service as audit
from portal.db import session, transaction
from portal.intake.columns import read_columns
from portal.intake.models import Import
from portal.intake.moves import change_import
from portal.intake.reading import IMPORTERS, SHEET, Progress, Reading, open_wish_sheet, read_wishes, read_with
from portal.intake.summary import summarise
from portal.intake.taking_in import (
    CLAIM_SECONDS,
    refuse_import,
    take_in_file,
    work_off,
)
from portal.intake.uploads import drop_upload, keep_upload, read_upload
from portal.sealing import keyed_hash
from portal.spreadsheets.refusals import SheetRefused

AT_ONCE_ROWS = 1_000
"""A list of usual size is taken in while the person waits; a longer one by the process that moves the clocks."""


class ImportNotFound(LookupError):
    """There is no such list, or it is somebody else's."""


class ImportNotOpen(Exception):
    """The list was taken in, refused or dropped meanwhile."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of a file that was taken in by command."""

    import_id: int
    reading: Reading


def receive_list(actor: Actor, data: bytes, file_name: str) -> int:
    """Read an uploaded list, keep it sealed for its preview and return the import's key.

    Raises NotAllowed, SheetRefused.
    """
    _require_importer(actor)
    reading = read_wishes(actor, data, file_name)
    upload = keep_upload(data)
    try:
        import_id = _add_import(actor, data, file_name, reading, upload)
    except BaseException:
        drop_upload(upload)
        raise
    _drop_earlier(actor, import_id)
    return import_id


def _drop_earlier(actor: Actor, import_id: int) -> None:
    """Put aside the same person's earlier previews of the same file, so that only the newest waits."""
    newest = get_import(actor, import_id)
    earlier = select(Import.id).where(
        Import.file_hash == newest.file_hash,
        Import.person_id == actor.person_id,
        Import.state == "read",
        Import.id < import_id,
    )
    for each in session().scalars(earlier).all():
        with suppress(ImportNotOpen):
            drop_list(actor, each)


@transaction
def _add_import(actor: Actor, data: bytes, file_name: str, reading: Reading, upload: str) -> int:
    row = _new_row(actor, data, file_name, "read")
    row.upload, row.columns, row.report = upload, reading.choice, summarise(reading)
    row.rows_total = reading.row_count
    session().add(row)
    session().flush()
    audit.record(actor, "import.receive", "import", row.id, after={"rows": reading.row_count})
    return row.id


def _new_row(actor: Actor, data: bytes, file_name: str, state: str) -> Import:
    return Import(
        kind="wishes",
        state=state,
        file_name=file_name[:200],
        file_hash=keyed_hash("file", hashlib.sha256(data).hexdigest()),
        person_id=actor.person_id,
        created_at=clock.now(),
    )


def choose_columns(
    actor: Actor, import_id: int, header_row: int, choices: Mapping[str, int | None], sheet_name: str | None = None
) -> None:
    """Read a list anew from another sheet, with its headings in another row or its fields in other columns.

    A choice of None leaves a field unread. When the sheet or the header row is
    another than before, the columns are found anew and the choices do not count.

    Raises ImportNotFound, ImportNotOpen, SheetRefused, UploadGone, ValueError for columns the sheet does not have.
    """
    row = get_import(actor, import_id)
    if row.state != "read":
        raise ImportNotOpen
    before = row.columns or {}
    sheet = open_wish_sheet(read_upload(row.upload), row.file_name, sheet_name or before.get(SHEET))
    is_other_sheet = sheet.name != before.get(SHEET, sheet.name)
    mapping = read_columns(sheet, None if is_other_sheet else header_row)
    if not is_other_sheet and header_row == before.get("header_row"):
        mapping = replace(mapping, matches={})
        for field, index in choices.items():
            mapping = mapping.with_choice(field, index)
    _keep_reading(import_id, read_with(actor, sheet, mapping))


@transaction
def _keep_reading(import_id: int, reading: Reading) -> None:
    kept = {"columns": reading.choice, "report": summarise(reading), "rows_total": reading.row_count}
    if not change_import(import_id, "read", **kept):
        raise ImportNotOpen


def take_in(actor: Actor, import_id: int) -> None:
    """Have a list taken in; a second press does nothing.

    Raises ImportNotFound, ImportNotOpen when it was dropped.
    """
    row = get_import(actor, import_id)
    if not _submit(actor, import_id):
        if row.state in ("running", "done"):
            return
        raise ImportNotOpen
    if row.rows_total <= AT_ONCE_ROWS:
        work_off(import_id)


@transaction
def _submit(actor: Actor, import_id: int) -> bool:
    submitted = change_import(import_id, "read", state="running")
    if submitted:
        audit.record(actor, "import.submit", "import", import_id)
    return submitted


@transaction
def _drop(actor: Actor, import_id: int) -> bool:
    dropped = change_import(import_id, "read", state="dropped", upload=None, finished_at=clock.now())
    if dropped:
        audit.record(actor, "import.drop", "import", import_id)
    return dropped


def drop_list(actor: Actor, import_id: int) -> None:
    """Put a list aside that was not taken in, and remove its file.

    Raises ImportNotFound, ImportNotOpen.
    """
    upload = get_import(actor, import_id).upload
    if not _drop(actor, import_id):
        raise ImportNotOpen
    drop_upload(upload)


def take_in_by_command(
    actor: Actor,
    data: bytes,
    file_name: str,
    choice: Mapping[str, Any] | None = None,
    *,
    on_read: Progress | None = None,
    on_sealed: Progress | None = None,
) -> TakenIn:
    """Take a file in at once, as the command line does; its rows come in or its report says why not.

    `choice` names the sheet where a file has several.

    Raises NotAllowed, SheetRefused.
    """
    _require_importer(actor)
    token = secrets.token_hex(8)
    import_id = _begin(actor, data, file_name, token)
    try:
        reading = take_in_file(actor, import_id, token, data, file_name, choice, on_read=on_read, on_sealed=on_sealed)
    except SheetRefused:
        refuse_import(import_id, token)
        raise
    return TakenIn(import_id, reading)


@transaction
def _begin(actor: Actor, data: bytes, file_name: str, token: str) -> int:
    row = _new_row(actor, data, file_name, "running")
    row.claim, row.claimed_until = token, clock.now() + timedelta(seconds=CLAIM_SECONDS)
    session().add(row)
    session().flush()
    return row.id


def get_import(actor: Actor, import_id: int) -> Import:
    """Return a list that an actor may see: their own, and all for an administrator.

    Raises ImportNotFound.
    """
    row = session().get(Import, import_id)
    if row is None or row.kind != "wishes":
        raise ImportNotFound(import_id)
    if not actor.has_role(Role.ADMINISTRATOR) and row.person_id != actor.person_id:
        raise ImportNotFound(import_id)
    return row


def _require_importer(actor: Actor) -> None:
    if actor.kind is not ActorKind.SYSTEM and not actor.has_role(*IMPORTERS, Role.ADMINISTRATOR):
        raise NotAllowed
