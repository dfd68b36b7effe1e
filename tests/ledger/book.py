"""A small book to write in: two funds, lines as people say them, and what stands on each account."""

from itertools import count

from sqlalchemy import func, select

from portal.db import session
from portal.ledger.models import LedgerAccount, Posting
from portal.ledger.queries import entry_reference
from portal.ledger.rules import BANK, EntryKind, Line, Part, clearing, fund
from portal.ledger.service import open_fund, post_entry

FUND, OTHER_FUND = "7K2M9P4R1T", "WQ3N8XB6HD"
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
