"""What moderators do about public texts: write, approve, give back, take down, put up again."""

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from portal.publication.compose import PublicText
from portal.wishes.publishing import (
    approve_publication,
    known_words,
    refuse_publication,
    resume_wish,
    rewrite_wish,
    suggest,
    suspend_wish,
    write_publication,
)
from portal.wishes.rules import WishState
from portal.wishes.service import get_wish_by_id
from tests.journeys.lives.attempts import REFUSED, TURNS, Attempts, when
from tests.journeys.lives.desk import STAFF
from tests.journeys.lives.town import FAMILIES

S = WishState

MODERATORS = st.sampled_from(("approver", "approver", "writer", "clerk"))
_waits = precondition(lambda machine: any(row.status == "written" for row in machine.sight.rows("publications")))


class AboutTexts(Attempts):
    """Rules of public texts."""

    families_of: dict[int, int]

    def text_for(self, wish_id: int) -> PublicText:
        """Return the composed text with what is missing in English filled in."""
        with self.context():
            wish = get_wish_by_id(wish_id)
            text = suggest(wish, known_words(wish.household_id)).text
        filled = {f"{name}_en": "As in Chinese" for name in ("item", "size", "reason") if getattr(text, name)}
        return replace(text, **filled)

    @when(S.VERIFIED, S.PUBLISHED, S.PLEDGED, S.PROCURING, S.REOPENED)
    @rule(turn=TURNS, who=MODERATORS, is_careless=st.sampled_from((False, False, False, True)))
    def write(self, turn, who, is_careless):
        """Write a public text; one with the family's name in it is not taken."""
        wish = self.pick(turn, S.VERIFIED, S.PUBLISHED, S.PLEDGED, S.PROCURING, S.REOPENED)
        text = self.text_for(wish.id)
        if is_careless:
            text = replace(text, reason=text.reason + FAMILIES[self.families_of[wish.id]]["name"])
        written = self.attempt(write_publication, self.town.who(who), wish.id, text)
        is_forgotten = self.sight["households"][wish.household_id].purged_at is not None
        assert written is REFUSED or not is_careless or is_forgotten, "a name was taken"

    @_waits
    @rule(
        turn=TURNS,
        who=MODERATORS,
        act=st.sampled_from((approve_publication, approve_publication, refuse_publication)),
        reason=st.sampled_from(("同类心愿常见", "同类心愿常见", "")),
    )
    def judge_text(self, turn, who, act, reason):
        """Approve a text that waits, or give it back."""
        self.attempt(act, self.town.who(who), self._some_text(turn), reason)

    def _some_text(self, turn: int) -> int:
        rows = list(self.sight.rows("publications"))
        waiting = [row for row in rows if row.status == "written"] if turn % 8 != 5 else rows
        return (waiting or rows)[turn // 8 % len(waiting or rows)].id

    @when(S.PUBLISHED, S.SUSPENDED)
    @rule(turn=TURNS, who=STAFF, act=st.sampled_from((suspend_wish, resume_wish, rewrite_wish)))
    def hold(self, turn, who, act):
        """Take a wish off the public pages, show it again, or have it written anew."""
        state = S.PUBLISHED if act is suspend_wish and self.any_in((S.PUBLISHED,)) else S.SUSPENDED
        self.attempt(act, self.town.who(who), self.pick(turn, state).id, "再想一想")
