"""The months of a monthly gift: the first is a gift its donor pays, the later ones are found when a provider was paid.

Called inside the transactions of `making` and `absorbing`. A later month is a
gift of its own: its row is written from what the provider took, once for each
payment and once for each month.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from portal import clock, codes
from portal.db import insert_unless_there, session
from portal.giving.gateways.protocol import MandateName, PaymentStatus, ProviderPayment
from portal.giving.models import Gift, GiftMonth, MonthlyAmount, MonthlyGift, Payment
from portal.giving.monthly_rules import Because, MonthlyState, Wish
from portal.giving.rules import GiftState, PaymentState, Visibility, WhyHeld, WordsState, payment_key, read_key


def plan_months(gift: Gift) -> None:
    """Write down that a gift which is not paid yet is to be the first of many."""
    at = clock.now()
    monthly = _add(gift, state=MonthlyState.INTENDED, wanted_state=Wish.ACTIVE, wanted_since=at, why=Because.DONOR)
    session().add(GiftMonth(gift_id=gift.id, monthly_gift_id=monthly.id, month_on=clock.today()))
    agree(monthly, gift.amount_minor)


def find_monthly(gift_id: int) -> MonthlyGift | None:
    """Return the monthly gift of which a gift is a month, or None."""
    query = select(MonthlyGift).join(GiftMonth, GiftMonth.monthly_gift_id == MonthlyGift.id)
    return session().scalar(query.where(GiftMonth.gift_id == gift_id))


def agree(monthly: MonthlyGift, amount_minor: int) -> None:
    """Write down that a donor agreed to an amount."""
    insert_unless_there(MonthlyAmount, monthly_gift_id=monthly.id, amount_minor=amount_minor, agreed_at=clock.now())


def add_month(gateway: str, livemode: bool, seen: ProviderPayment) -> tuple[Gift, Payment] | WhyHeld | None:
    """Return gift and payment for money a provider took by itself, newly written; why it is held where it does not fit.

    Returns None for what is no month of ours. Locks the monthly gift, so that
    two that speak of one month write it once. A month that has its gift
    already gets a second payment, which goes back by itself.
    """
    if seen.mandate is None or seen.key is not None or seen.status is not PaymentStatus.SUCCEEDED:
        return None
    if seen.livemode != livemode:
        return None
    monthly = _lock(gateway, seen.mandate)
    if monthly is None:
        return WhyHeld.ORPHAN if read_key("payment", seen.mandate.key) is not None else None
    if seen.currency != monthly.currency:
        return WhyHeld.CURRENCY
    is_agreed = session().scalar(
        select(MonthlyAmount.id).where(
            MonthlyAmount.monthly_gift_id == monthly.id, MonthlyAmount.amount_minor == seen.amount_minor
        )
    )
    if is_agreed is None:
        return WhyHeld.AMOUNT
    known = session().scalar(
        select(Payment).where(Payment.gateway == gateway, Payment.provider_ref == seen.provider_ref)
    )
    if known is not None:
        # Another hand wrote it while this one waited for the lock.
        return session().get_one(Gift, known.gift_id, with_for_update=True, populate_existing=True), known
    gift = _gift_of(monthly, seen)
    return (gift, _add_payment(gift, gateway, seen)) if gift.amount_minor == seen.amount_minor else WhyHeld.TWIN


def settle_month(gift: Gift, payment: Payment, seen: ProviderPayment, *, is_second: bool) -> bool:
    """Begin the months of which a gift is the first; tell whether the donor had ended or paused them before it came.

    A second agreement for the same gift, made on a second page, is written
    down to be stopped at once.
    """
    monthly = find_monthly(gift.id)
    if monthly is None:
        return False
    if seen.mandate is not None and monthly.provider_ref not in (None, seen.mandate.provider_ref):
        if is_second and _lock(payment.gateway, MandateName(seen.mandate.provider_ref, None)) is None:
            _add_stray(gift, payment.gateway, seen.mandate)
        return False
    if seen.mandate is not None and monthly.state == MonthlyState.INTENDED:
        begin_months(monthly, payment.gateway, seen.mandate)
    return _had_ended(monthly, seen.paid_at or clock.now())


def begin_months(monthly: MonthlyGift, gateway: str, mandate: MandateName) -> None:
    """Note what the provider calls an agreement, and that it has begun."""
    at = clock.now()
    monthly.gateway, monthly.provider_ref, monthly.started_at = gateway, mandate.provider_ref, at
    monthly.state, monthly.state_since = MonthlyState.ACTIVE, at


def note_wish(monthly: MonthlyGift, wanted: Wish, why: Because) -> None:
    """Write down how a locked monthly gift is to be, and why; wished again, the first reason stays."""
    if monthly.wanted_state == wanted:
        return
    monthly.wanted_state, monthly.wanted_since, monthly.why = wanted, clock.now(), why
    monthly.tried_at = None


def end_after_dispute(gift: Gift) -> None:
    """Wish an end of the monthly gift of which a month was charged back: whoever does that wants no more of it."""
    monthly = find_monthly(gift.id)
    if monthly is not None and monthly.started_at is not None:
        monthly = session().get_one(MonthlyGift, monthly.id, with_for_update=True, populate_existing=True)
        note_wish(monthly, Wish.STOPPED, Because.DISPUTED)


def _had_ended(monthly: MonthlyGift, paid_at: datetime) -> bool:
    is_ended = monthly.wanted_state == Wish.STOPPED or (
        monthly.wanted_state == Wish.PAUSED and monthly.why == Because.DONOR
    )
    return is_ended and paid_at > monthly.wanted_since


def _lock(gateway: str, mandate: MandateName) -> MonthlyGift | None:
    """Return the monthly gift of an agreement, locked; one whose first payment was not heard of yet begins by it."""
    by_ref = select(MonthlyGift).where(MonthlyGift.gateway == gateway, MonthlyGift.provider_ref == mandate.provider_ref)
    fresh = {"populate_existing": True}
    found = session().scalar(by_ref.with_for_update().execution_options(**fresh))
    ours = read_key("payment", mandate.key)
    if found is not None or ours is None:
        return found
    row: Any = (
        session()
        .execute(
            select(Payment.id, Gift.public_id, Gift.id.label("gift_id"))
            .join(Gift, Gift.id == Payment.gift_id)
            .where(Payment.gateway == gateway, Payment.id == ours)
        )
        .one_or_none()
    )
    planned = find_monthly(row.gift_id) if row and payment_key(row.id, row.public_id) == mandate.key else None
    if planned is None or planned.state != MonthlyState.INTENDED:
        return None
    planned = session().get_one(MonthlyGift, planned.id, with_for_update=True, populate_existing=True)
    begin_months(planned, gateway, mandate)
    return planned


def _gift_of(monthly: MonthlyGift, seen: ProviderPayment) -> Gift:
    """Return the gift of a month, newly written where the month has none."""
    month_on = seen.month_on or clock.local_date(seen.paid_at or clock.now())
    known = session().scalar(
        select(GiftMonth.gift_id).where(GiftMonth.monthly_gift_id == monthly.id, GiftMonth.month_on == month_on)
    )
    if known is not None:
        return session().get_one(Gift, known, with_for_update=True, populate_existing=True)
    gift = _write_gift(monthly, seen.amount_minor)
    session().add(GiftMonth(gift_id=gift.id, monthly_gift_id=monthly.id, month_on=month_on))
    session().flush()
    return gift


def _write_gift(monthly: MonthlyGift, amount_minor: int) -> Gift:
    """Write a later month's gift: seen as the first is, without its message, which was for that day."""
    at = clock.now()
    gift = Gift(
        public_id=codes.new_public_id(),
        campaign_number=monthly.campaign_number,
        amount_minor=amount_minor,
        currency=monthly.currency,
        state=GiftState.INTENDED,
        state_since=at,
        contact=monthly.contact,
        contact_hash=monthly.contact_hash,
        locale=monthly.locale,
        person_id=monthly.person_id,
        organisation_id=monthly.organisation_id,
        created_at=at,
        **_seen_as(_first(monthly)),
    )
    session().add(gift)
    session().flush()
    return gift


