"""Gifts brought to a state by the real verbs and the sandbox, for tests to go on from. Call inside an app context."""

from dataclasses import replace
from typing import Any

from flask import Flask, current_app
from sqlalchemy import func, select

from portal import clock
from portal.codes import private_token
from portal.db import session
from portal.giving.gateways.protocol import ProviderPayment
from portal.giving.gateways.sandbox import SandboxGateway
from portal.giving.making import Donor, Words, make_gift
from portal.giving.models import Gift, Payment
from portal.giving.paying import find_pay_page
from portal.giving.sandbox.provider import SandboxProvider
from portal.giving.sandbox.sending import Poster, deliver_events
from portal.giving.syncing import sync_payment
from portal.ledger.models import LedgerAccount, Posting

MAIL = "donor@example.org"
CARD = "card-4242"


def gateway() -> SandboxGateway:
    """Return the sandbox as the portal speaks to it."""
    found: SandboxGateway = current_app.extensions["portal.gateways"]["sandbox"]
    return found


def provider() -> SandboxProvider:
    """Return the little provider itself."""
    return gateway().provider


def intend(number: str, minor: int = 5_000, *, email: str = MAIL, words: Words | None = None, **more: Any) -> str:
    """Return the public id of a gift that is written down and not paid."""
    return make_gift(number, minor, Donor(email), words or Words(), **more).public_id


def start(public_id: str) -> str:
    """Send a donor to the sandbox, and return what the payment is called there."""
    return find_pay_page(public_id, "sandbox").rsplit("/", 1)[1]


def give(number: str, minor: int = 5_000, **chosen: Any) -> str:
    """Return the public id of a gift that is paid, and of which the portal knows."""
    public_id = intend(number, minor, **chosen)
    ref = start(public_id)
    provider().pay(ref, CARD, clock.now())
    take_in(ref)
    return public_id


def take_in(ref: str) -> None:
    """Let the portal hear how a payment stands."""
    sync_payment("sandbox", ref)


def door(app: Flask) -> Poster:
    """Return a poster that puts messages through the portal's own door."""
    client = app.test_client()

    def post(body: bytes, headers: dict[str, str]) -> int:
        return client.post("/giving/webhooks/sandbox", data=body, headers=headers).status_code

    return post


def deliver(app: Flask) -> int:
    """Let the sandbox send its messages, and return how many were taken."""
    with app.app_context():
        sandbox, now = provider(), clock.now()
    return deliver_events(sandbox, door(app), now)


def gift_row(public_id: str) -> Gift:
    """Return the row of a gift, read afresh."""
    row = session().scalar(select(Gift).where(Gift.public_id == public_id).execution_options(populate_existing=True))
    assert row is not None
    return row


def payments_of(public_id: str) -> list[Payment]:
    """Return the payments of a gift, read afresh."""
    query = select(Payment).join(Gift, Gift.id == Payment.gift_id).where(Gift.public_id == public_id)
    return list(session().scalars(query.order_by(Payment.id).execution_options(populate_existing=True)))


def balance(code: str) -> int:
    """Return the balance of an account, debit above zero."""
    total = session().scalar(
        select(func.coalesce(func.sum(Posting.amount_minor), 0))
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(LedgerAccount.code == code)
    )
    return int(total or 0)


def book(number: str, gateway_name: str = "sandbox") -> dict[str, int]:
    """Return what the ledger says of a campaign's fund and a gateway's clearing account."""
    return {
        "received": -balance(f"fund.{number}.received"),
        "refunded": balance(f"fund.{number}.refunded"),
        "fees": balance(f"fund.{number}.fees"),
        "clearing": balance(f"clearing.{gateway_name}"),
    }


def page_of(public_id: str) -> str:
    """Return the address of a donor's private page."""
    return f"/gifts/{private_token('gift', public_id)}"


def seen(ref: str, **changes: Any) -> ProviderPayment:
    """Return what the sandbox says of a payment, with some of it changed."""
    return replace(provider().get(ref), **changes)
