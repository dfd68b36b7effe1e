"""Verbs of staff who buy wishes: ask for the money of a paid one, give up what cannot be bought, rescue others.

The money itself goes the way of every payment of a campaign: another person
approves, it is paid with a voucher, and posted.
"""

from dataclasses import replace

from flask_babel import gettext as _
from sqlalchemy import func, select

from portal import clock
from portal.accounts.rules import Actor, Role
from portal.audit import service as audit
from portal.buying.labels import words_of
from portal.buying.models import Purchase
from portal.buying.rules import STAYS, PurchaseState, Why
from portal.buying.service import choice_ends_at, enter, find_buyable
from portal.campaigns.models import Campaign, Disbursement
from portal.campaigns.queries import find_wish_fund_for_gift
from portal.campaigns.spending import Ask, MoreThanHeld, free_minor, get_disbursement, request_disbursement
from portal.campaigns.spending_models import BINDING_STATES, DisbursementState
from portal.codes import new_public_id
from portal.db import session, transaction
from portal.giving.letters import tell
from portal.giving.models import Gift
from portal.giving.neighbours import WishNotFree
from portal.giving.rules import News
from portal.i18n import in_language
from portal.limits.service import get_limits
from portal.pledges.models import PledgeState
from portal.pledges.promising import WishesTaken
from portal.pledges.reserving import keep_reserved, lock_bought_pledge, release_reserved, reserve_wish
from portal.pledges.rules import END_STATES as PLEDGE_ENDS
from portal.wishes.models import Wish
from portal.wishes.service import get_wish

S, D = PurchaseState, DisbursementState


class PurchaseNotFound(LookupError):
    """There is no such purchase."""


class PurchaseMovedOn(Exception):
    """The purchase is no longer where the act expects it."""


@transaction
def ask_for_money(actor: Actor, public_id: str, ask: Ask) -> str:
    """Ask for the payment that buys a wish somebody paid for; return the payment's public id.

    Raises NotAllowed, PurchaseNotFound, PurchaseMovedOn, and what `request_disbursement` raises.
    """
    actor.require({Role.FINANCE})
    purchase = lock_purchase(public_id)
    if purchase.state != S.PAID or _is_ordered(purchase) or _is_lost(purchase):
        raise PurchaseMovedOn
    number = session().execute(select(Wish.number).where(Wish.id == purchase.wish_id)).scalar_one()
    payment = request_disbursement(actor, purchase.campaign_number, replace(ask, wish_number=number), _approved_words())
    purchase.disbursement_id = get_disbursement(payment).id
    return payment


@transaction
def give_up(actor: Actor, public_id: str) -> None:
    """Put a wish back that cannot be bought; its donor is told, and may have the money back.

    Raises NotAllowed, PurchaseNotFound, PurchaseMovedOn once money was asked for or the thing has come.
    """
    actor.require({Role.FINANCE})
    purchase = lock_purchase(public_id)
    if purchase.state != S.PAID or _is_ordered(purchase) or not release_reserved(purchase.promise_id):
        raise PurchaseMovedOn
    enter(purchase, S.SURPLUS, why=Why.GIVEN_UP)
    purchase.choice_until = choice_ends_at()
    audit.record(actor, "purchase.give_up", "purchase", public_id, after={"state": S.SURPLUS})
    gift = session().get_one(Gift, purchase.gift_id)
    with in_language(gift.locale):
        words = words_of(Why.GIVEN_UP)
    tell(gift, News.SURPLUS, key=gift.public_id, words=words)


