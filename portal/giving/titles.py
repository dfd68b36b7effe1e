"""What a campaign is called in the reader's language, without all else that is known of it."""

from sqlalchemy import select

from portal.campaigns.models import Campaign
from portal.campaigns.queries import said
from portal.db import session


def title_of(campaign_number: str) -> str:
    """Return a campaign's title; its number where there is none."""
    row = (
        session()
        .execute(select(Campaign.title, Campaign.title_en).where(Campaign.number == campaign_number))
        .one_or_none()
    )
    return campaign_number if row is None else said(row, "title")
