"""Making a gift and its payments: rows first, each in a transaction; `paying` then asks the provider."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from portal import clock
from portal.campaigns.queries import CampaignForGift, find_campaign_for_gift, takes_gifts_on
from portal.codes import new_public_id, private_token
from portal.crashing import crash_point
from portal.db import changed_rows, insert_unless_there, session, transaction
from portal.giving.gateways.protocol import GivesMonthly, PaymentOrder, Started
from portal.giving.gateways.registry import GatewayUnknown, get_gateway
from portal.giving.lateness import is_too_late
from portal.giving.models import Gift, Payment
from portal.giving.months import find_monthly, plan_months
from portal.giving.neighbours import hold_wish
from portal.giving.rules import GiftState, PaymentState, Visibility, WordsState, check_amount, payment_key
from portal.giving.titles import title_of
from portal.i18n import in_language
from portal.limits.service import get_limits
from portal.sealing import keyed_hash
from portal.web import absolute_url

MOST_ATTEMPTS = 12
"""How often one gift may be tried to pay; after that it is made anew."""


class CampaignTakesNoGifts(Exception):
    """The campaign is unknown, not open, paused or outside its dates."""


class GiftNotFound(LookupError):
    """There is no such gift."""


class GiftPaid(Exception):
    """The gift is paid already."""


class PaymentUnderWay(Exception):
    """A payment of this gift waits for a bank's answer, so no other may be begun."""


class TooManyAttempts(Exception):
    """This gift was tried to pay so often that it must be made anew."""


@dataclass(frozen=True, slots=True)
class Donor:
    """Who gives, as far as they said; a signed-in person's mail address counts as confirmed."""

    email: str
    locale: str = "zh"
    name: str | None = None
    person_id: int | None = None
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What a donor wants everybody to see, and what to say to them; nothing by default (慈善法 82)."""

    name_visibility: Visibility = Visibility.HIDDEN
    amount_visibility: Visibility = Visibility.HIDDEN
    shown_name: str | None = None
    message: str | None = None
    honour: str | None = None

    @property
    def state(self) -> WordsState:
        """Whether there is something for a moderator to read."""
        has_name = self.name_visibility is Visibility.SHOWN and bool(self.shown_name)
        return WordsState.WAITING if has_name or self.message or self.honour else WordsState.NONE


@dataclass(frozen=True, slots=True)
class MadeGift:
    """A gift as its form made it; `is_same` is False where the same form had made one of another amount or campaign."""

    public_id: str
    is_same: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """A payment to be ordered, or one that is ordered already and has its address."""

    payment_id: int
    gateway: str
    pay_url: str | None
    order: PaymentOrder


def donor_hash(email: str) -> str:
    """Return the keyed hash under which a mail address finds its gifts."""
    return keyed_hash("donor", email)


@transaction
def make_gift(
    campaign_number: str,
    amount_minor: int,
    donor: Donor,
    words: Words,
    *,
    public_id: str | None = None,
    wish_number: str | None = None,
    is_monthly: bool = False,
) -> MadeGift:
    """Write down what somebody means to give; the amount is frozen from here on.

    With `is_monthly` it is the first month of many. `public_id` names the gift
    beforehand, so that a form sent twice makes one gift, whatever stands in it
    the second time.

    Raises AmountOutOfBounds, CampaignTakesNoGifts.
    """
    campaign = _open_campaign(campaign_number)
    limits = get_limits()
    check_amount(amount_minor, limits.gift_min_minor, limits.gift_max_minor)
    name, at = public_id or new_public_id(), clock.now()
    is_new = insert_unless_there(
        Gift,
        public_id=name,
        campaign_number=campaign.number,
        wish_number=wish_number,
        amount_minor=amount_minor,
        currency=campaign.currency,
        state=GiftState.INTENDED,
        state_since=at,
        contact={"email": donor.email, "name": donor.name},
        contact_hash=donor_hash(donor.email),
        contact_confirmed_at=at if donor.person_id is not None else None,
        locale=donor.locale,
        person_id=donor.person_id,
        organisation_id=donor.organisation_id,
        name_visibility=words.name_visibility,
        amount_visibility=words.amount_visibility,
        shown_name=words.shown_name if words.name_visibility is Visibility.SHOWN else None,
        message=words.message,
        honour=words.honour,
        words_state=words.state,
        created_at=at,
    )
    made = get_gift(name)
    if is_new:
        if is_monthly:
            plan_months(made)
        return MadeGift(name, is_same=True)
    wanted = (campaign.number, amount_minor, donor_hash(donor.email), is_monthly)
    was = (made.campaign_number, made.amount_minor, made.contact_hash, find_monthly(made.id) is not None)
    return MadeGift(name, is_same=wanted == was)


@transaction
def begin_payment(public_id: str, gateway: str, range_hash: str | None = None) -> Attempt:
    """Return the payment by which a gift is to be paid: the one that waits at this gateway, else a new row.

    Locks the gift, so that two windows begin one payment.

    Raises GiftNotFound, GiftPaid, PaymentUnderWay, TooManyAttempts, GatewayUnknown, CampaignTakesNoGifts, WishNotFree.
    """
    takes_months = isinstance(get_gateway(gateway), GivesMonthly)
    gift = lock_gift(public_id)
    if find_monthly(gift.id) is not None and not takes_months:
        raise GatewayUnknown(gateway)
    if gift.state not in (GiftState.INTENDED, GiftState.ABANDONED):
        raise GiftPaid
    if is_too_late(gift, clock.now()):
        raise CampaignTakesNoGifts
    hold_wish(gift)
    waiting = (
        session()
        .scalars(select(Payment).where(Payment.gift_id == gift.id, Payment.state == PaymentState.PENDING))
        .all()
    )
    if any(payment.is_processing for payment in waiting):
        raise PaymentUnderWay
    payment = next((each for each in waiting if each.gateway == gateway), None)
    return _attempt(gift, payment or _add_payment(gift, gateway, range_hash))


@transaction
def note_started(payment_id: int, started: Started) -> None:
    """Note what the provider calls a payment and where it is paid; the first answer stays."""
    changed_rows(
        update(Payment)
        .where(Payment.id == payment_id, Payment.pay_url.is_(None), Payment.state == PaymentState.PENDING)
        .values(provider_ref=started.provider_ref, pay_url=started.pay_url, started_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    crash_point("before_commit_of_start")


@transaction
def note_refused_start(payment_id: int, code: str) -> None:
    """Note that a provider would not take a payment at all."""
    changed_rows(
        update(Payment)
        .where(Payment.id == payment_id, Payment.state == PaymentState.PENDING, Payment.provider_ref.is_(None))
        .values(state=PaymentState.FAILED, failure=code, ended_at=clock.now())
        .execution_options(synchronize_session=False)
    )


@transaction
def confirm_contact(public_id: str) -> None:
    """Note that a donor's mail address is their own; pressed twice it is noted once.

    Raises GiftNotFound.
    """
    gift = lock_gift(public_id)
    gift.contact_confirmed_at = gift.contact_confirmed_at or clock.now()


def list_waiting_payments(public_id: str) -> list[tuple[int, str, str | None]]:
    """Return id, gateway and provider's name of the payments of a gift that were not paid yet, oldest first."""
    query = (
        select(Payment.id, Payment.gateway, Payment.provider_ref)
        .join(Gift, Gift.id == Payment.gift_id)
        .where(Gift.public_id == public_id, Payment.state == PaymentState.PENDING)
        .order_by(Payment.id)
    )
    return [(row.id, row.gateway, row.provider_ref) for row in session().execute(query)]


