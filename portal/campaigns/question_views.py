"""The desk pages on which questions and concerns are worded for everybody, and answered."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.campaigns.blueprint import blueprint
from portal.campaigns.desk_queries import list_open_questions
from portal.campaigns.forms import AnswerForm, WordingForm
from portal.campaigns.models import Campaign
from portal.campaigns.queries import said
from portal.campaigns.questions import (
    QuestionMovedOn,
    QuestionNotFound,
    QuestionStatus,
    answer_question,
    get_question,
    let_through,
    refuse_question,
)
from portal.campaigns.wording import about
from portal.db import session
from portal.gate.rules import WordsHeld


@blueprint.get("/admin/campaigns/questions")
@staff(Role.FINANCE, Role.MODERATOR)
def list_questions() -> ResponseReturnValue:
    """Show questions and concerns that wait, the oldest first."""
    return render_template(
        "campaigns/desk/questions.html",
        questions=[(question, campaign, said(campaign, "title")) for question, campaign in list_open_questions()],
    )


@blueprint.route("/admin/campaigns/questions/<public_id>", methods=["GET", "POST"])
@staff(Role.FINANCE, Role.MODERATOR)
def desk_question(public_id: str) -> ResponseReturnValue:
    """Let a question through in a public wording, keep it from the page, or answer it."""
    try:
        row = get_question(public_id)
    except QuestionNotFound:
        abort(404)
    campaign = session().get_one(Campaign, row.campaign_id)
    is_waiting = row.status == QuestionStatus.WAITING
    form: Any = WordingForm() if is_waiting else AnswerForm()
    if request.method == "GET" and is_waiting:
        form.wording.data = row.body
    act, number = request.form.get("act"), campaign.number
    if request.method == "POST" and (act == "refuse" or form.validate()) and _treated(form, number, public_id, act):
        return redirect(url_for("campaigns.list_questions"), 303)
    page = render_template(
        "campaigns/desk/question.html", q=row, campaign=campaign, title=said(campaign, "title"), form=form
    )
    return page, 422 if request.method == "POST" and not form.was_reworded else 200


def _treated(form: Any, number: str, public_id: str, act: str | None) -> bool:
    actor = current_actor()
    try:
        if act == "refuse":
            refuse_question(actor, public_id)
            flash(_("已处理，不公开。"), "success")
        elif isinstance(form, WordingForm):
            let_through(actor, public_id, form.wording.data or "", form.excuse.data)
            flash(_("已公开，请尽快答复。"), "success")
        else:
            answer_question(actor, public_id, form.answer.data or "", form.excuse.data)
            flash(_("答复已公开。"), "success")
    except WordsHeld as error:
        form.show_held(actor, error, about(number, f"question {public_id}"))
        return False
    except QuestionMovedOn:
        flash(_("这个问题刚刚被别人处理过。"), "warning")
    return True
