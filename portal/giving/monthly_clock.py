"""What becomes of monthly gifts whose campaign takes nothing any more: they wait for their donor, and then stop."""

from datetime import timedelta

from sqlalchemy import select

from portal import clock
from portal.db import session
from portal.giving.making import CampaignTakesNoGifts
from portal.giving.models import MonthlyGift
from portal.giving.monthly import MonthlyStopped, carry_out, takes_gifts, wish
from portal.giving.monthly_rules import DAYS_TO_MOVE, LIVE_STATES, Because, Wish


def follow_campaigns() -> int:
    """Hold the monthly gifts of campaigns that take nothing today, let them go on where they do again; return how many.

    One that was held for DAYS_TO_MOVE days and not moved is stopped. What the
    donor paused or stopped stays as the donor left it.
    """
    numbers = session().scalars(
        select(MonthlyGift.campaign_number).where(MonthlyGift.state.in_(LIVE_STATES)).distinct()
    )
    return sum(_follow(number) for number in list(numbers))


def _follow(campaign_number: str) -> int:
    live = select(MonthlyGift.public_id).where(
        MonthlyGift.campaign_number == campaign_number, MonthlyGift.state.in_(LIVE_STATES)
    )
    held = live.where(MonthlyGift.wanted_state == Wish.PAUSED, MonthlyGift.why == Because.CAMPAIGN)
    if takes_gifts(campaign_number):
        return _wish_all(list(session().scalars(held)), Wish.ACTIVE)
    overdue = held.where(MonthlyGift.wanted_since < clock.now() - timedelta(days=DAYS_TO_MOVE))
    going = live.where(MonthlyGift.wanted_state == Wish.ACTIVE)
    stopped = _wish_all(list(session().scalars(overdue)), Wish.STOPPED)
    return stopped + _wish_all(list(session().scalars(going)), Wish.PAUSED)


def _wish_all(public_ids: list[str], wanted: Wish) -> int:
    for public_id in public_ids:
        try:
            wish(public_id, wanted, Because.CAMPAIGN)
        except (MonthlyStopped, CampaignTakesNoGifts):
            # Somebody was quicker; the next round sees how it stands.
            continue
        carry_out(public_id)
    return len(public_ids)
