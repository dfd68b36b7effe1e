"""Which payment a gift's money went into: first in, first out, by the order of the book; pure.

What came into a campaign's fund lies in the order in which it was posted, each
lot without its fees and without what went back to its donor. What was paid out
is taken from it in the same order: the oldest money first. Money given for one
wish pays for that wish first; what is left of it lies with the rest. So every
fen that was paid out belongs to one lot, and the shares of all lots add up to
what was paid out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T", "Lot", "Outflow")


@dataclass(frozen=True, slots=True)
class Lot:
    """What one entry of the book brought into a fund and is still there or was paid out, never below zero."""

    sequence: int
    amount_minor: int
    wish_number: str | None = None


@dataclass(frozen=True, slots=True)
class Outflow:
    """One payment out of a fund that stands, under its public id."""

    public_id: str
    amount_minor: int
    wish_number: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a lot went into a payment."""

    sequence: int
    public_id: str
    amount_minor: int


def match(lots: Iterable[Lot], outflows: Iterable[Outflow]) -> list[Share]:
    """Return which lot went into which payment; both come in the order of the book.

    Only where more was paid out than ever came in (a chargeback of money that
    was spent) a payment is left without a lot.
    """
    money, wanted = [_Rest(lot) for lot in lots], [_Rest(outflow) for outflow in outflows]
    return [*_match_wishes(money, wanted), *_pour(money, wanted)]


class _Rest(Generic[T]):
    """A lot or a payment, and how much of it is not matched yet."""

    __slots__ = ("left_minor", "of")

    def __init__(self, of: T) -> None:
        self.of: T = of
        self.left_minor = of.amount_minor


def _match_wishes(money: list[_Rest[Lot]], wanted: list[_Rest[Outflow]]) -> Iterator[Share]:
    given: dict[str, list[_Rest[Lot]]] = defaultdict(list)
    for source in money:
        if source.of.wish_number is not None:
            given[source.of.wish_number].append(source)
    for target in wanted:
        if target.of.wish_number is not None:
            yield from _pour(given[target.of.wish_number], [target])


def _pour(money: list[_Rest[Lot]], wanted: list[_Rest[Outflow]]) -> Iterator[Share]:
    sources = iter(money)
    source = next(sources, None)
    for target in wanted:
        while target.left_minor and source is not None:
            amount = min(source.left_minor, target.left_minor)
            if amount:
                source.left_minor -= amount
                target.left_minor -= amount
                yield Share(source.of.sequence, target.of.public_id, amount)
            if not source.left_minor:
                source = next(sources, None)
