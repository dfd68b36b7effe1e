"""Lets donors of the demo pay for wishes, and the foundation buy them and rescue others, by the portal's own verbs."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy import select

from portal import clock
from portal.accounts.models import Person
from portal.accounts.rules import FAMILY, Actor, Role
from portal.buying.clocks import follow_purchases
from portal.buying.models import Purchase
from portal.buying.ordering import ask_for_money, rescue_wish
from portal.buying.service import give_for_wish
from portal.campaigns.models import BudgetLine, Campaign, Disbursement
from portal.campaigns.paying import pay_disbursement
from portal.campaigns.spending import Ask, MoreThanHeld, approve_disbursement
from portal.campaigns.vouchers import keeping_voucher
from portal.db import session
from portal.demo.gifts import pay_in_sandbox
from portal.demo.pictures import draw_voucher
from portal.demo.timeline import Timeline
from portal.family.service import withdraw_wish
from portal.giving.making import Donor, Words
from portal.handover.rules import Answer, Checks, Through
from portal.handover.service import acknowledge, close_wish, hand_over, receive_goods
from portal.wishes.kinds import WishKind
from portal.wishes.models import Wish
from portal.wishes.rules import WishState

Act = tuple[float, str]

STORIES: tuple[tuple[Act, ...], ...] = (
    ((19, "pay"), (18, "ask"), (17, "buy"), (14, "bring"), (12, "hand_over"), (11, "confirm"), (9, "close")),
    ((15, "pay"), (14, "ask"), (13, "buy"), (10, "bring"), (8, "hand_over"), (7, "confirm"), (5, "close")),
    ((9, "pay"), (8, "ask"), (7, "buy"), (2, "bring")),
    ((8, "pay"), (4, "withdraw")),
    ((6, "pay"), (5, "ask"), (4, "buy")),
    ((4, "pay"), (3, "ask")),
    ((1, "pay"),),
    ((2, "rescue"),),
)
"""What happens to one wish each, so many days ago."""

OPEN_DAYS = 21
SUPPLIERS = ("晨光文具店", "听潮家纺店", "海岸百货店")
_ALL_WELL = Checks(item_matches=True, is_new=True, is_safe=True)


class DemoPurchases:
    """Wishes of the demo that somebody pays for, on its timeline."""

    def __init__(self, staff: Sequence[Person], timeline: Timeline) -> None:
        self._staff, self._timeline = [person.actor for person in staff], timeline
        self._finance, self._approver = self._one(Role.FINANCE), self._one(Role.MODERATOR)

    def schedule(self) -> None:
        """Put a few wishes that nobody pledged, the oldest last, on their way to being bought."""
        before = clock.now() - timedelta(days=OPEN_DAYS)
        is_open = Wish.state == WishState.PUBLISHED, Wish.kind == WishKind.GOODS, Wish.open_since <= before
        query = select(Wish.number).where(*is_open).order_by(Wish.open_since.desc()).limit(len(STORIES) - 1)
        oldest = select(Wish.number).where(*is_open).order_by(Wish.open_since).limit(1)
        numbers = [*session().scalars(query), *session().scalars(oldest)]
        for serial, (number, story) in enumerate(zip(numbers, STORIES, strict=False), start=1):
            for days_ago, act in story:
                self._timeline.add(days_ago, partial(self._do, act, number, serial))

    def _do(self, act: str, number: str, serial: int) -> None:
        doing: Callable[[str, int], object] = getattr(self, f"_{act}")
        doing(number, serial)

    def _pay(self, number: str, serial: int) -> None:
        public_id = give_for_wish(number, Donor(f"giver{serial}@demo.example"), Words()).public_id
        pay_in_sandbox(public_id, f"card-{serial}")

    def _ask(self, number: str, serial: int) -> None:
        purchase = self._purchase(number)
        ask_for_money(self._finance, purchase.public_id, self._wanted(number, purchase.amount_minor - 200, serial))

    def _buy(self, number: str, serial: int) -> None:
        payment = session().get_one(Disbursement, self._purchase(number).disbursement_id)
        try:
            approve_disbursement(self._approver, payment.public_id)
        except MoreThanHeld:
            return
        sides = (draw_voucher(90_000 + serial, payment.amount_minor, redacted=side) for side in (False, True))
        with keeping_voucher(*sides) as voucher:
            pay_disbursement(self._finance, payment.public_id, clock.today(), voucher)

    def _rescue(self, number: str, serial: int) -> None:
        wish = self._wish(number)
        rescue_wish(self._finance, number, self._wanted(number, wish.total_minor, serial))

    def _bring(self, number: str, serial: int) -> None:
        receive_goods(self._clerk(number), self._wish(number).id, _ALL_WELL)

    def _hand_over(self, number: str, serial: int) -> None:
        hand_over(self._clerk(number), self._wish(number).id, is_signed=True)

    def _confirm(self, number: str, serial: int) -> None:
        acknowledge(FAMILY, self._wish(number).id, Answer.RECEIVED, Through.CODE)

    def _close(self, number: str, serial: int) -> None:
        close_wish(self._approver, self._wish(number).id)
        follow_purchases()

    def _withdraw(self, number: str, serial: int) -> None:
        withdraw_wish(FAMILY, self._wish(number).id, None)
        follow_purchases()

    def _wanted(self, number: str, amount_minor: int, serial: int) -> Ask:
        lines = session().scalars(
            select(BudgetLine.id)
            .join(Campaign, Campaign.id == BudgetLine.campaign_id)
            .where(Campaign.is_wish_fund)
            .order_by(BudgetLine.position)
        )
        item = self._wish(number).item
        return Ask(
            budget_line_id=list(lines)[1],
            amount_minor=amount_minor,
            purpose=f"代买心愿：{item}",
            purpose_en="A wish bought",
            supplier=SUPPLIERS[serial % len(SUPPLIERS)],
        )

    def _wish(self, number: str) -> Wish:
        return session().execute(select(Wish).where(Wish.number == number)).scalar_one()

    def _purchase(self, number: str) -> Purchase:
        query = select(Purchase).join(Wish, Wish.id == Purchase.wish_id).where(Wish.number == number)
        return session().execute(query).scalar_one()

    def _clerk(self, number: str) -> Actor:
        return self._one(Role.CENTRE_CLERK, self._wish(number).service_centre_id)

    def _one(self, role: Role, service_centre_id: int | None = None) -> Actor:
        return next(actor for actor in self._staff if actor.may({role}, service_centre_id))
