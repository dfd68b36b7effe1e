"""The life of a gift and its payments as pure tables and sums; no database, Flask or clock.

The facts behind a state only ever grow: a payment that succeeded stays so, a
refund or dispute comes on top. The state of a gift follows from them.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from portal.giving.gateways.protocol import PaymentStatus


class GiftState(StrEnum):
    """Where a gift stands."""

    INTENDED = "intended"
    ABANDONED = "abandoned"
    SUCCEEDED = "succeeded"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


GIVEN_STATES = frozenset({GiftState.SUCCEEDED, GiftState.PARTLY_REFUNDED, GiftState.REFUNDED, GiftState.DISPUTED})
"""States in which the money came in at some time."""

KEPT_STATES = frozenset({GiftState.SUCCEEDED, GiftState.PARTLY_REFUNDED})
"""States in which at least a part of the money is still here."""


class PaymentState(StrEnum):
    """Where one try to pay a gift stands; `duplicated` is money that came a second time and goes back by itself."""

    PENDING = "pending"
    FAILED = "failed"
    ABANDONED = "abandoned"
    SUCCEEDED = "succeeded"
    DUPLICATED = "duplicated"


PAID_STATES = frozenset({PaymentState.SUCCEEDED, PaymentState.DUPLICATED})


class RefundState(StrEnum):
    """Where a refund stands; `sent` is ordered at the provider."""

    REQUESTED = "requested"
    SENT = "sent"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class RefundReason(StrEnum):
    """Why money goes back."""

    DONOR = "donor"
    MISTAKE = "mistake"
    DUPLICATED = "duplicated"
    CAMPAIGN_OVER = "campaign_over"
    PROVIDER = "provider"


class DisputeState(StrEnum):
    """Where a chargeback stands."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class WhyHeld(StrEnum):
    """Why something a provider says waits for a person and is not booked."""

    AMOUNT = "amount"
    CURRENCY = "currency"
    LIVEMODE = "livemode"
    TWIN = "twin"
    ORPHAN = "orphan"
    REFUNDED_TOO_MUCH = "refunded_too_much"


class PayoutState(StrEnum):
    """Where a payout stands."""

    HELD = "held"
    POSTED = "posted"


class WhyPayoutHeld(StrEnum):
    """Why a payout is not posted by itself; `changed` is said of one that was posted before."""

    LIVEMODE = "livemode"
    CURRENCY = "currency"
    AMOUNT = "amount"
    UNKNOWN = "unknown"
    ITEM = "item"
    TWICE = "twice"
    CHANGED = "changed"


class Visibility(StrEnum):
    """Whether everybody sees something of a gift."""

    HIDDEN = "hidden"
    SHOWN = "shown"


class WordsState(StrEnum):
    """Whether what a donor wrote may be read by everybody; a moderator looks first."""

    NONE = "none"
    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


class News(StrEnum):
    """What a donor is told."""

    CONTINUE = "continue"
    THANKS = "thanks"
    FAILED = "failed"
    DUPLICATED = "duplicated"
    CAMPAIGN_OVER = "campaign_over"
    AFTER_STOP = "after_stop"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"
    REFUND_REFUSED = "refund_refused"
    RECEIPT_ISSUED = "receipt_issued"
    RECEIPT_VOIDED = "receipt_voided"
    TRANSFER = "transfer"
    BUYING = "buying"
    SURPLUS = "surplus"
    BOUGHT = "bought"
    LINKS = "links"


class AmountOutOfBounds(ValueError):
    """A gift is below or above what one gift may be; the bounds in minor units."""

    def __init__(self, low: int, high: int) -> None:
        super().__init__(f"outside {low}..{high}")
        self.low, self.high = low, high


class RefundTooMuch(ValueError):
    """A refund is more than what is left of a payment; `left_minor` says how much that is."""

    def __init__(self, left_minor: int) -> None:
        super().__init__(f"{left_minor} left")
        self.left_minor = left_minor


_AFTER: dict[PaymentStatus, PaymentState] = {
    PaymentStatus.OPEN: PaymentState.PENDING,
    PaymentStatus.PROCESSING: PaymentState.PENDING,
    PaymentStatus.FAILED: PaymentState.FAILED,
    PaymentStatus.EXPIRED: PaymentState.ABANDONED,
    PaymentStatus.SUCCEEDED: PaymentState.SUCCEEDED,
}


def next_payment_state(state: PaymentState, status: PaymentStatus) -> PaymentState:
    """Return where a payment stands after its provider said something, however late or out of order that comes.

    Money that came in stays in; a try that failed or was left may still
    succeed, and never goes back to waiting.
    """
    if state in PAID_STATES:
        return state
    after = _AFTER[status]
    return after if after is PaymentState.SUCCEEDED or state is PaymentState.PENDING else state


@dataclass(frozen=True, slots=True)
class GiftFacts:
    """What happened to a gift's money so far, in minor units."""

    amount_minor: int
    is_paid: bool
    refunded_minor: int = 0
    disputes: frozenset[DisputeState] = field(default_factory=frozenset)
    is_left: bool = False


def gift_state(facts: GiftFacts) -> GiftState:
    """Return the state that follows from what happened."""
    if not facts.is_paid:
        return GiftState.ABANDONED if facts.is_left else GiftState.INTENDED
    if facts.disputes & {DisputeState.OPEN, DisputeState.LOST}:
        return GiftState.DISPUTED
    if facts.refunded_minor >= facts.amount_minor:
        return GiftState.REFUNDED
    return GiftState.PARTLY_REFUNDED if facts.refunded_minor else GiftState.SUCCEEDED


def check_amount(amount_minor: int, low: int, high: int) -> int:
    """Return an amount that one gift may have.

    Raises AmountOutOfBounds.
    """
    if not low <= amount_minor <= high:
        raise AmountOutOfBounds(low, high)
    return amount_minor


def check_refund(amount_minor: int, left_minor: int) -> int:
    """Return an amount that can still be given back.

    Raises RefundTooMuch.
    """
    if not 0 < amount_minor <= left_minor:
        raise RefundTooMuch(left_minor)
    return amount_minor


def payment_key(payment_id: int, gift_public_id: str) -> str:
    """Return the idempotency key of a payment; it follows from the rows that were there before the provider was asked.

    The gift's random name is part of it, so that a database restored from
    yesterday never takes today's payment for another one of the same number.
    """
    return f"payment-{payment_id}-{gift_public_id}"


def refund_key(refund_id: int, public_id: str) -> str:
    """Return the idempotency key of a refund."""
    return f"refund-{refund_id}-{public_id}"


def read_key(kind: str, key: str | None) -> int | None:
    """Return the row a key stands for, or None when it is no key of ours."""
    match (key or "").split("-"):
        case [name, number, _random] if name == kind and number.isascii() and number.isdigit() and len(number) < 19:
            return int(number)
    return None
