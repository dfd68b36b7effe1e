"""Walks one demo wish along its way, each step by the verb and the person that would take it in life."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from random import Random

from sqlalchemy import select

from portal import clock
from portal.accounts.models import Person
from portal.accounts.rules import FAMILY, PLEDGER, Actor, Role
from portal.areas.models import Community, Grid, ServiceCentre
from portal.clock import FrozenClock
from portal.db import session
from portal.demo.office import in_office
from portal.demo.people import DemoFamily, demo_family
from portal.demo.stories import Story
from portal.family.service import withdraw_wish
from portal.handover.rules import Answer, Checks, Through, Way
from portal.handover.service import (
    acknowledge,
    arrange_service,
    assign_delivery,
    close_wish,
    hand_over,
    receive_goods,
    record_service_done,
    wish_for_way,
)
from portal.households.models import ConsentUse
from portal.households.rules import Identity, Place
from portal.households.service import Giver, create_household, record_consent
from portal.pledges.promising import confirm_promise, make_promise
from portal.pledges.queries import find_live_pledge
from portal.pledges.rules import Pledger
from portal.pledges.service import begin_procuring
from portal.publication.compose import PublicText
from portal.wishes.filing import WishDetails, file_wish
from portal.wishes.kinds import age_band
from portal.wishes.publishing import approve_publication, write_publication
from portal.wishes.rules import WishAction, WishState
from portal.wishes.service import move_wish


@dataclass
class Cast:
    """The people of the demo who act."""

    staff: list[Person]
    pledgers: list[Pledger]

    def one(self, draw: Random, role: Role, service_centre_id: int | None = None) -> Actor:
        """Return somebody with a role at a centre."""
        actors = [person.actor for person in self.staff]
        return draw.choice([actor for actor in actors if actor.may({role}, service_centre_id)])

    def first(self, role: Role, service_centre_id: int | None) -> Actor | None:
        """Return the first who has a role at a centre, or None."""
        actors = (person.actor for person in self.staff)
        return next((actor for actor in actors if actor.may({role}, service_centre_id)), None)

    def two_moderators(self, draw: Random) -> tuple[Actor, Actor]:
        """Return one moderator who writes and another who approves."""
        actors = [person.actor for person in self.staff if person.actor.has_role(Role.MODERATOR)]
        first, second = draw.sample(actors, 2)
        return first, second


class Walk:
    """One wish on its way."""

    def __init__(self, story: Story, cast: Cast, moved: FrozenClock, now: datetime, draw: Random) -> None:
        self._story, self._cast, self._clock, self._draw, self._now = story, cast, moved, draw, now
        self._at = now - timedelta(days=story.days_ago)
        self._centre_id = session().scalar(
            select(ServiceCentre.id).where(ServiceCentre.name == f"{story.stem}服务中心")
        )

    def go(self) -> None:
        """File the wish and take each of its story's steps on its day, in office hours."""
        self._clock.set(in_office(self._at, self._now))
        self._file()
        for step, gap in zip(self._story.steps, self._story.gaps_days, strict=True):
            self._at += timedelta(days=gap)
            self._clock.set(in_office(self._at, self._now))
            getattr(self, f"_{step}")()
        if self._story.end is WishState.VERIFIED and self._story.serial % 2:
            self._write()
        if self._story.end is WishState.RECEIVED:
            self._bring_home()

    @cached_property
    def _clerk(self) -> Actor:
        return self._cast.one(self._draw, Role.CENTRE_CLERK, self._centre_id)

    @cached_property
    def _filer(self) -> Actor:
        """Who filed the wish: what is returned went to a grid worker, where the centre has one."""
        reporter = self._cast.first(Role.NEED_REPORTER, self._centre_id)
        return reporter if reporter and self._story.end is WishState.RETURNED else self._clerk

    @cached_property
    def _moderator(self) -> Actor:
        return self._cast.one(self._draw, Role.MODERATOR)

    def _file(self) -> None:
        story, filer = self._story, self._filer
        family = demo_family(self._draw, story.stem, story.age_group, clock.today(), story.serial)
        household_id = create_household(filer, _identity(family), self._place())
        filed = file_wish(filer, household_id, self._details(family))
        self._wish_id, self._number = filed.wish_id, filed.number
        giver: Giver = "guardian" if family.guardian else "self"
        for use in (ConsentUse.PUBLISH, ConsentUse.SHARE_WITH_DELIVERER):
            record_consent(filer, self._wish_id, use, True, given_by=giver, through="paper")

    def _place(self) -> Place:
        communities = session().scalars(select(Community.id).where(Community.service_centre_id == self._centre_id))
        community_id = self._draw.choice(list(communities))
        grids = session().scalars(select(Grid.id).where(Grid.community_id == community_id))
        assert self._centre_id is not None
        return Place(self._centre_id, community_id, self._draw.choice(list(grids)))

    def _details(self, family: DemoFamily) -> WishDetails:
        item = self._story.item
        return WishDetails(
            kind=item.kind,
            category=item.category,
            item=item.item,
            size=item.size,
            quantity=item.quantity,
            unit_price_minor=item.price_yuan * 100,
            reason=item.told,
            group=self._story.group,
            age_band=age_band(family.birth_date, clock.today()),
            reporter=None,
            reported_on=clock.today(),
        )

    def _send_back(self) -> None:
        move_wish(self._wish_id, WishAction.RETURN, self._clerk, note="请补充监护人同意书后再提交。")

    def _reject(self) -> None:
        move_wish(self._wish_id, WishAction.REJECT, self._clerk, note="本人已通过残联领到同类辅具。")

    def _refer(self) -> None:
        move_wish(self._wish_id, WishAction.REFER, self._clerk, note="转街道民政办办理临时救助。")

    def _verify(self) -> None:
        move_wish(self._wish_id, WishAction.VERIFY, self._clerk)

    def _publish(self) -> None:
        author, approver = self._cast.two_moderators(self._draw)
        approve_publication(approver, self._write(author), "演示文字，已逐句看过。")

    def _suspend(self) -> None:
        move_wish(self._wish_id, WishAction.SUSPEND, self._moderator, note="家属来电，想改一下尺码。")

    def _withdraw(self) -> None:
        withdraw_wish(FAMILY, self._wish_id, None)

    def _pledge(self) -> None:
        pledger = self._draw.choice(self._cast.pledgers)
        made = make_promise(PLEDGER, pledger, [self._number])
        if not made.is_confirmed:
            confirm_promise(made.public_id)

    def _procure(self) -> None:
        if self._story.item.kind == "service":
            arrange_service(self._clerk, self._wish_id, clock.now() + timedelta(days=2), f"{self._story.stem}服务中心")
            return
        pledge = find_live_pledge(self._wish_id)
        assert pledge is not None
        begin_procuring(PLEDGER, pledge.pledge_id)

    def _receive(self) -> None:
        receive_goods(self._clerk, self._wish_id, Checks(item_matches=True, is_new=True, is_safe=True))

    def _bring_home(self) -> None:
        """Let some families ask for the way home, and a grid worker be asked to go it."""
        reporter = self._cast.first(Role.NEED_REPORTER, self._centre_id)
        if reporter is None or self._story.serial % 4 == 0:
            return
        wish_for_way(FAMILY, self._wish_id, Way.HOME, "下午五点以后家里有人。")
        if self._story.serial % 4 == 1:
            assign_delivery(self._clerk, self._wish_id, reporter.person_id)

    def _hand_over(self) -> None:
        hand_over(self._clerk, self._wish_id, is_signed=True)

    def _serve(self) -> None:
        record_service_done(self._clerk, self._wish_id)

    def _confirm(self) -> None:
        acknowledge(FAMILY, self._wish_id, Answer.RECEIVED, Through.CODE)

    def _complain(self) -> None:
        acknowledge(FAMILY, self._wish_id, Answer.PARTLY, Through.CODE, note="少了一件，麻烦帮着看看。")

    def _close(self) -> None:
        close_wish(self._moderator, self._wish_id)

    def _write(self, author: Actor | None = None) -> int:
        item = self._story.item
        text = PublicText(
            item=item.item,
            item_en=item.item_en,
            size=item.size,
            size_en=item.size_en,
            reason=item.reason,
            reason_en=item.reason_en,
        )
        return write_publication(author or self._moderator, self._wish_id, text)


def _identity(family: DemoFamily) -> Identity:
    return Identity(
        name=family.name,
        id_number=family.id_number,
        birth_date=family.birth_date,
        phone=family.phone,
        address=family.address,
        guardian=family.guardian,
    )
