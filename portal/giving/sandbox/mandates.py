"""The sandbox's agreements to pay each month: it charges the card by itself, tries again politely, and then stops."""

import calendar
import sqlite3
from datetime import UTC, date, datetime, timedelta

from portal.clock import local_date
from portal.giving.gateways.protocol import (
    GatewayRefused,
    MandateOrder,
    MandateStatus,
    MovementKind,
    PaymentStatus,
    PayoutItem,
    ProviderMandate,
)
from portal.giving.monthly_rules import RETRY_DAYS
from portal.giving.sandbox.events import new_ref, note_event
from portal.giving.sandbox.paying_out import note_movement
from portal.giving.sandbox.store import SandboxStore

FEE_PER_MILLE = 6
PLANNED = "planned"
"""How an agreement stands until its first month is paid."""

_MONTH = "UPDATE mandates SET status = ?, month = ?, next_at = ?, fails = ?, retry_at = ?, has_failed = ? WHERE ref = ?"

S = MandateStatus


class Mandates:
    """The sandbox's agreements to pay each month."""

    store: SandboxStore

    def get_mandate(self, ref: str) -> ProviderMandate:
        """Return how an agreement stands.

        Raises GatewayRefused when there is none.
        """
        row = _get(self.store.connection(), ref)
        status = MandateStatus(row["status"])
        return ProviderMandate(
            provider_ref=ref,
            status=status,
            amount_minor=row["amount_minor"],
            currency=row["currency"],
            livemode=False,
            next_on=_day(row["next_at"]) if status in (S.ACTIVE, S.LATE) else None,
            retry_on=_day(row["retry_at"]) if status is S.LATE else None,
            method=row["card"],
            has_failed=bool(row["has_failed"]),
        )

    def change_mandate(self, order: MandateOrder, now: datetime) -> None:
        """Let the months to come be of another amount, pause them or go on; a month that passed paused is not charged.

        Raises GatewayRefused when there is none, or it has stopped.
        """
        with self.store.writing() as store:
            row = _get(store, order.provider_ref)
            if row["status"] == S.STOPPED:
                raise GatewayRefused("stopped")
            store.execute("UPDATE mandates SET amount_minor = ? WHERE ref = ?", [order.amount_minor, row["ref"]])
            month, is_paused = row["month"], row["status"] == S.PAUSED
            if order.is_paused and row["status"] == S.LATE:
                month += 1
            while is_paused and not order.is_paused and _begins(row, month).timestamp() <= now.timestamp():
                month += 1
            if order.is_paused != is_paused:
                status = S.PAUSED if order.is_paused else S.ACTIVE
                next_at = _begins(row, month).timestamp()
                store.execute(_MONTH, [status, month, next_at, 0, None, 0, row["ref"]])
            note_event(store, "mandate.changed", row["ref"], now)

    def stop_mandate(self, ref: str, now: datetime) -> None:
        """End an agreement for good; one that is ended stays so."""
        with self.store.writing() as store:
            row = _get(store, ref)
            if row["status"] != S.STOPPED:
                _stop(store, row, now, has_failed=False)

    def new_card(self, ref: str, card: str, now: datetime) -> None:
        """Charge another card from now on."""
        with self.store.writing() as store:
            store.execute("UPDATE mandates SET card = ?, breaks = NULL WHERE ref = ?", [card, ref])
            note_event(store, "mandate.card", ref, now)

    def break_months(self, ref: str, failure: str | None) -> None:
        """Let the card be turned down in the months to come, or not any more."""
        with self.store.writing() as store:
            store.execute("UPDATE mandates SET breaks = ? WHERE ref = ?", [failure, ref])

    def break_planned(self, payment: str) -> None:
        """Let the card be turned down in every month after the first one, which is a payment."""
        with self.store.writing() as store:
            store.execute("UPDATE mandates SET breaks = 'card_declined' WHERE first_payment = ?", [payment])

    def charge_due(self, now: datetime) -> int:
        """Charge what is due, month after month until now, and try again what failed; return how many were paid."""
        paid = 0
        while True:
            with self.store.writing() as store:
                row = store.execute(
                    "SELECT * FROM mandates WHERE (status = ? AND next_at <= ?) OR (status = ? AND retry_at <= ?)"
                    " ORDER BY coalesce(retry_at, next_at) LIMIT 1",
                    [S.ACTIVE, now.timestamp(), S.LATE, now.timestamp()],
                ).fetchone()
                if row is None:
                    return paid
                paid += _charge(store, row)


def plan_mandate(store: sqlite3.Connection, payment: str, key: str, amount_minor: int, currency: str) -> None:
    """Write down that a payment is to be the first month of an agreement."""
    store.execute(
        "INSERT INTO mandates (ref, key, first_payment, amount_minor, currency, status) VALUES (?, ?, ?, ?, ?, ?)",
        [new_ref("man"), key, payment, amount_minor, currency, PLANNED],
    )


