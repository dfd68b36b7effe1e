"""How the sandbox pays out: what moved until midnight goes to the bank once a day, when it is more than nothing."""

import secrets
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

from portal.clock import local_date, start_of_day
from portal.giving.gateways.protocol import MovementKind, PayoutItem, ProviderPayout
from portal.giving.sandbox.store import SandboxStore

CURRENCY = "CNY"


def note_movement(store: sqlite3.Connection, item: PayoutItem, now: datetime) -> None:
    """Write down what changed the balance, in the transaction of what happened."""
    store.execute(
        "INSERT INTO movements (kind, ref, amount_minor, fee_minor, moved_at) VALUES (?, ?, ?, ?, ?)",
        [item.kind, item.provider_ref, item.amount_minor, item.fee_minor, now.timestamp()],
    )


def pay_out(sandbox: SandboxStore, now: datetime) -> str | None:
    """Pay out what moved before today and return what the payout is called, or None where nothing is to be paid.

    While more went back than came in it waits for the next day.
    """
    before = start_of_day(local_date(now)).timestamp()
    with sandbox.writing() as store:
        total = store.execute(
            "SELECT coalesce(sum(amount_minor - fee_minor), 0) FROM movements WHERE payout IS NULL AND moved_at < ?",
            [before],
        ).fetchone()[0]
        if total <= 0:
            return None
        ref = f"po_{secrets.token_hex(12)}"
        store.execute("UPDATE movements SET payout = ? WHERE payout IS NULL AND moved_at < ?", [ref, before])
        store.execute(
            "INSERT INTO payouts (ref, amount_minor, currency, paid_at) VALUES (?, ?, ?, ?)",
            [ref, total, CURRENCY, now.timestamp()],
        )
        return ref


def list_payouts(sandbox: SandboxStore, since: datetime) -> Iterator[ProviderPayout]:
    """Yield each payout since a moment, the oldest first."""
    store = sandbox.connection()
    rows = store.execute("SELECT * FROM payouts WHERE paid_at >= ? ORDER BY sequence", [since.timestamp()])
    for row in rows.fetchall():
        items = store.execute("SELECT * FROM movements WHERE payout = ? ORDER BY sequence", [row["ref"]])
        yield ProviderPayout(
            provider_ref=row["ref"],
            amount_minor=row["amount_minor"],
            currency=row["currency"],
            livemode=False,
            paid_on=local_date(datetime.fromtimestamp(row["paid_at"], UTC)),
            items=tuple(
                PayoutItem(MovementKind(each["kind"]), each["ref"], each["amount_minor"], each["fee_minor"])
                for each in items
            ),
        )
