"""Seals and inserts the households of a whole list.

Sealing takes longer than inserting, so it is done before the transaction; the
rows that come out of it hold nothing in clear. The caller has checked that
the actor may file in each place.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Text, bindparam, insert, select

from portal import clock
from portal.accounts.rules import Actor
from portal.db import session, transaction
from portal.households.models import Consent, Household, IdentityRead
from portal.households.rules import Identity, Place, mask_name
from portal.households.service import open_columns
from portal.sealing import SealedJSON


def seal_households(actor: Actor, entries: Iterable[tuple[Identity, Place]]) -> list[dict[str, Any]]:
    """Return rows for `insert_households`, sealed before any transaction so that none lasts long.

    Raises GuardianNeeded.
    """
    seal = SealedJSON().process_bind_param
    dialect = session().get_bind().dialect
    return [
        {"sealed": seal(identity.to_dict(), dialect), **open_columns(actor, identity, place)}
        for identity, place in entries
    ]


@transaction
def insert_households(rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows of `seal_households` and return their keys in the same order; the caller has checked the actor."""
    if not rows:
        return []
    values: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "sealed"}
    values["identity"] = bindparam("sealed", type_=Text())
    statement = insert(Household).values(values).returning(Household.id, sort_by_parameter_order=True)
    return list(session().connection().execute(statement, rows).scalars())


@transaction
def insert_consents(actor: Actor, rows: Sequence[dict[str, Any]]) -> None:
    """Insert many consents of a list at once; each row names household_id, wish_id, use, is_given and given_by."""
    common = {"through": "list", "recorded_by_id": actor.person_id, "at": clock.now()}
    if rows:
        session().connection().execute(insert(Consent), [row | common for row in rows])


@transaction
def open_masked_names(actor: Actor, household_ids: Sequence[int], reason: str) -> dict[int, str]:
    """Return surnames with the rest masked, by household, and log each opening; for slips handed out on paper.

    The caller has checked that the actor may print slips for these households.
    """
    rows = session().scalars(select(Household).where(Household.id.in_(household_ids), Household.purged_at.is_(None)))
    names = {row.id: mask_name(row.identity["name"]) for row in rows if row.identity}
    reads = [
        {"household_id": each, "person_id": actor.person_id, "reason": reason, "at": clock.now()} for each in names
    ]
    if reads:
        session().connection().execute(insert(IdentityRead), reads)
    return names
