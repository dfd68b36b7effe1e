"""What campaigns' funds received, spent and hold, read from the book; never counts goods as money."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from portal.db import session
from portal.ledger.models import LedgerAccount, Posting
from portal.ledger.rules import Part


@dataclass(frozen=True, slots=True)
class Fund:
    """The sums of one campaign's restricted fund in minor units; `transferred` is what went to like campaigns."""

    received_minor: int = 0
    matching_minor: int = 0
    fees_minor: int = 0
    refunded_minor: int = 0
    disbursed_minor: int = 0
    transferred_minor: int = 0

    @property
    def raised_minor(self) -> int:
        """What was given and stayed given: gifts and matching without refunds."""
        return self.received_minor + self.matching_minor - self.refunded_minor

    @property
    def held_minor(self) -> int:
        """What the fund holds now; below zero only after a chargeback of money already spent."""
        return self.raised_minor - self.fees_minor - self.disbursed_minor - self.transferred_minor

    def __add__(self, other: "Fund") -> "Fund":
        """Return the sums of two funds of one currency."""
        return Fund(*(getattr(self, name) + getattr(other, name) for name in Fund.__slots__))


NOTHING = Fund()

_INCOME = frozenset({Part.RECEIVED, Part.MATCHING})


def fund_of(number: str, currency: str = "CNY") -> Fund:
    """Return the sums of one campaign's fund; nothing before anything was booked."""
    return funds_of([(number, currency)])[number]


def funds_of(campaigns: Iterable[tuple[str, str]]) -> dict[str, Fund]:
    """Return the sums of several campaigns' funds by number, each in its campaign's currency."""
    wanted = dict(campaigns)
    rows = session().execute(
        select(LedgerAccount.fund, LedgerAccount.currency, LedgerAccount.kind, func.sum(Posting.amount_minor))
        .join(Posting, Posting.account_id == LedgerAccount.id)
        .where(LedgerAccount.fund.in_(wanted))
        .group_by(LedgerAccount.fund, LedgerAccount.currency, LedgerAccount.kind)
    )
    sums: dict[str, dict[str, int]] = {number: {} for number in wanted}
    for number, currency, kind, balance in rows:
        if number is not None and wanted[number] == currency:
            part = Part(kind)
            sums[number][f"{part}_minor"] = -int(balance) if part in _INCOME else int(balance)
    return {number: Fund(**parts) for number, parts in sums.items()}
