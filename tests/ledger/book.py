"""A small book to write in: two funds, lines as people say them, and what stands on each account."""

import threading
from contextlib import contextmanager
from itertools import count

from sqlalchemy import func, select, text

from portal.db import database, forget_reads, session
from portal.ledger.models import LedgerAccount, Posting
from portal.ledger.queries import entry_reference
from portal.ledger.rules import BANK, EntryKind, Line, Part, clearing, fund
from portal.ledger.service import open_fund, post_entry

FUND, OTHER_FUND = "7K2M9P4R1T", "WQ3N8XB6HD"
TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
_numbers = count(1)


def open_funds():
    open_fund(FUND)
    open_fund(OTHER_FUND)


def moved(debit, credit, amount_minor):
    """Return the two lines that move an amount from one account to another."""
    return [Line(debit, amount_minor), Line(credit, -amount_minor)]


def gift_lines(amount_minor, number=FUND):
    return moved(clearing("sandbox"), fund(number, Part.RECEIVED), amount_minor)


def spending_lines(amount_minor, number=FUND):
    return moved(fund(number, Part.DISBURSED), BANK, amount_minor)


def new_reference():
    return entry_reference("test", next(_numbers))


def give(amount_minor=5_000, number=FUND, reference=None):
    return post_entry(EntryKind.GIFT, gift_lines(amount_minor, number), reference=reference or new_reference())


def spend(amount_minor, number=FUND, reference=None):
    return post_entry(
        EntryKind.DISBURSEMENT, spending_lines(amount_minor, number), reference=reference or new_reference()
    )


def chargeback(amount_minor, number=FUND):
    lines = moved(fund(number, Part.REFUNDED), clearing("sandbox"), amount_minor)
    return post_entry(EntryKind.CHARGEBACK, lines, reference=new_reference())


def transfer(amount_minor, source=FUND, target=OTHER_FUND):
    lines = moved(fund(source, Part.TRANSFERRED), fund(target, Part.TRANSFERRED), amount_minor)
    return post_entry(EntryKind.TRANSFER, lines, reference=new_reference())


def balance(code, currency="CNY"):
    """Return what stands on an account, debit above zero."""
    query = (
        select(func.coalesce(func.sum(Posting.amount_minor), 0))
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(LedgerAccount.code == code, LedgerAccount.currency == currency)
    )
    return int(session().scalar(query))


@contextmanager
def guards_down():
    """Yield a connection of somebody who sets the database's guards aside for a while."""
    with database().write_engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        guards = connection.exec_driver_sql(TRIGGERS).all() if is_sqlite else []
        if is_sqlite:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        for name, _statement in guards:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        yield connection
        for _name, statement in guards:
            connection.exec_driver_sql(statement)
        connection.commit()
        connection.invalidate()
    forget_reads()


def without_guards(*statements):
    """Run statements as somebody would who has set the database's guards aside."""
    with guards_down() as connection:
        for statement in statements:
            assert connection.execute(text(statement)).rowcount, f"nothing changed: {statement}"


def all_at_once(app, count, act):
    """Let threads, each with connections of its own, act at the same moment; return what each got."""
    barrier = threading.Barrier(count, timeout=30)
    outcomes = [None] * count

    def run(number):
        with app.app_context():
            barrier.wait()
            outcomes[number] = act(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
