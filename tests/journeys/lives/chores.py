"""What moves no wish: papers, limits, the company's standing, lost links, forms sent twice, a look, the post."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from portal.accounts.organisations import certify_organisation, suspend_organisation
from portal.accounts.rules import FAMILY
from portal.family.service import correct_contact
from portal.households.service import mark_id_checked
from portal.intake.correcting import correct_household, read_correction
from portal.intake.drafts import save_draft
from portal.limits.service import set_limit
from portal.pledges.blocks import lift_block
from portal.pledges.contacts import read_contact
from portal.pledges.finding import send_links
from portal.ticks import send_messages
from portal.wishes.filing import issue_family_code
from portal.wishes.rules import WishState
from tests.journeys.lives.attempts import REFUSED, TURNS
from tests.journeys.lives.desk import STAFF
from tests.journeys.lives.home import AtHome
from tests.journeys.lives.pledging import Pledging
from tests.journeys.lives.town import FAMILIES, GUESTS, typed_form

LIMITS = (("hold_minutes", 10), ("contact_days", 3), ("lapses_to_block", 1), ("purge_days", 30))


class Chores(Pledging, AtHome):
    """Rules of all that is beside the way."""

    def send(self, is_closed: bool = False) -> None:
        """Send what the outbox holds, as far as the post is open."""
        self.town.post.is_closed = is_closed
        self.must(send_messages)

    @rule(
        turn=TURNS,
        who=STAFF,
        what=st.sampled_from(
            ("look in", "form again", "links", "code", "document", "record", "contact", "family's contact")
        ),
    )
    def do_chore(self, turn, who, what):
        """Do something with a wish, a family or a pledger that leaves them where they are."""
        if not self.sight["wishes"]:
            return
        wish, actor = self.pick(turn, *WishState), self.town.who(who)
        match what:
            case "look in":
                self.look_in(turn)
            case "form again" if self.sight["promises"]:
                self.send_form_again(turn)
            case "links":
                self.attempt(send_links, read_contact(GUESTS[turn % len(GUESTS)]))
            case "code":
                code = self.attempt(issue_family_code, actor, wish.id)
                if code is not REFUSED:
                    self.codes[wish.id] = code
            case "document":
                self.attempt(mark_id_checked, actor, wish.household_id)
            case "record":
                self._correct_record(wish, actor)
            case _:
                whose = FAMILY if what.startswith("family") else actor
                change = {"phone": "13912340008", "address": "南涧小区1号楼1单元101"}
                self.attempt(correct_contact, whose, wish.id, **change)

    def _correct_record(self, wish, actor):
        family = FAMILIES[self.families_of[wish.id]]
        with self.context():
            changes, problems = read_correction(family | {"phone": "13912340009"})
        assert not problems
        self.attempt(correct_household, actor, wish.household_id, "family_asked", changes)

    @rule(
        what=st.sampled_from(("limit", "certify", "suspend", "draft", "lift", "post", "closed post")),
        who=st.sampled_from(("administrator", "writer", "reporter")),
        limit=st.sampled_from(LIMITS),
    )
    def look_after_the_house(self, what, who, limit):
        """Set a limit, judge the company, lift a pause, begin a form and leave it, carry the post or fail to."""
        actor, company = self.town.who(who), self.town.places["organisation"]
        match what:
            case "limit":
                self.attempt(set_limit, actor, *limit)
            case "certify":
                self.attempt(certify_organisation, actor, company)
            case "suspend":
                self.attempt(suspend_organisation, actor, company, "名称变更")
            case "lift" if self.sight["pledger_blocks"]:
                self.attempt(lift_block, actor, max(self.sight["pledger_blocks"]), "说明了难处")
            case "draft":
                self.attempt(save_draft, actor, None, typed_form(LIMITS.index(limit), 0, self.town.spot))
            case "post" | "closed post":
                self.send(is_closed=what == "closed post")
