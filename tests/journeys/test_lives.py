"""Whatever anybody does, in whatever order and at whatever time, wishes keep their promises.

`make lives` lives through many more of them, with other dice. Each fault
below is one that somebody could make; the machine finds every one of them.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import text, update

import portal.family.service
import portal.outbox.service
import portal.pledges.promising
import portal.wishes.service
from portal.db import session
from portal.ticks import CLOCKS
from portal.wishes.models import Wish
from portal.wishes.rules import MOVES, WishState, WrongState
from portal.wishes.service import move_wish
from tests.journeys.lives.machine import Lives
from tests.journeys.lives.town import Town
from tests.wishes.arrows import ARROWS

LIVES, STEPS = 6, 35
LIVES_TO_FIND_A_FAULT = 50


@pytest.fixture
def town(app, clock, database_kind, stocks, quick_folder):
    """A town whose database can be emptied again and again."""
    return Town(app, clock, lambda: stocks(database_kind).fresh(quick_folder))


def live(town: Town, lives: int, **chosen: Any) -> None:
    """Live through so many lives; the same ones each time unless others are chosen."""
    machine: Any = partial(Lives, town)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=lives,
            stateful_step_count=STEPS,
            suppress_health_check=list(HealthCheck),
            database=None,
            **chosen,
        ),
    )


def test_whatever_happens_wishes_keep_their_promises(town, request):
    lives = request.config.option.lives
    live(town, lives or LIVES, derandomize=not lives, phases=[Phase.generate, Phase.shrink])
    missing = [arrow for arrow in ARROWS if arrow not in town.arrows]
    assert len(missing) <= (0 if lives else 3 * len(ARROWS) // 4), f"no life took {missing}"


def _without_clock(name: str, monkeypatch: pytest.MonkeyPatch, town: Town) -> None:
    monkeypatch.delitem(CLOCKS, name)


def _without_table(monkeypatch: pytest.MonkeyPatch, town: Town) -> None:
    """Let every action be taken from everywhere, and let the database bear it."""
    _without_index(monkeypatch, town)
    anywhere = {action: move.to for (_state, action), move in MOVES.items()}
    monkeypatch.setattr(portal.wishes.service, "next_state", lambda _state, action, *_who: anywhere[action])


def _without_history(monkeypatch: pytest.MonkeyPatch, town: Town) -> None:
    monkeypatch.setattr(portal.wishes.service, "add_event", lambda *_args, **_kwargs: None)


def _without_takedown(monkeypatch: pytest.MonkeyPatch, town: Town) -> None:
    monkeypatch.setattr(portal.family.service, "_unpublish", lambda *_args: None)


def _without_end_of_pledge(monkeypatch: pytest.MonkeyPatch, town: Town) -> None:
    monkeypatch.setattr(portal.family.service, "end_pledge_of_wish", lambda *_args: False)


def _without_mark(monkeypatch: pytest.MonkeyPatch, town: Town) -> None:
    """Forget that a message went out."""
    monkeypatch.setattr(portal.outbox.service, "_mark_sent", lambda _message_id: None)


def _without_forgetting(monkeypatch: pytest.MonkeyPatch, town: Town) -> None:
    monkeypatch.setattr("portal.intake.clocks.forget_words", lambda _household_id: None)


def _without_either_defence_of_pledges(monkeypatch: pytest.MonkeyPatch, town: Town) -> None:
    """Take a wish whether it is free or not, and let the database bear it."""

    def take_anyway(*args: Any, **kwargs: Any) -> None:
        try:
            move_wish(*args, **kwargs)
        except WrongState:
            return

    monkeypatch.setattr(portal.pledges.promising, "move_wish", take_anyway)
    _without_index(monkeypatch, town)


def _without_index(monkeypatch: pytest.MonkeyPatch, town: Town) -> None:
    """Let a wish have several live pledges as far as the database is asked."""

    def renew(renew_whole: Callable[[], None] = town.renew) -> None:
        renew_whole()
        with town.app.extensions["portal.database"].write_engine.begin() as connection:
            connection.execute(text("DROP INDEX uq_pledges_live_wish"))

    monkeypatch.setattr(town, "renew", renew)


S = WishState

FAULTS: dict[str, tuple[Callable[[pytest.MonkeyPatch, Town], None], tuple[WishState, ...], str]] = {
    "nothing lapses": (partial(_without_clock, "pledges_released"), (S.PLEDGED, S.PROCURING), "stuck"),
    "nothing climbs": (partial(_without_clock, "wishes_escalated"), (S.SUBMITTED, S.REOPENED), "stuck"),
    "nobody is asked for rescue": (partial(_without_clock, "rescue_asked"), (S.PUBLISHED,), "stuck"),
    "everything is possible from everywhere": (
        _without_table,
        (S.SUBMITTED, S.PLEDGED),
        "no such arrow|not a hand|was not free",
    ),
    "the history has gaps": (_without_history, (S.VERIFIED,), "the history does not lead here"),
    "a consent withdrawn hides nothing": (_without_takedown, (S.PUBLISHED,), "public without consent"),
    "a withdrawn wish keeps its pledge": (_without_end_of_pledge, (S.PLEDGED,), "a withdrawn wish with a .* pledge"),
    "a message goes out twice": (_without_mark, (S.PLEDGED,), "carried and not sent"),
    "a family's words outlive it": (_without_forgetting, (S.CLOSED,), "the family's (words stay|code opens on)"),
    "a wish is promised twice": (
        _without_either_defence_of_pledges,
        (S.PUBLISHED, S.PLEDGED),
        "took what was not free",
    ),
}
"""What somebody could make wrong, where it would show, and what the machine then says."""

QUICKLY_FOUND = (
    "nobody is asked for rescue",
    "everything is possible from everywhere",
    "a consent withdrawn hides nothing",
    "a message goes out twice",
    "a wish is promised twice",
)
"""The faults that the suite plants; `make lives` plants all of them."""


def _planted(fault: str) -> Any:
    return pytest.param(fault, marks=() if fault in QUICKLY_FOUND else pytest.mark.many_lives)


@pytest.mark.parametrize("fault", [_planted(fault) for fault in FAULTS])
@pytest.mark.only_on("sqlite")
def test_the_machine_finds_a_planted_fault(town, monkeypatch, fault):
    plant, town.starts, words = FAULTS[fault]
    plant(monkeypatch, town)
    find_fault(town, words)


@pytest.mark.many_lives
@pytest.mark.only_on("postgresql")
def test_the_machine_finds_that_two_hands_move_one_wish(town, monkeypatch):
    """The conditional update, without its condition; on SQLite the lock that a writer holds stands before it."""

    def swap_blindly(wish, _before, after, at, deadline_at):
        values = {
            "state": after,
            "state_since": at,
            "deadline_at": deadline_at,
            "version": Wish.version + 1,
            "open_since": wish.open_since or (at if after is WishState.PUBLISHED else None),
            "closed_at": at if after is WishState.CLOSED else None,
        }
        session().execute(update(Wish).where(Wish.id == wish.id).values(**values))
        session().refresh(wish)

    town.starts = (WishState.PUBLISHED,)
    monkeypatch.setattr(portal.wishes.service, "_swap_state", swap_blindly)
    find_fault(town, "promised twice|a .* wish with a .* pledge|the history has gaps")


def find_fault(town: Town, words: str) -> None:
    """Live until something is found, and see that it is what was planted; the shortest story is not needed."""
    with pytest.raises(AssertionError, match=words):
        live(town, LIVES_TO_FIND_A_FAULT, derandomize=True, phases=[Phase.generate], report_multiple_bugs=False)
