"""No wish can get stuck: every state has an owner, a deadline, and something that happens when it passes."""

import random
import threading
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Select, func, select, update

from portal import codes
from portal.accounts.models import Organisation
from portal.accounts.rules import FAMILY, PLEDGER, SYSTEM, NotAllowed, Role
from portal.db import session, transaction
from portal.family.service import give_consent, withdraw_consent, withdraw_wish
from portal.handover.acknowledgements import SlipMissing, TooSoon
from portal.handover.rules import Answer, ChecksFailed, Fault, Settlement, Through
from portal.handover.service import (
    CodeWrong,
    acknowledge,
    arrange_service,
    assign_delivery,
    close_wish,
    hand_over,
    receive_goods,
    record_service_done,
    refuse_goods,
    settle_reopened,
)
from portal.households.models import ConsentUse
from portal.households.service import ConsentMissing
from portal.outbox.models import Message
from portal.pledges.contacts import Contact
from portal.pledges.models import LIVE_STATES, Pledge
from portal.pledges.promising import WishesTaken, confirm_promise, make_promise
from portal.pledges.queries import PledgeNotFound
from portal.pledges.rules import Pledger
from portal.pledges.service import begin_procuring, cancel_pledge, extend_pledge
from portal.publication.models import Publication
from portal.ticks import tick
from portal.wishes.clocks import ask_for_rescue, escalate_overdue
from portal.wishes.models import Wish, WishEvent
from portal.wishes.publishing import resume_wish
from portal.wishes.rules import END_STATES, STAYS, WishAction, WishState, WrongState
from portal.wishes.service import AVAILABILITY, add_event, get_wish_by_id, move_wish
from tests import cast
from tests.handover import stage

CLAIMED = {WishState.PLEDGED, WishState.PROCURING}


def a_wish(state, **details):
    """Return a wish in a state as its verbs leave it: with a pledge where somebody claimed it."""
    return stage.claimed(state, **details)[0] if state in CLAIMED else cast.wish(state, **details)


@pytest.fixture
def staff(app_context):
    """One of each role that deadlines climb to."""
    return {role: cast.person(role) for role in (Role.CENTRE_CLERK, Role.MODERATOR, Role.ADMINISTRATOR)}


def messages(kind=None):
    rows = session().scalars(select(Message).order_by(Message.id)).all()
    return [row for row in rows if kind in (None, row.kind)]


@pytest.mark.parametrize("kind", ["goods", "service"])
@pytest.mark.parametrize("state", STAYS)
def test_no_wish_gets_stuck(staff, clock, state, kind):
    wish = a_wish(state, kind=kind)
    assert STAYS[state].owner
    assert wish.deadline_at > clock.now()
    for _passing in range(6):
        before = get_wish_by_id(wish.id)
        seen = (before.state, before.deadline_at, _event_count(wish))
        clock.set(before.deadline_at + timedelta(seconds=1))
        tick()
        after = get_wish_by_id(wish.id)
        assert _event_count(wish) > seen[2], "the passing of a deadline leaves no trace"
        assert after.deadline_at > clock.now()
        assert after.state != seen[0] or after.deadline_at > seen[1]
    assert messages()


def _event_count(wish):
    return session().scalar(select(func.count()).select_from(WishEvent).where(WishEvent.wish_id == wish.id))


def test_nothing_happens_before_the_deadline(staff, clock):
    for state in STAYS:
        a_wish(state)
    assert escalate_overdue() == ask_for_rescue() == 0
    clock.set(min(session().scalars(select(Wish.deadline_at))) - timedelta(seconds=1))
    assert escalate_overdue() == ask_for_rescue() == 0


def test_an_overdue_task_climbs_from_clerk_to_moderator_to_administrator(staff, clock):
    wish = cast.wish(WishState.SUBMITTED)
    told = []
    for _passing in range(4):
        clock.set(get_wish_by_id(wish.id).deadline_at + timedelta(seconds=1))
        escalate_overdue()
        told.append(messages("overdue")[-1].receiver)
    assert told == [staff[role].email for role in (Role.MODERATOR, *[Role.ADMINISTRATOR] * 3)]
    assert get_wish_by_id(wish.id).overdue_level == 4


