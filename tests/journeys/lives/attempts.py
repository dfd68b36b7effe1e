"""How the machine does things: it picks a wish, lets somebody try a verb, and looks at what became of it."""

from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition

from portal.accounts.organisations import DecisionNotPossible
from portal.accounts.rules import NotAllowed
from portal.handover.acknowledgements import SlipMissing, TooSoon
from portal.handover.rules import ChecksFailed
from portal.handover.service import CodeWrong, PlaceUnfit, ProofMissing, TimeUnfit
from portal.households.rules import GuardianNeeded
from portal.households.service import ConsentMissing, IdentityPurged
from portal.intake.assisting import StillWrong
from portal.intake.drafts import DraftGone
from portal.pledges.blocks import BlockOver
from portal.pledges.pledgers import NotCertified, PledgerBlocked, TooManyAtOnce, TooManyOpen
from portal.pledges.promising import HoldExpired, WishesTaken
from portal.publication.rules import MarksLeft, NotWaiting, OwnText
from portal.publication.rules import ReasonNeeded as ReasonForTextNeeded
from portal.wishes.filing import TooManyOpenWishes
from portal.wishes.publishing import NothingToShow
from portal.wishes.rules import WishState, WrongState
from portal.wishes.verification import ReasonNeeded, VerificationBlocked
from tests.journeys.lives.sight import Sight, look
from tests.journeys.lives.town import Town

REFUSALS = (
    *(WrongState, NotAllowed, VerificationBlocked, ReasonNeeded, DraftGone, StillWrong, TooManyOpenWishes),
    *(GuardianNeeded, IdentityPurged, OwnText, MarksLeft, NotWaiting, ReasonForTextNeeded, NothingToShow),
    *(ConsentMissing, WishesTaken, TooManyAtOnce, TooManyOpen, PledgerBlocked, NotCertified, HoldExpired),
    *(
        ChecksFailed,
        PlaceUnfit,
        TimeUnfit,
        CodeWrong,
        ProofMissing,
        TooSoon,
        SlipMissing,
        DecisionNotPossible,
        BlockOver,
    ),
)
"""What verbs say to somebody who comes at the wrong time or with the wrong thing; anything else is a fault."""

REFUSED = object()
"""What an attempt returns that was refused."""

TURNS = st.integers(0, 62)
"""A number that picks: its eighths whether the time is right, the rest which wish."""


class Attempts:
    """What all rules share: the town, the last look at it, and what was tried."""

    town: Town
    sight: Sight
    is_touched: bool
    refusals: Counter[str]

    def attempt(self, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Let somebody try a verb as one request does; a refusal must leave everything as it was."""
        with self.town.app.app_context():
            try:
                result = verb(*args, **kwargs)
            except REFUSALS as refusal:
                self.refusals[type(refusal).__name__] += 1
                assert self.is_touched or look() == self.sight, f"{verb.__name__} was refused and changed something"
                return REFUSED
        self.is_touched = True
        return result

    def must(self, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Let somebody use a verb that has to be possible now."""
        with self.town.app.app_context():
            try:
                result = verb(*args, **kwargs)
            except REFUSALS as refusal:
                raise AssertionError(f"{verb.__name__} should be possible: {refusal!r}") from refusal
        self.is_touched = True
        return result

    def promises_are_kept(self) -> None:
        """Look at everything and check it; the whole machine knows how."""
        raise NotImplementedError

    def look_again(self) -> None:
        """Look at the database in the middle of a step."""
        with self.town.app.app_context():
            self.sight_inside = look()

    @contextmanager
    def context(self):
        """Let a rule read as a page does."""
        with self.town.app.app_context():
            yield

    def any_in(self, states: tuple[WishState, ...]) -> bool:
        """Tell whether a wish stands in one of these states."""
        return any(wish.state in states for wish in self.sight.rows("wishes"))

    def pick(self, turn: int, *states: WishState) -> Any:
        """Return a wish that stands in one of these states; one time in eight, one that may stand anywhere."""
        fitting = [] if turn % 8 == 5 else self._standing_in(states)
        return self._choose(turn, fitting or list(self.sight.rows("wishes")))

    def pick_in(self, turn: int, *states: WishState) -> Any:
        """Return a wish that stands in one of these states."""
        return self._choose(turn, self._standing_in(states))

    def _standing_in(self, states: tuple[WishState, ...]) -> list[Any]:
        return [wish for wish in self.sight.rows("wishes") if wish.state in states]

    def _choose(self, turn: int, wishes: list[Any]) -> Any:
        return wishes[turn // 8 % len(wishes)]


def when(*states: WishState) -> Callable[[Any], Any]:
    """Let a rule run while some wish stands in one of these states."""
    return precondition(lambda machine: machine.any_in(states))
