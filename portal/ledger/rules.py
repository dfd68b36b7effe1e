"""What an entry is: kinds, codes of accounts, lines that balance, and the one text of an entry that is hashed; pure."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

BANK = "bank"
REFERENCE_LENGTH = 20
LARGEST_MINOR = 10**15
"""Ten trillion yuan in fen: far above any honest amount, far below what the columns and sums can hold."""

_REFERENCE = re.compile(r"[0-9A-HJKMNP-TV-Z]{20}")
_FUND = re.compile(r"[0-9A-Z]{4,20}")
_GATEWAY = re.compile(r"[a-z][a-z0-9_]{0,29}")
_CURRENCY = re.compile(r"[A-Z]{3}")


class EntryKind(StrEnum):
    """Why money moved. A new kind needs a label in the ledger's pages and nothing else."""

    GIFT = "gift"
    MATCHING = "matching"
    FEE = "fee"
    REFUND = "refund"
    CHARGEBACK = "chargeback"
    PAYOUT = "payout"
    DISBURSEMENT = "disbursement"
    SUPPLIER_RETURN = "supplier_return"
    TRANSFER = "transfer"
    REVERSAL = "reversal"


class Part(StrEnum):
    """The accounts below one campaign's restricted fund; `transferred` is what went to or came from another fund."""

    RECEIVED = "received"
    MATCHING = "matching"
    FEES = "fees"
    DISBURSED = "disbursed"
    REFUNDED = "refunded"
    TRANSFERRED = "transferred"


SPENDING_PARTS = frozenset({Part.DISBURSED, Part.TRANSFERRED})
"""Parts that never take more out of a fund than it holds. Refunds and chargebacks may: they happen to us."""


class LinesUnfit(ValueError):
    """The lines of an entry do not balance, or are not amounts on different accounts; a fault of the caller."""


class ReferenceUnfit(ValueError):
    """A reference is not 20 characters that say nothing; see `queries.entry_reference`."""


class AccountUnknown(LookupError):
    """No such account: its code is malformed, or its fund has not been opened in this currency."""


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """One amount on one account: debit above zero, credit below."""

    account_code: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class AccountName:
    """What an account's code says."""

    kind: str
    fund: str | None = None


def clearing(gateway: str) -> str:
    """Return the code of what a gateway has taken and not yet paid out."""
    return f"clearing.{gateway}"


def fund(number: str, part: Part) -> str:
    """Return the code of one part of a campaign's fund."""
    return f"fund.{number}.{part}"


def read_code(code: str) -> AccountName:
    """Return what an account's code says.

    Raises AccountUnknown when it is no such code.
    """
    match code.split("."):
        case ["bank"]:
            return AccountName("bank")
        case ["clearing", gateway] if _GATEWAY.fullmatch(gateway):
            return AccountName("clearing")
        case ["fund", number, part] if _FUND.fullmatch(number) and part in list(Part):
            return AccountName(part, number)
    raise AccountUnknown(code)


def check_lines(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines in the order of their accounts, when they make an entry.

    Raises LinesUnfit.
    """
    if len(lines) < 2:
        raise LinesUnfit("an entry has at least two lines")
    if any(type(line.amount_minor) is not int or not 0 < abs(line.amount_minor) <= LARGEST_MINOR for line in lines):
        raise LinesUnfit("an amount is a whole number of minor units and not zero")
    if len({line.account_code for line in lines}) < len(lines):
        raise LinesUnfit("an entry has one line for each account")
    if sum(line.amount_minor for line in lines):
        raise LinesUnfit("the lines of an entry sum to zero")
    return tuple(sorted(lines))


def check_reference(reference: str) -> str:
    """Return a reference that says nothing about whom or what it stands for.

    Raises ReferenceUnfit.
    """
    if not _REFERENCE.fullmatch(reference):
        raise ReferenceUnfit("a reference is 20 characters of Crockford's base 32")
    return reference


def check_currency(currency: str) -> str:
    """Return an ISO 4217 code.

    Raises ValueError.
    """
    if not _CURRENCY.fullmatch(currency):
        raise ValueError("a currency is three capital letters")
    return currency


def reversed_lines(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines that undo others."""
    return tuple(Line(line.account_code, -line.amount_minor) for line in lines)


def leaf_bytes(
    *,
    sequence: int,
    posted_on: date,
    kind: str,
    reference: str,
    currency: str,
    lines: Sequence[Line],
    reverses: int | None,
) -> bytes:
    """Return the text of an entry that is hashed and published: JSON, keys and accounts in order, no spaces, ASCII."""
    record: dict[str, Any] = {
        "currency": currency,
        "kind": kind,
        "posted_on": posted_on.isoformat(),
        "postings": [{"account": line.account_code, "amount_minor": line.amount_minor} for line in sorted(lines)],
        "reference": reference,
        "reverses": reverses,
        "sequence": sequence,
    }
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")
