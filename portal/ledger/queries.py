"""Reads the book: what a fund received, spent and holds."""

from dataclasses import dataclass

from sqlalchemy import func, select

from portal import codes
from portal.db import session
from portal.ledger.models import FundHolding, LedgerAccount, Posting
from portal.ledger.rules import REFERENCE_LENGTH, Part


class FundUnknown(LookupError):
    """No fund was opened under this number in this currency."""


@dataclass(frozen=True, slots=True)
class FundStatement:
    """What came into a campaign's fund, what went out, and what it holds, in minor units.

    `transferred_minor` is what went to other funds less what came from them.
    `held_minor` may be below zero after a chargeback of money already spent.
    """

    number: str
    currency: str
    received_minor: int
    matching_minor: int
    fees_minor: int
    refunded_minor: int
    disbursed_minor: int
    transferred_minor: int
    held_minor: int


def entry_reference(purpose: str, key: str | int) -> str:
    """Return the reference of the entry for one of a room's own rows: the same each time, and it says nothing.

    `purpose` and `key` together name what is booked, as in ("gift", payment.id).
    """
    return codes.derived("ledger", f"{purpose}:{key}", REFERENCE_LENGTH)


def fund_statement(number: str, currency: str = "CNY") -> FundStatement:
    """Return what a fund received, spent and holds.

    Raises FundUnknown.
    """
    held = session().scalar(
        select(FundHolding.held_minor).where(FundHolding.fund == number, FundHolding.currency == currency)
    )
    if held is None:
        raise FundUnknown(number)
    query = (
        select(LedgerAccount.kind, func.sum(Posting.amount_minor))
        .join(Posting, Posting.account_id == LedgerAccount.id)
        .where(LedgerAccount.fund == number, LedgerAccount.currency == currency)
        .group_by(LedgerAccount.kind)
    )
    sums = {kind: int(amount) for kind, amount in session().execute(query)}
    balance = {part: sums.get(part, 0) for part in Part}
    return FundStatement(
        number=number,
        currency=currency,
        received_minor=-balance[Part.RECEIVED],
        matching_minor=-balance[Part.MATCHING],
        fees_minor=balance[Part.FEES],
        refunded_minor=balance[Part.REFUNDED],
        disbursed_minor=balance[Part.DISBURSED],
        transferred_minor=balance[Part.TRANSFERRED],
        held_minor=held,
    )


def list_funds_below_zero() -> list[tuple[str, str, int]]:
    """Return number, currency and holding of every fund that paid out more than it had, the deepest first."""
    query = (
        select(FundHolding.fund, FundHolding.currency, FundHolding.held_minor)
        .where(FundHolding.held_minor < 0)
        .order_by(FundHolding.held_minor)
    )
    return [(number, currency, held) for number, currency, held in session().execute(query)]
