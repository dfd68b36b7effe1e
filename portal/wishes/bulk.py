"""Inserts the wishes of a whole list, sealed before the transaction so that it stays short."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Text, bindparam, insert, select, update

from portal import clock, codes
from portal.accounts.rules import Actor
from portal.db import session, transaction
from portal.households.rules import Place
from portal.sealing import SealedText, keyed_hash
from portal.wishes.filing import CHUNK, WishDetails, entry_columns, fresh_numbers, stand_in_line
from portal.wishes.models import Wish, WishEvent
from portal.wishes.rules import STAYS, WishAction, WishState

_INSERT = (
    insert(Wish)
    .values(reason=bindparam("sealed_reason", type_=Text()), reporter=bindparam("sealed_reporter", type_=Text()))
    .returning(Wish.id, sort_by_parameter_order=True)
)

_SET_CODE = (
    update(Wish)
    .where(Wish.id == bindparam("wish_id"))
    .values(family_code_hash=bindparam("code_hash"), family_code_issued_at=bindparam("issued_at"))
)


@dataclass(frozen=True, slots=True)
class SealedWish:
    """One row of a list, ready to be inserted; holds nothing in clear that tells of the family."""

    columns: dict[str, Any]
    place: Place
    row_hash: str


def seal_wish(details: WishDetails, place: Place, row_hash: str) -> SealedWish:
    """Return a row for `insert_wishes`."""
    seal, dialect = SealedText().process_bind_param, session().get_bind().dialect
    columns = asdict(details)
    columns["beneficiary_group"] = columns.pop("group")
    columns["sealed_reason"] = seal(columns.pop("reason"), dialect)
    columns["sealed_reporter"] = seal(columns.pop("reporter"), dialect)
    return SealedWish(columns, place, row_hash)


@transaction
def insert_wishes(
    actor: Actor, import_id: int | None, household_ids: Sequence[int], sealed: Sequence[SealedWish]
) -> list[int]:
    """Insert the wishes of a list with their first events and return their keys in the same order.

    The caller has stood in line, counted open wishes and left known rows out.
    """
    if not sealed:
        return []
    common = {place: entry_columns(actor, place) for place in {each.place for each in sealed}}
    rows = [
        each.columns
        | common[each.place]
        | {"number": number, "household_id": household_id, "import_id": import_id, "row_hash": each.row_hash}
        for number, household_id, each in zip(fresh_numbers(len(sealed)), household_ids, sealed, strict=True)
    ]
    connection = session().connection()
    ids = list(connection.execute(_INSERT, rows).scalars())
    connection.execute(insert(WishEvent), [_first_event(wish_id, actor) for wish_id in ids])
    return ids


def _first_event(wish_id: int, actor: Actor) -> dict[str, Any]:
    return {
        "wish_id": wish_id,
        "sequence": 1,
        "action": WishAction.SUBMIT,
        "to_state": WishState.SUBMITTED,
        "actor_kind": actor.kind,
        "person_id": actor.person_id,
        "at": clock.now(),
    }


@transaction
def issue_family_codes(wish_ids: Sequence[int], *, replace: bool) -> dict[int, str]:
    """Return new family codes by wish; without `replace` only for wishes that never had one.

    Only their keyed hashes are kept, so whoever calls this shows them once.
    The caller has checked the actor and writes the audit trail.
    """
    stand_in_line()
    query = select(Wish.id).where(Wish.id.in_(wish_ids), Wish.state.in_(list(STAYS)))
    if not replace:
        query = query.where(Wish.family_code_hash.is_(None))
    issued = {wish_id: codes.new_family_code() for wish_id in session().scalars(query.order_by(Wish.id))}
    at = clock.now()
    rows = [
        {"wish_id": wish_id, "code_hash": keyed_hash("family-code", code), "issued_at": at}
        for wish_id, code in issued.items()
    ]
    if rows:
        session().connection().execute(_SET_CODE, rows)
    return issued


def known_rows(row_hashes: Iterable[str]) -> set[str]:
    """Return which rows of a list came in before."""
    wanted = list(row_hashes)
    found: set[str] = set()
    for start in range(0, len(wanted), CHUNK):
        rows = session().scalars(select(Wish.row_hash).where(Wish.row_hash.in_(wanted[start : start + CHUNK])))
        found |= {each for each in rows if each}
    return found
