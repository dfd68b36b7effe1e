"""What staff do at the desk before a wish is public: file, decide, put right; and what they do about its end."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from portal.handover.rules import Settlement
from portal.handover.service import close_wish, close_wishes, settle_reopened
from portal.intake.assisting import begin_correction, hand_in
from portal.intake.drafts import read_draft, save_draft
from portal.intake.service import receive_list, take_in
from portal.wishes.filing import issue_family_code
from portal.wishes.rules import WishAction, WishState
from portal.wishes.verification import decide, verify_many
from tests.journeys.lives.attempts import REFUSED, TURNS, Attempts, when
from tests.journeys.lives.town import FAMILIES, HERE, OWN_WORDS, WISHES, typed_form
from tests.spreadsheets.samples import as_csv, as_grid

S, A = WishState, WishAction

STAFF = st.sampled_from(("clerk", "approver", "clerk", "approver", "reporter", "stranger", "administrator"))
CLERKS = st.sampled_from(("clerk", "clerk", "colleague", "stranger"))
FAMILY = st.integers(0, len(FAMILIES) - 1)
WISH = st.integers(0, len(WISHES) - 1)
MOST_WISHES = 7
"""A town with more wishes says nothing new and takes longer to look at."""

_LIST_HEADERS = {
    "service_centre": "服务中心",
    "community": "社区",
    "grid": "网格",
    "name": "心愿人姓名",
    "id_number": "身份证号",
    "group": "困难类别",
    "guardian": "监护人",
    "phone": "联系电话",
    "address": "家庭住址",
    "item": "心愿物品",
    "size": "规格尺码",
    "quantity": "数量",
    "unit_price": "单价(元)",
    "reason": "心愿理由",
    "reporter": "报送人",
    "reported_on": "报送日期",
    "consent_publish": "同意公开匿名信息",
}

_has_room = precondition(lambda machine: len(machine.sight["wishes"]) < MOST_WISHES)


class AtTheDesk(Attempts):
    """Rules of the desk."""

    codes: dict[int, str]
    families_of: dict[int, int]

    @_has_room
    @rule(
        who=st.sampled_from(("reporter", "clerk", "reporter", "clerk", "stranger", "writer", "list")),
        family=FAMILY,
        wish=WISH,
        consent=st.sampled_from(("yes", "yes", "no")),
    )
    def file(self, who, family, wish, consent):
        """Fill in the form for a family, keep it as a draft, hand it in; or bring it by a list with another one."""
        if who == "list":
            self._bring_list([(family, wish), ((family + 1) % len(FAMILIES), wish)], is_again=consent == "no")
            return
        typed = typed_form(family, wish, self.town.spot, consent)
        draft = self.attempt(save_draft, self.town.who(who), None, typed)
        handed_in = self.attempt(hand_in, self.town.who(who), draft, typed)
        if handed_in is not REFUSED:
            self.came_in(handed_in.wish_id, family)

    def came_in(self, wish_id: int, family: int) -> None:
        """Remember whose wish it is and give the family its code."""
        self.families_of[wish_id] = family
        self.codes[wish_id] = self.must(issue_family_code, self.town.who("clerk"), wish_id)

    def _bring_list(self, families, is_again):
        """Hand in a community's list and take it in; the same file once more adds nothing."""
        lines = [self._line(family, wish) for family, wish in families]
        data = as_csv(as_grid(lines, _LIST_HEADERS))
        for _time in range(1 + is_again):
            import_id = self.must(receive_list, self.town.who("clerk"), data, "名单.csv")
            self.must(take_in, self.town.who("clerk"), import_id)
        self.look_again()
        came_in = self.sight_inside.new_rows(self.sight, "wishes")
        known = [row for row in self.sight.rows("wishes") if row.row_hash]
        assert len(came_in) in (0, len(lines)) or known, "all or nothing"
        names = [facts["name"] for facts in FAMILIES]
        for wish in came_in:
            identity = self.sight_inside["households"][wish.household_id].identity
            self.came_in(wish.id, names.index(identity["name"]))

    def _line(self, family, wish):
        kept = {name: text for name, text in (FAMILIES[family] | WISHES[wish]).items() if name in _LIST_HEADERS}
        place = {"service_centre": HERE, "community": "南涧东社区", "grid": "第1网格"}
        told = {"group": "困境儿童" if "guardian" in kept else "低保", "reporter": "刘若", "reported_on": "2026-11-20"}
        return kept | place | told | {"consent_publish": "是"}

    @when(S.SUBMITTED, S.RETURNED, S.VERIFIED, S.PUBLISHED, S.SUSPENDED)
    @rule(
        turn=TURNS,
        who=STAFF,
        decision=st.sampled_from((A.VERIFY, A.RETURN, A.REFER, A.REJECT)),
        reason=st.sampled_from(("请补充", "请补充", "")),
    )
    def decide(self, turn, who, decision, reason):
        """Decide about a wish that came in."""
        wish = self.pick(turn, S.SUBMITTED, S.RETURNED, S.VERIFIED, S.PUBLISHED, S.SUSPENDED)
        self.attempt(decide, self.town.who(who), wish.id, decision, reason)

    @when(S.SUBMITTED, S.CONFIRMED)
    @rule(who=CLERKS)
    def work_piles_off(self, who):
        """Verify all that waits and has nothing against it, and agree to every yes; what cannot be done is left."""
        numbers = {state: [wish.number for wish in self.sight.rows("wishes") if wish.state == state] for state in S}
        self.attempt(verify_many, self.town.who(who), numbers[S.SUBMITTED])
        self.must(close_wishes, self.town.who("approver"), [each for some in numbers.values() for each in some])

    @when(S.RETURNED)
    @rule(turn=TURNS, who=st.sampled_from(("reporter", "clerk", "clerk", "stranger")), wish=WISH)
    def put_right(self, turn, who, wish):
        """Correct a returned wish and put it before its centre again."""
        self.correct(self.attempt, self.pick(turn, S.RETURNED), who, wish)

    def correct(self, how, wish, who, other_wish):
        """Open a returned wish into a draft, change what is wished for, hand it in."""
        draft = how(begin_correction, self.town.who(who), wish.number)
        if draft is not REFUSED:
            with self.context():
                typed = read_draft(self.town.who(who), draft)
            typed |= WISHES[other_wish] | {
                "given_by": FAMILIES[self.families_of[wish.id]]["given_by"],
                "through": "form",
            }
            typed |= {name: typed.get(name) or "no" for name in ("consent_share", "consent_photo")}
            how(save_draft, self.town.who(who), draft, typed)
            how(hand_in, self.town.who(who), draft, typed)

    @when(S.REOPENED)
    @rule(turn=TURNS, who=CLERKS, how=st.sampled_from(Settlement))
    def settle(self, turn, who, how):
        """Settle what a family says is not right."""
        self.attempt(settle_reopened, self.town.who(who), self.pick(turn, S.REOPENED).id, how, OWN_WORDS)

    @when(S.CONFIRMED)
    @rule(turn=TURNS, who=STAFF)
    def close(self, turn, who):
        """Agree to the family's yes."""
        self.attempt(close_wish, self.town.who(who), self.pick(turn, S.CONFIRMED).id)
