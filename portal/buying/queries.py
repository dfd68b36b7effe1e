"""Reads purchases: for the donor's page of a gift, for a wish's page, and for the desk. Frozen dataclasses only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, select

from portal import clock
from portal.areas.queries import CentreCard, get_centre
from portal.buying.clocks import facts_of, with_facts
from portal.buying.labels import STATE_LABELS, STATE_TONES, words_of
from portal.buying.models import Purchase
from portal.buying.rules import IN_HAND, PurchaseState, is_finances_turn
from portal.campaigns.models import Disbursement
from portal.campaigns.queries import find_wish_fund_for_gift
from portal.campaigns.spending_models import DisbursementState
from portal.codes import drop_off_code, grouped, private_token
from portal.db import session
from portal.giving.models import Gift
from portal.limits.service import get_limits
from portal.pledges.models import Pledge
from portal.pledges.queries import public_items
from portal.publication.freshness import kept
from portal.publication.queries import PublicWish, list_by_numbers
from portal.wishes.kinds import WishKind
from portal.wishes.models import Wish
from portal.wishes.rules import WishState
from portal.workdays import last_day

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Offer:
    """What a wish's page says to whoever would rather give the money: how much, and where."""

    price_minor: int
    currency: str
    url: str


@dataclass(frozen=True, slots=True)
class OwnPurchase:
    """The purchase a gift pays for, as its donor sees it."""

    number: str
    item: str
    state: PurchaseState
    held_until: datetime | None
    is_held: bool
    buy_by: date | None
    is_bought: bool
    has_come: bool
    why: str | None
    choice_until: date | None


@dataclass(frozen=True, slots=True)
class DeskPurchase:
    """One purchase as finance sees it: the wish, never its family; the gift, never its donor."""

    public_id: str
    number: str
    item: str
    state: PurchaseState
    state_label: str
    tone: str
    is_rescue: bool
    amount_minor: int
    currency: str
    campaign_number: str
    since: datetime
    due_on: date | None
    overdue_level: int
    payment_id: str | None
    payment_state: DisbursementState | None
    is_finances_turn: bool
    is_in_hand: bool
    may_ask: bool
    why: str | None
    code: str | None
    centre: CentreCard
    pledge_token: str


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """A wish nobody has pledged for so long that the Wish Fund may buy it."""

    wish: PublicWish
    open_days: int


def offer_for(wish: PublicWish) -> Offer | None:
    """Return what to offer on a wish's page to whoever would rather give the money, or None."""
    if not wish.is_open or wish.kind != WishKind.GOODS:
        return None
    currency = kept("currency-of-the-wish-fund", _fund_currency)
    return Offer(wish.price_minor, currency, url_for("buying.give", number=wish.number)) if currency else None


def _fund_currency() -> str | None:
    fund = find_wish_fund_for_gift(clock.today())
    return fund.currency if fund is not None else None


def find_own_purchase(gift_public_id: str) -> OwnPurchase | None:
    """Return the purchase a gift pays for, or None for a gift to a campaign."""
    row = session().execute(with_facts().add_columns(Wish.number).where(Gift.public_id == gift_public_id)).one_or_none()
    if row is None:
        return None
    purchase, facts = row.Purchase, facts_of(row)
    state = PurchaseState(purchase.state)
    may_choose = purchase.choice_until is not None and purchase.choice_until > clock.now()
    return OwnPurchase(
        number=row.number,
        item=public_items([row.number]).get(row.number, row.number),
        state=state,
        held_until=purchase.due_at if state is PurchaseState.RESERVED else None,
        is_held=state is PurchaseState.RESERVED and purchase.due_at > clock.now(),
        buy_by=last_day(purchase.due_at) if state is PurchaseState.PAID else None,
        is_bought=facts.payment is DisbursementState.PAID,
        has_come=state in (PurchaseState.PAID, PurchaseState.DONE) and facts.pledge not in IN_HAND,
        why=words_of(purchase.why) if purchase.why else None,
        choice_until=last_day(purchase.choice_until) if may_choose else None,
    )


def list_purchases() -> list[DeskPurchase]:
    """Return purchases for the desk: what finance has to do first, then what goes on, then the newest that ended."""
    live = _desk(Purchase.state == PurchaseState.PAID, order=Purchase.due_at)
    held = _desk(Purchase.state == PurchaseState.RESERVED, order=Purchase.due_at)
    ended = _desk(Purchase.ended_at.is_not(None), order=Purchase.id.desc())
    return [*sorted(live, key=lambda each: not each.is_finances_turn), *held, *ended]


def find_desk_purchase(public_id: str) -> DeskPurchase | None:
    """Return one purchase for the desk."""
    return next(iter(_desk(Purchase.public_id == public_id, order=Purchase.id)), None)


def list_waiting(limit: int) -> list[DeskPurchase]:
    """Return purchases that wait for finance, the most urgent first."""
    waiting = _desk(Purchase.state == PurchaseState.PAID, order=Purchase.due_at, limit=limit)
    return [each for each in waiting if each.is_finances_turn]


def list_unclaimed() -> list[Unclaimed]:
    """Return the things nobody has pledged for limits.rescue_days, the longest first."""
    before = clock.now() - timedelta(days=get_limits().rescue_days)
    rows = session().execute(
        select(Wish.number, Wish.state_since)
        .where(Wish.state == WishState.PUBLISHED, Wish.kind == WishKind.GOODS, Wish.state_since <= before)
        .order_by(Wish.state_since)
        .limit(MOST_SHOWN)
    )
    since = {row.number: row.state_since for row in rows}
    return [Unclaimed(wish, (clock.now() - since[wish.number]).days) for wish in list_by_numbers(list(since))]


def _desk(*conditions: ColumnElement[bool], order: Any, limit: int = MOST_SHOWN) -> list[DeskPurchase]:
    query = with_facts().add_columns(
        Wish.number, Wish.service_centre_id, Pledge, Disbursement.public_id.label("payment_id")
    )
    rows = session().execute(query.where(*conditions).order_by(order).limit(limit)).all()
    items = public_items([row.number for row in rows])
    return [_desk_purchase(row, items.get) for row in rows]


def _desk_purchase(row: Any, item_of: Callable[[str, str], str]) -> DeskPurchase:
    purchase, pledge, facts = row.Purchase, row.Pledge, facts_of(row)
    state, is_paid = PurchaseState(purchase.state), purchase.state == PurchaseState.PAID
    is_in_hand = is_paid and facts.pledge in IN_HAND
    return DeskPurchase(
        public_id=purchase.public_id,
        number=row.number,
        item=item_of(row.number, row.number),
        state=state,
        state_label=str(STATE_LABELS[state]),
        tone=STATE_TONES[state],
        is_rescue=purchase.gift_id is None,
        amount_minor=purchase.amount_minor,
        currency=purchase.currency,
        campaign_number=purchase.campaign_number,
        since=purchase.state_since,
        due_on=last_day(purchase.due_at) if is_paid else None,
        overdue_level=purchase.overdue_level,
        payment_id=row.payment_id,
        payment_state=facts.payment,
        is_finances_turn=is_paid and is_finances_turn(facts),
        is_in_hand=is_in_hand,
        may_ask=is_paid and not facts.is_ordered and facts.is_gift,
        why=words_of(purchase.why) if purchase.why else None,
        code=grouped(drop_off_code(pledge.seed, pledge.attempt)) if is_in_hand else None,
        centre=get_centre(row.service_centre_id),
        pledge_token=private_token("pledge", pledge.public_id),
    )
