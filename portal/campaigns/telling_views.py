"""The desk pages of what a campaign tells: updates, reports, corrections, milestones, and answers to questions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.campaigns.blueprint import blueprint
from portal.campaigns.budget import MilestoneNotFound, reach_milestone
from portal.campaigns.desk_queries import list_open_questions
from portal.campaigns.desk_views import READERS, campaign_of, require_writer
from portal.campaigns.disclosure import ReportKind, kinds_to_write
from portal.campaigns.forms import (
    AnswerForm,
    CorrectNewsForm,
    CorrectPlanForm,
    CorrectReportForm,
    NewNewsForm,
    NewsForm,
    ReasonForm,
    ReportForm,
    WordingForm,
)
from portal.campaigns.labels import FIELD_LABELS, REPORT_LABELS
from portal.campaigns.models import Campaign, CampaignUpdate, DisclosureReport
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
from portal.campaigns.reports import (
    ReportNotFound,
    ReportWaiting,
    correct_report,
    get_report,
    publish_report,
    refuse_report,
    write_report,
)
from portal.campaigns.rules import CampaignMovedOn, CampaignState, OwnWork
from portal.campaigns.service import ReasonNeeded
from portal.campaigns.telling import (
    CORRECTABLE_FIELDS,
    LIVE,
    HoldsPersonalData,
    NewPicture,
    News,
    Note,
    NothingChanged,
    UpdateNotFound,
    approve_update,
    correct_plan,
    correct_update,
    find_picture,
    get_update,
    list_pictures,
    refuse_update,
    write_update,
)
from portal.db import session
from portal.photos import PictureMissing, PictureRefused, discard_picture, keep_picture, open_picture


@blueprint.route("/admin/campaigns/<number>/updates/new", methods=["GET", "POST"])
@staff(Role.FINANCE)
def desk_write_update(number: str) -> ResponseReturnValue:
    """Write news, with pictures, for another person to approve."""
    actor, row, form = require_writer(), campaign_of(number), NewNewsForm()
    if form.validate_on_submit():
        try:
            with _kept_pictures(form) as pictures:
                write_update(actor, row.number, _news(form), pictures)
        except HoldsPersonalData as error:
            form.form_errors.append(_must_not_be_public(error))
        except PictureRefused as error:
            form.form_errors.append(error.words)
        else:
            flash(_("已保存。请另一位同事看过以后公开。"), "success")
            return redirect(url_for("campaigns.desk_show", number=row.number), 303)
    return _page("update_write", form, row)


@blueprint.route("/admin/campaigns/<number>/updates/<public_id>", methods=["GET", "POST"])
@staff(Role.FINANCE, Role.MODERATOR)
def desk_update(number: str, public_id: str) -> ResponseReturnValue:
    """Read news another person wrote, then publish it or give it back."""
    row, text = campaign_of(number), _update_of(number, public_id)
    form = ReasonForm()
    if form.validate_on_submit():
        problem = _decide(form, approve_update, refuse_update, public_id)
        if problem is None:
            return redirect(url_for("campaigns.desk_show", number=row.number), 303)
        form.form_errors.append(problem)
    return _page("update", form, row, text=text, pictures=list_pictures(text.id), me=current_actor().person_id)


@blueprint.get("/admin/campaigns/<number>/pictures/<public_id>.jpg")
@staff(*READERS)
def desk_picture(number: str, public_id: str) -> Response:
    """Show a picture of news that may not be public yet."""
    try:
        content = open_picture(find_picture(campaign_of(number).id, public_id) or abort(404))
    except PictureMissing:
        abort(404)
    return Response(content, mimetype="image/jpeg", headers={"Content-Disposition": "inline"})


@blueprint.route("/admin/campaigns/<number>/updates/<public_id>/correction", methods=["GET", "POST"])
@staff(Role.FINANCE)
def desk_correct_update(number: str, public_id: str) -> ResponseReturnValue:
    """Put published news right; the old words stay to be read."""
    actor, row, text = require_writer(), campaign_of(number), _update_of(number, public_id)
    if text.status != LIVE:
        raise CampaignMovedOn("only published news is corrected")
    form = CorrectNewsForm(obj=None if request.method == "POST" else text)
    if form.validate_on_submit() and _corrected(
        form, lambda: correct_update(actor, public_id, _news(form), _note(form))
    ):
        return redirect(url_for("campaigns.desk_show", number=row.number), 303)
    return _page("update_correct", form, row)


@blueprint.route("/admin/campaigns/<number>/corrections/<name>", methods=["GET", "POST"])
@staff(Role.FINANCE)
def desk_correct_plan(number: str, name: str) -> ResponseReturnValue:
    """Put one text of an open campaign right; the old words stay to be read."""
    actor, row = require_writer(), campaign_of(number)
    if name not in CORRECTABLE_FIELDS:
        abort(404)
    now = {"text": getattr(row, name), "text_en": getattr(row, f"{name}_en")}
    form = CorrectPlanForm(data=None if request.method == "POST" else now)
    if form.validate_on_submit() and _corrected(
        form, lambda: correct_plan(actor, row.number, name, form.text.data, form.text_en.data, _note(form))
    ):
        return redirect(url_for("campaigns.desk_show", number=row.number), 303)
    return _page("plan_correct", form, row, label=FIELD_LABELS[name])


@blueprint.post("/admin/campaigns/<number>/milestones/<int:milestone_id>")
@staff(Role.FINANCE)
def desk_reach_milestone(number: str, milestone_id: int) -> ResponseReturnValue:
    """Say that a milestone is reached."""
    row = campaign_of(number)
    try:
        reach_milestone(require_writer(), row.number, milestone_id)
    except MilestoneNotFound:
        abort(404)
    flash(_("已记下：今天完成。"), "success")
    return redirect(url_for("campaigns.desk_show", number=row.number), 303)


@blueprint.route("/admin/campaigns/<number>/reports/new", methods=["GET", "POST"])
@staff(Role.FINANCE)
def desk_write_report(number: str) -> ResponseReturnValue:
    """Write a report for another person to publish."""
    actor, row, form = require_writer(), campaign_of(number), ReportForm()
    kinds = kinds_to_write(CampaignState(row.state), is_emergency=row.is_emergency)
    if not kinds:
        raise CampaignMovedOn(f"no report in {row.state}")
    form.kind.choices = [SelectChoice(kind.value, REPORT_LABELS[kind]) for kind in kinds]
    if request.method == "GET":
        form.kind.data = kinds[0].value
    if form.validate_on_submit():
        try:
            write_report(actor, row.number, ReportKind(form.kind.data), form.body.data or "", form.body_en.data or "")
        except HoldsPersonalData as error:
            form.form_errors.append(_must_not_be_public(error))
        except ReportWaiting:
            form.form_errors.append(_("已经有一份报告在等批准，先办完那一份。"))
        else:
            flash(_("已保存。请另一位同事看过以后公开。"), "success")
            return redirect(url_for("campaigns.desk_show", number=row.number), 303)
    return _page("report_write", form, row)


@blueprint.route("/admin/campaigns/<number>/reports/<public_id>", methods=["GET", "POST"])
@staff(Role.FINANCE, Role.MODERATOR)
def desk_report(number: str, public_id: str) -> ResponseReturnValue:
    """Read a report another person wrote, then publish it or give it back."""
    row, text, form = campaign_of(number), _report_of(number, public_id), ReasonForm()
    if form.validate_on_submit():
        problem = _decide(form, publish_report, refuse_report, public_id)
        if problem is None:
            return redirect(url_for("campaigns.desk_show", number=row.number), 303)
        form.form_errors.append(problem)
    label = REPORT_LABELS[ReportKind(text.kind)]
    return _page("report", form, row, text=text, label=label, me=current_actor().person_id)


@blueprint.route("/admin/campaigns/<number>/reports/<public_id>/correction", methods=["GET", "POST"])
@staff(Role.FINANCE)
def desk_correct_report(number: str, public_id: str) -> ResponseReturnValue:
    """Put a published report right; the old words stay to be read."""
    actor, row, text = require_writer(), campaign_of(number), _report_of(number, public_id)
    if text.status != LIVE:
        raise CampaignMovedOn("only published reports are corrected")
    form = CorrectReportForm(obj=None if request.method == "POST" else text)
    if form.validate_on_submit() and _corrected(
        form, lambda: correct_report(actor, public_id, form.body.data, form.body_en.data, _note(form))
    ):
        return redirect(url_for("campaigns.desk_show", number=row.number), 303)
    return _page("report_correct", form, row)


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
    is_waiting = row.status == QuestionStatus.WAITING
    form: Any = WordingForm() if is_waiting else AnswerForm()
    if request.method == "GET" and is_waiting:
        form.wording.data = row.body
    act = request.form.get("act")
    if request.method == "POST" and (act == "refuse" or form.validate()) and _treated(form, public_id, act):
        return redirect(url_for("campaigns.list_questions"), 303)
    campaign = session().get_one(Campaign, row.campaign_id)
    page = render_template(
        "campaigns/desk/question.html", q=row, campaign=campaign, title=said(campaign, "title"), form=form
    )
    return page, 422 if request.method == "POST" else 200


def _treated(form: Any, public_id: str, act: str | None) -> bool:
    actor = current_actor()
    try:
        if act == "refuse":
            refuse_question(actor, public_id)
            flash(_("已处理，不公开。"), "success")
        elif isinstance(form, WordingForm):
            let_through(actor, public_id, form.wording.data or "")
            flash(_("已公开，请尽快答复。"), "success")
        else:
            answer_question(actor, public_id, form.answer.data or "")
            flash(_("答复已公开。"), "success")
    except HoldsPersonalData as error:
        form.form_errors.append(_must_not_be_public(error))
        return False
    except QuestionMovedOn:
        flash(_("这个问题刚刚被别人处理过。"), "warning")
    return True


def _decide(
    form: ReasonForm, approve: Callable[[Any, str], None], refuse: Callable[[Any, str, str], None], public_id: str
) -> str | None:
    """Publish or give back; return what stands against it in words."""
    actor = current_actor()
    try:
        if request.form.get("act") == "approve":
            approve(actor, public_id)
            flash(_("已批准，现在公开了。"), "success")
        else:
            refuse(actor, public_id, form.reason.data or "")
            flash(_("已退回。"), "success")
    except OwnWork:
        return _("这是您自己写的，要请另一位同事来决定。")
    except ReasonNeeded:
        return _("请写明退回的原因，好让写的人知道怎么改。")
    return None


def _corrected(form: Any, correct: Callable[[], None]) -> bool:
    try:
        correct()
    except HoldsPersonalData as error:
        form.form_errors.append(_must_not_be_public(error))
    except NothingChanged:
        form.form_errors.append(_("文字和原来一样，没有什么要更正。"))
    else:
        flash(_("已更正。原来的文字和您的说明，大家都看得到。"), "success")
        return True
    return False


@contextmanager
def _kept_pictures(form: NewNewsForm) -> Iterator[list[NewPicture]]:
    """Keep the pictures of a form while a verb stores their names, and drop them where it fails.

    Raises PictureRefused.
    """
    kept: list[NewPicture] = []
    try:
        for row in form.pictures:
            content = row.form.file.data.read() if row.form.file.data else b""
            if content:
                picture = keep_picture(content)
                kept.append(NewPicture(picture, row.form.caption.data, row.form.caption_en.data))
        yield kept
    except BaseException:
        for each in kept:
            discard_picture(each.picture)
        raise


def _news(form: NewsForm) -> News:
    return News(form.title.data or "", form.title_en.data or "", form.body.data or "", form.body_en.data or "")


def _note(form: Any) -> Note:
    return Note(form.note.data or "", form.note_en.data or "")


def _update_of(number: str, public_id: str) -> CampaignUpdate:
    try:
        text = get_update(public_id)
    except UpdateNotFound:
        abort(404)
    return text if text.campaign_id == campaign_of(number).id else abort(404)


def _report_of(number: str, public_id: str) -> DisclosureReport:
    try:
        text = get_report(public_id)
    except ReportNotFound:
        abort(404)
    return text if text.campaign_id == campaign_of(number).id else abort(404)


def _must_not_be_public(error: HoldsPersonalData) -> str:
    return _("这些不能公开，请去掉：%(words)s。", words=_("、").join(error.words))


def _page(name: str, form: Any, row: Campaign, **context: Any) -> ResponseReturnValue:
    page = render_template(f"campaigns/desk/{name}.html", form=form, row=row, title=said(row, "title"), **context)
    return page, 422 if request.method == "POST" else 200
