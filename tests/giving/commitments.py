"""Commitments to match gifts for tests: recorded, agreed, and paid by a line of a statement."""

from datetime import date

from sqlalchemy import select

from portal.accounts.rules import Role
from portal.db import session
from portal.giving.commitments import Promise, decide_commitment, request_commitment
from portal.giving.models import Commitment
from tests import cast
from tests.giving.statements import csv_of, line, take

MAIL = "office@company.example"


def promise(number, minor=100_000, **changes):
    """Return what a company signed."""
    told = {"name": "示范机械有限公司", "paper": "配捐-2026-01", "email": MAIL, "until_on": date(2026, 12, 31)}
    return Promise(campaign_number=number, limit_minor=minor, **(told | changes))


def agreed(number, minor=100_000, **changes):
    """Return the public id of a commitment that two people agreed to."""
    public_id = request_commitment(cast.actor(Role.FINANCE), promise(number, minor, **changes))
    decide_commitment(cast.moderator(), public_id, is_approved=True)
    return public_id


def row_of(public_id):
    """Return the row of a commitment, read afresh."""
    query = select(Commitment).where(Commitment.public_id == public_id)
    return session().scalars(query.execution_options(populate_existing=True)).one()


def paid(public_id, minor, serial="M1"):
    """Let a company's money arrive; tell whether it matched."""
    return take(csv_of(line(minor, row_of(public_id).reference, serial=serial))).matched == 1
