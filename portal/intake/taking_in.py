"""Takes a list in: all of its rows in one transaction, or none.

Reading and sealing come first and outside the transaction, so that nobody
else waits long. A process claims the list by a conditional update and says
now and then that it is alive; when it dies, the clock lets another begin
anew, and nothing was written. Two can never both finish, because the last
transaction asks for the claim again.
"""

import logging
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select

from portal import clock
from portal.accounts.models import Person
from portal.accounts.rules import SYSTEM, Actor
from portal.audit import service as audit
from portal.db import DatabaseBusy, session, transaction
from portal.households.bulk import insert_consents, insert_households, seal_households
from portal.intake.checks import Candidate, find_conflicts
from portal.intake.entries import consents_of, details_of, giver_in_list, identity_of
from portal.intake.models import Import
from portal.intake.moves import change_import
from portal.intake.reading import Reading, read_wishes
from portal.intake.rules import WishRow
from portal.intake.summary import summarise
from portal.intake.uploads import drop_upload, read_upload
from portal.wishes.bulk import SealedWish, insert_wishes, seal_wish
from portal.wishes.filing import stand_in_line

logger = logging.getLogger(__name__)

CLAIM_SECONDS = 120
_ALIVE_EVERY = 500
_ATTEMPTS = 3

Progress = Callable[[int, int], None]


class ImportOvertaken(Exception):
    """Another process has taken the list over, or it was dropped meanwhile."""


class ListChanged(Exception):
    """A wish that collides with the list came in between reading and writing."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The rows of a list, sealed and ready to be inserted, in one order."""

    candidates: tuple[Candidate, ...]
    households: list[dict[str, Any]]
    wishes: list[SealedWish]


@transaction
def claim_import(import_id: int) -> str | None:
    """Claim a submitted list for this process; None when another has it or nothing is left to do."""
    token, at = secrets.token_hex(8), clock.now()
    is_free = or_(Import.claim.is_(None), Import.claimed_until <= at)
    until = at + timedelta(seconds=CLAIM_SECONDS)
    claimed = change_import(import_id, "running", is_free, claim=token, claimed_until=until, rows_done=0)
    return token if claimed else None


def work_off(import_id: int) -> bool:
    """Take in one submitted list unless another process does; tell whether it was done here."""
    token = claim_import(import_id)
    if token is None:
        return False
    _take_in_claimed(import_id, token)
    return True


def _take_in_claimed(import_id: int, token: str) -> None:
    """Take in a list this process has claimed; a list that cannot come in is refused with its report.

    Raises DatabaseBusy; another process then tries again when the claim has run out.
    """
    row = session().get_one(Import, import_id, populate_existing=True)
    actor, upload = _actor_of(row), row.upload
    try:
        data = read_upload(upload)
        take_in_file(actor, import_id, token, data, row.file_name, row.columns)
    except ImportOvertaken:
        return
    except DatabaseBusy:
        raise
    except Exception as error:
        # A list that breaks the reader must not be tried again every minute.
        logger.error("import %s was refused: %s", import_id, type(error).__name__)
        refuse_import(import_id, token)
    drop_upload(upload)


def take_in_file(
    actor: Actor,
    import_id: int,
    token: str,
    data: bytes,
    file_name: str,
    columns: Mapping[str, Any] | None,
    *,
    on_read: Progress | None = None,
    on_sealed: Progress | None = None,
) -> Reading:
    """Take in the rows of a file under a claim and return how they were read.

    With an error anywhere nothing comes in and the list is refused. `on_read`
    and `on_sealed` are told rows done and rows in all.

    Raises SheetRefused, ImportOvertaken.
    """
    for _attempt in range(_ATTEMPTS):
        reading = read_wishes(actor, data, file_name, columns, _alive(import_id, token, on_read))
        if not reading.plan.is_accepted:
            refuse_import(import_id, token, reading)
            return reading
        prepared = _prepare(actor, reading, _alive(import_id, token, on_sealed, counts_rows=True))
        try:
            _write(actor, import_id, token, prepared, reading)
        except ListChanged:
            continue
        return reading
    raise ImportOvertaken