def test_where_a_role_is_empty_the_next_one_up_hears(app_context, clock):
    administrator = cast.person(Role.ADMINISTRATOR)
    wish = cast.wish(WishState.RETURNED)
    clock.set(wish.deadline_at + timedelta(seconds=1))
    escalate_overdue()
    assert [message.receiver for message in messages("overdue")] == [administrator.email]


def test_a_person_hears_of_many_wishes_in_one_mail(staff, clock):
    wishes = [cast.wish(WishState.RETURNED) for _ in range(5)]
    clock.set(wishes[0].deadline_at + timedelta(seconds=1))
    assert escalate_overdue() == 5
    [mail] = messages("overdue")
    assert all(wish.number in mail.body for wish in wishes)


def test_mails_to_staff_name_number_and_state_only(staff, clock):
    wishes = [a_wish(state) for state in STAYS]
    clock.advance(timedelta(days=200))
    escalate_overdue()
    ask_for_rescue()
    text = "\n".join(message.body for message in messages() if message.channel == "mail")
    assert wishes[0].number in text
    for secret in (cast.FAMILY_NAME, cast.FAMILY_PHONE, cast.FAMILY_ADDRESS, cast.GUARDIAN, cast.REASON, "双肩书包"):
        assert secret not in text


def test_a_family_that_does_not_answer_is_reminded_once(staff, clock):
    wish = cast.wish(WishState.HANDED_OVER)
    for _passing in range(3):
        clock.set(get_wish_by_id(wish.id).deadline_at + timedelta(seconds=1))
        escalate_overdue()
    [message] = messages("family_reminder")
    assert (message.channel, message.receiver) == ("sms", cast.FAMILY_PHONE)
    assert wish.item not in message.body


def test_an_unclaimed_wish_looks_for_rescue_and_stays_open(staff, clock):
    ready, busy = cast.person(), cast.person()
    cast.organisation(member=ready)
    _decline_rescue(cast.organisation("不想被问", "91370212MA3C00002X", member=busy))
    wish = cast.wish(WishState.PUBLISHED)
    for passing in (1, 2):
        clock.set(get_wish_by_id(wish.id).deadline_at + timedelta(seconds=1))
        assert ask_for_rescue() == 1
        assert len(messages("rescue")) == passing
    assert {message.receiver for message in messages("rescue")} == {ready.email}
    assert f"/wishes/{wish.number}" in messages("rescue")[0].body
    assert messages("rescue_moderator")[0].receiver == staff[Role.MODERATOR].email
    assert get_wish_by_id(wish.id).state == "published"


@transaction
def _decline_rescue(organisation):
    session().get_one(Organisation, organisation.id).is_asked_for_rescue = False


def _at_once(app, work):
    """Run the same work in two threads at the same moment."""
    barrier = threading.Barrier(2)
    failures = []

    def run():
        with app.app_context():
            try:
                work(barrier)
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def _overdue_wishes(app, clock):
    with app.app_context():
        for role in (Role.CENTRE_CLERK, Role.MODERATOR, Role.ADMINISTRATOR):
            cast.person(role)
        cast.organisation(member=cast.person())
        wishes = [cast.wish(state) for state in (*STAYS, *STAYS) if state not in CLAIMED]
    clock.advance(timedelta(days=40))
    return wishes


def _escalations(app):
    with app.app_context():
        rows = session().execute(
            select(WishEvent.wish_id, func.count())
            .where(WishEvent.action.in_(("escalate", "ask_rescue")))
            .group_by(WishEvent.wish_id)
        )
        return dict(rows.all())


def test_two_ticks_at_once_have_the_effect_of_one(app, clock):
    wishes = _overdue_wishes(app, clock)

    def run(barrier):
        barrier.wait()
        escalate_overdue()
        ask_for_rescue()

    _at_once(app, run)
    assert _escalations(app) == {wish.id: 1 for wish in wishes}
    with app.app_context():
        keys = session().scalars(select(Message.dedupe_key)).all()
        told = session().scalars(select(Message.receiver).where(Message.kind == "rescue")).all()
    assert len(keys) == len(set(keys))
    assert len(told) == 1


