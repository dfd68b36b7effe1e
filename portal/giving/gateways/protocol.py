"""What a gateway must be able to do, and the plain values it speaks in; knows no provider.

An order carries no personal data: a provider that needs some asks the donor
for it on its own page.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable


class PaymentStatus(StrEnum):
    """How a payment stands at its provider."""

    OPEN = "open"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"


class RefundStatus(StrEnum):
    """How a refund stands at its provider."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class DisputeStatus(StrEnum):
    """How a chargeback stands at the provider."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class MandateStatus(StrEnum):
    """How a donor's agreement to be charged each month stands at its provider; `late` means that a month failed."""

    ACTIVE = "active"
    LATE = "late"
    PAUSED = "paused"
    STOPPED = "stopped"


class GatewayUnavailable(Exception):
    """No answer came, so nobody knows whether it was done; the same call with the same key finds out."""


class GatewayRefused(Exception):
    """The provider said no, and nothing was done; `code` says why and names nobody."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class WebhookForged(Exception):
    """A message at the door is not signed by the provider, or is too old to be taken."""


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """One payment as it is ordered; `key` is its idempotency key and comes back with every payment.

    Where it `is_monthly` it is the first of many, and the donor agrees to be
    charged so much each month from then on.
    """

    key: str
    amount_minor: int
    currency: str
    title: str
    return_url: str
    leave_url: str
    locale: str
    is_monthly: bool = False


@dataclass(frozen=True, slots=True)
class Started:
    """Where to send the donor, and what the provider calls the payment."""

    provider_ref: str
    pay_url: str


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """One refund as it is ordered, whole or in part."""

    key: str
    provider_ref: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class ProviderRefund:
    """A refund as the provider knows it; `key` is ours where we ordered it."""

    provider_ref: str
    key: str | None
    amount_minor: int
    status: RefundStatus


@dataclass(frozen=True, slots=True)
class ProviderDispute:
    """A chargeback as the provider knows it; `fee_minor` is what it has cost besides so far, less what came back."""

    provider_ref: str
    amount_minor: int
    fee_minor: int
    status: DisputeStatus


@dataclass(frozen=True, slots=True)
class MandateName:
    """What the provider calls an agreement to pay each month; `key` is that of the payment which began it."""

    provider_ref: str
    key: str | None


@dataclass(frozen=True, slots=True)
class ProviderPayment:
    """A payment with all that happened to it, as its provider knows it now.

    `fingerprint` tells one card or account from another and names nobody.
    `fee_minor` is None while the provider has not said it. A payment that the
    provider took by itself has no key, but the `mandate` by which it was
    allowed to, and the day on which its month begins.
    """

    provider_ref: str
    key: str | None
    status: PaymentStatus
    amount_minor: int
    currency: str
    livemode: bool
    paid_at: datetime | None = None
    fee_minor: int | None = None
    fingerprint: str | None = None
    failure: str | None = None
    refunds: tuple[ProviderRefund, ...] = ()
    disputes: tuple[ProviderDispute, ...] = ()
    mandate: MandateName | None = None
    month_on: date | None = None


@dataclass(frozen=True, slots=True)
class ProviderMandate:
    """An agreement to pay each month as its provider knows it now.

    `next_on` is when the next month is due, `retry_on` when a month that
    failed is tried again. `method` tells one card from another and names
    nobody. `has_failed` says that it stopped because a month could not be paid.
    """

    provider_ref: str
    status: MandateStatus
    amount_minor: int
    currency: str
    livemode: bool
    next_on: date | None = None
    retry_on: date | None = None
    method: str | None = None
    has_failed: bool = False


@dataclass(frozen=True, slots=True)
class MandateOrder:
    """How an agreement to pay each month is to be from now on; ordered twice it is the same."""

    provider_ref: str
    amount_minor: int
    currency: str
    is_paused: bool


class MovementKind(StrEnum):
    """What changed our balance at a provider.

    A refund that failed comes back, as does a dispute that was won; one that was lost may cost a fee more.
    """

    PAYMENT = "payment"
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"
    DISPUTE = "dispute"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"


@dataclass(frozen=True, slots=True)
class PayoutItem:
    """One thing a payout consists of, named as the provider names the payment, refund or dispute.

    `amount_minor` is above zero for what came in; `fee_minor` was kept of it,
    and is below zero where a fee comes back.
    """

    kind: MovementKind
    provider_ref: str
    amount_minor: int
    fee_minor: int = 0

    @property
    def net_minor(self) -> int:
        """What it adds to the payout."""
        return self.amount_minor - self.fee_minor


@dataclass(frozen=True, slots=True)
class ProviderPayout:
    """Money that a provider sent to the bank, with all that it consists of."""

    provider_ref: str
    amount_minor: int
    currency: str
    livemode: bool
    paid_on: date
    items: tuple[PayoutItem, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """A message of a provider: a hint that something happened to a payment or mandate, not what."""

    id: str
    kind: str
    provider_ref: str | None
    livemode: bool


class Gateway(Protocol):
    """One way to pay; `is_prompt` where the money is known within minutes, so that something can be held for it."""

    name: str
    label: Any
    note: Any
    livemode: bool
    is_prompt: bool

    def start(self, order: PaymentOrder) -> Started:
        """Order a payment; the same key again gives the same payment.

        Raises GatewayUnavailable, GatewayRefused.
        """
        ...

    def fetch(self, provider_ref: str) -> ProviderPayment:
        """Return how a payment stands.

        Raises GatewayUnavailable, GatewayRefused when there is none.
        """
        ...

    def close(self, provider_ref: str) -> None:
        """Ask that a payment nobody has paid yet cannot be paid any more; one that is paid stays so.

        Raises GatewayUnavailable, GatewayRefused.
        """
        ...

    def refund(self, order: RefundOrder) -> ProviderRefund:
        """Order a refund; the same key again gives the same refund.

        Raises GatewayUnavailable, GatewayRefused.
        """
        ...

    def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> Event:
        """Return the event of a message that the provider signed.

        Raises WebhookForged.
        """
        ...

    def list_since(self, when: datetime) -> Iterable[str]:
        """Yield what the provider calls each payment and mandate to which anything happened since a moment.

        The oldest change comes first.

        Raises GatewayUnavailable.
        """
        ...


@runtime_checkable
class PaysOut(Protocol):
    """A gateway that collects money and sends it to the bank now and then."""

    def list_payouts(self, since: datetime) -> Iterable[ProviderPayout]:
        """Yield each payout that reached the bank since a moment, the oldest first; never an unfinished one.

        Raises GatewayUnavailable.
        """
        ...


@runtime_checkable
class GivesMonthly(Protocol):
    """A gateway that charges a card each month by itself, tries again politely, and can be told to change or stop."""

    def is_mandate(self, provider_ref: str) -> bool:
        """Tell whether this names an agreement to pay each month, and not a payment."""
        ...

    def fetch_mandate(self, provider_ref: str) -> ProviderMandate:
        """Return how an agreement stands; a new card that its donor left meanwhile is put to use first.

        Raises GatewayUnavailable, GatewayRefused when there is none.
        """
        ...

    def change_mandate(self, order: MandateOrder) -> ProviderMandate:
        """Let the months to come be of another amount, pause them or let them go on; nothing is charged by it.

        Raises GatewayUnavailable, GatewayRefused.
        """
        ...

    def stop_mandate(self, provider_ref: str) -> ProviderMandate:
        """End an agreement for good; one that is ended stays so.

        Raises GatewayUnavailable, GatewayRefused.
        """
        ...

    def start_card(self, provider_ref: str, return_url: str, locale: str) -> str:
        """Return the address of a page of the provider on which the donor leaves another card; nothing is charged.

        Raises GatewayUnavailable, GatewayRefused.
        """
        ...
