"""Gives to the demo's campaigns by the portal's own verbs and the sandbox: what donors do, and what staff answer."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from random import Random

from flask import current_app
from sqlalchemy import select

from portal import clock
from portal.accounts.models import Person
from portal.accounts.rules import Actor, Role
from portal.db import session
from portal.demo.campaign_stories import CAMPAIGNS, CampaignStory
from portal.demo.people import DONORS, ENGLISH_DONORS
from portal.demo.timeline import Timeline
from portal.giving.absorbing import Source, absorb
from portal.giving.gateways.sandbox import SandboxGateway
from portal.giving.making import Donor, Words, begin_payment, make_gift, note_started
from portal.giving.models import Receipt
from portal.giving.moderating import decide_words
from portal.giving.payouts import absorb_payout
from portal.giving.receipts import Issued, ask_for_receipt, issue_receipt
from portal.giving.refunding import ask_for_refund
from portal.giving.rules import Visibility
from portal.giving.sandbox.paying_out import pay_out

SMALL_YUAN = (10, 20, 20, 50, 50, 66, 88, 100, 100, 100, 128, 200, 200, 300, 500, 520, 1000)
LARGE_YUAN = (3_000, 5_000, 6_000, 8_000, 10_000, 12_000)
GIFTS_OF_A_CAMPAIGN = 34
LARGE_SHARE = 0.22
DAYS_TO_READ = 10
"""For how many days some donors' words wait for a moderator."""

EXCUSE = "没有写全名，认不出是谁"
"""Why the moderator of the demo lets a neighbour's title through."""
MESSAGES = (
    "一点心意，希望帮得上忙。",
    "愿大家都平平安安。",
    "以前也有人这样帮过我。",
    "钱不多，慢慢来。",
    "孩子存的压岁钱，他自己说要捐。",
    "辛苦了，基金会的各位。",
    "Every little helps.",
)
HONOURS = ("外婆", "我们的老班长", "小区里的张阿姨一家")


@dataclass(frozen=True)
class _Given:
    """One gift of the demo: how much, by whom, and how it goes."""

    serial: int
    yuan: int
    way: str
    has_unread_words: bool


class DemoGifts:
    """Gifts on the demo's timeline; `numbers` knows each campaign by its title once it is written."""

    def __init__(self, staff: list[Person], timeline: Timeline, numbers: dict[str, str]) -> None:
        self._finance = _first(staff, Role.FINANCE)
        self._moderator = _first(staff, Role.MODERATOR)
        self._timeline = timeline
        self._numbers = numbers
        self._draw = Random(520)
        self._serial = 0

    def schedule(self) -> None:
        """Spread gifts over the days on which each campaign takes them."""
        for story in CAMPAIGNS:
            if not story.stays:
                self._schedule(story)

    def schedule_payouts(self, past_days: int) -> None:
        """Let the sandbox send to the bank, day by day, what moved until the midnight before."""
        for days_ago in range(past_days):
            self._timeline.add(days_ago, self._pay_out)

    def _pay_out(self) -> None:
        gateway: SandboxGateway = current_app.extensions["portal.gateways"]["sandbox"]
        if pay_out(gateway.provider.store, clock.now()) is not None:
            for seen in gateway.list_payouts(clock.now()):
                absorb_payout(Source(gateway.name, gateway.livemode), seen)

    def _schedule(self, story: CampaignStory) -> None:
        begin, end = story.started_days_ago - 0.2, max(story.started_days_ago - story.lasts_days + 0.2, 0.05)
        for place in range(GIFTS_OF_A_CAMPAIGN):
            # Most come in the first third, as in life.
            days_ago = begin - (begin - end) * self._draw.betavariate(1.1, 2.2)
            self._serial += 1
            is_large = self._draw.random() < LARGE_SHARE
            yuan = self._draw.choice(LARGE_YUAN if is_large else SMALL_YUAN)
            way = "fail" if place % 11 == 5 else "leave" if place % 13 == 7 else "pay"
            given = _Given(self._serial, yuan, way, self._serial % 9 == 0 and days_ago < DAYS_TO_READ)
            self._timeline.add(days_ago, partial(self._give, story, given))

    def _give(self, story: CampaignStory, given: _Given) -> None:
        name = self._draw.choice(DONORS)
        locale = "en" if name in ENGLISH_DONORS else "zh"
        donor = Donor(f"giver{given.serial % 90}@demo.example", locale)
        words = self._words(name)
        public_id = make_gift(self._numbers[story.title], given.yuan * 100, donor, words).public_id
        if given.way == "fail":
            pay_in_sandbox(public_id, f"card-{given.serial % 90}", is_declined=True)
        if given.way != "leave":
            pay_in_sandbox(public_id, f"card-{given.serial % 90}")
            self._afterwards(public_id, words, given)

    def _words(self, name: str) -> Words:
        is_named, has_message = self._draw.random() < 0.45, self._draw.random() < 0.3
        return Words(
            name_visibility=Visibility.SHOWN if is_named else Visibility.HIDDEN,
            amount_visibility=Visibility.SHOWN if self._draw.random() < 0.6 else Visibility.HIDDEN,
            shown_name=name if is_named else None,
            message=self._draw.choice(MESSAGES) if has_message else None,
            honour=self._draw.choice(HONOURS) if self._draw.random() < 0.06 else None,
        )

    def _afterwards(self, public_id: str, words: Words, given: _Given) -> None:
        """Let a moderator read most words, some donors ask for a receipt, and one want the money back."""
        if words.state != "none" and not given.has_unread_words:
            decide_words(self._moderator, public_id, is_approved=True, excuse=EXCUSE)
        if given.serial % 17 == 3:
            ask_for_receipt(public_id, self._draw.choice(DONORS), None)
            if given.serial % 34 == 3:
                self._issue(given)
        if given.serial == 40:
            ask_for_refund(public_id, "多按了一个零，请退回多付的部分。")

    def _issue(self, given: _Given) -> None:
        receipt_id = session().scalar(select(Receipt.id).order_by(Receipt.id.desc()).limit(1))
        assert receipt_id is not None
        today: date = clock.today()
        issue_receipt(
            self._finance, receipt_id, Issued("37020125", f"{10_000_000 + given.serial}", f"{given.serial:06d}", today)
        )


def pay_in_sandbox(public_id: str, card: str, *, is_declined: bool = False) -> None:
    """Order, pay and take in, as the pages do; the demo is built in one transaction, so not by `find_pay_page`."""
    gateway: SandboxGateway = current_app.extensions["portal.gateways"]["sandbox"]
    attempt = begin_payment(public_id, gateway.name)
    started = gateway.start(attempt.order)
    note_started(attempt.payment_id, started)
    if is_declined:
        gateway.provider.decline(started.provider_ref, card, "insufficient_funds", clock.now())
    else:
        gateway.provider.pay(started.provider_ref, card, clock.now())
    absorb(Source(gateway.name, gateway.livemode), gateway.fetch(started.provider_ref))


def _first(staff: list[Person], role: Role) -> Actor:
    return next(person.actor for person in staff if person.actor.has_role(role))
