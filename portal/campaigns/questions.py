"""Questions and concerns of anybody about a campaign: read by staff first, then answered for everybody to see."""

from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import select, update

from portal import clock
from portal.accounts.queries import people_with_role
from portal.accounts.rules import Actor, Role
from portal.audit import service as audit
from portal.campaigns.models import Campaign, Question
from portal.campaigns.queries import said
from portal.campaigns.rules import APPROVERS, check_role
from portal.campaigns.service import check_public, get_campaign, needed
from portal.campaigns.wording import about
from portal.codes import new_public_id
from portal.db import changed_rows, session, transaction
from portal.gate.service import Subject, check_published
from portal.i18n import in_language
from portal.outbox.service import Address, enqueue
from portal.web import absolute_url


class QuestionKind(StrEnum):
    """What somebody sends: a question, or a concern that something is wrong."""

    QUESTION = "question"
    CONCERN = "concern"


class QuestionStatus(StrEnum):
    """Where a question stands."""

    WAITING = "waiting"
    LOOKING = "looking"
    ANSWERED = "answered"
    REFUSED = "refused"


PUBLIC_STATUSES = frozenset({QuestionStatus.LOOKING, QuestionStatus.ANSWERED})
"""What everybody can read."""


class QuestionNotFound(LookupError):
    """There is no such question."""


class QuestionMovedOn(Exception):
    """The question no longer stands where the act expects it."""


@transaction
def ask(number: str, kind: QuestionKind, body: str, email: str | None, locale: str) -> str:
    """Take a question or concern about a public campaign and tell those who read it; return its public id.

    Raises ReasonNeeded without any words, CampaignMovedOn, CampaignNotFound.
    """
    campaign = get_campaign(number)
    check_public(campaign)
    row = Question(
        public_id=new_public_id(),
        campaign_id=campaign.id,
        kind=kind,
        status=QuestionStatus.WAITING,
        body=needed(body),
        contact=email,
        locale=locale,
        asked_at=clock.now(),
    )
    session().add(row)
    session().flush()
    _tell_staff(campaign, row)
    return row.public_id


@transaction
def let_through(actor: Actor, public_id: str, wording: str, excuse: str | None = None) -> None:
    """Show a question to everybody in a wording without personal data; it then waits for its answer.

    Raises NotAllowed, ReasonNeeded, HoldsPersonalData, ExcuseNeeded, ModeratorNeeded,
    QuestionMovedOn, QuestionNotFound.
    """
    check_role(actor, APPROVERS)
    check_published(actor, _subject(public_id), [("campaign_questions.public_body", wording)], excuse)
    values = {"status": QuestionStatus.LOOKING, "public_body": needed(wording)}
    _step(actor, public_id, {QuestionStatus.WAITING}, values | _moderated(actor))


@transaction
def refuse_question(actor: Actor, public_id: str) -> None:
    """Keep a question from the page: abuse, advertising, or somebody's private matter.

    Raises NotAllowed, QuestionMovedOn, QuestionNotFound.
    """
    check_role(actor, APPROVERS)
    values = {"status": QuestionStatus.REFUSED, "contact": None}
    _step(actor, public_id, {QuestionStatus.WAITING, QuestionStatus.LOOKING}, values | _moderated(actor))


@transaction
def answer_question(actor: Actor, public_id: str, answer: str, excuse: str | None = None) -> None:
    """Answer a public question for everybody; whoever asked is told by mail, and their address is forgotten.

    Raises NotAllowed, ReasonNeeded, HoldsPersonalData, ExcuseNeeded, ModeratorNeeded,
    QuestionMovedOn, QuestionNotFound.
    """
    check_role(actor, APPROVERS)
    check_published(actor, _subject(public_id), [("campaign_questions.answer", answer)], excuse)
    row = get_question(public_id)
    contact, locale = row.contact, row.locale
    values = {
        "status": QuestionStatus.ANSWERED,
        "answer": needed(answer),
        "answered_at": clock.now(),
        "contact": None,
    }
    _step(actor, public_id, {QuestionStatus.LOOKING}, values)
    if contact:
        _tell_asker(session().get_one(Campaign, row.campaign_id), public_id, contact, locale)


def get_question(public_id: str) -> Question:
    """Return a question by its public id, for the verbs of this portal only.

    Raises QuestionNotFound.
    """
    row = session().scalar(select(Question).where(Question.public_id == public_id))
    if row is None:
        raise QuestionNotFound(public_id)
    return row


def _subject(public_id: str) -> Subject:
    return about(session().get_one(Campaign, get_question(public_id).campaign_id).number, f"question {public_id}")


def _moderated(actor: Actor) -> dict[str, object]:
    return {"moderated_by_id": actor.person_id, "moderated_at": clock.now()}


def _step(actor: Actor, public_id: str, before: set[QuestionStatus], values: dict[str, object]) -> None:
    row = get_question(public_id)
    changed = changed_rows(
        update(Question)
        .where(Question.id == row.id, Question.status.in_(before))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if changed != 1:
        raise QuestionMovedOn(public_id)
    session().refresh(row)
    number = session().get_one(Campaign, row.campaign_id).number
    audit.record(actor, "campaign.treat_question", "campaign", number, after={"status": row.status})


def _tell_staff(campaign: Campaign, row: Question) -> None:
    for person in people_with_role(Role.FINANCE):
        with in_language(person.locale):
            enqueue(
                person.address,
                "campaign.question",
                subject=_("有人就“%(title)s”提了问题", title=said(campaign, "title")),
                body=_(
                    "请在工作台里看一看，先决定能不能公开，再答复：%(link)s",
                    link=absolute_url("campaigns.list_questions"),
                ),
                dedupe_key=f"question:{row.public_id}:{person.person_id}",
            )


def _tell_asker(campaign: Campaign, public_id: str, email: str, locale: str) -> None:
    with in_language(locale):
        enqueue(
            Address("mail", email),
            "campaign.answered",
            subject=_("您就“%(title)s”提的问题有了答复", title=said(campaign, "title")),
            body=_(
                "答复写在项目页面上，大家都能看到：%(link)s\n\n您的邮箱地址我们已经删掉，不会再写信给您。",
                link=absolute_url("campaigns.show", number=campaign.number),
            ),
            dedupe_key=f"question:{public_id}:answered",
        )