@transaction
def rescue_wish(actor: Actor, number: str, ask: Ask) -> str:
    """Take an unclaimed wish for the foundation and ask for its money out of what the Wish Fund holds for no wish.

    Another person approves the payment; refused, the wish goes back by itself.
    Locks the fund's campaign, so that two rescues cannot both have its rest.
    Returns the purchase's public id.

    Raises NotAllowed, WishNotFree, PurchaseMovedOn while there is no open Wish Fund, MoreThanHeld, and what
    `request_disbursement` raises.
    """
    actor.require({Role.FINANCE})
    fund = find_wish_fund_for_gift(clock.today())
    if fund is None:
        raise PurchaseMovedOn
    if find_buyable(number) is None:
        raise WishNotFree
    campaign = session().execute(select(Campaign).where(Campaign.number == fund.number).with_for_update()).scalar_one()
    free = free_minor(campaign) - _asked_minor(campaign.id)
    if ask.amount_minor > free:
        raise MoreThanHeld(free)
    due_at = STAYS[S.PAID].deadline(clock.now(), get_limits())
    try:
        promise_id = reserve_wish(number, due_at)
    except WishesTaken:
        raise WishNotFree from None
    keep_reserved(promise_id, due_at)
    payment = request_disbursement(actor, fund.number, replace(ask, wish_number=number), _approved_words())
    purchase = Purchase(
        public_id=new_public_id(),
        wish_id=get_wish(number).id,
        promise_id=promise_id,
        disbursement_id=get_disbursement(payment).id,
        campaign_number=fund.number,
        amount_minor=ask.amount_minor,
        currency=fund.currency,
        state=S.PAID,
        state_since=clock.now(),
        due_at=due_at,
        created_at=clock.now(),
    )
    session().add(purchase)
    session().flush()
    audit.record(actor, "purchase.rescue", "purchase", purchase.public_id, after={"wish": number})
    return purchase.public_id


def rescue_free_minor(campaign_number: str) -> int:
    """Return what a Wish Fund holds for no wish in particular and has promised nowhere."""
    campaign = session().execute(select(Campaign).where(Campaign.number == campaign_number)).scalar_one()
    return free_minor(campaign) - _asked_minor(campaign.id)


def earmarked_minor(campaign_number: str, wish_number: str | None) -> int:
    """Return what donors gave a fund for wishes whose purchase is not approved yet, beside one wish.

    The whole price counts: what the payment cost is borne by what is for no wish in particular.
    """
    is_counted = select(Disbursement.id).where(Disbursement.state.in_((D.APPROVED, D.PAID)))
    query = (
        select(func.coalesce(func.sum(Purchase.amount_minor), 0))
        .join(Wish, Wish.id == Purchase.wish_id)
        .where(
            Purchase.campaign_number == campaign_number,
            Purchase.state == S.PAID,
            Purchase.gift_id.is_not(None),
            Purchase.disbursement_id.is_(None) | Purchase.disbursement_id.not_in(is_counted),
        )
    )
    if wish_number is not None:
        query = query.where(Wish.number != wish_number)
    return int(session().scalar(query) or 0)


def lock_purchase(public_id: str) -> Purchase:
    """Return a purchase for a verb, so that no other hand moves it until the transaction ends.

    Raises PurchaseNotFound.
    """
    query = select(Purchase).where(Purchase.public_id == public_id).with_for_update()
    purchase = session().scalar(query.execution_options(populate_existing=True))
    if purchase is None:
        raise PurchaseNotFound(public_id)
    return purchase


def _is_ordered(purchase: Purchase) -> bool:
    return (
        session().scalar(select(Disbursement.state).where(Disbursement.id == purchase.disbursement_id))
        in BINDING_STATES
    )


def _is_lost(purchase: Purchase) -> bool:
    """Tell whether the wish is not the foundation's any more; the clock will end its purchase."""
    state = lock_bought_pledge(purchase.promise_id).state
    return state in PLEDGE_ENDS and state != PledgeState.FULFILLED


def _approved_words() -> str:
    """Return why the purpose of such a payment may be public: it is made of the wish's own public text."""
    return _("文字来自心愿的公开版本，审核员已经批准")


def _asked_minor(campaign_id: int) -> int:
    """Return what is asked for and not approved yet, of payments that are for no paid wish."""
    paid_for = select(Purchase.disbursement_id).where(
        Purchase.gift_id.is_not(None), Purchase.disbursement_id.is_not(None)
    )
    query = select(func.coalesce(func.sum(Disbursement.amount_minor), 0)).where(
        Disbursement.campaign_id == campaign_id, Disbursement.state == D.REQUESTED, Disbursement.id.not_in(paid_for)
    )
    return int(session().scalar(query) or 0)
