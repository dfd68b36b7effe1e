"""What the sandbox does: payments, refunds, chargebacks, and an event for each thing that happens.

Idempotent by key, as providers are: the same order again gives the same
payment, and the same key with another order is refused.
"""

import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from portal.giving.gateways.protocol import (
    DisputeStatus,
    GatewayRefused,
    MovementKind,
    PaymentOrder,
    PaymentStatus,
    PayoutItem,
    ProviderDispute,
    ProviderPayment,
    ProviderRefund,
    RefundOrder,
    RefundStatus,
)
from portal.giving.sandbox.paying_out import note_movement
from portal.giving.sandbox.store import SandboxStore

FEE_PER_MILLE = 6
DISPUTE_FEE_MINOR = 1_500
LATE_SECONDS = 120

S = PaymentStatus


@dataclass(frozen=True, slots=True)
class WaitingEvent:
    """An event that has not reached the portal yet."""

    id: str
    kind: str
    payment: str


@dataclass(frozen=True, slots=True)
class Checkout:
    """What the pay page shows of a payment, and where it sends the donor back to."""

    ref: str
    title: str
    amount_minor: int
    currency: str
    status: PaymentStatus
    return_url: str
    leave_url: str


class SandboxProvider:
    """The provider; every method takes the time from whoever calls it."""

    def __init__(self, path: Path, webhook_key: bytes) -> None:
        self.webhook_key = webhook_key
        self.store = SandboxStore(path)

    def create(self, order: PaymentOrder, now: datetime) -> str:
        """Open a payment and return what it is called here.

        Raises GatewayRefused when the key was used for another order.
        """
        with self.store.writing() as store:
            row = store.execute("SELECT * FROM payments WHERE key = ?", [order.key]).fetchone()
            if row is not None:
                if (row["amount_minor"], row["currency"]) != (order.amount_minor, order.currency):
                    raise GatewayRefused("key_reused")
                return str(row["ref"])
            ref = _new_ref("pay")
            store.execute(
                "INSERT INTO payments (ref, key, amount_minor, currency, title, return_url, leave_url, status,"
                " created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    *(ref, order.key, order.amount_minor, order.currency, order.title),
                    *(order.return_url, order.leave_url, S.OPEN, now.timestamp(), now.timestamp()),
                ],
            )
            return ref

    def checkout(self, ref: str) -> Checkout | None:
        """Return what the pay page shows, or None."""
        row = self.store.connection().execute("SELECT * FROM payments WHERE ref = ?", [ref]).fetchone()
        if row is None:
            return None
        return Checkout(
            ref=ref,
            title=row["title"],
            amount_minor=row["amount_minor"],
            currency=row["currency"],
            status=PaymentStatus(row["status"]),
            return_url=row["return_url"],
            leave_url=row["leave_url"],
        )

    def get(self, ref: str) -> ProviderPayment:
        """Return a payment with its refunds and chargebacks.

        Raises GatewayRefused when there is none.
        """
        store = self.store.connection()
        row = _get(store, ref)
        refunds = store.execute("SELECT * FROM refunds WHERE payment = ? ORDER BY rowid", [ref])
        disputes = store.execute("SELECT * FROM disputes WHERE payment = ? ORDER BY rowid", [ref])
        return ProviderPayment(
            provider_ref=ref,
            key=row["key"],
            status=PaymentStatus(row["status"]),
            amount_minor=row["amount_minor"],
            currency=row["currency"],
            livemode=False,
            paid_at=datetime.fromtimestamp(row["paid_at"], UTC) if row["paid_at"] is not None else None,
            fee_minor=row["fee_minor"],
            fingerprint=row["card"],
            failure=row["failure"],
            refunds=tuple(_refund(each) for each in refunds),
            disputes=tuple(_dispute(each) for each in disputes),
        )

    def pay(self, ref: str, card: str, now: datetime) -> bool:
        """Charge a card, also after another was turned down; tell whether this call did it."""
        columns = f"card = ?, paid_at = ?, failure = NULL, fee_minor = (amount_minor * {FEE_PER_MILLE} + 500) / 1000"
        before = (S.OPEN, S.PROCESSING, S.FAILED)
        return self._settle(ref, S.SUCCEEDED, columns, [card, now.timestamp()], now, from_states=before)

    def decline(self, ref: str, card: str, failure: str, now: datetime) -> bool:
        """Turn a card down; tell whether this call did it."""
        return self._settle(ref, S.FAILED, "card = ?, failure = ?", [card, failure], now)

    def pay_later(self, ref: str, card: str, now: datetime, seconds: int = LATE_SECONDS) -> bool:
        """Take a card whose bank answers later; tell whether this call did it."""
        due_at = (now + timedelta(seconds=seconds)).timestamp()
        return self._settle(ref, S.PROCESSING, "card = ?, settles_at = ?", [card, due_at], now, from_states=(S.OPEN,))

    def expire(self, ref: str, now: datetime) -> bool:
        """Close a payment that nobody has paid; tell whether this call did it."""
        return self._settle(ref, S.EXPIRED, "failure = NULL", [], now, from_states=(S.OPEN,))

    def settle_due(self, now: datetime) -> int:
        """Let the banks answer that were late; return how many payments succeeded by it."""
        rows = self.store.connection().execute(
            "SELECT ref, card FROM payments WHERE status = ? AND settles_at <= ?", [S.PROCESSING, now.timestamp()]
        )
        return sum(self.pay(row["ref"], row["card"], now) for row in rows.fetchall())

    def refund(self, order: RefundOrder, now: datetime) -> ProviderRefund:
        """Give money back.

        Raises GatewayRefused when it is more than is left, or the key was used for another refund.
        """
        with self.store.writing() as store:
            known = store.execute("SELECT * FROM refunds WHERE key = ?", [order.key]).fetchone()
            if known is not None:
                if (known["payment"], known["amount_minor"]) != (order.provider_ref, order.amount_minor):
                    raise GatewayRefused("key_reused")
                return _refund(known)
            row = _get(store, order.provider_ref)
            if row["status"] != S.SUCCEEDED or order.amount_minor > row["amount_minor"] - _given_back(store, row):
                raise GatewayRefused("more_than_is_left")
            ref = _new_ref("ref")
            store.execute(
                "INSERT INTO refunds (ref, key, payment, amount_minor, status) VALUES (?, ?, ?, ?, ?)",
                [ref, order.key, order.provider_ref, order.amount_minor, RefundStatus.SUCCEEDED],
            )
            _note(store, "refund.succeeded", order.provider_ref, now)
            note_movement(store, PayoutItem(MovementKind.REFUND, ref, -order.amount_minor), now)
            return ProviderRefund(ref, order.key, order.amount_minor, RefundStatus.SUCCEEDED)

    def fail_refund(self, ref: str, now: datetime) -> None:
        """Let a refund come back, as when the donor's account is closed."""
        with self.store.writing() as store:
            row = store.execute("SELECT payment, amount_minor FROM refunds WHERE ref = ?", [ref]).fetchone()
            store.execute("UPDATE refunds SET status = ? WHERE ref = ?", [RefundStatus.FAILED, ref])
            _note(store, "refund.failed", row["payment"], now)
            note_movement(store, PayoutItem(MovementKind.REFUND_FAILED, ref, row["amount_minor"]), now)

    def dispute(self, ref: str, now: datetime) -> str:
        """Let the donor's bank take back what is left of a payment; return what the dispute is called here."""
        with self.store.writing() as store:
            row = _get(store, ref)
            name = _new_ref("dis")
            left = row["amount_minor"] - _given_back(store, row)
            store.execute(
                "INSERT INTO disputes (ref, payment, amount_minor, fee_minor, status) VALUES (?, ?, ?, ?, ?)",
                [name, ref, left, DISPUTE_FEE_MINOR, DisputeStatus.OPEN],
            )
            _note(store, "dispute.opened", ref, now)
            note_movement(store, PayoutItem(MovementKind.DISPUTE, name, -left, DISPUTE_FEE_MINOR), now)
            return name

    def close_dispute(self, name: str, now: datetime, *, is_won: bool) -> None:
        """Let the bank decide a dispute for the portal or against it."""
        with self.store.writing() as store:
            row = store.execute("SELECT * FROM disputes WHERE ref = ?", [name]).fetchone()
            status = DisputeStatus.WON if is_won else DisputeStatus.LOST
            store.execute("UPDATE disputes SET status = ? WHERE ref = ?", [status, name])
            _note(store, "dispute.closed", row["payment"], now)
            if is_won:
                back = PayoutItem(MovementKind.DISPUTE_WON, name, row["amount_minor"], -row["fee_minor"])
                note_movement(store, back, now)

    def list_changed(self, since: datetime) -> Iterator[str]:
        """Yield each payment to which anything happened since a moment, the oldest change first."""
        rows = self.store.connection().execute(
            "SELECT ref FROM payments WHERE changed_at >= ? ORDER BY changed_at, ref", [since.timestamp()]
        )
        yield from [str(row["ref"]) for row in rows]

    def list_due_events(self, now: datetime, limit: int = 100) -> list[WaitingEvent]:
        """Return the events that should be sent now, the oldest first."""
        rows = self.store.connection().execute(
            "SELECT id, kind, payment FROM events WHERE delivered_at IS NULL AND due_at <= ? ORDER BY sequence LIMIT ?",
            [now.timestamp(), limit],
        )
        return [WaitingEvent(row["id"], row["kind"], row["payment"]) for row in rows]

    def mark_delivered(self, event_id: str, now: datetime) -> None:
        """Note that the portal took an event."""
        with self.store.writing() as store:
            store.execute("UPDATE events SET delivered_at = ? WHERE id = ?", [now.timestamp(), event_id])

    def put_off(self, event_id: str, now: datetime) -> None:
        """Note that the portal did not take an event; it is sent again after 1, 2, 4 … minutes, 64 at most."""
        with self.store.writing() as store:
            store.execute(
                "UPDATE events SET attempts = attempts + 1, due_at = ? + 60 * (1 << min(attempts, 6)) WHERE id = ?",
                [now.timestamp(), event_id],
            )

    def book(self) -> dict[str, int]:
        """Return in fen what came in, went back and was kept as fees so far, to be held against a ledger."""
        store = self.store.connection()
        paid = store.execute(
            "SELECT coalesce(sum(amount_minor), 0), coalesce(sum(fee_minor), 0) FROM payments WHERE status = ?",
            [S.SUCCEEDED],
        ).fetchone()
        back = store.execute(
            "SELECT coalesce(sum(amount_minor), 0) FROM refunds WHERE status = ?", [RefundStatus.SUCCEEDED]
        ).fetchone()
        lost = store.execute(
            "SELECT coalesce(sum(amount_minor), 0), coalesce(sum(fee_minor), 0) FROM disputes WHERE status <> ?",
            [DisputeStatus.WON],
        ).fetchone()
        return {"received": paid[0], "refunded": back[0] + lost[0], "fees": paid[1] + lost[1]}

    def _settle(
        self,
        ref: str,
        status: PaymentStatus,
        columns: str,
        values: list[str | float],
        now: datetime,
        from_states: tuple[PaymentStatus, ...] = (S.OPEN, S.PROCESSING),
    ) -> bool:
        marks = ", ".join("?" * len(from_states))
        with self.store.writing() as store:
            moved = store.execute(
                f"UPDATE payments SET status = ?, {columns} WHERE ref = ? AND status IN ({marks})",  # noqa: S608
                [status, *values, ref, *from_states],
            )
            if moved.rowcount:
                _note(store, f"payment.{status}", ref, now)
            if moved.rowcount and status is S.SUCCEEDED:
                row = _get(store, ref)
                came = PayoutItem(MovementKind.PAYMENT, ref, row["amount_minor"], row["fee_minor"])
                note_movement(store, came, now)
            return bool(moved.rowcount)


