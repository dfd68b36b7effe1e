"""Whether a payment came too late for its campaign, judged by the day it was paid and not by the day we heard of it."""

from datetime import datetime

from sqlalchemy import select

from portal import clock
from portal.campaigns.models import Campaign
from portal.campaigns.queries import find_campaign_for_gift
from portal.campaigns.rules import CampaignState, WhyNoGift
from portal.db import session
from portal.giving.models import Gift

ONLY_NEW_GIFTS = frozenset({WhyNoGift.PAUSED, WhyNoGift.REPORT_OVERDUE})
"""Reasons that stop new gifts; one that was begun before is still taken."""


def is_too_late(gift: Gift, paid_at: datetime) -> bool:
    """Tell whether the campaign took no gifts any more on the day a gift was paid (慈善法 24, 27).

    A campaign that has ended meanwhile keeps what was paid in its time, until
    its full account is published.
    """
    campaign = find_campaign_for_gift(gift.campaign_number)
    if campaign is None:
        return True
    day = clock.local_date(paid_at)
    if campaign.window.state is CampaignState.ENDED:
        ended_on = session().scalar(select(Campaign.ended_on).where(Campaign.number == gift.campaign_number))
        days = [each for each in (campaign.window.ends_on, ended_on) if each is not None]
        return any(day > last for last in days)
    why = campaign.why_not_on(day)
    return why is not None and why not in ONLY_NEW_GIFTS