def _first(monthly: MonthlyGift) -> Gift | None:
    query = select(Gift).join(GiftMonth, GiftMonth.gift_id == Gift.id)
    return session().scalar(query.where(GiftMonth.monthly_gift_id == monthly.id).order_by(GiftMonth.id).limit(1))


def _seen_as(first: Gift | None) -> dict[str, Any]:
    """Return how a later month is seen: as the first one, whose name and honour a moderator need not read again."""
    if first is None:
        hidden = Visibility.HIDDEN
        return {"name_visibility": hidden, "amount_visibility": hidden, "words_state": WordsState.NONE}
    shown = {
        "contact_confirmed_at": first.contact_confirmed_at,
        "name_visibility": first.name_visibility,
        "amount_visibility": first.amount_visibility,
        "shown_name": first.shown_name,
        "honour": first.honour,
    }
    if not (first.shown_name or first.honour):
        return shown | {"words_state": WordsState.NONE}
    if first.words_state not in (WordsState.APPROVED, WordsState.REFUSED):
        return shown | {"words_state": WordsState.WAITING}
    return shown | {
        "words_state": first.words_state,
        "words_decided_by_id": first.words_decided_by_id,
        "words_decided_at": first.words_decided_at,
    }


def _add_payment(gift: Gift, gateway: str, seen: ProviderPayment) -> Payment:
    at = clock.now()
    made = session().scalar(select(func.count(Payment.id)).where(Payment.gift_id == gift.id)) or 0
    payment = Payment(
        gift_id=gift.id,
        attempt=made + 1,
        gateway=gateway,
        state=PaymentState.PENDING,
        provider_ref=seen.provider_ref,
        amount_minor=seen.amount_minor,
        currency=seen.currency,
        created_at=at,
        started_at=at,
        checked_at=at,
    )
    session().add(payment)
    session().flush()
    return payment


def _add_stray(gift: Gift, gateway: str, mandate: MandateName) -> None:
    at = clock.now()
    stray = _add(gift, state=MonthlyState.INTENDED, wanted_state=Wish.STOPPED, wanted_since=at, why=Because.DUPLICATED)
    begin_months(stray, gateway, mandate)
    # What it takes before it is stopped is known as ours, and goes back.
    agree(stray, gift.amount_minor)


def _add(gift: Gift, **wished: Any) -> MonthlyGift:
    at = clock.now()
    monthly = MonthlyGift(
        public_id=codes.new_public_id(),
        campaign_number=gift.campaign_number,
        amount_minor=gift.amount_minor,
        wanted_amount_minor=gift.amount_minor,
        currency=gift.currency,
        state_since=at,
        contact=gift.contact,
        contact_hash=gift.contact_hash,
        locale=gift.locale,
        person_id=gift.person_id,
        organisation_id=gift.organisation_id,
        seen_at=at,
        created_at=at,
        **wished,
    )
    session().add(monthly)
    session().flush()
    return monthly