def _get(store: sqlite3.Connection, ref: str) -> sqlite3.Row:
    row: sqlite3.Row | None = store.execute("SELECT * FROM payments WHERE ref = ?", [ref]).fetchone()
    if row is None:
        raise GatewayRefused("no_such_payment")
    return row


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


def _note(store: sqlite3.Connection, kind: str, ref: str, now: datetime) -> None:
    """Write an event and the payment's time of change, in the transaction of what happened."""
    store.execute("UPDATE payments SET changed_at = ? WHERE ref = ?", [now.timestamp(), ref])
    store.execute(
        "INSERT INTO events (id, kind, payment, due_at) VALUES (?, ?, ?, ?)",
        [_new_ref("evt"), kind, ref, now.timestamp()],
    )


def _refund(row: sqlite3.Row) -> ProviderRefund:
    return ProviderRefund(row["ref"], row["key"], row["amount_minor"], RefundStatus(row["status"]))


def _dispute(row: sqlite3.Row) -> ProviderDispute:
    """Return a dispute; here the fee comes back with a win."""
    fee_minor = 0 if row["status"] == DisputeStatus.WON else row["fee_minor"]
    return ProviderDispute(row["ref"], row["amount_minor"], fee_minor, DisputeStatus(row["status"]))


def _new_ref(kind: str) -> str:
    return f"{kind}_{secrets.token_hex(12)}"
