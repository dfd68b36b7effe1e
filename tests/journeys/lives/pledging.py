"""What pledgers do: promise one wish or several, confirm, begin, extend, send, cancel; and staff for them."""

import re
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from portal.accounts.rules import PLEDGER, Actor
from portal.pledges.models import LIVE_STATES
from portal.pledges.promising import (
    CodeAnswer,
    ask_again,
    cancel_hold,
    confirm_by_code,
    confirm_promise,
    make_promise,
)
from portal.pledges.service import begin_all, begin_procuring, cancel_pledge, extend_pledge, propose_times, say_sent
from portal.wishes.rules import WishState
from tests.journeys.lives.attempts import REFUSED, TURNS, Attempts, when
from tests.journeys.lives.town import GUESTS, PLEDGER_NAME

S = WishState

PLEDGERS = st.sampled_from((*GUESTS, "person", "company"))
_SIX_DIGITS = re.compile(r"(?<!\d)\d{6}(?!\d)")
_has_promises = precondition(lambda machine: machine.sight["promises"])
_has_live = precondition(lambda machine: any(row.state in LIVE_STATES for row in machine.sight.rows("pledges")))
_holds = precondition(lambda machine: any(row.state == "held" for row in machine.sight.rows("pledges")))


class Pledging(Attempts):
    """Rules of pledgers."""

    @when(S.PUBLISHED, S.PLEDGED)
    @rule(
        turns=st.lists(TURNS, min_size=1, max_size=3),
        who=PLEDGERS,
        take_free=st.booleans(),
        is_confirmed=st.sampled_from((True, True, False)),
    )
    def promise(self, turns, who, take_free, is_confirmed):
        """Pledge some wishes, free or just taken by another; most guests confirm at once."""
        numbers = list(dict.fromkeys(self.pick(turn, S.PUBLISHED, S.PLEDGED).number for turn in turns))
        free = {wish.number for wish in self.sight.rows("wishes") if wish.state == S.PUBLISHED}
        made = self.attempt(make_promise, PLEDGER, self.town.pledgers[who], numbers, take_free=take_free)
        if made is not REFUSED:
            assert set(made.taken) == set(numbers) & free, "took what was not free"
            assert take_free or not made.lost, "took some where all or none were wanted"
            if is_confirmed:
                self.must(confirm_promise, made.public_id)

    @_holds
    @rule(turn=TURNS, how=st.sampled_from(("link", "link", "right code", "wrong code", "give back", "ask again")))
    def answer_for_hold(self, turn, how):
        """Confirm what is held by link or code, give it back after a slip in the contact, or ask for the code again."""
        name = self._some_promise(turn).public_id
        match how:
            case "link":
                self.attempt(confirm_promise, name)
            case "give back":
                self.attempt(cancel_hold, PLEDGER, name)
            case "ask again":
                self.attempt(ask_again, name)
            case _:
                code = self._code_of(name) if how == "right code" else "x"
                answer = self.attempt(confirm_by_code, name, code)
                assert code != "x" or answer is not CodeAnswer.CONFIRMED

    def _code_of(self, name: str) -> str:
        key = f"pledges:confirm:{name}:"
        told = [each.body for each in self.sight.rows("messages") if each.dedupe_key.startswith(key)]
        found = _SIX_DIGITS.findall(told[-1] or "") if told else []
        return found[0] if found else "x"

    @_has_live
    @rule(turn=TURNS, who=st.sampled_from(("pledger", "all", "clerk", "approver", "stranger")))
    def begin(self, turn, who):
        """Say that the thing is being got, for one pledge or the whole promise, or have staff note it."""
        pledge = self._some_pledge(turn)
        if who == "all":
            self.attempt(begin_all, PLEDGER, self.sight["promises"][pledge.promise_id].public_id)
        else:
            self.attempt(begin_procuring, self._whose(who), pledge.id)

    @_has_live
    @rule(turn=TURNS, how=st.sampled_from(("extend", "sent", "sent otherwise", "times")))
    def gain_time(self, turn, how):
        """Take the one extension, say that a parcel is on its way, or say when a service could be done."""
        pledge = self._some_pledge(turn)
        match how:
            case "extend":
                self.attempt(extend_pledge, PLEDGER, pledge.id)
            case "times":
                self.attempt(propose_times, PLEDGER, pledge.id, f"周三下午，找{PLEDGER_NAME}")
            case _:
                self.attempt(say_sent, PLEDGER, pledge.id, f"SF{how}")

    @_has_live
    @rule(turn=TURNS, who=st.sampled_from(("pledger", "pledger", "clerk", "approver", "stranger")))
    def cancel(self, turn, who):
        """Give a wish back, or have staff give it back."""
        self.attempt(cancel_pledge, self._whose(who), self._some_pledge(turn).id, "来不及")

    def _whose(self, who: str) -> Actor:
        return PLEDGER if who == "pledger" else self.town.who(who)

    def send_form_again(self, turn: int) -> None:
        """Send the form of an earlier promise once more; it makes nothing new."""
        promise = self._some_promise(turn)
        if promise.contact is None:
            return
        receiver = promise.contact["email"] or promise.contact["phone"]
        pledger = next(each for each in self.town.pledgers.values() if each.contact.receiver == receiver)
        pledges = [each for each in self.sight.rows("pledges") if each.promise_id == promise.id]
        numbers = [self.sight["wishes"][each.wish_id].number for each in pledges]
        again = self.must(make_promise, PLEDGER, pledger, numbers, public_id=promise.public_id)
        assert (again.public_id, set(again.taken)) == (promise.public_id, set(numbers))
        self.look_again()
        assert not self.sight_inside.new_rows(self.sight, "pledges")

    def _some_promise(self, turn: int) -> Any:
        promises = list(self.sight.rows("promises"))
        held = {each.promise_id for each in self.sight.rows("pledges") if each.state == "held"}
        waiting = [each for each in promises if each.id in held] if turn % 8 != 5 else promises
        return (waiting or promises)[turn // 8 % len(waiting or promises)]

    def _some_pledge(self, turn: int) -> Any:
        pledges = list(self.sight.rows("pledges"))
        live = [each for each in pledges if each.state in LIVE_STATES] if turn % 8 != 5 else pledges
        return (live or pledges)[turn // 8 % len(live or pledges)]
