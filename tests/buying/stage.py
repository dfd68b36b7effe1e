"""Wishes that somebody pays for, brought to a state by the real verbs. Call inside an application context."""

from sqlalchemy import select

from portal import clock
from portal.accounts.rules import FAMILY, Role
from portal.buying.models import Purchase
from portal.buying.ordering import ask_for_money
from portal.buying.service import give_for_wish
from portal.campaigns.models import Campaign, Disbursement
from portal.campaigns.spending import Ask, approve_disbursement
from portal.db import session
from portal.family.service import withdraw_wish
from portal.giving.making import Donor, Words
from portal.giving.models import Gift
from portal.handover.models import Delivery
from portal.handover.rules import Answer, Through
from portal.handover.service import acknowledge, close_wish, hand_over, receive_goods
from portal.pledges.models import Pledge
from portal.wishes.models import Wish
from portal.wishes.rules import WishState
from tests import cast
from tests.campaigns import stage as campaigns
from tests.giving import stage as gifts
from tests.handover.stage import ALL_WELL

MAIL = "lin@example.org"
PRICE = 168_00


def fund(**changes):
    """Return the number of an open Wish Fund that holds a little for no wish: what payments cost is taken from it."""
    number = campaigns.opened(is_wish_fund=True, **changes)
    campaigns.give(number, 20_00)
    return number


def wish(**chosen):
    """Return a published wish for a thing."""
    return cast.wish(WishState.PUBLISHED, **chosen)


def reserve(number, *, email=MAIL):
    """Return the public id of a gift for a wish that is held and not paid."""
    return give_for_wish(number, Donor(email), Words()).public_id


def pay(gift_id):
    """Let a donor pay, and the portal hear of it."""
    ref = gifts.start(gift_id)
    gifts.provider().pay(ref, gifts.CARD, clock.now())
    gifts.take_in(ref)


def paid(number):
    """Return the public id of a gift that is paid and for which the foundation buys a wish."""
    gift_id = reserve(number)
    pay(gift_id)
    return gift_id


def purchase_of(number):
    """Return the newest purchase of a wish, read afresh."""
    query = select(Purchase).join(Wish, Wish.id == Purchase.wish_id).where(Wish.number == number)
    found = session().scalars(query.order_by(Purchase.id.desc()).execution_options(populate_existing=True)).first()
    assert found is not None
    return found


def state_of(number):
    """Return where the newest purchase of a wish stands, and why."""
    purchase = purchase_of(number)
    return purchase.state, purchase.why


def wish_state(number):
    """Return where a wish stands, read afresh."""
    return session().execute(select(Wish.state).where(Wish.number == number)).scalar_one()


def pledge_of(number):
    """Return the newest pledge of a wish, read afresh."""
    query = select(Pledge).join(Wish, Wish.id == Pledge.wish_id).where(Wish.number == number)
    found = session().scalars(query.order_by(Pledge.id.desc()).execution_options(populate_existing=True)).first()
    assert found is not None
    return found


def ask(number, minor=PRICE, *, by=None):
    """Return the public id of the payment that finance asks for to buy a wish."""
    purchase = purchase_of(number)
    line = campaigns.line_of(purchase.campaign_number)
    return ask_for_money(by or campaigns.finance(), purchase.public_id, Ask(line, minor, "代买", "Bought", "文具店"))


def bought(number, minor=PRICE):
    """Ask, approve and pay what a wish costs."""
    payment = ask(number, minor)
    approve_disbursement(cast.moderator(), payment)
    campaigns.pay(payment)


def brought_and_closed(number):
    """Take a bought thing in at the counter, hand it over, let the family say yes, and close."""
    clerk, wish_id = cast.actor(Role.CENTRE_CLERK), session().scalar(select(Wish.id).where(Wish.number == number))
    receive_goods(clerk, wish_id, ALL_WELL)
    assert session().scalar(select(Delivery.id).where(Delivery.wish_id == wish_id))
    hand_over(clerk, wish_id, is_signed=True)
    acknowledge(FAMILY, wish_id, Answer.RECEIVED, Through.CODE)
    close_wish(cast.moderator(), wish_id)


def withdrawn(number):
    """Let the family withdraw a wish."""
    withdraw_wish(FAMILY, session().scalar(select(Wish.id).where(Wish.number == number)))


def gift_state(gift_id):
    """Return where a gift stands, read afresh."""
    return session().execute(select(Gift.state).where(Gift.public_id == gift_id)).scalar_one()


def purchase_fund():
    """Return the number of the one Wish Fund."""
    return session().execute(select(Campaign.number).where(Campaign.is_wish_fund)).scalar_one()


def payment_of(number):
    """Return the public id of the newest payment for a wish."""
    query = select(Disbursement.public_id).where(Disbursement.wish_number == number).order_by(Disbursement.id.desc())
    return session().scalars(query).first()
