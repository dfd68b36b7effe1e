"""Whether a payment came too late for its campaign, judged by the day it was paid and not by the day we heard of it."""

from datetime import datetime

from portal import clock
from portal.campaigns.queries import find_campaign_for_gift
from portal.campaigns.rules import WhyNoGift
from portal.giving.models import Gift

ONLY_NEW_GIFTS = frozenset({WhyNoGift.PAUSED, WhyNoGift.REPORT_OVERDUE})
"""Reasons that stop new gifts; one that was begun before is still taken."""


def is_too_late(gift: Gift, paid_at: datetime) -> bool:
    """Tell whether the campaign took no gifts any more on the day a gift was paid (慈善法 24, 27)."""
    campaign = find_campaign_for_gift(gift.campaign_number)
    if campaign is None:
        return True
    why = campaign.why_not_on(clock.local_date(paid_at))
    return why is not None and why not in ONLY_NEW_GIFTS
