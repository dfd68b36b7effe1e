"""Bank transfer as a gateway: nobody is called; the donor gets a reference, and statements say what arrived.

What a provider would know stands in the lines of imported statements, so this
one reads the portal's own tables. Money goes back by a transfer that finance
makes, and the statement that shows it settles the refund.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext
from sqlalchemy import select

from portal import clock, codes
from portal.clock import start_of_day
from portal.config import Settings
from portal.db import session
from portal.giving.gateways.protocol import (
    Event,
    GatewayRefused,
    PaymentOrder,
    PaymentStatus,
    ProviderPayment,
    ProviderRefund,
    RefundOrder,
    RefundStatus,
    Started,
    WebhookForged,
)
from portal.giving.models import BankLine, Gift, Payment, Refund
from portal.giving.rules import payment_key, refund_key
from portal.spreadsheets.tidying import fold

BANK_TRANSFER = "bank_transfer"
WAIT_FOR_TRANSFER = timedelta(days=30)
"""How long a transfer is waited for; one that arrives later still counts."""

_REFERENCE = re.compile("Y[TRM][0-9A-Z]{8}")
_MARKS = {"payment": "YT", "refund": "YR", "match": "YM"}
_ALIKE = str.maketrans("OIL", "011")


def reference_of(kind: str, key: str) -> str:
    """Return what stands in a transfer's memo: YT and eight characters for a gift (`payment`), YR for a refund.

    YM stands for a company's match.
    """
    return _MARKS[kind] + codes.derived(f"transfer-{kind}", key, 8)


def find_references(memo: str) -> list[str]:
    """Return the references in a memo, however they were typed: wide, small, with spaces, with O for 0."""
    plain = re.sub(r"[-_.·]", "", fold(memo)).upper()
    return [found[:2] + found[2:].translate(_ALIKE) for found in _REFERENCE.findall(plain)]


class BankTransfer:
    """The gateway of transfers to the foundation's account."""

    name = BANK_TRANSFER
    is_prompt = False

    def __init__(self, *, livemode: bool) -> None:
        self.livemode = livemode
        self.label: Any = lazy_gettext("银行转账")
        self.note: Any = lazy_gettext("自己到银行或者用手机银行转账，到账后发确认，一般要一两个工作日")

    def start(self, order: PaymentOrder) -> Started:
        """Return the page that says where to transfer to, and the reference to write down."""
        token = codes.private_token("gift", order.key.split("-")[2])
        path = current_app.url_map.bind("").build("giving.transfer", {"token": token})
        return Started(reference_of("payment", order.key), path)

    def fetch(self, provider_ref: str) -> ProviderPayment:
        """Return what statements say of a transfer and of what went back."""
        row = (
            session()
            .execute(
                select(Payment, Gift.public_id)
                .join(Gift, Gift.id == Payment.gift_id)
                .where(Payment.gateway == BANK_TRANSFER, Payment.provider_ref == provider_ref)
            )
            .one_or_none()
        )
        if row is None:
            raise GatewayRefused("no_such_payment")
        payment: Payment = row.Payment
        line = session().scalar(select(BankLine).where(BankLine.payment_id == payment.id))
        paid_at = start_of_day(line.booked_on) if line else None
        return ProviderPayment(
            provider_ref=provider_ref,
            key=payment_key(payment.id, row.public_id),
            status=PaymentStatus.SUCCEEDED if line else _not_arrived(payment),
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            livemode=self.livemode,
            paid_at=paid_at,
            fee_minor=0 if line else None,
            refunds=tuple(_list_refunds(payment.id)),
        )

    def close(self, provider_ref: str) -> None:
        """Do nothing: nobody can keep a bank from taking a transfer."""

    def refund(self, order: RefundOrder) -> ProviderRefund:
        """Return the refund as one that finance transfers by hand, under its reference."""
        return ProviderRefund(reference_of("refund", order.key), order.key, order.amount_minor, RefundStatus.PENDING)

    def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> Event:
        """Refuse every message: a bank sends none."""
        raise WebhookForged

    def list_since(self, when: datetime) -> Iterable[str]:
        """Return nothing: what arrives is taken in with its statement."""
        return ()


def make_bank_transfer(settings: Settings) -> BankTransfer:
    """Return the gateway; its money is real where the portal is."""
    return BankTransfer(livemode=settings.environment == "production")


def _not_arrived(payment: Payment) -> PaymentStatus:
    return PaymentStatus.OPEN if payment.created_at > clock.now() - WAIT_FOR_TRANSFER else PaymentStatus.EXPIRED


def _list_refunds(payment_id: int) -> Iterable[ProviderRefund]:
    rows = session().execute(
        select(Refund, BankLine.id)
        .outerjoin(BankLine, BankLine.refund_id == Refund.id)
        .where(Refund.payment_id == payment_id, Refund.sent_at.is_not(None), Refund.failed_at.is_(None))
        .order_by(Refund.id)
    )
    for refund, line_id in rows:
        key = refund_key(refund.id, refund.public_id)
        status = RefundStatus.PENDING if line_id is None else RefundStatus.SUCCEEDED
        yield ProviderRefund(reference_of("refund", key), key, refund.amount_minor, status)
