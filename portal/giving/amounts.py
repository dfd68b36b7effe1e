"""Amounts as donors type them, and amounts worth suggesting because they achieve something whole; pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from portal.spreadsheets.tidying import tidy

FEN_IN_YUAN = 100
MOST_SUGGESTED = 4
ROUND_AMOUNTS_MINOR = (2_000, 5_000, 10_000, 20_000, 50_000)
_WRAPPING = re.compile(r"^(?:cny|rmb|[¥￥])|(?:cny|rmb|yuan|[元块])$", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_PLAIN = re.compile(r"\d{1,12}(?:\.\d+)?|\.\d+")


class AmountUnclear(ValueError):
    """What was typed is no amount in yuan and fen."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Something whole that an amount pays for."""

    price_minor: int
    name: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An amount, and what it achieves where it pays for something whole."""

    amount_minor: int
    achieves: str | None


def read_amount(text: str) -> int:
    """Return the fen of an amount typed in yuan, in wide digits, with a sign or commas too.

    Raises AmountUnclear.
    """
    plain = _WRAPPING.sub("", tidy(text).replace("，", ",").replace("．", ".").replace(" ", ""))
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if not _PLAIN.fullmatch(plain):
        raise AmountUnclear
    try:
        fen = Decimal(plain) * FEN_IN_YUAN
    except InvalidOperation:
        raise AmountUnclear from None
    if fen != fen.to_integral_value():
        raise AmountUnclear
    return int(fen)


def write_amount(minor: int) -> str:
    """Return fen as yuan are typed: fen only where there are some."""
    yuan, fen = divmod(minor, FEN_IN_YUAN)
    return f"{yuan}.{fen:02d}" if fen else str(yuan)


def suggest_amounts(units: Sequence[Unit], low: int, high: int) -> list[Suggestion]:
    """Return a few amounts within limits, the smallest first: what one of each unit costs, then round ones."""
    named = {unit.price_minor: unit.name for unit in reversed(units) if low <= unit.price_minor <= high}
    amounts = sorted(named)[:MOST_SUGGESTED]
    for amount in ROUND_AMOUNTS_MINOR:
        if len(amounts) < MOST_SUGGESTED and low <= amount <= high and amount not in amounts:
            amounts.append(amount)
    return [Suggestion(amount, named.get(amount)) for amount in sorted(amounts)]
