"""Reads monthly gifts, for their donors and for the desk; hands out frozen dataclasses."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from portal import clock
from portal.campaigns.models import Campaign
from portal.campaigns.queries import find_wish_fund_for_gift, list_open_campaigns, said
from portal.codes import private_token, tidy
from portal.db import session
from portal.giving.gateways.protocol import GivesMonthly
from portal.giving.gateways.registry import list_gateways
from portal.giving.labels import STATE_LABELS, STATE_TONES
from portal.giving.making import donor_hash
from portal.giving.models import Gift, GiftMonth, MonthlyGift
from portal.giving.monthly import get_monthly, has_open_wish, takes_gifts
from portal.giving.monthly_rules import LIVE_STATES, Because, MonthlyState, Wish
from portal.giving.rules import GIVEN_STATES, GiftState
from portal.giving.titles import title_of

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Month:
    """One month that was given."""

    token: str
    campaign_title: str
    amount_minor: int
    state_label: Any
    tone: str
    on: date


@dataclass(frozen=True, slots=True)
class OwnMonthly:
    """A monthly gift as its donor sees it on the private page."""

    public_id: str
    token: str
    campaign_number: str
    campaign_title: str
    amount_minor: int
    wanted_amount_minor: int
    currency: str
    state: MonthlyState
    wanted: Wish
    why: Because
    is_waiting: bool
    takes_gifts: bool
    next_on: date | None
    retry_on: date | None
    has_cards: bool
    months: tuple[Month, ...]
    other_campaigns: tuple[tuple[str, str], ...]

    @property
    def is_stopped(self) -> bool:
        """Tell whether it has ended, or is to end, for good."""
        return self.wanted is Wish.STOPPED


@dataclass(frozen=True, slots=True)
class MonthlyLine:
    """A monthly gift in a list: of its donor, or of the desk, which sees no contact."""

    id: int
    public_id: str
    token: str
    campaign_title: str
    amount_minor: int
    currency: str
    state: MonthlyState
    is_ending: bool
    next_on: date | None
    started_at: datetime
    months: int


@dataclass(frozen=True, slots=True)
class MonthlyTotals:
    """How many monthly gifts go on, and what they bring a month."""

    live: int
    amount_minor: int


def get_own_monthly(public_id: str) -> OwnMonthly:
    """Return one monthly gift, for whoever holds its private address.

    Raises MonthlyNotFound.
    """
    row = get_monthly(public_id)
    wanted = Wish(row.wanted_state)
    return OwnMonthly(
        public_id=public_id,
        token=private_token("monthly", public_id),
        campaign_number=row.campaign_number,
        campaign_title=title_of(row.campaign_number),
        amount_minor=row.amount_minor,
        wanted_amount_minor=row.wanted_amount_minor,
        currency=row.currency,
        state=MonthlyState(row.state),
        wanted=wanted,
        why=Because(row.why),
        is_waiting=has_open_wish(row),
        takes_gifts=takes_gifts(row.campaign_number),
        next_on=row.next_on,
        retry_on=row.retry_on,
        has_cards=any(each.name == row.gateway and isinstance(each, GivesMonthly) for each in list_gateways()),
        months=tuple(_months(row.id)),
        other_campaigns=() if wanted is Wish.STOPPED else _other_campaigns(row),
    )


def list_monthly_of_contact(contact_hash: str) -> list[MonthlyLine]:
    """Return the monthly gifts begun with one mail address, the newest first."""
    return _lines([MonthlyGift.contact_hash == contact_hash], 100)


def list_monthly_of(person_id: int) -> list[MonthlyLine]:
    """Return the monthly gifts a signed-in person began, the newest first."""
    return _lines([MonthlyGift.person_id == person_id], 100)


def list_for_desk(
    text: str, state: MonthlyState | None, campaign: str, after: int | None
) -> tuple[list[MonthlyLine], int | None]:
    """Return a page of monthly gifts that match, the newest first, and the mark of the next page if there is one.

    `text` is the donor's mail address, or the number of any month's confirmation.
    """
    conditions: list[ColumnElement[bool]] = []
    if "@" in text:
        conditions.append(MonthlyGift.contact_hash == donor_hash(text.lower()))
    elif text:
        numbered = select(GiftMonth.monthly_gift_id).join(Gift, Gift.id == GiftMonth.gift_id)
        conditions.append(MonthlyGift.id.in_(numbered.where(Gift.number == tidy(text))))
    if state is not None:
        conditions.append(MonthlyGift.state == state)
    if campaign:
        conditions.append(MonthlyGift.campaign_number == campaign)
    if after is not None:
        conditions.append(MonthlyGift.id < after)
    lines = _lines(conditions, ON_A_PAGE + 1)
    return lines[:ON_A_PAGE], lines[ON_A_PAGE - 1].id if len(lines) > ON_A_PAGE else None


def count_live() -> MonthlyTotals:
    """Return how many monthly gifts are charged, and how much that is a month."""
    row = (
        session()
        .execute(
            select(func.count(MonthlyGift.id), func.coalesce(func.sum(MonthlyGift.amount_minor), 0)).where(
                MonthlyGift.state.in_((MonthlyState.ACTIVE, MonthlyState.LATE))
            )
        )
        .one()
    )
    return MonthlyTotals(row[0], int(row[1]))


def _months(monthly_id: int) -> Iterator[Month]:
    rows = session().execute(
        select(Gift.public_id, Gift.campaign_number, Gift.amount_minor, Gift.state, Gift.succeeded_at)
        .join(GiftMonth, GiftMonth.gift_id == Gift.id)
        .where(GiftMonth.monthly_gift_id == monthly_id, Gift.state.in_(GIVEN_STATES))
        .order_by(GiftMonth.month_on.desc())
        .limit(120)
    )
    for row in rows:
        state = GiftState(row.state)
        yield Month(
            private_token("gift", row.public_id),
            title_of(row.campaign_number),
            row.amount_minor,
            STATE_LABELS[state],
            STATE_TONES[state],
            clock.local_date(row.succeeded_at),
        )


def _other_campaigns(row: MonthlyGift) -> tuple[tuple[str, str], ...]:
    """Return the campaigns to which a monthly gift could go, the Wish Fund first."""
    fund = find_wish_fund_for_gift(clock.today())
    found = {fund.number: fund.title} if fund is not None and fund.currency == row.currency else {}
    found |= {
        each.number: each.title for each in list_open_campaigns() if each.takes_gifts and each.currency == row.currency
    }
    found.pop(row.campaign_number, None)
    return tuple(found.items())


def _lines(conditions: list[Any], most: int) -> list[MonthlyLine]:
    months = (
        select(func.count(GiftMonth.id))
        .join(Gift, Gift.id == GiftMonth.gift_id)
        .where(GiftMonth.monthly_gift_id == MonthlyGift.id, Gift.state.in_(GIVEN_STATES))
        .correlate(MonthlyGift)
        .scalar_subquery()
    )
    rows = session().execute(
        select(MonthlyGift, Campaign.title, Campaign.title_en, months.label("months"))
        .join(Campaign, Campaign.number == MonthlyGift.campaign_number)
        .where(MonthlyGift.started_at.is_not(None), *conditions)
        .order_by(MonthlyGift.id.desc())
        .limit(most)
    )
    return [_line(each) for each in rows]


def _line(each: Any) -> MonthlyLine:
    row: MonthlyGift = each.MonthlyGift
    state = MonthlyState(row.state)
    assert row.started_at is not None
    return MonthlyLine(
        id=row.id,
        public_id=row.public_id,
        token=private_token("monthly", row.public_id),
        campaign_title=said(each, "title"),
        amount_minor=row.amount_minor,
        currency=row.currency,
        state=state,
        is_ending=state in LIVE_STATES and row.wanted_state == Wish.STOPPED,
        next_on=row.next_on,
        started_at=row.started_at,
        months=each.months,
    )
