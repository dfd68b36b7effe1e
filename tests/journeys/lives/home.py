"""What a family does by its code, and a clerk for it: answer, choose a way, consent, correct, withdraw."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from portal.accounts.rules import FAMILY, Actor
from portal.family.queries import get_family_wish
from portal.family.service import enter, give_consent, mark_viewed, withdraw_consent, withdraw_wish
from portal.handover.rules import Answer, Through, Way
from portal.handover.service import acknowledge, wish_for_way
from portal.households.models import ConsentUse
from portal.wishes.rules import END_STATES, STAYS, WishState
from tests.journeys.lives.attempts import TURNS, Attempts, when
from tests.journeys.lives.counter import with_picture
from tests.journeys.lives.town import OWN_WORDS

S = WishState

WHO = st.sampled_from(("family", "family", "clerk", "stranger"))
_has_wishes = precondition(lambda machine: machine.sight["wishes"])


class AtHome(Attempts):
    """Rules of families."""

    codes: dict[int, str]

    def _actor(self, who: str) -> Actor:
        return FAMILY if who == "family" else self.town.who(who)

    def look_in(self, turn: int) -> None:
        """Read by the family's code where the wish stands; the code of a forgotten family opens nothing."""
        wish = self.pick(turn, *S)
        found = self.attempt(enter, self.codes[wish.id])
        if self.sight["households"][wish.household_id].purged_at is not None:
            assert found is None
            return
        assert found == wish.id
        self.must(mark_viewed, wish.id)
        with self.context():
            page = get_family_wish(wish.id)
        assert page.now
        assert page.next_step
        assert page.is_under_way == (wish.state in STAYS)

    @when(S.HANDED_OVER, S.CONFIRMED, S.REOPENED, S.REFERRED)
    @rule(turn=TURNS, who=WHO, answer=st.sampled_from((Answer.RECEIVED, *Answer)))
    def answer(self, turn, who, answer):
        """Say whether all is well, or have a clerk write it down."""
        wish = self.pick(turn, S.HANDED_OVER, S.CONFIRMED, S.REOPENED, S.REFERRED)
        through = Through.CODE if who == "family" else Through.CLERK
        self.attempt(acknowledge, self._actor(who), wish.id, answer, through, note=OWN_WORDS)

    @when(S.HANDED_OVER)
    @rule(turn=TURNS, who=st.sampled_from(("clerk", "clerk", "stranger")), has_photo=st.booleans())
    def answer_by_slip(self, turn, who, has_photo):
        """Let a signed slip speak for a family that does not answer."""
        wish = self.pick(turn, S.HANDED_OVER)
        verb = with_picture(acknowledge, slip=has_photo)
        self.attempt(verb, self.town.who(who), wish.id, Answer.RECEIVED, Through.SLIP)

    @when(S.RECEIVED)
    @rule(turn=TURNS, way=st.sampled_from((Way.PICK_UP, Way.HOME)))
    def ask_for_way(self, turn, way):
        """Say how the goods should come."""
        self.attempt(wish_for_way, FAMILY, self.pick(turn, S.RECEIVED).id, way, OWN_WORDS)

    @_has_wishes
    @rule(
        turn=TURNS,
        who=WHO,
        use=st.sampled_from((ConsentUse.PUBLISH, *ConsentUse)),
        word=st.sampled_from((withdraw_consent, withdraw_consent, give_consent)),
    )
    def consent(self, turn, who, use, word):
        """Give or withdraw a consent."""
        self.attempt(word, self._actor(who), self.pick(turn, *STAYS).id, use)

    @when(*(state for state in STAYS if state not in (S.HANDED_OVER, S.CONFIRMED)))
    @rule(turn=TURNS, who=WHO)
    def withdraw(self, turn, who):
        """Take the wish back."""
        wish = self.pick(turn, *STAYS)
        self.attempt(withdraw_wish, self._actor(who), wish.id, OWN_WORDS)
        assert wish.state not in END_STATES or not self.is_touched, "what had ended was withdrawn"
