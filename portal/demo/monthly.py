"""Donors of the demo who give each month: they begin, the sandbox charges, some pause, one fails, one stops."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from flask import current_app
from sqlalchemy import select

from portal import clock
from portal.db import session
from portal.demo.campaign_stories import CAMPAIGNS
from portal.demo.people import DONORS, ENGLISH_DONORS
from portal.demo.timeline import Timeline
from portal.giving.absorbing import Source, absorb
from portal.giving.gateways.protocol import MandateOrder
from portal.giving.gateways.sandbox import SandboxGateway
from portal.giving.making import Donor, Words, begin_payment, make_gift, note_started
from portal.giving.models import Gift, GiftMonth, MonthlyGift
from portal.giving.monthly import wish, wish_amount
from portal.giving.monthly_absorbing import absorb_mandate
from portal.giving.monthly_rules import Because, MonthlyState, Wish


@dataclass(frozen=True)
class _Monthly:
    """One monthly donor: how much, since when, and what happens how many days ago."""

    yuan: int
    began_days_ago: float
    then: str = ""
    then_days_ago: float = 0


DONORS_OF_MONTHS = (
    _Monthly(50, 82),
    _Monthly(100, 80.5, "amount", 40),
    _Monthly(20, 76),
    _Monthly(30, 74, "pause", 12),
    _Monthly(200, 70, "stop", 20),
    _Monthly(50, 63.5, "break", 10),
    _Monthly(66, 51, "break", 30),
    _Monthly(10, 33.5, "break", 4),
    _Monthly(50, 20),
    _Monthly(88, 6),
)


class DemoMonths:
    """Monthly gifts on the demo's timeline; they go to the campaign that lasts longest."""

    def __init__(self, timeline: Timeline, numbers: dict[str, str]) -> None:
        self._timeline, self._numbers = timeline, numbers
        self._story = max((each for each in CAMPAIGNS if not each.stays), key=lambda each: each.lasts_days)

    def schedule(self) -> None:
        """Let each donor begin, and the sandbox charge what is due day by day."""
        for place, monthly in enumerate(DONORS_OF_MONTHS):
            self._timeline.add(monthly.began_days_ago, partial(self._begin, place, monthly))
            if monthly.then:
                self._timeline.add(monthly.then_days_ago, partial(self._change, place, monthly.then))
        for days_ago in range(int(self._story.started_days_ago)):
            self._timeline.add(days_ago, self._charge)

    def _begin(self, place: int, monthly: _Monthly) -> None:
        gateway = _gateway()
        name = DONORS[place % len(DONORS)]
        donor = Donor(_mail(place), "en" if name in ENGLISH_DONORS else "zh")
        number = self._numbers[self._story.title]
        public_id = make_gift(number, monthly.yuan * 100, donor, Words(), is_monthly=True).public_id
        attempt = begin_payment(public_id, gateway.name)
        started = gateway.start(attempt.order)
        note_started(attempt.payment_id, started)
        gateway.provider.pay(started.provider_ref, f"card-m{place}", clock.now())
        self._hear()

    def _charge(self) -> None:
        """Let the sandbox charge what is due, and hear of it as the clock does."""
        if _gateway().provider.settle_due(clock.now()) or self._has_late():
            self._hear()

    def _change(self, place: int, what: str) -> None:
        """Let a donor change their mind, or their card run out."""
        gateway, monthly = _gateway(), _monthly_of(place)
        assert monthly.provider_ref is not None
        if what == "break":
            gateway.provider.break_months(monthly.provider_ref, "card_declined")
            return
        if what == "amount":
            wish_amount(monthly.public_id, 15_000)
        else:
            wish(monthly.public_id, Wish.PAUSED if what == "pause" else Wish.STOPPED, Because.DONOR)
        # The demo is built in one transaction, so not by `carry_out`.
        if what == "stop":
            seen = gateway.stop_mandate(monthly.provider_ref)
        else:
            seen = gateway.change_mandate(
                MandateOrder(
                    monthly.provider_ref, monthly.wanted_amount_minor, monthly.currency, is_paused=what == "pause"
                )
            )
        absorb_mandate(Source(gateway.name, gateway.livemode), seen, clock.now())

    def _has_late(self) -> bool:
        waits = (MonthlyState.ACTIVE, MonthlyState.LATE)
        due = select(MonthlyGift.id).where(MonthlyGift.state.in_(waits), MonthlyGift.next_on <= clock.today())
        late = select(MonthlyGift.id).where(MonthlyGift.state == MonthlyState.LATE)
        return session().scalar(due.union_all(late).limit(1)) is not None

    def _hear(self) -> None:
        gateway = _gateway()
        source = Source(gateway.name, gateway.livemode)
        for ref in gateway.list_since(clock.now() - timedelta(days=2)):
            if gateway.is_mandate(ref):
                absorb_mandate(source, gateway.fetch_mandate(ref), clock.now())
            else:
                absorb(source, gateway.fetch(ref))


def _gateway() -> SandboxGateway:
    found: SandboxGateway = current_app.extensions["portal.gateways"]["sandbox"]
    return found


def _mail(place: int) -> str:
    return f"monthly{place}@demo.example"


def _monthly_of(place: int) -> MonthlyGift:
    query = select(MonthlyGift).join(GiftMonth, GiftMonth.monthly_gift_id == MonthlyGift.id)
    query = query.join(Gift, Gift.id == GiftMonth.gift_id).order_by(GiftMonth.id)
    rows = session().scalars(query)
    return next(row for row in rows if (row.contact or {}).get("email") == _mail(place))
