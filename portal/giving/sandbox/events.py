"""What the sandbox has to tell the portal: an event for each thing that happens, until it is taken."""

import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from portal.giving.sandbox.store import SandboxStore


@dataclass(frozen=True, slots=True)
class WaitingEvent:
    """An event that has not reached the portal yet."""

    id: str
    kind: str
    payment: str


class EventsOut:
    """The sandbox's messages to the portal."""

    store: SandboxStore

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


def note_event(store: sqlite3.Connection, kind: str, ref: str, now: datetime) -> None:
    """Write an event and the time of change of a payment or mandate, in the transaction of what happened."""
    for table in ("payments", "mandates"):
        store.execute(f"UPDATE {table} SET changed_at = ? WHERE ref = ?", [now.timestamp(), ref])  # noqa: S608
    store.execute(
        "INSERT INTO events (id, kind, payment, due_at) VALUES (?, ?, ?, ?)",
        [new_ref("evt"), kind, ref, now.timestamp()],
    )


def new_ref(kind: str) -> str:
    """Return what something new of a kind is called here."""
    return f"{kind}_{secrets.token_hex(12)}"
