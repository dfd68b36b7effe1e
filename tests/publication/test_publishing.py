"""Two people stand between a family's words and the public, and nothing goes past them."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts.rules import FAMILY, PLEDGER, NotAllowed, Role
from portal.db import database, session, transaction
from portal.households.models import ConsentUse
from portal.households.service import ConsentMissing, record_consent
from portal.outbox.models import Message
from portal.publication.compose import PublicText
from portal.publication.models import Publication, PublicationStatus
from portal.publication.queries import find_public_wish, was_public
from portal.publication.rules import MarksLeft, NotWaiting, OwnText, ReasonNeeded, TextIncomplete
from portal.publication.versions import list_versions
from portal.wishes.models import Wish, WishEvent
from portal.wishes.publishing import (
    NothingToShow,
    approve_publication,
    refuse_publication,
    resume_wish,
    rewrite_wish,
    suspend_wish,
    write_publication,
)
from portal.wishes.rules import WishAction, WishState, WrongState
from portal.wishes.service import move_wish
from tests import cast

ONE_DAY = timedelta(days=1)
TEXT = PublicText("双肩书包", "School backpack", "蓝色", "Blue", "想要一个结实的书包。", "A sturdy bag.")


def text(**changes):
    return PublicText(**{name: getattr(TEXT, name) for name in TEXT.__slots__} | changes)


def state_of(wish):
    return session().scalar(select(Wish.state).where(Wish.id == wish.id))


@pytest.fixture
def author(app_context):
    return cast.moderator()


@pytest.fixture
def other(app_context):
    return cast.moderator()


@pytest.fixture
def verified(app_context):
    return cast.wish(WishState.VERIFIED)


@pytest.fixture
def written(verified, author):
    return write_publication(author, verified.id, TEXT)


@pytest.fixture
def published(verified, written, other):
    approve_publication(other, written)
    return verified


def test_a_written_text_is_not_public(verified, written):
    assert find_public_wish(verified.number) is None
    assert state_of(verified) == "verified"


def test_a_text_another_moderator_approves_is_public_at_once(verified, written, other):
    approve_publication(other, written)
    wish = find_public_wish(verified.number)
    assert (wish.item, wish.reason, wish.is_open, wish.waiting_days) == ("双肩书包", "想要一个结实的书包。", True, 0)
    assert state_of(verified) == "published"


def test_nobody_approves_their_own_text(verified, written, author):
    with pytest.raises(OwnText):
        approve_publication(author, written)
    assert find_public_wish(verified.number) is None


def test_nobody_refuses_their_own_text_in_place_of_another(written, author):
    with pytest.raises(OwnText):
        refuse_publication(author, written, "不合适")


def test_the_database_itself_refuses_an_author_as_approver(written, author):
    @transaction
    def approve_by_force():
        session().execute(
            update(Publication)
            .where(Publication.id == written)
            .values(status=PublicationStatus.LIVE, approved_by_id=author.person_id)
        )

    with pytest.raises(IntegrityError):
        approve_by_force()


def test_the_database_itself_refuses_a_live_text_nobody_approved(written):
    @transaction
    def go_live():
        session().execute(update(Publication).where(Publication.id == written).values(status=PublicationStatus.LIVE))

    with pytest.raises(IntegrityError):
        go_live()


@pytest.mark.parametrize("role", [Role.CENTRE_CLERK, Role.NEED_REPORTER, Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_only_moderators_write_and_approve(verified, written, role):
    somebody = cast.actor(role, at=cast.centre() if role in (Role.CENTRE_CLERK, Role.NEED_REPORTER) else None)
    with pytest.raises(NotAllowed):
        write_publication(somebody, verified.id, TEXT)
    with pytest.raises(NotAllowed):
        approve_publication(somebody, written)


def test_a_text_is_approved_once(verified, written, other):
    approve_publication(other, written)
    with pytest.raises(NotWaiting):
        approve_publication(cast.moderator(), written)


def test_without_consent_nothing_is_approved(author, other):
    wish = cast.wish(WishState.VERIFIED, consents=())
    waiting = write_publication(author, wish.id, TEXT)
    with pytest.raises(ConsentMissing):
        approve_publication(other, waiting)


def test_consent_counts_at_the_moment_of_approval(verified, written, other):
    record_consent(FAMILY, verified.id, ConsentUse.PUBLISH, False, given_by="guardian", through="code")
    with pytest.raises(ConsentMissing):
        approve_publication(other, written)


@pytest.mark.parametrize(
    "reason", ["打13711112222", cast.FAMILY_NAME + "想要书包", cast.GUARDIAN + "照看", "证号" + cast.FAMILY_ID]
)
def test_what_must_never_be_public_is_not_even_kept_as_a_text(verified, author, reason):
    with pytest.raises(MarksLeft):
        write_publication(author, verified.id, text(reason=reason))
    assert list_versions(verified.number) == []


def test_a_household_that_changed_its_name_since_still_holds_up_the_text(verified, written, other):
    @transaction
    def write_behind_the_desk():
        session().execute(update(Publication).where(Publication.id == written).values(reason="南涧许怡宁的书包"))

    write_behind_the_desk()
    with pytest.raises(MarksLeft):
        approve_publication(other, written, "已和家庭商量")


def test_what_may_point_at_somebody_needs_a_reason(verified, author, other):
    waiting = write_publication(author, verified.id, text(reason="在南涧小学上学，想要书包。"))
    with pytest.raises(ReasonNeeded):
        approve_publication(other, waiting, "  ")
    approve_publication(other, waiting, "学校很大，猜不到是谁")
    assert list_versions(verified.number)[0].decision_note == "学校很大，猜不到是谁"


def test_a_text_must_be_complete_in_both_languages(verified, author):
    with pytest.raises(TextIncomplete):
        write_publication(author, verified.id, text(reason_en=""))
    with pytest.raises(TextIncomplete):
        write_publication(author, verified.id, text(size_en=""))


def test_a_refused_text_goes_back_to_its_author_with_a_reason(verified, written, other):
    refuse_publication(other, written, "像是谁家的事")
    [version] = list_versions(verified.number)
    assert (version.status, version.decision_note) == (PublicationStatus.REFUSED, "像是谁家的事")
    [message] = session().scalars(select(Message))
    assert verified.number in message.body
    assert "像是谁家的事" not in message.body


def test_a_refused_text_was_never_public(verified, written, other):
    refuse_publication(other, written, "再想想")
    assert not was_public(verified.number)


def test_a_refusal_needs_a_reason(written, other):
    with pytest.raises(ReasonNeeded):
        refuse_publication(other, written, " ")


def test_a_text_written_again_takes_the_place_of_the_one_that_waited(verified, written, author, other):
    newer = write_publication(other, verified.id, text(reason="想要新书包。"))
    with pytest.raises(NotWaiting):
        approve_publication(cast.moderator(), written)
    approve_publication(author, newer)
    assert [(each.version, each.status) for each in list_versions(verified.number)] == [
        (2, PublicationStatus.LIVE),
        (1, PublicationStatus.REPLACED),
    ]


def test_an_edit_of_a_public_text_is_a_new_version_that_replaces_it_on_approval(published, author, other):
    edited = write_publication(author, published.id, text(reason="想要一个新书包。"))
    assert find_public_wish(published.number).reason == TEXT.reason
    approve_publication(other, edited)
    assert find_public_wish(published.number).reason == "想要一个新书包。"
    assert [each.status for each in list_versions(published.number)] == ["live", "replaced"]


def test_an_edit_changes_neither_the_deadline_nor_the_waiting_time(app, published, clock, author, other):
    before = session().scalar(select(Wish.deadline_at).where(Wish.id == published.id))
    clock.advance(10 * ONE_DAY)
    approve_publication(other, write_publication(author, published.id, text(reason="想要一个新书包。")))
    assert session().scalar(select(Wish.deadline_at).where(Wish.id == published.id)) == before
    assert find_public_wish(published.number).waiting_days == 10


def test_a_pledged_wishs_text_can_be_mended_and_stays_pledged(published, author, other):
    move_wish(published.id, WishAction.PLEDGE, PLEDGER)
    approve_publication(other, write_publication(author, published.id, text(reason="想要一个新书包。")))
    assert not find_public_wish(published.number).is_open
    assert state_of(published) == "pledged"


def test_no_text_is_written_before_verification_or_after_withdrawal(author):
    for state in (WishState.SUBMITTED, WishState.WITHDRAWN, WishState.REFERRED):
        with pytest.raises(WrongState):
            write_publication(author, cast.wish(state).id, TEXT)


def test_a_suspended_wish_is_gone_at_once_and_comes_back_as_it_was(published, other):
    suspend_wish(other, published.id, "有人打听是谁家")
    assert find_public_wish(published.number) is None
    assert was_public(published.number)
    resume_wish(other, published.id)
    assert find_public_wish(published.number).reason == TEXT.reason
    assert state_of(published) == "published"


def test_a_suspension_needs_a_reason(published, other):
    with pytest.raises(ReasonNeeded):
        suspend_wish(other, published.id, "")


def test_a_withdrawn_consent_is_not_resumed(published, other):
    suspend_wish(other, published.id, "家里改了主意")
    record_consent(FAMILY, published.id, ConsentUse.PUBLISH, False, given_by="guardian", through="code")
    with pytest.raises(ConsentMissing):
        resume_wish(other, published.id)


def test_without_an_approved_text_there_is_nothing_to_resume(other):
    with pytest.raises(NothingToShow):
        resume_wish(other, cast.wish(WishState.SUSPENDED).id)


def test_a_wish_written_anew_keeps_the_time_it_has_waited(published, clock, author, other):
    suspend_wish(other, published.id, "写得太细")
    clock.advance(3 * ONE_DAY)
    rewrite_wish(other, published.id, "请写得粗一些")
    assert state_of(published) == "verified"
    approve_publication(other, write_publication(author, published.id, text(reason="想要书包。")))
    assert find_public_wish(published.number).waiting_days == 3


def test_every_step_stands_in_the_history_with_its_reason_sealed(published, author, other):
    suspend_wish(other, published.id, "许怡宁家里来过电话")
    actions = session().scalars(
        select(WishEvent.action).where(WishEvent.wish_id == published.id).order_by(WishEvent.sequence)
    )
    assert list(actions) == ["submit", "write_text", "publish", "suspend"]
    with database().read_engine.connect() as raw:
        notes = raw.exec_driver_sql("SELECT note FROM wish_events WHERE note IS NOT NULL").scalars().all()
    assert notes
    assert not any("许怡宁" in note for note in notes)
