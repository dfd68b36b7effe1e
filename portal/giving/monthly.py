"""What donors and the foundation wish of a monthly gift, written down first and then told to the provider.

The provider is told outside of any transaction and as often as it takes. The
mail that confirms a change goes out when the provider has made it, in the
transaction that takes it in.
"""

import logging
from datetime import timedelta

from sqlalchemy import and_, case, or_, select, update

from portal import clock
from portal.accounts.rules import Actor, Role
from portal.audit import service as audit
from portal.campaigns.queries import find_campaign_for_gift, takes_gifts_on
from portal.codes import private_token
from portal.db import changed_rows, session, transaction
from portal.giving.absorbing import Source
from portal.giving.gateways.protocol import (
    GatewayRefused,
    GatewayUnavailable,
    GivesMonthly,
    MandateOrder,
)
from portal.giving.gateways.registry import GatewayUnknown, get_gateway
from portal.giving.making import CampaignTakesNoGifts
from portal.giving.models import MonthlyGift
from portal.giving.monthly_absorbing import absorb_mandate
from portal.giving.monthly_letters import tell_change
from portal.giving.monthly_rules import LIVE_STATES, Because, MonthlyNews, MonthlyState, Wish, is_as_wished
from portal.giving.months import agree, note_wish
from portal.giving.rules import check_amount
from portal.giving.syncing import outside_transactions, sync_payment
from portal.limits.service import get_limits
from portal.web import absolute_url

logger = logging.getLogger(__name__)

TRY_AGAIN_MINUTES = 5
"""How long a wish that a provider did not answer rests before it is told again."""


class MonthlyNotFound(LookupError):
    """There is no such monthly gift."""


class MonthlyStopped(Exception):
    """The monthly gift has ended, or is to end, for good."""


@transaction
def wish_amount(public_id: str, amount_minor: int) -> None:
    """Write down how much a donor wants to give from the next month on.

    Raises MonthlyNotFound, MonthlyStopped, AmountOutOfBounds.
    """
    monthly = _lock_going(public_id)
    limits = get_limits()
    monthly.wanted_amount_minor = check_amount(amount_minor, limits.gift_min_minor, limits.gift_max_minor)
    monthly.tried_at = None
    agree(monthly, amount_minor)


@transaction
def wish(public_id: str, wanted: Wish, why: Because = Because.DONOR) -> None:
    """Write down that a monthly gift is to go on, pause or stop; wished again, the first wish and its reason stay.

    Raises MonthlyNotFound, MonthlyStopped, CampaignTakesNoGifts when it cannot go on.
    """
    monthly = _lock_going(public_id)
    if wanted is Wish.ACTIVE and not takes_gifts(monthly.campaign_number):
        raise CampaignTakesNoGifts
    note_wish(monthly, wanted, why)


@transaction
def stop_for_donor(actor: Actor, public_id: str, reason: str) -> None:
    """Write down that a donor asked the foundation to stop their monthly gift.

    Raises NotAllowed, MonthlyNotFound, MonthlyStopped.
    """
    actor.require({Role.FINANCE})
    monthly = _lock_going(public_id)
    note_wish(monthly, Wish.STOPPED, Because.STAFF)
    audit.record(actor, "monthly.stop", "monthly_gift", monthly.public_id, after={"reason": reason})


@transaction
def move(public_id: str, campaign_number: str) -> None:
    """Let a monthly gift go to another campaign from the next month on; where its own had ended, it goes on there.

    Raises MonthlyNotFound, MonthlyStopped, CampaignTakesNoGifts.
    """
    monthly = _lock_going(public_id)
    campaign = find_campaign_for_gift(campaign_number)
    if campaign is None or campaign.currency != monthly.currency or not takes_gifts_on(campaign, clock.today()):
        raise CampaignTakesNoGifts
    if campaign.number == monthly.campaign_number:
        return
    monthly.campaign_number = campaign.number
    if monthly.why == Because.CAMPAIGN and monthly.wanted_state == Wish.PAUSED:
        note_wish(monthly, Wish.ACTIVE, Because.DONOR)
    tell_change(monthly, MonthlyNews.MOVED)


