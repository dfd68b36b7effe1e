"""What one of something costs, as a campaign's budget says; for amounts that achieve something whole."""

from sqlalchemy import select

from portal.campaigns.models import BudgetLine, Campaign
from portal.campaigns.queries import said
from portal.db import session
from portal.giving.amounts import Unit


def units_of(campaign_number: str) -> list[Unit]:
    """Return the units of a campaign's budget lines in their order, named in the reader's language."""
    rows = session().scalars(
        select(BudgetLine)
        .join(Campaign, Campaign.id == BudgetLine.campaign_id)
        .where(Campaign.number == campaign_number, BudgetLine.unit_minor.is_not(None))
        .order_by(BudgetLine.position)
    )
    return [Unit(row.unit_minor or 0, said(row, "unit_name")) for row in rows]
