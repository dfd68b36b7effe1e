"""Reads the desk's table of gifts: what its filters find, page by page; no contacts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from portal.campaigns.models import Campaign
from portal.campaigns.queries import said
from portal.clock import start_of_day
from portal.codes import tidy
from portal.db import session
from portal.giving.making import donor_hash
from portal.giving.models import Gift, Payment, Receipt, Refund, RefundRequest
from portal.giving.rules import GiftState, PaymentState, RefundState

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class GiftFilters:
    """What to look for; an empty field looks for everything. Days are days in China, both included."""

    text: str = ""
    campaign: str = ""
    state: GiftState | None = None
    gateway: str = ""
    since: date | None = None
    until: date | None = None
    wants: str = ""

    @property
    def chosen(self) -> int:
        """How many filters are set beside the text."""
        return sum(
            bool(value) for value in (self.campaign, self.state, self.gateway, self.since, self.until, self.wants)
        )


@dataclass(frozen=True, slots=True)
class ListedGift:
    """One gift in the table."""

    id: int
    public_id: str
    number: str | None
    campaign_number: str
    campaign_title: str
    amount_minor: int
    currency: str
    state: GiftState
    gateway: str | None
    fee_minor: int | None
    refunded_minor: int
    created_at: datetime
    paid_at: datetime | None


@dataclass(frozen=True, slots=True)
class GiftPage:
    """Some gifts, newest first, how many there are, what they sum to, and where the next page begins."""

    gifts: tuple[ListedGift, ...]
    total: int
    given_minor: int
    next_mark: int | None


WANTS: dict[str, Any] = {
    "refund": lambda: Gift.id.in_(select(RefundRequest.gift_id).where(RefundRequest.state == "waiting")),
    "receipt": lambda: Gift.id.in_(select(Receipt.gift_id).where(Receipt.state == "requested")),
    "failed_refund": lambda: Gift.id.in_(
        select(Payment.gift_id).join(Refund, Refund.payment_id == Payment.id).where(Refund.state == RefundState.FAILED)
    ),
}
"""What a gift may want of finance, each with its condition."""


def read_filters(args: Mapping[str, str]) -> GiftFilters:
    """Return the filters of an address; what cannot be understood looks for everything."""
    state = args.get("state", "")
    return GiftFilters(
        text=args.get("q", "").strip()[:100],
        campaign=args.get("campaign", "")[:20],
        state=GiftState(state) if state in set(GiftState) else None,
        gateway=args.get("gateway", "")[:30],
        since=_day(args.get("since", "")),
        until=_day(args.get("until", "")),
        wants=args.get("wants", "") if args.get("wants", "") in WANTS else "",
    )


def list_gifts(filters: GiftFilters, after: int | None = None, limit: int = PAGE_SIZE) -> GiftPage:
    """Return a page of the gifts that match, newest first."""
    conditions = _conditions(filters)
    older = [Gift.id < after] if after is not None else []
    rows = list_rows([*conditions, *older], limit + 1)
    total, given = (
        session()
        .execute(
            select(
                func.count(Gift.id),
                func.coalesce(func.sum(Gift.amount_minor).filter(Gift.succeeded_at.is_not(None)), 0),
            ).where(*conditions)
        )
        .one()
    )
    return GiftPage(tuple(rows[:limit]), total, int(given), rows[limit - 1].id if len(rows) > limit else None)


def every_gift(filters: GiftFilters) -> Iterator[ListedGift]:
    """Yield every gift that matches, newest first, without holding them all."""
    after: int | None = None
    while True:
        page = list_gifts(filters, after, 500)
        yield from page.gifts
        if page.next_mark is None:
            return
        after = page.next_mark


def list_campaign_choices() -> dict[str, str]:
    """Return number and title of every campaign that has gifts."""
    rows = session().scalars(
        select(Campaign).where(Campaign.number.in_(select(Gift.campaign_number).distinct())).order_by(Campaign.id)
    )
    return {row.number: said(row, "title") for row in rows}


def list_rows(conditions: list[ColumnElement[bool]], limit: int) -> list[ListedGift]:
    """Return the gifts that fulfil conditions, newest first, each with its newest payment or the one that pays it."""
    last = select(func.max(Payment.id)).where(Payment.gift_id == Gift.id).correlate(Gift).scalar_subquery()
    back = (
        select(func.coalesce(func.sum(Refund.amount_minor), 0))
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.gift_id == Gift.id, Refund.state == RefundState.SUCCEEDED)
        .where(Payment.state == PaymentState.SUCCEEDED)
        .correlate(Gift)
        .scalar_subquery()
    )
    shown = or_(
        and_(Payment.gift_id == Gift.id, Payment.state == PaymentState.SUCCEEDED),
        and_(Payment.id == last, Gift.succeeded_at.is_(None)),
    )
    query = (
        select(
            Gift.id,
            Gift.public_id,
            Gift.number,
            Gift.campaign_number,
            Campaign.title,
            Campaign.title_en,
            Gift.amount_minor,
            Gift.currency,
            Gift.state,
            Payment.gateway,
            Payment.fee_minor,
            back.label("back"),
            Gift.created_at,
            Payment.paid_at,
        )
        .join(Campaign, Campaign.number == Gift.campaign_number)
        .outerjoin(Payment, shown)
        .where(*conditions)
        .order_by(Gift.id.desc())
        .limit(limit)
    )
    return [
        ListedGift(
            id=row.id,
            public_id=row.public_id,
            number=row.number,
            campaign_number=row.campaign_number,
            campaign_title=said(row, "title"),
            amount_minor=row.amount_minor,
            currency=row.currency,
            state=GiftState(row.state),
            gateway=row.gateway,
            fee_minor=row.fee_minor,
            refunded_minor=int(row.back),
            created_at=row.created_at,
            paid_at=row.paid_at,
        )
        for row in session().execute(query)
    ]


def _conditions(filters: GiftFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.text:
        code = tidy(filters.text)
        by_mail = Gift.contact_hash == donor_hash(filters.text.lower())
        conditions.append(by_mail if "@" in filters.text else or_(Gift.number == code, Gift.public_id == code))
    if filters.campaign:
        conditions.append(Gift.campaign_number == filters.campaign)
    if filters.state:
        conditions.append(Gift.state == filters.state)
    if filters.gateway:
        conditions.append(Gift.id.in_(select(Payment.gift_id).where(Payment.gateway == filters.gateway)))
    if filters.since:
        conditions.append(Gift.created_at >= start_of_day(filters.since))
    if filters.until:
        conditions.append(Gift.created_at < start_of_day(filters.until + timedelta(days=1)))
    if filters.wants:
        conditions.append(WANTS[filters.wants]())
    return conditions


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 3000 else None
