"""How time goes by: clocks in time or late, the post open or closed, and a good day on which all goes as it should."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from portal.accounts.rules import FAMILY, PLEDGER
from portal.family.service import give_consent
from portal.handover.rules import Answer, Settlement, Through
from portal.handover.service import (
    acknowledge,
    close_wish,
    hand_over,
    receive_goods,
    record_service_done,
    settle_reopened,
)
from portal.households.models import ConsentUse
from portal.households.service import mark_id_checked
from portal.pledges.contacts import read_contact
from portal.pledges.promising import cancel_hold, confirm_promise, make_promise
from portal.pledges.rules import Pledger
from portal.pledges.service import begin_procuring
from portal.ticks import tick
from portal.wishes.publishing import (
    NothingToShow,
    approve_publication,
    resume_wish,
    rewrite_wish,
    suspend_wish,
    write_publication,
)
from portal.wishes.rules import STAYS, WishAction, WishState
from portal.wishes.verification import decide
from tests.handover.stage import ALL_WELL
from tests.journeys.lives.attempts import TURNS
from tests.journeys.lives.chores import Chores
from tests.journeys.lives.counter import AtTheCounter
from tests.journeys.lives.desk import AtTheDesk
from tests.journeys.lives.promises import check_nothing_is_overdue
from tests.journeys.lives.texts import AboutTexts
from tests.journeys.lives.town import OWN_WORDS

S = WishState

JUMPS = {
    "a season": timedelta(days=95),
    "half a year": timedelta(days=200),
    "half an hour": timedelta(minutes=31),
    "a week": timedelta(days=8),
    "three weeks": timedelta(days=20),
    "some days": timedelta(days=4),
    "a few minutes": timedelta(minutes=6),
}
"""Times to pass; what is told first is drawn most."""


class Days(AtTheDesk, AboutTexts, AtTheCounter, Chores):
    """Rules of time."""

    @rule(by=st.sampled_from(tuple(JUMPS)), ticks=st.sampled_from((1, 1, 2, 0)))
    def let_time_pass(self, by, ticks):
        """Let time pass, and every clock move unless the scheduler is late; moving twice is moving once."""
        self.town.clock.advance(JUMPS[by])
        self.is_touched = True
        if ticks:
            self._tick()
            self.look_again()
            check_nothing_is_overdue(self.sight_inside)
        if ticks == 2:
            after_one = self.sight_inside
            self._tick()
            self.look_again()
            assert self.sight_inside == after_one, "a second tick changed something"
        self.send(is_closed=not ticks)

    def _tick(self) -> None:
        with self.context():
            moved = tick()
        assert min(moved.values()) >= 0, moved
        self.is_touched = True

    @precondition(lambda machine: machine.any_in(tuple(STAYS)))
    @rule(turn=TURNS)
    def go_on(self, turn):
        """Let the next thing happen to a wish that brings it nearer to its end; it is always possible."""
        self.bring_nearer(self.pick_in(turn, *STAYS))

    def bring_nearer(self, wish):
        """Do with a wish what comes next in its state."""
        getattr(self, f"_from_{wish.state}")(wish)
        self.look_again()
        assert self.sight_inside["wishes"][wish.id].version > wish.version, f"{wish.state} is stuck"

    @precondition(lambda machine: machine.any_in(tuple(STAYS)))
    @rule(turn=TURNS, steps=st.integers(2, 4))
    def go_far(self, turn, steps):
        """Let several such things happen one after the other."""
        for _step in range(steps):
            if self.any_in(tuple(STAYS)):
                self.go_on(turn)
                self.promises_are_kept()

    def _from_submitted(self, wish):
        self._agree_to_publishing(wish)
        self.must(mark_id_checked, self.town.who("clerk"), wish.household_id)
        self.must(decide, self.town.who("clerk"), wish.id, WishAction.VERIFY)

    def _from_returned(self, wish):
        self.correct(self.must, wish, "clerk", 0)

    def _from_verified(self, wish):
        self._agree_to_publishing(wish)
        text = self.must(write_publication, self.town.who("writer"), wish.id, self.text_for(wish.id))
        self.must(approve_publication, self.town.who("approver"), text, "同类心愿常见")

    def _from_suspended(self, wish):
        self._agree_to_publishing(wish)
        try:
            with self.context():
                resume_wish(self.town.who("approver"), wish.id)
        except NothingToShow:
            self.must(rewrite_wish, self.town.who("approver"), wish.id, "没有批准过的文字")
        self.is_touched = True

    def _from_published(self, wish):
        guest = f"guest{len(self.sight['promises'])}@example.org"
        self.town.pledgers[guest] = Pledger(read_contact(guest))
        made = self.must(make_promise, PLEDGER, self.town.pledgers[guest], [wish.number])
        self.must(confirm_promise, made.public_id)

    def _from_pledged(self, wish):
        [pledge] = self.sight.live_pledges(wish.id)
        if pledge.state == "held":
            self.must(cancel_hold, PLEDGER, self.sight["promises"][pledge.promise_id].public_id)
        else:
            self.must(begin_procuring, PLEDGER, pledge.id)

    def _from_procuring(self, wish):
        if wish.kind == "service":
            self.must(record_service_done, self.town.who("clerk"), wish.id)
        else:
            self.must(receive_goods, self.town.who("clerk"), wish.id, ALL_WELL)

    def _from_received(self, wish):
        self.must(hand_over, self.town.who("clerk"), wish.id, code=self.pick_up_code(wish))

    def _from_handed_over(self, wish):
        self.must(acknowledge, FAMILY, wish.id, Answer.RECEIVED, Through.CODE, note=OWN_WORDS)

    def _from_referred(self, wish):
        self.must(acknowledge, self.town.who("colleague"), wish.id, Answer.RECEIVED, Through.CLERK)

    def _from_confirmed(self, wish):
        self.must(close_wish, self.town.who("approver"), wish.id)

    def _from_reopened(self, wish):
        self.must(settle_reopened, self.town.who("clerk"), wish.id, Settlement.REPUBLISH)

    def _agree_to_publishing(self, wish):
        if not self.sight.agrees(wish.id, ConsentUse.PUBLISH):
            self.must(give_consent, FAMILY, wish.id, ConsentUse.PUBLISH)

    def bring_to(self, wish_id: int, state: WishState) -> None:
        """Take a wish that was just filed to a state by the verbs that lead there."""
        while (wish := self.sight["wishes"][wish_id]).state != state:
            if (wish.state, state) in DETOURS:
                DETOURS[wish.state, state](self, wish)
            else:
                self.bring_nearer(wish)
            self.promises_are_kept()


DETOURS = {
    (S.SUBMITTED, S.RETURNED): lambda life, wish: life.must(
        decide, life.town.who("clerk"), wish.id, WishAction.RETURN, "请补充"
    ),
    (S.SUBMITTED, S.REFERRED): lambda life, wish: life.must(
        decide, life.town.who("clerk"), wish.id, WishAction.REFER, "临时救助"
    ),
    (S.PUBLISHED, S.SUSPENDED): lambda life, wish: life.must(suspend_wish, life.town.who("clerk"), wish.id, "再想一想"),
    (S.HANDED_OVER, S.REOPENED): lambda life, wish: life.must(
        acknowledge, FAMILY, wish.id, Answer.WRONG, Through.CODE, note=OWN_WORDS
    ),
}
"""How a wish gets where the straight way does not lead."""