def get_gift(public_id: str) -> Gift:
    """Return the row of a gift.

    Raises GiftNotFound.
    """
    gift = session().scalar(select(Gift).where(Gift.public_id == public_id))
    if gift is None:
        raise GiftNotFound(public_id)
    return gift


def lock_gift(public_id: str) -> Gift:
    """Return the row of a gift for a verb, so that no other hand changes it until the transaction ends.

    Raises GiftNotFound.
    """
    gift = session().scalar(
        select(Gift).where(Gift.public_id == public_id).with_for_update().execution_options(populate_existing=True)
    )
    if gift is None:
        raise GiftNotFound(public_id)
    return gift


def _open_campaign(number: str) -> CampaignForGift:
    campaign = find_campaign_for_gift(number)
    if campaign is None or not takes_gifts_on(campaign, clock.today()):
        raise CampaignTakesNoGifts
    return campaign


def _add_payment(gift: Gift, gateway: str, range_hash: str | None) -> Payment:
    made = session().scalar(select(func.count(Payment.id)).where(Payment.gift_id == gift.id)) or 0
    if made >= MOST_ATTEMPTS:
        raise TooManyAttempts
    at: datetime = clock.now()
    payment = Payment(
        gift_id=gift.id,
        attempt=made + 1,
        gateway=gateway,
        state=PaymentState.PENDING,
        amount_minor=gift.amount_minor,
        currency=gift.currency,
        range_hash=range_hash,
        created_at=at,
        checked_at=at,
    )
    session().add(payment)
    session().flush()
    return payment


def _attempt(gift: Gift, payment: Payment) -> Attempt:
    token = private_token("gift", gift.public_id)
    with in_language(gift.locale):
        title = title_of(gift.campaign_number)
    order = PaymentOrder(
        key=payment_key(payment.id, gift.public_id),
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        title=title,
        return_url=absolute_url("giving.come_back", token=token),
        leave_url=absolute_url("giving.leave", token=token),
        locale=gift.locale,
        is_monthly=find_monthly(gift.id) is not None,
    )
    return Attempt(payment.id, payment.gateway, payment.pay_url, order)
