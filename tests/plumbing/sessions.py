"""Lets somebody be signed in without going through the pages of the accounts room."""

from portal.accounts.models import Person
from portal.accounts.session import SIGNED_IN_AT
from tests.plumbing.visitor import Visitor


def sign_in(visitor: Visitor, person: Person) -> Visitor:
    """Sit somebody down signed in, the second factor given; return the same visitor."""
    now = visitor.client.application.extensions["portal.clock"].now()
    with visitor.client.session_transaction() as kept:
        kept["_user_id"] = kept["second_factor_for"] = person.get_id()
        kept[SIGNED_IN_AT] = int(now.timestamp())
    return visitor
