"""Monthly gifts brought to a state by the real verbs and the sandbox. Call inside an app context."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.codes import private_token
from portal.db import forget_reads, session
from portal.giving.models import Gift, GiftMonth, MonthlyGift
from portal.giving.reconciling import reconcile
from tests.giving import stage


def begin(number: str, minor: int = 5_000, **chosen: Any) -> str:
    """Return the public id of a monthly gift whose first month is paid, and of which the portal knows."""
    first = stage.give(number, minor, is_monthly=True, **chosen)
    public_id = session().scalar(
        select(MonthlyGift.public_id)
        .join(GiftMonth, GiftMonth.monthly_gift_id == MonthlyGift.id)
        .join(Gift, Gift.id == GiftMonth.gift_id)
        .where(Gift.public_id == first)
    )
    assert public_id is not None
    stage.take_in(row_of(public_id).provider_ref or "")
    return public_id


def row_of(public_id: str) -> MonthlyGift:
    """Return the row of a monthly gift, read afresh."""
    query = select(MonthlyGift).where(MonthlyGift.public_id == public_id)
    row = session().scalar(query.execution_options(populate_existing=True))
    assert row is not None
    return row


def gifts_of(public_id: str) -> list[Gift]:
    """Return the months of a monthly gift, the oldest first."""
    query = select(Gift).join(GiftMonth, GiftMonth.gift_id == Gift.id)
    query = query.join(MonthlyGift, MonthlyGift.id == GiftMonth.monthly_gift_id)
    query = query.where(MonthlyGift.public_id == public_id).order_by(GiftMonth.month_on)
    return list(session().scalars(query.execution_options(populate_existing=True)))


def breaks(public_id: str, failure: str | None = "card_declined") -> None:
    """Let the card be turned down from now on, or not any more."""
    stage.provider().break_months(row_of(public_id).provider_ref or "", failure)


def live(days: int, clock_in_hand: Any, *, hears: bool = True) -> None:
    """Let days go by at the sandbox, and let the portal hear of each day in the next."""
    for _day in range(days):
        clock_in_hand.advance(timedelta(days=1))
        stage.provider().settle_due(clock.now())
        if hears:
            hear()


def hear() -> None:
    """Let the portal ask what it has missed."""
    forget_reads()
    reconcile("sandbox")
    forget_reads()


def page_of(public_id: str) -> str:
    """Return the address of a monthly gift's private page."""
    return f"/monthly/{private_token('monthly', public_id)}"
