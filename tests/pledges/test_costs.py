"""The number of queries of a page does not grow with the wishes on it."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from portal.accounts.rules import PLEDGER
from portal.codes import private_token
from portal.pledges.contacts import read_contact
from portal.pledges.promising import confirm_promise, make_promise
from portal.pledges.rules import Pledger


@contextmanager
def counted(app):
    """Count the reading queries of what happens inside."""
    queries = []
    engine = app.extensions["portal.database"].read_engine

    def note(connection, cursor, statement, *_rest):
        queries.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield queries
    event.remove(engine, "before_cursor_execute", note)


def address_of_promise(app, numbers):
    with app.app_context():
        made = make_promise(PLEDGER, Pledger(read_contact(f"guest{len(numbers)}@example.org")), numbers)
        confirm_promise(made.public_id)
        return "/pledges/promises/" + private_token("promise", made.public_id)


def address_of_choice(app, numbers):
    return "/pledges/new?" + "&".join(f"wish={number}" for number in numbers)


@pytest.mark.parametrize("address_of", [address_of_promise, address_of_choice])
def test_twelve_wishes_cost_as_many_queries_as_two(app, visitor, publish, address_of):
    costs = []
    for count in (2, 2, 12):
        address = address_of(app, [publish() for _number in range(count)])
        with counted(app) as queries:
            visitor.open(address)
        costs.append(len(queries))
    assert costs[1] == costs[2]
