"""What happens at the counter and at the door: receive, turn away, arrange, hand over, bring home."""

import functools
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from portal import codes
from portal.handover.deliveries import open_address
from portal.handover.rules import Checks, Fault
from portal.handover.service import (
    arrange_service,
    assign_delivery,
    hand_over,
    note_nobody_home,
    receive_goods,
    record_service_done,
    refuse_goods,
)
from portal.photos import keeping
from portal.wishes.rules import WishState
from tests.handover.stage import ALL_WELL, picture
from tests.journeys.lives.attempts import TURNS, Attempts, when
from tests.journeys.lives.desk import CLERKS
from tests.journeys.lives.town import HERE, OWN_WORDS

S = WishState

DELIVERERS = st.sampled_from(("clerk", "clerk", "reporter", "stranger"))
PICTURE = picture()
_NOT_NEW = Checks(item_matches=True, is_new=False, is_safe=True)


class AtTheCounter(Attempts):
    """Rules of the counter."""

    @when(S.PLEDGED, S.PROCURING)
    @rule(turn=TURNS, who=CLERKS, is_fine=st.sampled_from((True, True, True, False)))
    def receive(self, turn, who, is_fine):
        """Take goods in that pass the comparison; others not."""
        wish = self.pick(turn, S.PLEDGED, S.PROCURING)
        self.attempt(receive_goods, self.town.who(who), wish.id, ALL_WELL if is_fine else _NOT_NEW)

    @when(S.PLEDGED, S.PROCURING)
    @rule(turn=TURNS, who=CLERKS, fault=st.sampled_from((Fault.DAMAGED, Fault.OTHER)), has_photo=st.booleans())
    def refuse(self, turn, who, fault, has_photo):
        """Turn goods away."""
        wish = self.pick(turn, S.PLEDGED, S.PROCURING)
        self.attempt(with_picture(refuse_goods, photo=has_photo), self.town.who(who), wish.id, fault, note="封面破了")

    @when(S.PLEDGED, S.PROCURING)
    @rule(turn=TURNS, who=CLERKS, days=st.integers(-1, 9), place=st.sampled_from((HERE, HERE, "5号楼1单元203")))
    def arrange(self, turn, who, days, place):
        """Set when and where a service takes place; neither in the past nor at a family's door."""
        wish = self.pick(turn, S.PROCURING, S.PLEDGED)
        at = self.town.clock.now() + timedelta(days=days, hours=2)
        self.attempt(arrange_service, self.town.who(who), wish.id, at, place)

    @when(S.PROCURING)
    @rule(turn=TURNS, who=CLERKS, has_slip=st.booleans())
    def note_served(self, turn, who, has_slip):
        """Note that a service was done."""
        wish = self.pick(turn, S.PROCURING)
        self.attempt(with_picture(record_service_done, slip=has_slip), self.town.who(who), wish.id)

    @when(S.RECEIVED)
    @rule(turn=TURNS, who=DELIVERERS, what=st.sampled_from(("home", "home", "elsewhere", "keep", "nobody", "address")))
    def bring_home(self, turn, who, what):
        """Give goods to somebody who brings them home, or keep them after all; open the address, find nobody."""
        wish, actor = self.pick(turn, S.RECEIVED), self.town.who(who)
        match what:
            case "nobody":
                self.attempt(note_nobody_home, actor, wish.id, OWN_WORDS)
            case "address":
                self.attempt(open_address, actor, wish.id)
            case _:
                deliverer = {"home": "reporter", "elsewhere": "stranger"}.get(what)
                self.attempt(assign_delivery, actor, wish.id, self.town.who(deliverer).person_id if deliverer else None)

    @when(S.RECEIVED)
    @rule(turn=TURNS, who=DELIVERERS, proof=st.sampled_from(("code", "code", "old code", "slip", "signature", None)))
    def hand_over(self, turn, who, proof):
        """Hand goods to the family by its code or a signature."""
        wish = self.pick(turn, S.RECEIVED)
        code = self.pick_up_code(wish, -1 if proof == "old code" else 0) if proof and "code" in proof else None
        verb = with_picture(hand_over, slip=proof == "slip")
        self.attempt(verb, self.town.who(who), wish.id, code=code, is_signed=proof == "signature")

    def pick_up_code(self, wish, shift: int = 0) -> str:
        """Return the family's code for the goods that wait, or one that does not fit any more."""
        open_ones = [each.attempt for each in self.sight.of_wish("deliveries", wish.id) if each.ended_at is None]
        with self.context():
            return codes.pick_up_code(wish.number, (open_ones or [1])[-1] + shift)


def with_picture(verb, **names):
    """Return a verb that keeps a picture, as its page does, for each name that is True."""
    [(name, has_picture)] = names.items()

    @functools.wraps(verb)
    def run(*args, **kwargs):
        with keeping(PICTURE if has_picture else None) as kept:
            return verb(*args, **kwargs, **{name: kept})

    return run
