"""What everybody sees of a campaign's gifts: what donors chose to show and a moderator read, and nothing beyond it.

The public ledger shows each gift's amount with its campaign and day, in order,
within a minute. So a gift whose donor keeps the amount private must not be
linkable to a row of the ledger, however often a reader looks at both:

- It is shown without a day, in an order that says nothing (by a keyed hash).
- It is shown only together with others of its batch: whole months that are
  over, as many of them as it takes until the private gifts in them have
  PORTAL_SMALLEST_CELL different amounts. Gifts whose amount is shown do not
  count, because a reader strikes their rows off.
- A batch appears at once, when every word in it was read: words that come
  one by one, in the order in which moderators read, would tell the order.
- A refund or chargeback takes no private gift away from the list, because
  the ledger shows these with their day and amount as well.

A gift whose amount is shown stands there with its day at once, and goes when
its money goes back. What a person knows from elsewhere (who gave on which day)
no page can take back; the giving page says that the ledger lists each amount.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, exists, func, select

from portal import clock
from portal.campaigns.neighbours import RecentGift
from portal.clock import start_of_day
from portal.config import Settings
from portal.db import session
from portal.giving.models import Gift
from portal.giving.rules import KEPT_STATES, Visibility, WordsState
from portal.sealing import keyed_hash


@dataclass(frozen=True, slots=True)
class Batch:
    """Whole months whose private gifts are shown together; the first day, and the first day that no longer belongs."""

    begins_on: date
    until: date


def list_recent_gifts(campaign_number: str, limit: int) -> list[RecentGift]:
    """Return the newest gifts with a public amount by their day, then as many of the newest batches with neither."""
    return [*_list_dated(campaign_number, limit), *_list_undated(campaign_number, limit)]


def count_gifts(campaign_number: str) -> int:
    """Return how many gifts of a campaign came in and stayed."""
    query = select(func.count(Gift.id)).where(Gift.campaign_number == campaign_number, Gift.state.in_(KEPT_STATES))
    return session().scalar(query) or 0


def close_batches(months: Iterable[tuple[date, set[int]]], least: int) -> list[Batch]:
    """Return the batches that are complete, the oldest first.

    `months` are first days in order, each with amounts of private gifts; a
    month that is short of `least` different ones waits for the next.
    """
    batches: list[Batch] = []
    begins_on: date | None = None
    seen: set[int] = set()
    for month, amounts in months:
        begins_on = begins_on or month
        seen |= amounts
        if len(seen) >= least:
            batches.append(Batch(begins_on, next_month(month)))
            begins_on, seen = None, set()
    return batches


def next_month(day: date) -> date:
    """Return the first day of the month after a day's."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _list_dated(campaign_number: str, limit: int) -> list[RecentGift]:
    rows = session().execute(
        _columns()
        .where(
            Gift.campaign_number == campaign_number,
            Gift.amount_visibility == Visibility.SHOWN,
            Gift.state.in_(KEPT_STATES),
        )
        .order_by(Gift.succeeded_at.desc(), Gift.id.desc())
        .limit(limit)
    )
    return [_shown(row, given_on=clock.local_date(row.succeeded_at), amount_minor=row.amount_minor) for row in rows]


def _list_undated(campaign_number: str, limit: int) -> list[RecentGift]:
    batches = close_batches(_months(campaign_number, _least()), _least())
    shown: list[RecentGift] = []
    for batch in reversed(batches):
        if len(shown) < limit:
            shown += _list_batch(_private(campaign_number, batch.begins_on, batch.until))
    return shown[:limit]


def _list_batch(conditions: tuple[ColumnElement[bool], ...]) -> list[RecentGift]:
    if session().scalar(select(exists().where(*conditions, Gift.words_state == WordsState.WAITING))):
        return []
    rows = session().execute(_columns().where(*conditions, Gift.words_state == WordsState.APPROVED)).all()
    rows = sorted(rows, key=lambda row: keyed_hash("order-of-private-gifts", row.public_id))
    return [_shown(row) for row in rows]


def _months(campaign_number: str, least: int) -> Iterator[tuple[date, set[int]]]:
    """Yield each month that is over since the first private gift, with as many amounts as matter."""
    first = session().scalar(select(func.min(Gift.succeeded_at)).where(*_private(campaign_number)))
    month = clock.local_date(first).replace(day=1) if first else clock.today()
    while next_month(month) <= clock.today():
        amounts = select(Gift.amount_minor).where(*_private(campaign_number, month, next_month(month)))
        yield month, set(session().scalars(amounts.distinct().limit(least)))
        month = next_month(month)


def _private(
    campaign_number: str, begins_on: date | None = None, until: date | None = None
) -> tuple[ColumnElement[bool], ...]:
    conditions = [
        Gift.campaign_number == campaign_number,
        Gift.amount_visibility == Visibility.HIDDEN,
        Gift.succeeded_at.is_not(None),
    ]
    if begins_on and until:
        conditions += [Gift.succeeded_at >= start_of_day(begins_on), Gift.succeeded_at < start_of_day(until)]
    return tuple(conditions)


def _columns() -> Any:
    return select(
        Gift.public_id,
        Gift.succeeded_at,
        Gift.amount_minor,
        Gift.shown_name,
        Gift.message,
        Gift.honour,
        Gift.words_state,
    )


def _shown(row: Any, **dated: Any) -> RecentGift:
    is_read = row.words_state == WordsState.APPROVED
    return RecentGift(
        given_on=dated.get("given_on"),
        name=row.shown_name if is_read else None,
        amount_minor=dated.get("amount_minor"),
        message=row.message if is_read else None,
        in_honour_of=row.honour if is_read else None,
    )


def _least() -> int:
    settings: Settings = current_app.config["PORTAL"]
    return settings.smallest_cell
