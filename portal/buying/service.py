"""Verbs of a donor who pays for one wish: hold it, take the money, take it back where the wish could not be bought.

A wish is held by the same pledge that everybody makes, so pledge and purchase
compete for one unit. Each verb locks the gift first, then the purchase, then
the wish.
"""

from datetime import datetime

from sqlalchemy import select

from portal import clock
from portal.buying.labels import words_of
from portal.buying.models import Purchase
from portal.buying.rules import STAYS, PurchaseState, Why
from portal.campaigns.queries import find_wish_fund_for_gift
from portal.codes import new_public_id
from portal.db import session, transaction
from portal.giving.aftermath import add_refund, left_minor
from portal.giving.making import CampaignTakesNoGifts, Donor, MadeGift, Words, get_gift, lock_gift, make_gift
from portal.giving.models import Gift, Payment
from portal.giving.neighbours import WishNotFree
from portal.giving.rules import News, PaymentState, RefundReason
from portal.i18n import in_language
from portal.limits.service import get_limits
from portal.pledges.promising import HoldExpired, WishesTaken
from portal.pledges.queries import public_items
from portal.pledges.reserving import keep_reserved, release_reserved, reserve_wish
from portal.publication.queries import PublicWish, find_public_wish
from portal.wishes.kinds import WishKind
from portal.wishes.service import get_wish
from portal.workdays import add_days

S = PurchaseState


class NothingToChoose(Exception):
    """The money bought its wish, went back already, or the time to choose is over."""


def find_buyable(number: str) -> PublicWish | None:
    """Return a wish that can be bought now: public, free, and a thing."""
    wish = find_public_wish(number)
    return wish if wish is not None and wish.is_open and wish.kind == WishKind.GOODS else None


@transaction
def give_for_wish(number: str, donor: Donor, words: Words, *, public_id: str | None = None) -> MadeGift:
    """Write down a gift of a wish's whole price to the Wish Fund, and hold the wish while it is paid.

    The hold lasts limits.fund_hold_minutes. `public_id` names the gift
    beforehand, so that a form sent twice makes one gift.

    Raises WishNotFree, CampaignTakesNoGifts, AmountOutOfBounds.
    """
    known = public_id and session().scalar(select(Gift).where(Gift.public_id == public_id))
    if known:
        return MadeGift(known.public_id, is_same=known.wish_number == number)
    fund, wish = find_wish_fund_for_gift(clock.today()), find_buyable(number)
    if fund is None:
        raise CampaignTakesNoGifts
    if wish is None:
        raise WishNotFree
    made = make_gift(fund.number, wish.price_minor, donor, words, public_id=public_id, wish_number=wish.number)
    gift, until = get_gift(made.public_id), _deadline(S.RESERVED)
    session().add(
        Purchase(
            public_id=new_public_id(),
            wish_id=get_wish(number).id,
            promise_id=_reserve(number, until),
            gift_id=gift.id,
            campaign_number=fund.number,
            amount_minor=gift.amount_minor,
            currency=gift.currency,
            state=S.RESERVED,
            state_since=clock.now(),
            due_at=until,
            created_at=clock.now(),
        )
    )
    session().flush()
    return made


def hold(gift: Gift) -> None:
    """Hold the wish of a gift that is about to be paid: as it is held, else anew where it is free.

    Call inside a transaction that holds the gift. Raises WishNotFree.
    """
    purchase = _lock(gift)
    if purchase is None or purchase.state not in (S.RESERVED, S.LAPSED):
        raise WishNotFree
    if purchase.state == S.RESERVED and purchase.due_at is not None and purchase.due_at > clock.now():
        return
    release_reserved(purchase.promise_id)
    until = _deadline(S.RESERVED)
    purchase.promise_id = _reserve(gift.wish_number or "", until)
    enter(purchase, S.RESERVED, due_at=until)


def take_payment(gift: Gift, is_late: bool) -> tuple[News, str]:
    """Let the foundation buy the wish of a gift that was paid, and return what to tell the donor.

    A hold that ran out meanwhile is taken up again where the wish is still
    free; else the money stays in the fund, as was said before paying, and the
    donor may choose to have it back. Call inside the gift's transaction.
    """
    purchase = _lock(gift)
    if purchase is None:
        return News.THANKS, ""
    if is_late:
        release_reserved(purchase.promise_id)
        enter(purchase, S.RETURNED)
        return News.CAMPAIGN_OVER, ""
    if not _keep(purchase, gift.wish_number or ""):
        enter(purchase, S.SURPLUS, why=Why.TAKEN)
        purchase.choice_until = choice_ends_at()
    with in_language(gift.locale):
        if purchase.state == S.SURPLUS:
            return News.SURPLUS, words_of(Why.TAKEN)
        number = gift.wish_number or ""
        return News.BUYING, public_items([number]).get(number, number)


@transaction
def take_back(gift_public_id: str) -> None:
    """Give a donor the money back that could not buy its wish, because they chose so; pressed twice it goes back once.

    Raises GiftNotFound, NothingToChoose.
    """
    gift = lock_gift(gift_public_id)
    purchase = _lock(gift)
    payment = session().scalar(
        select(Payment).where(Payment.gift_id == gift.id, Payment.state == PaymentState.SUCCEEDED)
    )
    may_choose = purchase is not None and purchase.choice_until is not None and purchase.choice_until > clock.now()
    if purchase is None or payment is None or not may_choose or left_minor(payment) <= 0:
        raise NothingToChoose
    purchase.choice_until = None
    add_refund(payment, left_minor(payment), RefundReason.DONOR)


def is_under_way(gift: Gift) -> bool:
    """Tell whether the wish of a gift is still being bought, or its donor may still choose."""
    goes_on = Purchase.ended_at.is_(None) | (Purchase.choice_until > clock.now())
    return session().scalar(select(Purchase.id).where(Purchase.gift_id == gift.id, goes_on)) is not None


def choice_ends_at() -> datetime:
    """Return until when a donor whose money could not buy its wish may choose from now."""
    return add_days(clock.now(), get_limits().surplus_choice_days)


def _keep(purchase: Purchase, number: str) -> bool:
    due_at = _deadline(S.PAID)
    try:
        keep_reserved(purchase.promise_id, due_at)
    except HoldExpired:
        try:
            purchase.promise_id = reserve_wish(number, due_at)
        except WishesTaken:
            return False
        keep_reserved(purchase.promise_id, due_at)
    enter(purchase, S.PAID, due_at=due_at)
    return True


def enter(purchase: Purchase, state: PurchaseState, *, due_at: datetime | None = None, why: Why | None = None) -> None:
    """Let a purchase that is locked enter a state; call inside a transaction."""
    purchase.state, purchase.state_since, purchase.due_at = state, clock.now(), due_at
    purchase.why, purchase.overdue_level = why, 0
    purchase.ended_at = None if state in STAYS else clock.now()
    session().flush()


def _reserve(number: str, until: datetime) -> int:
    try:
        return reserve_wish(number, until)
    except WishesTaken:
        raise WishNotFree from None


def _deadline(state: PurchaseState) -> datetime:
    return STAYS[state].deadline(clock.now(), get_limits())


def _lock(gift: Gift) -> Purchase | None:
    query = select(Purchase).where(Purchase.gift_id == gift.id).with_for_update()
    return session().scalar(query.execution_options(populate_existing=True))