def begin_mandate(store: sqlite3.Connection, payment: str, card: str, now: datetime) -> None:
    """Let an agreement begin whose first month was paid, in the transaction of the payment."""
    row = store.execute("SELECT * FROM mandates WHERE first_payment = ? AND status = ?", [payment, PLANNED]).fetchone()
    if row is None:
        return
    store.execute("UPDATE mandates SET card = ?, began_at = ? WHERE ref = ?", [card, now.timestamp(), row["ref"]])
    _note_month(store, payment, row["ref"], 0, now)
    row = _get(store, row["ref"])
    store.execute(_MONTH, [S.ACTIVE, 1, _begins(row, 1).timestamp(), 0, None, 0, row["ref"]])
    note_event(store, "mandate.begun", row["ref"], now)


def month_of(store: sqlite3.Connection, payment: str) -> sqlite3.Row | None:
    """Return which month of which agreement a payment is, or None."""
    found: sqlite3.Row | None = store.execute(
        "SELECT m.*, a.key FROM mandate_months m JOIN mandates a ON a.ref = m.mandate WHERE m.payment = ?", [payment]
    ).fetchone()
    return found


def months_after(at: datetime, months: int) -> datetime:
    """Return the same day so many months later, or the last day of a month that is too short."""
    years, month = divmod(at.month - 1 + months, 12)
    year, month = at.year + years, month + 1
    return at.replace(year=year, month=month, day=min(at.day, calendar.monthrange(year, month)[1]))


def _charge(store: sqlite3.Connection, row: sqlite3.Row) -> bool:
    """Charge one month; a month that fails is tried again on days 1, 3 and 7, and then the agreement ends."""
    due = _begins(row, row["month"])
    at = datetime.fromtimestamp(row["retry_at"], UTC) if row["status"] == S.LATE else due
    if row["breaks"] is None:
        _pay(store, row, at)
        following = _begins(row, row["month"] + 1).timestamp()
        store.execute(_MONTH, [S.ACTIVE, row["month"] + 1, following, 0, None, 0, row["ref"]])
        note_event(store, "mandate.charged", row["ref"], at)
        return True
    if row["fails"] == len(RETRY_DAYS):
        _stop(store, row, at, has_failed=True)
        return False
    retry_at = (due + timedelta(days=RETRY_DAYS[row["fails"]])).timestamp()
    following = _begins(row, row["month"] + 1).timestamp()
    store.execute(_MONTH, [S.LATE, row["month"], following, row["fails"] + 1, retry_at, 0, row["ref"]])
    note_event(store, "mandate.failed", row["ref"], at)
    return False


def _pay(store: sqlite3.Connection, row: sqlite3.Row, at: datetime) -> None:
    payment, month = new_ref("pay"), row["month"]
    fee = (row["amount_minor"] * FEE_PER_MILLE + 500) // 1000
    store.execute(
        "INSERT INTO payments (ref, key, amount_minor, currency, title, return_url, leave_url, status, card,"
        " fee_minor, created_at, paid_at, changed_at) VALUES (?, ?, ?, ?, '', '', '', ?, ?, ?, ?, ?, ?)",
        [
            # The key is unique, so that no month is charged twice.
            *(payment, f"{row['ref']}:{month}", row["amount_minor"], row["currency"]),
            *(PaymentStatus.SUCCEEDED, row["card"], fee, at.timestamp(), at.timestamp(), at.timestamp()),
        ],
    )
    _note_month(store, payment, row["ref"], month, _begins(row, month))
    note_event(store, "payment.succeeded", payment, at)
    note_movement(store, PayoutItem(MovementKind.PAYMENT, payment, row["amount_minor"], fee), at)


def _note_month(store: sqlite3.Connection, payment: str, mandate: str, month: int, at: datetime) -> None:
    store.execute(
        "INSERT INTO mandate_months (payment, mandate, month, begins_at) VALUES (?, ?, ?, ?)",
        [payment, mandate, month, at.timestamp()],
    )


def _stop(store: sqlite3.Connection, row: sqlite3.Row, now: datetime, *, has_failed: bool) -> None:
    store.execute(_MONTH, [S.STOPPED, row["month"], None, row["fails"], None, has_failed, row["ref"]])
    note_event(store, "mandate.stopped", row["ref"], now)


def _get(store: sqlite3.Connection, ref: str) -> sqlite3.Row:
    row: sqlite3.Row | None = store.execute(
        "SELECT * FROM mandates WHERE ref = ? AND began_at IS NOT NULL", [ref]
    ).fetchone()
    if row is None:
        raise GatewayRefused("no_such_mandate")
    return row


def _begins(row: sqlite3.Row, month: int) -> datetime:
    return months_after(datetime.fromtimestamp(row["began_at"], UTC), month)


def _day(stamp: float | None) -> date | None:
    return None if stamp is None else local_date(datetime.fromtimestamp(stamp, UTC))
