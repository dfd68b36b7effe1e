"""The machine: all rules together, and what is checked after each of them."""

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from portal.wishes.rules import WishState
from tests.journeys.lives.at_once import AtOnce
from tests.journeys.lives.days import Days
from tests.journeys.lives.desk import WISH
from tests.journeys.lives.promises import (
    check_counter,
    check_history,
    check_pledgers,
    check_pledges,
    check_publication,
    check_states,
)
from tests.journeys.lives.sight import look
from tests.journeys.lives.town import SERVICE, Town
from tests.journeys.lives.walls import check_forgetting, check_post, check_walls

STARTS = st.runner().flatmap(lambda machine: st.sampled_from(machine.town.starts))


class Lives(Days, AtOnce, RuleBasedStateMachine):
    """Whatever anybody does, in whatever order and at whatever time, wishes keep their promises."""

    def __init__(self, town: Town) -> None:
        super().__init__()
        self.town = town
        town.begin_anew()
        self.codes: dict[int, str] = {}
        self.families_of: dict[int, int] = {}
        self.refusals: Counter[str] = town.refusals
        self.roles = {
            actor.person_id: {"clerk": "clerk", "colleague": "clerk", "reporter": "reporter"}.get(name, "moderator")
            for name, actor in town.staff.items()
            if name not in ("stranger", "administrator")
        }
        with self.context():
            self.sight = look()
        self.is_touched = False

    @initialize(starts=st.tuples(*[st.tuples(WISH, STARTS)] * 3))
    def begin(self, starts):
        """Let three families have wishes that are somewhere on their way."""
        for family, (wish, state) in enumerate(starts):
            self.file("clerk", family, wish, "yes")
            self.promises_are_kept()
            is_detour = wish == SERVICE and state is WishState.RECEIVED
            self.bring_to(max(self.sight["wishes"]), WishState.HANDED_OVER if is_detour else state)

    @invariant()
    def promises_are_kept(self):
        """Look at everything again and compare it with the look before."""
        if not self.is_touched:
            return
        with self.context():
            before, now = self.sight, look()
        check_states(before, now)
        check_history(before, now, self.roles)
        check_pledges(before, now)
        check_pledgers(before, now)
        check_counter(now)
        check_publication(before, now)
        check_walls(before, now)
        check_post(before, now, self.town.post)
        check_forgetting(before, now, self.families_of)
        self.town.note_arrows(before, now)
        self.sight, self.is_touched = now, False

    def teardown(self):
        """Make sure that no picture lies about that no row names."""
        with self.context():
            now = look()
        pictures = (("handover_receipts", "photo"), ("deliveries", "slip"), ("acknowledgements", "slip"))
        named = {getattr(row, column) for table, column in pictures for row in now.rows(table)} - {None}
        folder = self.town.app.config["PORTAL"].files_path / "private"
        assert {path.name for path in folder.rglob("*") if path.is_file()} == named, "a picture lies about"