def test_without_the_condition_two_ticks_would_do_it_twice(app, clock):
    """The negative control: the same work that looks first and then writes what it saw."""
    wishes = _overdue_wishes(app, clock)

    @transaction
    def write(wish_id):
        session().execute(update(Wish).where(Wish.id == wish_id).values(overdue_level=Wish.overdue_level + 1))
        add_event(wish_id, "escalate", "submitted", "submitted", SYSTEM)

    def run(barrier):
        due = session().scalars(select(Wish.id).where(Wish.deadline_at <= clock.now())).all()
        barrier.wait()
        for wish_id in due:
            write(wish_id)

    _at_once(app, run)
    assert _escalations(app) == {wish.id: 2 for wish in wishes}


EXPECTED = (
    WrongState,
    NotAllowed,
    WishesTaken,
    ConsentMissing,
    CodeWrong,
    SlipMissing,
    TooSoon,
    ChecksFailed,
    PledgeNotFound,
)
"""What the verbs say to somebody who comes at the wrong time; anything else is a fault."""


class Walker:
    """Lives through stories of wishes, doing whatever comes to mind, at the right time or not."""

    def __init__(self, clock, seed: int, kind: str) -> None:
        self.clock = clock
        self.dice = random.Random(seed)
        self.kind = kind
        self.wish = cast.wish(WishState.PUBLISHED, kind=kind)
        self.clerk, self.moderator = cast.clerk(), cast.moderator()
        self.reporter = cast.person(Role.NEED_REPORTER, at=cast.centre())
        self.story: list[str] = []

    def step(self) -> None:
        """Try this and that until something is done."""
        if get_wish_by_id(self.wish.id).state in END_STATES:
            self.wish = cast.wish(self.dice.choice([WishState.SUBMITTED, *[WishState.PUBLISHED] * 3]), kind=self.kind)
        deeds = [name for name in dir(self) if name.startswith("do_")]
        self.dice.shuffle(deeds)
        for name in deeds:
            try:
                getattr(self, name)()
            except EXPECTED:
                continue
            self.story.append(f"{name} -> {get_wish_by_id(self.wish.id).state}")
            return

    def _perhaps(self, chance: float) -> None:
        """Change one's mind most of the time about what would end the story soon."""
        if self.dice.random() > chance:
            raise WrongState("not now")

    def _move(self, *actions: WishAction) -> None:
        actor = self.dice.choice([self.clerk, self.moderator, FAMILY])
        move_wish(self.wish.id, self.dice.choice(actions), actor)

    def _pledge(self) -> int:
        pledge_id = session().scalar(select(Pledge.id).where(Pledge.wish_id == self.wish.id).order_by(Pledge.id.desc()))
        if pledge_id is None:
            raise WrongState("nobody has claimed it")
        return pledge_id

    def do_decide(self) -> None:
        self._move(WishAction.VERIFY, WishAction.VERIFY, WishAction.RETURN, WishAction.RESUBMIT, WishAction.REFER)

    @transaction
    def do_publish(self) -> None:
        wish = get_wish_by_id(self.wish.id)
        if wish.state == "verified" and not session().scalar(_texts_of(wish.number)):
            cast.publish(wish)
        move_wish(self.wish.id, WishAction.PUBLISH, self.moderator)

    def do_suspend(self) -> None:
        self._move(WishAction.SUSPEND, WishAction.REWRITE)

    def do_resume(self) -> None:
        resume_wish(self.moderator, self.wish.id)

    def do_pledge(self) -> None:
        guest = Contact("mail", f"guest{self.dice.randrange(10**9)}@example.org")
        made = make_promise(PLEDGER, Pledger(guest), [self.wish.number])
        if self.dice.random() < 0.8:
            confirm_promise(made.public_id)

    def do_begin(self) -> None:
        begin_procuring(PLEDGER, self._pledge())

    def do_extend(self) -> None:
        extend_pledge(PLEDGER, self._pledge())

    def do_cancel(self) -> None:
        self._perhaps(0.3)
        cancel_pledge(PLEDGER, self._pledge())

    def do_receive(self) -> None:
        receive_goods(self.clerk, self.wish.id, stage.ALL_WELL)

    def do_refuse(self) -> None:
        refuse_goods(self.clerk, self.wish.id, Fault.NOT_NEW)

    def do_arrange(self) -> None:
        arrange_service(self.clerk, self.wish.id, self.clock.now() + timedelta(days=3), "南涧服务中心")

    def do_serve(self) -> None:
        record_service_done(self.clerk, self.wish.id)

    def do_assign(self) -> None:
        assign_delivery(self.clerk, self.wish.id, self.reporter.id)

    def do_hand_over(self) -> None:
        attempt = self.dice.choice([1, 1, 2, 3])
        hand_over(
            self.dice.choice([self.clerk, self.reporter.actor]),
            self.wish.id,
            code=codes.pick_up_code(self.wish.number, attempt),
        )

    def do_answer(self) -> None:
        acknowledge(FAMILY, self.wish.id, self.dice.choice(list(Answer)), Through.CODE)

    def do_answer_by_slip(self) -> None:
        acknowledge(self.clerk, self.wish.id, Answer.RECEIVED, Through.SLIP)

    def do_settle(self) -> None:
        settle_reopened(self.clerk, self.wish.id, self.dice.choice(list(Settlement)))

    def do_close(self) -> None:
        self._perhaps(0.3)
        close_wish(self.moderator, self.wish.id)

    def do_withdraw(self) -> None:
        self._perhaps(0.03)
        withdraw_wish(FAMILY, self.wish.id)

    def do_change_consent(self) -> None:
        self._perhaps(0.3)
        change = self.dice.choice([give_consent, give_consent, withdraw_consent])
        change(FAMILY, self.wish.id, self.dice.choice(list(ConsentUse)))

    def do_let_time_pass(self) -> None:
        self._perhaps(0.4)
        self.clock.advance(timedelta(days=self.dice.choice([1, 3, 8, 20, 45])))
        moved = tick()
        assert all(count >= 0 for count in moved.values()), moved


