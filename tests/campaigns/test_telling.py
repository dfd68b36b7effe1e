"""News is approved by a second person, corrections leave the old words to be read, questions are answered for all."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from portal.accounts.rules import NotAllowed
from portal.campaigns.budget import (
    Aim,
    BelowBound,
    BudgetItem,
    BudgetLineNotFound,
    correct_budget_line,
    reach_milestone,
    set_budget,
    set_milestones,
)
from portal.campaigns.models import Correction, Milestone, Question
from portal.campaigns.page_queries import find_public_picture, read_page
from portal.campaigns.questions import (
    QuestionKind,
    QuestionMovedOn,
    answer_question,
    ask,
    get_question,
    let_through,
    refuse_question,
)
from portal.campaigns.rules import CampaignMovedOn, OwnWork
from portal.campaigns.service import ReasonNeeded, file_campaign, open_campaign
from portal.campaigns.telling import (
    NewPicture,
    News,
    Note,
    NothingChanged,
    NotWaiting,
    approve_update,
    correct_plan,
    correct_update,
    get_update,
    list_pictures,
    refuse_update,
    write_update,
)
from portal.db import session, transaction
from portal.gate.rules import HoldsPersonalData
from portal.i18n import in_language
from portal.outbox.models import Message
from portal.photos import keep_picture
from tests import cast
from tests.campaigns import stage

pytestmark = pytest.mark.usefixtures("app_context")

NEWS = News("第一批送到了", "The first lot is there", "送了一百床。\n\n接着送。", "A hundred quilts.\n\nMore to come.")
NOTE = Note("数字写错了", "A figure was wrong")


@pytest.fixture
def number() -> str:
    """Return the number of an open campaign."""
    return stage.opened()


def published(number, by=None):
    public_id = write_update(by or stage.finance(), number, NEWS)
    approve_update(cast.moderator(), public_id)
    return public_id


def test_news_is_public_once_a_second_person_approves(number):
    writer = stage.finance()
    public_id = write_update(writer, number, NEWS)
    assert read_page(number).updates == ()
    with pytest.raises(OwnWork):
        approve_update(writer, public_id)
    approve_update(stage.finance(), public_id)
    assert read_page(number).updates[0].title == "第一批送到了"
    with in_language("en"):
        assert read_page(number).updates[0].title == "The first lot is there"
    with pytest.raises(NotWaiting):
        approve_update(cast.moderator(), public_id)


def test_refused_news_goes_back_with_a_reason(number):
    public_id = write_update(stage.finance(), number, NEWS)
    with pytest.raises(ReasonNeeded):
        refuse_update(cast.moderator(), public_id, " ")
    refuse_update(cast.moderator(), public_id, "别写得太满")
    assert read_page(number).updates == ()


@pytest.mark.parametrize("words", ["请打 13900001408", "身份证 370212201107219960", "write to somebody@example.org"])
def test_news_with_personal_data_is_not_taken(number, words):
    with pytest.raises(HoldsPersonalData) as refused:
        write_update(stage.finance(), number, News("标题", "Title", words, "Text"))
    assert refused.value.words
    with pytest.raises(HoldsPersonalData):
        write_update(stage.finance(), number, NEWS, [NewPicture("0" * 32, words, "A picture")])


def test_no_news_before_the_campaign_is_public():
    with pytest.raises(CampaignMovedOn):
        write_update(stage.finance(), stage.filed(), NEWS)
    with pytest.raises(NotAllowed):
        write_update(cast.moderator(), stage.opened(), NEWS)


def test_picture_is_public_with_its_news_and_not_before(number):
    kept = keep_picture(stage.picture())
    public_id = write_update(stage.finance(), number, NEWS, [NewPicture(kept, "叠好的被子", "Folded quilts")])
    picture = list_pictures(get_update(public_id).id)[0]
    assert find_public_picture(number, picture.public_id) is None
    approve_update(cast.moderator(), public_id)
    assert find_public_picture(number, picture.public_id) == kept
    assert find_public_picture(stage.opened(), picture.public_id) is None


def test_corrected_news_shows_the_old_words_and_the_note(number):
    public_id = published(number)
    correct_update(stage.finance(), public_id, News(NEWS.title, NEWS.title_en, "送了九十床。", "Ninety quilts."), NOTE)
    shown = read_page(number).updates[0]
    assert shown.body == "送了九十床。"
    assert [(each.before, each.note) for each in shown.corrections] == [(NEWS.body, "数字写错了")]


def test_correction_changes_something_and_says_why(number):
    public_id = published(number)
    with pytest.raises(NothingChanged):
        correct_update(stage.finance(), public_id, NEWS, NOTE)
    with pytest.raises(ReasonNeeded):
        correct_update(stage.finance(), public_id, News("新", "New", "新", "New"), Note("", "Why"))
    with pytest.raises(NotWaiting):
        correct_update(stage.finance(), write_update(stage.finance(), number, NEWS), NEWS, NOTE)


def test_open_plan_is_corrected_in_the_open_and_never_twice_the_same(number):
    correct_plan(stage.finance(), number, "contact", "0532-55500001", "0532-55500001", NOTE)
    correct_plan(stage.finance(), number, "contact", "0532-55500002", "0532-55500002", NOTE)
    found = read_page(number).corrections
    assert [each.before for each in found] == ["0532-55500001", stage.PLAN.contact]
    assert {each.field for each in found} == {"联系方式和办公地址"}
    with pytest.raises(KeyError):
        correct_plan(stage.finance(), number, "filing_no", "x", "x", NOTE)


def test_correction_cannot_be_rewritten(number):
    correct_plan(stage.finance(), number, "use", "买被子", "Quilts", NOTE)

    @transaction
    def forget():
        session().delete(session().scalars(select(Correction)).one())
        session().flush()

    with pytest.raises(DBAPIError):
        forget()


def test_budget_line_is_changed_in_the_open_and_never_below_what_is_bound(number):
    line = stage.line_of(number, 2)
    stage.request(number, 150_00, position=2)
    with pytest.raises(BelowBound) as refused:
        correct_budget_line(stage.finance(), number, line, 149_99, NOTE)
    assert refused.value.bound_minor == 150_00
    with pytest.raises(NothingChanged):
        correct_budget_line(stage.finance(), number, line, 200_00, NOTE)
    with pytest.raises(ReasonNeeded):
        correct_budget_line(stage.finance(), number, line, 300_00, Note("", "Why"))
    with pytest.raises(BudgetLineNotFound):
        correct_budget_line(stage.finance(), stage.opened(), line, 300_00, NOTE)
    with pytest.raises(NotAllowed):
        correct_budget_line(cast.moderator(), number, line, 300_00, NOTE)
    correct_budget_line(stage.finance(), number, line, 1_300_00, NOTE)
    stage.request(number, 1_150_00, position=2)
    shown = read_page(number).corrections[0]
    assert (shown.field, shown.before) == ("预算", "运送 ¥200.00")


def test_milestone_is_reached_once():
    writer = stage.finance()
    number = stage.draft(writer)
    set_budget(writer, number, [BudgetItem("被子", "Quilts", 100)])
    set_milestones(writer, number, [Aim("送完", "All there", stage.PLAN.ends_on)])
    file_campaign(writer, number, stage.filing())
    open_campaign(cast.moderator(), number)
    key = session().scalars(select(Milestone.id)).one()
    assert reach_milestone(writer, number, key)
    assert not reach_milestone(writer, number, key)
    assert read_page(number).milestones[0].reached_on is not None


def test_question_is_public_in_the_wording_let_through_and_then_answered(number):
    stage.finance()
    public_id = ask(number, QuestionKind.QUESTION, "我是张三，电话13900001408，钱花哪了？", "asker@example.org", "en")
    assert read_page(number).questions == ()
    with pytest.raises(HoldsPersonalData):
        let_through(cast.moderator(), public_id, "电话13900001408，钱花哪了？")
    let_through(cast.moderator(), public_id, "善款花在哪里了？")
    assert read_page(number).questions[0].body == "善款花在哪里了？"
    answer_question(stage.finance(), public_id, "都在账目里。")
    shown = read_page(number).questions[0]
    assert (shown.status, shown.answer) == ("answered", "都在账目里。")
    with pytest.raises(QuestionMovedOn):
        answer_question(stage.finance(), public_id, "再答一次")


def test_asker_is_told_once_and_their_address_is_forgotten(number):
    public_id = ask(number, QuestionKind.CONCERN, "哪里不对", "asker@example.org", "en")
    let_through(cast.moderator(), public_id, "哪里不对")
    assert get_question(public_id).contact == "asker@example.org"
    answer_question(stage.finance(), public_id, "改了。")
    assert get_question(public_id).contact is None
    letters = [row for row in session().scalars(select(Message)) if row.receiver == "asker@example.org"]
    assert [letter.kind for letter in letters] == ["campaign.answered"]
    assert letters[0].subject == "Your question about “A Warm Winter” is answered"


def test_question_and_address_are_sealed_in_the_database(number):
    ask(number, QuestionKind.CONCERN, "住在南涧的张三", "asker@example.org", "zh")
    raw = session().connection().exec_driver_sql("SELECT body, contact FROM campaign_questions").one()
    assert not any("张三" in text or "asker" in text for text in raw)


def test_refused_question_is_never_public(number):
    public_id = ask(number, QuestionKind.QUESTION, "买我的东西", "asker@example.org", "zh")
    refuse_question(cast.moderator(), public_id)
    assert read_page(number).questions == ()
    assert session().scalars(select(Question)).one().contact is None
    with pytest.raises(QuestionMovedOn):
        let_through(cast.moderator(), public_id, "买我的东西")
    with pytest.raises(ReasonNeeded):
        ask(number, QuestionKind.QUESTION, "  ", None, "zh")
    with pytest.raises(CampaignMovedOn):
        ask(stage.filed(), QuestionKind.QUESTION, "还没开", None, "zh")
