"""What the sandbox does with payments; months, refunds, chargebacks and events stand beside.

Idempotent by key, as providers are: the same order again gives the same
payment, and the same key with another order is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from portal.clock import local_date
from portal.giving.gateways.protocol import (
    DisputeStatus,
    GatewayRefused,
    MandateName,
    MovementKind,
    PaymentOrder,
    PaymentStatus,
    PayoutItem,
    ProviderPayment,
    RefundStatus,
)
from portal.giving.sandbox.events import EventsOut, new_ref, note_event
from portal.giving.sandbox.mandates import FEE_PER_MILLE, Mandates, begin_mandate, month_of, plan_mandate
from portal.giving.sandbox.money_back import MoneyBack, get_row, read_dispute, read_refund
from portal.giving.sandbox.paying_out import note_movement
from portal.giving.sandbox.store import SandboxStore

LATE_SECONDS = 120

S = PaymentStatus


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
    is_monthly: bool


class SandboxProvider(EventsOut, Mandates, MoneyBack):
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
            ref = new_ref("pay")
            store.execute(
                "INSERT INTO payments (ref, key, amount_minor, currency, title, return_url, leave_url, status,"
                " created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    *(ref, order.key, order.amount_minor, order.currency, order.title),
                    *(order.return_url, order.leave_url, S.OPEN, now.timestamp(), now.timestamp()),
                ],
            )
            if order.is_monthly:
                plan_mandate(store, ref, order.key, order.amount_minor, order.currency)
            return ref

    def checkout(self, ref: str) -> Checkout | None:
        """Return what the pay page shows, or None."""
        row = self.store.connection().execute("SELECT * FROM payments WHERE ref = ?", [ref]).fetchone()
        if row is None:
            return None
        planned = self.store.connection().execute("SELECT ref FROM mandates WHERE first_payment = ?", [ref]).fetchone()
        return Checkout(
            ref=ref,
            title=row["title"],
            amount_minor=row["amount_minor"],
            currency=row["currency"],
            status=PaymentStatus(row["status"]),
            return_url=row["return_url"],
            leave_url=row["leave_url"],
            is_monthly=planned is not None,
        )

    def get(self, ref: str) -> ProviderPayment:
        """Return a payment with its refunds and chargebacks.

        Raises GatewayRefused when there is none.
        """
        store = self.store.connection()
        row = get_row(store, ref)
        refunds = store.execute("SELECT * FROM refunds WHERE payment = ? ORDER BY rowid", [ref])
        disputes = store.execute("SELECT * FROM disputes WHERE payment = ? ORDER BY rowid", [ref])
        month = month_of(store, ref)
        is_later = month is not None and month["month"] > 0
        return ProviderPayment(
            provider_ref=ref,
            key=None if is_later else row["key"],
            status=PaymentStatus(row["status"]),
            amount_minor=row["amount_minor"],
            currency=row["currency"],
            livemode=False,
            paid_at=datetime.fromtimestamp(row["paid_at"], UTC) if row["paid_at"] is not None else None,
            fee_minor=row["fee_minor"],
            fingerprint=row["card"],
            failure=row["failure"],
            refunds=tuple(read_refund(each) for each in refunds),
            disputes=tuple(read_dispute(each) for each in disputes),
            mandate=MandateName(month["mandate"], month["key"]) if month else None,
            month_on=local_date(datetime.fromtimestamp(month["begins_at"], UTC)) if month and is_later else None,
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
        """Let the banks answer that were late, and charge the months that are due; return how many were paid."""
        rows = self.store.connection().execute(
            "SELECT ref, card FROM payments WHERE status = ? AND settles_at <= ?", [S.PROCESSING, now.timestamp()]
        )
        return sum(self.pay(row["ref"], row["card"], now) for row in rows.fetchall()) + self.charge_due(now)

    def list_changed(self, since: datetime) -> Iterator[str]:
        """Yield each payment and mandate to which anything happened since a moment, the oldest change first."""
        rows = self.store.connection().execute(
            "SELECT ref, changed_at FROM payments WHERE changed_at >= :since UNION ALL"
            " SELECT ref, changed_at FROM mandates WHERE changed_at >= :since ORDER BY changed_at, ref DESC",
            {"since": since.timestamp()},
        )
        yield from [str(row["ref"]) for row in rows]

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
                note_event(store, f"payment.{status}", ref, now)
            if moved.rowcount and status is S.SUCCEEDED:
                row = get_row(store, ref)
                came = PayoutItem(MovementKind.PAYMENT, ref, row["amount_minor"], row["fee_minor"])
                note_movement(store, came, now)
                begin_mandate(store, ref, str(row["card"]), now)
            return bool(moved.rowcount)
