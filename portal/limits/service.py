"""Reads and sets the limits in force."""

from sqlalchemy import select

from portal import clock
from portal.accounts.rules import Actor, Role
from portal.audit import service as audit
from portal.db import execute_made, noted, session, transaction
from portal.limits.models import Limit
from portal.limits.rules import NAMES, Limits, check_limit

_LIMITS = "portal.limits"
_ALL = select(Limit.__table__.c.name, Limit.__table__.c.value)


def get_limits() -> Limits:
    """Return the limits in force now, the same ones throughout a transaction."""
    known = noted()
    if _LIMITS not in known:
        rows = execute_made(_ALL, {}).all()
        known[_LIMITS] = Limits(**{name: value for name, value in rows if name in NAMES})
    limits: Limits = known[_LIMITS]
    return limits


@transaction
def set_limit(actor: Actor, name: str, value: int) -> None:
    """Set one limit for the future; deadlines already given stay.

    Raises NotAllowed, LimitOutOfBounds, KeyError.
    """
    actor.require({Role.ADMINISTRATOR})
    check_limit(name, value)
    before = getattr(get_limits(), name)
    row = session().get(Limit, name) or Limit(name=name)
    row.value, row.changed_at, row.changed_by_id = value, clock.now(), actor.person_id
    session().add(row)
    noted().pop(_LIMITS, None)
    audit.record(actor, "set_limit", "limit", name, before={"value": before}, after={"value": value})