@pytest.mark.parametrize("kind", ["goods", "service"])
@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_a_wish_keeps_its_promises(staff, clock, seed, kind):
    walker = Walker(clock, seed, kind)
    for _step in range(100):
        walker.step()
        check_promises(walker.wish.id, walker.story)
    assert len({line.rpartition(" ")[2] for line in walker.story}) > 4, walker.story


def _texts_of(number: str) -> Select[str]:
    return select(Publication.availability).where(Publication.number == number)


def check_promises(wish_id: int, story: list[str]) -> None:
    """Check what holds of every wish at every moment."""
    wish = get_wish_by_id(wish_id)
    state = WishState(wish.state)
    assert (wish.deadline_at is None) == (state in END_STATES), story
    live = session().scalars(select(Pledge).where(Pledge.wish_id == wish_id, Pledge.state.in_(LIVE_STATES))).all()
    assert len(live) == (1 if state in CLAIMED | {WishState.RECEIVED} else len(live[:1])), story
    if state in {WishState.SUBMITTED, WishState.PUBLISHED, WishState.SUSPENDED} | END_STATES:
        assert not live, story
    shown = session().scalars(_texts_of(wish.number).where(Publication.status == "live")).all()
    assert len(shown) <= 1, story
    assert not shown or shown[0] == AVAILABILITY.get(state), story
    assert state is not WishState.PUBLISHED or shown, story
    events = session().scalars(select(WishEvent).where(WishEvent.wish_id == wish_id).order_by(WishEvent.sequence)).all()
    assert [event.sequence for event in events] == list(range(1, len(events) + 1)), story
    assert all(after.from_state == before.to_state for before, after in pairwise(events)), story
    assert events[-1].to_state == state, story
