"""The number of statements of a page does not grow with the rows on it, whichever page and whoever reads it."""

from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event, select

from portal.accounts.models import Person
from portal.accounts.rules import Role
from portal.audit import service as audit
from portal.db import session, transaction
from portal.intake.drafts import save_draft
from portal.outbox.models import Message
from portal.outbox.service import Address, enqueue
from portal.wishes.rules import WishState
from tests import cast
from tests.campaigns import stage as campaigns
from tests.giving import stage as gifts
from tests.handover.stage import arrived
from tests.plumbing.sessions import sign_in

FEW, MORE = 3, 6
EVERYBODY = (Role.ADMINISTRATOR, Role.MODERATOR, Role.FINANCE)
FILES = {"csv", "xlsx", "zip", "xml", "json", "jpg", "png", "svg", "txt", "pdf"}
"""Endings of addresses that hand out a file, piece by piece where there is much in it."""

CHOSEN = (
    "/wishes?q=书包",
    "/wishes?availability=all",
    "/admin/wishes?q=书包&overdue=1",
    "/admin/publications?pile=approve",
)
"""Lists that are narrowed, beside all those that have an address of their own."""


@pytest.mark.only_on("sqlite")
def test_no_page_takes_more_statements_for_more_rows(app, new_visitor):
    with app.app_context():
        office = cast.person(*EVERYBODY)
        clerk = cast.person(Role.CENTRE_CLERK, at=cast.centre("南涧服务中心"))
    clients = {
        "office": sign_in(new_visitor(), office).client,
        "clerk": sign_in(new_visitor(), clerk).client,
    }
    add_rows(app, FEW, office, clerk)
    lists = [(name, address) for name in clients for address in lists_of(app, clients[name])]
    few = {(name, address): statements_of(app, clients[name], address) for name, address in lists}
    add_rows(app, MORE, office, clerk)
    for address in ("/wishes", *CHOSEN):
        clients["office"].get(address)
    more = {(name, address): statements_of(app, clients[name], address) for name, address in lists}
    assert {page: (few[page], more[page]) for page in few if few[page] != more[page]} == {}
    assert all(few["office", address] > 0 for address in CHOSEN)


def test_counting_sees_a_statement_for_each_row(app):
    with app.app_context():
        cast.person(Role.ADMINISTRATOR)
        with counted(app) as few:
            _ask_for_each()
        cast.person(Role.MODERATOR)
        with counted(app) as more:
            _ask_for_each()
    assert len(more) == len(few) + 1


def _ask_for_each() -> None:
    for key in session().scalars(select(Person.id)).all():
        session().scalar(select(Person.name).where(Person.id == key))


def add_rows(app: Flask, count: int, *readers: Person) -> None:
    """Add rows to every table that a list shows, and to what the readers themselves did."""
    with app.app_context():
        _add_wishes(count)
        for _row in range(count):
            _add_beside(*readers)
            gifts.give(campaigns.opened())


@transaction
def _add_wishes(count: int) -> None:
    here = cast.centre("南涧服务中心")
    for state in WishState:
        for _row in range(count):
            cast.wish(state, at=here, days_ago=40)
    for _row in range(count):
        arrived(centre=here)


@transaction
def _add_beside(*readers: Person) -> None:
    somebody = cast.person(Role.NEED_REPORTER, at=cast.centre("南涧服务中心"))
    cast.organisation(uscc=f"91370212MA3C{somebody.id:06d}", name=f"单位{somebody.id}")
    for reader in readers:
        actor = session().get_one(Person, reader.id).actor
        save_draft(actor, None, {"name": "许怡宁", "item": "书包"})
        audit.record(actor, "wish.verify", "wish", str(somebody.id), after={"note": "x"})
    enqueue(Address("mail", "a@example.org"), "pledge", subject="x", body="x", dedupe_key=f"row:{somebody.id}")
    session().flush()
    session().query(Message).update({"state": "dead", "last_error": "refused"})


def lists_of(app, client):
    """Return the addresses of one part that somebody may open, once all have been opened.

    Whoever is signed in gets no page that was kept.
    """
    lists = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and rule.rule.rpartition(".")[2] not in FILES
    }
    return [address for address in sorted(lists.union(CHOSEN)) if client.get(address).status_code == 200]


def statements_of(app, client, address):
    """Return how many statements an address takes."""
    with counted(app) as statements:
        client.get(address)
    return len(statements)


@contextmanager
def counted(app):
    """Count the statements of what happens inside."""
    statements = []
    database = app.extensions["portal.database"]
    engines = (database.read_engine, database.write_engine)

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield statements
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