def carry_out(public_id: str) -> bool:
    """Tell the provider what is wished of a monthly gift; tell whether nothing is left to do.

    Raises MonthlyNotFound.
    """
    outside_transactions()
    monthly = get_monthly(public_id)
    if not has_open_wish(monthly):
        return True
    _note_try(public_id)
    assert monthly.gateway is not None
    assert monthly.provider_ref is not None
    try:
        gateway = get_gateway(monthly.gateway)
        if not isinstance(gateway, GivesMonthly):
            return False
        if monthly.wanted_state == Wish.STOPPED:
            seen = gateway.stop_mandate(monthly.provider_ref)
        else:
            is_paused = monthly.wanted_state == Wish.PAUSED
            seen = gateway.change_mandate(
                MandateOrder(monthly.provider_ref, monthly.wanted_amount_minor, monthly.currency, is_paused)
            )
    except (GatewayUnavailable, GatewayRefused, GatewayUnknown) as error:
        logger.warning("monthly gift %s: wish not carried out: %s", monthly.id, type(error).__name__)
        return False
    absorb_mandate(Source(monthly.gateway, gateway.livemode), seen, clock.now())
    return not has_open_wish(get_monthly(public_id))


def find_card_page(public_id: str) -> str:
    """Return the address at the provider where a donor leaves another card.

    Raises MonthlyNotFound, MonthlyStopped, GatewayUnknown, GatewayUnavailable, GatewayRefused.
    """
    outside_transactions()
    monthly = get_monthly(public_id)
    if monthly.wanted_state == Wish.STOPPED:
        raise MonthlyStopped
    gateway = get_gateway(monthly.gateway or "")
    if not isinstance(gateway, GivesMonthly) or monthly.provider_ref is None:
        raise GatewayUnknown(monthly.gateway)
    back = absolute_url("giving.card_back", token=private_token("monthly", public_id))
    return gateway.start_card(monthly.provider_ref, back, monthly.locale)


def look_at_monthly(public_id: str) -> None:
    """Ask the provider how a monthly gift stands, as when its donor comes back from there.

    Raises MonthlyNotFound.
    """
    monthly = get_monthly(public_id)
    try:
        sync_payment(monthly.gateway or "", monthly.provider_ref or "")
    except (GatewayUnavailable, GatewayRefused, GatewayUnknown) as error:
        logger.warning("monthly gift %s not looked at: %s", monthly.id, type(error).__name__)


def carry_out_wishes() -> int:
    """Tell the providers the wishes they have not done yet; return how many are done."""
    before = clock.now() - timedelta(minutes=TRY_AGAIN_MINUTES)
    state_as_wish = case(
        (MonthlyGift.state.in_((MonthlyState.ACTIVE, MonthlyState.LATE)), Wish.ACTIVE), else_=MonthlyGift.state
    )
    waiting = session().scalars(
        select(MonthlyGift.public_id)
        .where(
            MonthlyGift.state.in_(LIVE_STATES),
            or_(
                state_as_wish != MonthlyGift.wanted_state,
                and_(
                    MonthlyGift.wanted_amount_minor != MonthlyGift.amount_minor,
                    MonthlyGift.wanted_state != Wish.STOPPED,
                ),
            ),
            or_(MonthlyGift.tried_at.is_(None), MonthlyGift.tried_at < before),
        )
        .order_by(MonthlyGift.id)
        .limit(200)
    )
    return sum(carry_out(public_id) for public_id in list(waiting))


def has_open_wish(monthly: MonthlyGift) -> bool:
    """Tell whether the provider has still to do something that is wished of a monthly gift."""
    state, wanted = MonthlyState(monthly.state), Wish(monthly.wanted_state)
    if state not in LIVE_STATES:
        return False
    is_amount_right = wanted is Wish.STOPPED or monthly.wanted_amount_minor == monthly.amount_minor
    return not (is_as_wished(state, wanted) and is_amount_right)


def get_monthly(public_id: str) -> MonthlyGift:
    """Return the row of a monthly gift that has begun, read afresh.

    Raises MonthlyNotFound.
    """
    monthly = session().scalar(
        select(MonthlyGift)
        .where(MonthlyGift.public_id == public_id, MonthlyGift.started_at.is_not(None))
        .execution_options(populate_existing=True)
    )
    if monthly is None:
        raise MonthlyNotFound(public_id)
    return monthly


def _lock_going(public_id: str) -> MonthlyGift:
    monthly = session().scalar(
        select(MonthlyGift)
        .where(MonthlyGift.public_id == public_id, MonthlyGift.started_at.is_not(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if monthly is None:
        raise MonthlyNotFound(public_id)
    if monthly.wanted_state == Wish.STOPPED:
        raise MonthlyStopped
    return monthly


@transaction
def _note_try(public_id: str) -> None:
    changed_rows(
        update(MonthlyGift)
        .where(MonthlyGift.public_id == public_id)
        .values(tried_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def takes_gifts(campaign_number: str) -> bool:
    """Tell whether a campaign takes a month today."""
    campaign = find_campaign_for_gift(campaign_number)
    return campaign is not None and takes_gifts_on(campaign, clock.today())