def _alive(import_id: int, token: str, progress: Progress | None, *, counts_rows: bool = False) -> Progress:
    """Return a function that passes progress on and renews the claim every few hundred rows.

    The rows done that everybody sees are those of the longest step only.
    """

    def tell(done: int, total: int) -> None:
        if progress:
            progress(done, total)
        if done % _ALIVE_EVERY == 0:
            _renew(import_id, token, done if counts_rows else None)

    return tell


@transaction
def _renew(import_id: int, token: str, done: int | None) -> None:
    values: dict[str, Any] = {"claimed_until": clock.now() + timedelta(seconds=CLAIM_SECONDS)}
    if done is not None:
        values["rows_done"] = done
    if not change_import(import_id, "running", Import.claim == token, **values):
        raise ImportOvertaken


def _prepare(actor: Actor, reading: Reading, progress: Progress) -> _Prepared:
    candidates, today = reading.plan.candidates, clock.today()
    households: list[dict[str, Any]] = []
    wishes: list[SealedWish] = []
    for done, each in enumerate(candidates, start=1):
        place = reading.places.place(each.wish.service_centre, each.wish.community, each.wish.grid)
        households += seal_households(actor, [(identity_of(each.wish), place)])
        details = details_of(each.wish, today)
        wishes.append(seal_wish(details, place, each.row_hash))
        progress(done, len(candidates))
    return _Prepared(candidates, households, wishes)


@transaction
def _write(actor: Actor, import_id: int, token: str, prepared: _Prepared, reading: Reading) -> None:
    added, known = len(prepared.candidates), reading.plan.known_count
    stand_in_line()
    _finish(import_id, token, "done", reading, rows_added=added, rows_done=added, rows_known=known)
    if find_conflicts(prepared.candidates):
        raise ListChanged
    household_ids = insert_households(prepared.households)
    wish_ids = insert_wishes(actor, import_id, household_ids, prepared.wishes)
    wishes = [each.wish for each in prepared.candidates]
    insert_consents(actor, list(_consents(wishes, household_ids, wish_ids)))
    audit.record(actor, "import.take_in", "import", import_id, after={"added": added, "known": known})


def _consents(
    wishes: Sequence[WishRow], household_ids: Sequence[int], wish_ids: Sequence[int]
) -> Iterator[dict[str, Any]]:
    today = clock.today()
    for wish, household_id, wish_id in zip(wishes, household_ids, wish_ids, strict=True):
        common = {"household_id": household_id, "wish_id": wish_id, "given_by": giver_in_list(wish, today)}
        for use, answer in consents_of(wish):
            yield common | {"use": use, "is_given": answer}


@transaction
def refuse_import(import_id: int, token: str, reading: Reading | None = None) -> None:
    """Let a claimed list not come in, with its report where it could be read.

    Raises ImportOvertaken.
    """
    _finish(import_id, token, "refused", reading)


def _finish(import_id: int, token: str, state: str, reading: Reading | None, **counts: int) -> None:
    values: dict[str, Any] = {"state": state, "upload": None, "finished_at": clock.now(), "claim": None, **counts}
    if reading is not None:
        values |= {"report": summarise(reading), "rows_total": reading.row_count}
    if not change_import(import_id, "running", Import.claim == token, **values):
        raise ImportOvertaken


def _actor_of(row: Import) -> Actor:
    if row.person_id is None:
        return SYSTEM
    return session().get_one(Person, row.person_id).actor


def list_waiting() -> list[int]:
    """Return the submitted lists that no living process takes in, oldest first."""
    waiting = (
        select(Import.id)
        .where(Import.state == "running", or_(Import.claim.is_(None), Import.claimed_until <= clock.now()))
        .order_by(Import.id)
    )
    return list(session().scalars(waiting))
