"""Forms that are not finished at once: drafts, and returned wishes put right."""

from datetime import timedelta

from sqlalchemy import func, select

from portal.accounts.rules import Role
from portal.db import session
from portal.households.models import Consent, ConsentUse, Household, IdentityRead
from portal.households.queries import consent_states
from portal.intake import clocks
from portal.intake.models import FilingDraft
from portal.wishes.models import Wish
from portal.wishes.rules import WishAction, WishState
from portal.wishes.service import move_wish
from tests import cast
from tests.intake.at_the_form import hand_in, only
from tests.intake.office import BLUE, centre_named, clerk_of, everything_stored
from tests.plumbing.sessions import sign_in


def test_a_draft_is_kept_and_gone_on_with(app, reporter):
    reporter.submit({"name": "江明远", "item": "书包"}, button="先存草稿")
    assert "草稿存好了" in reporter.page
    page = reporter.open("/admin/filing")
    assert "书包（江**）" in page
    assert "江明远" not in page.html
    page = reporter.follow("书包（江**）")
    values = next(form for form in page.forms if "item" in form.names()).values()
    assert (values["name"], values["item"]) == (["江明远"], ["书包"])
    hand_in(reporter)
    assert "没填完的草稿" not in reporter.open("/admin/filing")
    with app.app_context():
        assert "江明远" not in everything_stored()


def test_a_draft_belongs_to_whoever_began_it_and_lasts_two_weeks(app, reporter, new_visitor, clock):
    reporter.submit({"name": "江明远"}, button="先存草稿")
    address = reporter.page.address
    with app.app_context():
        other = sign_in(new_visitor(), clerk_of(BLUE))
        assert "江明远" not in everything_stored()
    other.open(address, status=404)
    clock.advance(timedelta(days=14))
    with app.app_context():
        assert clocks.forget_drafts() == 1


def test_a_draft_can_be_thrown_away(app, reporter):
    reporter.submit({"name": "江明远"}, button="先存草稿")
    reporter.submit(button="不填了，删除草稿")
    with app.app_context():
        assert session().scalar(select(func.count(FilingDraft.id))) == 0


def returned_wish(app, reporter):
    hand_in(reporter)
    wish = only(app, Wish)
    with app.app_context():
        move_wish(wish.id, WishAction.RETURN, clerk_of(BLUE).actor, note="请写明尺码")
    return wish


def test_a_returned_wish_shows_why_and_is_put_right_in_the_same_form(app, reporter):
    wish = returned_wish(app, reporter)
    page = reporter.open("/admin/filing")
    assert "请写明尺码" in page
    page = reporter.submit(button="打开更正")
    assert f"心愿 {wish.number} 被退回了。" in page
    values = next(form for form in page.forms if "item" in form.names()).values()
    assert (values["name"], values["unit_price"], values["consent_share"]) == (["江明远"], ["168"], ["no"])
    reporter.submit(
        {
            "size": "蓝色，高年级款",
            "phone": "13700000009",
            "consent_share": "yes",
            "given_by": "self",
            "through": "form",
        },
        button="下一步，核对一遍",
    )
    page = reporter.submit(button="重新交给服务中心")
    assert f"心愿 {wish.number} 已经重新交给服务中心。" in page
    again = only(app, Wish)
    assert (again.state, again.size, again.number) == (WishState.SUBMITTED, "蓝色，高年级款", wish.number)
    assert again.family_code_hash == wish.family_code_hash
    assert only(app, Household).identity["phone"] == "13700000009"
    with app.app_context():
        assert consent_states(wish.id)[ConsentUse.SHARE_WITH_DELIVERER].is_given
        assert session().scalar(select(func.count(Consent.id))) == 4
        assert session().scalar(select(func.count(IdentityRead.id))) == 2


def test_a_returned_wish_of_somebody_else_stays_closed(app, reporter, new_visitor):
    wish = returned_wish(app, reporter)
    with app.app_context():
        colleague = sign_in(new_visitor(), cast.person(Role.NEED_REPORTER, at=centre_named(BLUE)))
        clerk = sign_in(new_visitor(), clerk_of(BLUE))
    assert "请写明尺码" not in colleague.open("/admin/filing")
    token = next(each.value for form in colleague.page.forms for each in form.fields if each.name == "csrf_token")
    refused = colleague.client.post(
        f"/admin/wishes/{wish.number}/correct", data={"csrf_token": token}, headers={"Referer": "http://localhost/"}
    )
    assert refused.status_code == 403
    assert "请写明尺码" in clerk.open("/admin/filing")
