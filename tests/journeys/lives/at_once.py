"""What two hands do at the same moment: one has looked at a wish and is about to move it when another does."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import event

from portal.accounts.rules import FAMILY, PLEDGER
from portal.family.service import withdraw_wish
from portal.pledges.promising import make_promise
from portal.wishes.publishing import suspend_wish
from portal.wishes.rules import WishAction, WishState
from portal.wishes.verification import decide
from tests.journeys.lives.attempts import REFUSALS, TURNS, Attempts
from tests.journeys.lives.town import GUESTS

DEEDS: dict[str, Callable[[Any, Any], Any]] = {
    "pledge": lambda town, wish: make_promise(PLEDGER, town.pledgers[GUESTS[0]], [wish.number]),
    "pledge too": lambda town, wish: make_promise(PLEDGER, town.pledgers[GUESTS[1]], [wish.number]),
    "suspend": lambda town, wish: suspend_wish(town.who("approver"), wish.id, "再想一想"),
    "refer": lambda town, wish: decide(town.who("approver"), wish.id, WishAction.REFER, "临时救助"),
    "withdraw": lambda town, wish: withdraw_wish(FAMILY, wish.id),
}
_can_overlap = precondition(
    lambda machine: machine.town.lets_writers_overlap and machine.any_in((WishState.PUBLISHED,))
)


class AtOnce(Attempts):
    """Rules of two hands; on SQLite a writer has the database to itself from its first look on, so there are none."""

    @_can_overlap
    @rule(turn=TURNS, first=st.sampled_from(tuple(DEEDS)), second=st.sampled_from(tuple(DEEDS)))
    def do_at_once(self, turn, first, second):
        """Let one hand look at a wish in the pool, another move it, and the first go on."""
        wish = self.pick_in(turn, WishState.PUBLISHED)
        self.is_touched = True
        with self._just_before_moving(lambda: DEEDS[second](self.town, wish)):
            self.attempt(DEEDS[first], self.town, wish)

    @contextmanager
    def _just_before_moving(self, other: Callable[[], Any]) -> Iterator[None]:
        """Run another's deed in a thread of its own when the first statement that moves a wish is about to go out."""
        engine = self.town.app.extensions["portal.database"].write_engine
        hands: list[threading.Thread] = []

        def meanwhile(_connection, _cursor, statement, *_rest):
            if statement.startswith("UPDATE wishes") and not hands:
                hands.append(threading.Thread(target=self._in_own_context, args=(other, faults)))
                hands[0].start()
                hands[0].join(30)

        faults: list[BaseException] = []
        event.listen(engine, "before_cursor_execute", meanwhile)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", meanwhile)
        assert not any(hand.is_alive() for hand in hands), "two hands wait for each other"
        assert not faults, faults

    def _in_own_context(self, deed: Callable[[], Any], faults: list[BaseException]) -> None:
        with self.town.app.app_context():
            try:
                deed()
            except REFUSALS as refusal:
                self.refusals[type(refusal).__name__] += 1
            except Exception as fault:
                faults.append(fault)
