"""How money goes back from the sandbox: refunds that are ordered, and chargebacks that a donor's bank takes."""

import sqlite3
from datetime import datetime

from portal.giving.gateways.protocol import (
    DisputeStatus,
    GatewayRefused,
    MovementKind,
    PaymentStatus,
    PayoutItem,
    ProviderDispute,
    ProviderRefund,
    RefundOrder,
    RefundStatus,
)
from portal.giving.sandbox.events import new_ref, note_event
from portal.giving.sandbox.paying_out import note_movement
from portal.giving.sandbox.store import SandboxStore

DISPUTE_FEE_MINOR = 1_500


class MoneyBack:
    """The sandbox's refunds and chargebacks."""

    store: SandboxStore

    def refund(self, order: RefundOrder, now: datetime) -> ProviderRefund:
        """Give money back.

        Raises GatewayRefused when it is more than is left, or the key was used for another refund.
        """
        with self.store.writing() as store:
            known = store.execute("SELECT * FROM refunds WHERE key = ?", [order.key]).fetchone()
            if known is not None:
                if (known["payment"], known["amount_minor"]) != (order.provider_ref, order.amount_minor):
                    raise GatewayRefused("key_reused")
                return read_refund(known)
            row = get_row(store, order.provider_ref)
            if row["status"] != PaymentStatus.SUCCEEDED or order.amount_minor > row["amount_minor"] - _given_back(
                store, row
            ):
                raise GatewayRefused("more_than_is_left")
            ref = new_ref("ref")
            store.execute(
                "INSERT INTO refunds (ref, key, payment, amount_minor, status) VALUES (?, ?, ?, ?, ?)",
                [ref, order.key, order.provider_ref, order.amount_minor, RefundStatus.SUCCEEDED],
            )
            note_event(store, "refund.succeeded", order.provider_ref, now)
            note_movement(store, PayoutItem(MovementKind.REFUND, ref, -order.amount_minor), now)
            return ProviderRefund(ref, order.key, order.amount_minor, RefundStatus.SUCCEEDED)

    def fail_refund(self, ref: str, now: datetime) -> None:
        """Let a refund come back, as when the donor's account is closed."""
        with self.store.writing() as store:
            row = store.execute("SELECT payment, amount_minor FROM refunds WHERE ref = ?", [ref]).fetchone()
            store.execute("UPDATE refunds SET status = ? WHERE ref = ?", [RefundStatus.FAILED, ref])
            note_event(store, "refund.failed", row["payment"], now)
            note_movement(store, PayoutItem(MovementKind.REFUND_FAILED, ref, row["amount_minor"]), now)

    def dispute(self, ref: str, now: datetime) -> str:
        """Let the donor's bank take back what is left of a payment; return what the dispute is called here."""
        with self.store.writing() as store:
            row = get_row(store, ref)
            name = new_ref("dis")
            left = row["amount_minor"] - _given_back(store, row)
            store.execute(
                "INSERT INTO disputes (ref, payment, amount_minor, fee_minor, status) VALUES (?, ?, ?, ?, ?)",
                [name, ref, left, DISPUTE_FEE_MINOR, DisputeStatus.OPEN],
            )
            note_event(store, "dispute.opened", ref, now)
            note_movement(store, PayoutItem(MovementKind.DISPUTE, name, -left, DISPUTE_FEE_MINOR), now)
            return name

    def close_dispute(self, name: str, now: datetime, *, is_won: bool) -> None:
        """Let the bank decide a dispute for the portal or against it."""
        with self.store.writing() as store:
            row = store.execute("SELECT * FROM disputes WHERE ref = ?", [name]).fetchone()
            status = DisputeStatus.WON if is_won else DisputeStatus.LOST
            store.execute("UPDATE disputes SET status = ? WHERE ref = ?", [status, name])
            note_event(store, "dispute.closed", row["payment"], now)
            if is_won:
                back = PayoutItem(MovementKind.DISPUTE_WON, name, row["amount_minor"], -row["fee_minor"])
                note_movement(store, back, now)


def get_row(store: sqlite3.Connection, ref: str) -> sqlite3.Row:
    """Return the row of a payment.

    Raises GatewayRefused when there is none.
    """
    row: sqlite3.Row | None = store.execute("SELECT * FROM payments WHERE ref = ?", [ref]).fetchone()
    if row is None:
        raise GatewayRefused("no_such_payment")
    return row


def read_refund(row: sqlite3.Row) -> ProviderRefund:
    """Return a refund."""
    return ProviderRefund(row["ref"], row["key"], row["amount_minor"], RefundStatus(row["status"]))


def read_dispute(row: sqlite3.Row) -> ProviderDispute:
    """Return a dispute; here the fee comes back with a win."""
    fee_minor = 0 if row["status"] == DisputeStatus.WON else row["fee_minor"]
    return ProviderDispute(row["ref"], row["amount_minor"], fee_minor, DisputeStatus(row["status"]))


def _given_back(store: sqlite3.Connection, payment: sqlite3.Row) -> int:
    back = store.execute(
        "SELECT coalesce(sum(amount_minor), 0) FROM refunds WHERE payment = ? AND status <> ?",
        [payment["ref"], RefundStatus.FAILED],
    ).fetchone()
    lost = store.execute(
        "SELECT coalesce(sum(amount_minor), 0) FROM disputes WHERE payment = ? AND status <> ?",
        [payment["ref"], DisputeStatus.WON],
    ).fetchone()
    return int(back[0] + lost[0])
