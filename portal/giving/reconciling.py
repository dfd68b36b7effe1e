"""Holds what the providers know against the book: finds what was missed, over any outage, and what hangs.

Every payment that is not settled is asked about every few minutes, and
everything a provider says has changed since the last time is taken in again.
Taking in is idempotent, so nothing is doubled.
"""

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from portal import clock
from portal.db import changed_rows, insert_unless_there, session, transaction
from portal.giving.absorbing import Absorbed
from portal.giving.aftermath import settle_gift
from portal.giving.gateways.bank_transfer import BANK_TRANSFER, WAIT_FOR_TRANSFER
from portal.giving.gateways.protocol import GatewayRefused, GatewayUnavailable
from portal.giving.gateways.registry import get_gateway, list_gateways
from portal.giving.making import lock_gift
from portal.giving.models import GatewayCursor, Gift, MonthlyGift, Payment
from portal.giving.monthly_rules import MonthlyState
from portal.giving.payouts import take_in_payouts
from portal.giving.rules import GiftState, PaymentState
from portal.giving.syncing import outside_transactions, sync_payment
from portal.limits.service import get_limits

logger = logging.getLogger(__name__)

EVERY_MINUTES = 5
"""How often a provider is asked; well inside the fifteen minutes in which anything missed must be found."""

OVERLAP = timedelta(minutes=30)
"""How far before the last time a provider is asked again, because its list may lag behind and clocks differ."""

FIRST_LOOK_BACK = timedelta(days=30)
TRIES = 3
MISSES_TO_STOP = 5


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What one look at a provider found."""

    gateway: str
    looked_at: int
    moved: int
    held: int
    is_whole: bool


def reconcile_due() -> int:
    """Reconcile each gateway whose last time is a few minutes ago; return how many payments moved."""
    before = clock.now() - timedelta(minutes=EVERY_MINUTES)
    recent = session().scalars(select(GatewayCursor.gateway).where(GatewayCursor.reconciled_at > before))
    fresh = set(recent)
    return sum(reconcile(gateway.name).moved for gateway in list_gateways() if gateway.name not in fresh)


def reconcile(gateway_name: str, since: datetime | None = None) -> Reconciled:
    """Take in again all that changed at a provider since the last time (or a given moment), and what is not settled.

    A payment that cannot be asked about is tried again; where several in a row
    cannot, the provider is away and the rest waits. The next time begins from
    the same moment until everything was asked about once.

    Raises GatewayUnknown.
    """
    gateway = get_gateway(gateway_name)
    outside_transactions()
    began_at = clock.now()
    try:
        changed = list(gateway.list_since(since or _look_from(gateway_name)))
    except GatewayUnavailable:
        logger.warning("reconcile %s: no answer", gateway_name)
        return Reconciled(gateway_name, 0, 0, 0, is_whole=False)
    tally, missed = _look_at_all(gateway_name, list(dict.fromkeys([*changed, *_unsettled(gateway_name)])))
    if missed:
        logger.warning("reconcile %s: %s not answered", gateway_name, missed)
    elif _take_in_payouts(gateway_name, since or _look_from(gateway_name)):
        _remember(gateway_name, began_at)
    return Reconciled(gateway_name, tally["looked_at"], tally["moved"], tally["held"], is_whole=not missed)


def _take_in_payouts(gateway_name: str, since: datetime) -> bool:
    """Take in what went to the bank, after the payments it consists of; tell whether the provider answered."""
    try:
        take_in_payouts(gateway_name, since)
    except GatewayUnavailable:
        logger.warning("reconcile %s: no answer about payouts", gateway_name)
        return False
    return True


def _look_at_all(gateway_name: str, refs: list[str]) -> tuple[Counter[str], int]:
    """Look at each payment; return what was found and how many could not be asked about."""
    tally, in_a_row = Counter[str](), 0
    for place, provider_ref in enumerate(refs):
        before = _state_of(gateway_name, provider_ref)
        absorbed = _ask(gateway_name, provider_ref)
        if absorbed is None:
            in_a_row += 1
            tally["missed"] += 1
            if in_a_row == MISSES_TO_STOP:
                return tally, tally["missed"] + len(refs) - place - 1
            continue
        in_a_row = 0
        tally["looked_at"] += 1
        tally["held"] += absorbed is Absorbed.HELD
        tally["moved"] += absorbed is Absorbed.TAKEN and before != _state_of(gateway_name, provider_ref)
    return tally, tally["missed"]


def _ask(gateway_name: str, provider_ref: str) -> Absorbed | None:
    """Look at one payment, a few times where no answer comes; None when none came."""
    for _try in range(TRIES):
        try:
            return sync_payment(gateway_name, provider_ref)
        except GatewayUnavailable:
            continue
        except GatewayRefused as refused:
            logger.warning("reconcile %s: %s", gateway_name, refused.code)
            return Absorbed.UNKNOWN
    return None


def abandon_left() -> int:
    """Close what nobody has paid for limits.gift_hours and return how many; a payment that comes later still counts."""
    before = clock.now() - timedelta(hours=get_limits().gift_hours)
    pending = select(Payment.gift_id).where(Payment.state == PaymentState.PENDING, Payment.provider_ref.is_not(None))
    left = session().scalars(
        select(Gift.public_id)
        .where(Gift.state == GiftState.INTENDED, Gift.created_at < before, Gift.id.not_in(pending))
        .order_by(Gift.id)
        .limit(500)
    )
    return sum(_abandon(public_id) for public_id in list(left)) + _close_overdue(before)


@transaction
def _abandon(public_id: str) -> bool:
    gift = lock_gift(public_id)
    if gift.state != GiftState.INTENDED:
        return False
    at = clock.now()
    gift.state, gift.state_since = GiftState.ABANDONED, at
    session().execute(
        update(Payment)
        .where(Payment.gift_id == gift.id, Payment.state == PaymentState.PENDING)
        .values(state=PaymentState.ABANDONED, ended_at=at)
        .execution_options(synchronize_session=False)
    )
    settle_gift(gift)
    return True


def _close_overdue(before: datetime) -> int:
    """Ask providers to close what nobody pays any more, so that no page stays open for ever."""
    rows = session().execute(
        select(Payment.gateway, Payment.provider_ref)
        .where(
            Payment.state == PaymentState.PENDING,
            Payment.is_processing.is_(False),
            Payment.provider_ref.is_not(None),
            Payment.created_at < before,
            or_(Payment.gateway != BANK_TRANSFER, Payment.created_at < clock.now() - WAIT_FOR_TRANSFER),
        )
        .limit(100)
    )
    closed = 0
    for gateway_name, provider_ref in rows.all():
        assert provider_ref is not None
        try:
            get_gateway(gateway_name).close(provider_ref)
            closed += sync_payment(gateway_name, provider_ref) is Absorbed.TAKEN
        except (GatewayUnavailable, GatewayRefused, LookupError) as error:
            logger.warning("payment not closed: %s", type(error).__name__)
    return closed


def _unsettled(gateway_name: str) -> list[str]:
    """Return the payments that are not settled, and the mandates whose day has come or is not known yet."""
    pending = (
        select(Payment.provider_ref)
        .where(Payment.gateway == gateway_name, Payment.state == PaymentState.PENDING)
        .order_by(Payment.checked_at)
    )
    today = clock.today()
    due = or_(MonthlyGift.next_on.is_(None), MonthlyGift.next_on <= today, MonthlyGift.retry_on <= today)
    months = select(MonthlyGift.provider_ref).where(
        MonthlyGift.gateway == gateway_name,
        MonthlyGift.state.in_((MonthlyState.ACTIVE, MonthlyState.LATE)),
        due,
    )
    return [ref for query in (pending, months) for ref in session().scalars(query) if ref is not None]


def _state_of(gateway_name: str, provider_ref: str) -> tuple[str, str] | None:
    row = (
        session()
        .execute(
            select(Payment.state, Gift.state)
            .join(Gift, Gift.id == Payment.gift_id)
            .where(Payment.gateway == gateway_name, Payment.provider_ref == provider_ref)
            .union_all(
                select(MonthlyGift.state, MonthlyGift.wanted_state).where(
                    MonthlyGift.gateway == gateway_name, MonthlyGift.provider_ref == provider_ref
                )
            )
        )
        .one_or_none()
    )
    return None if row is None else (row[0], row[1])


def _look_from(gateway_name: str) -> datetime:
    until = session().scalar(select(GatewayCursor.reconciled_until).where(GatewayCursor.gateway == gateway_name))
    return (until - OVERLAP) if until is not None else clock.now() - FIRST_LOOK_BACK


@transaction
def _remember(gateway_name: str, until: datetime) -> None:
    at = clock.now()
    if not insert_unless_there(GatewayCursor, gateway=gateway_name, reconciled_until=until, reconciled_at=at):
        changed_rows(
            update(GatewayCursor)
            .where(GatewayCursor.gateway == gateway_name)
            .values(reconciled_until=until, reconciled_at=at)
            .execution_options(synchronize_session=False)
        )
