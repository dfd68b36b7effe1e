"""The desk pages of what a campaign tells: news with pictures, corrections, and milestones that are reached."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.campaigns.blueprint import blueprint
from portal.campaigns.budget import MilestoneNotFound, reach_milestone
from portal.campaigns.desk_views import READERS, campaign_of, require_writer
from portal.campaigns.forms import CorrectNewsForm, CorrectPlanForm, NewNewsForm, NewsForm, ReasonForm
from portal.campaigns.labels import FIELD_LABELS
from portal.campaigns.models import CampaignUpdate
from portal.campaigns.rules import CampaignMovedOn
from portal.campaigns.telling import (
    CORRECTABLE_FIELDS,
    LIVE,
    NewPicture,
    News,
    UpdateNotFound,
    approve_update,
    correct_plan,
    correct_update,
    find_picture,
    get_update,
    list_pictures,
    refuse_update,
    update_words,
    write_update,
)
from portal.campaigns.text_views import corrected, decide_text, desk_page, gate_view, note_of
from portal.campaigns.wording import about, update_subject
from portal.gate.rules import WordsHeld
from portal.photos import PictureMissing, PictureRefused, discard_picture, keep_picture, open_picture


@blueprint.route("/admin/campaigns/<number>/updates/new", methods=["GET", "POST"])
@staff(Role.FINANCE)
def desk_write_update(number: str) -> ResponseReturnValue:
    """Write news, with pictures, for another person to approve."""
    actor, row, form = require_writer(), campaign_of(number), NewNewsForm()
    if form.validate_on_submit():
        try:
            with _kept_pictures(form) as pictures:
                write_update(actor, row.number, _news(form), pictures, form.excuse.data)
        except WordsHeld as error:
            form.show_held(actor, error, about(row.number, "update"))
        except PictureRefused as error:
            form.form_errors.append(error.words)
        else:
            flash(_("已保存。请另一位同事看过以后公开。"), "success")
            return redirect(url_for("campaigns.desk_show", number=row.number), 303)
    return desk_page("update_write", form, row)


@blueprint.route("/admin/campaigns/<number>/updates/<public_id>", methods=["GET", "POST"])
@staff(Role.FINANCE, Role.MODERATOR)
def desk_update(number: str, public_id: str) -> ResponseReturnValue:
    """Read news another person wrote, then publish it or give it back."""
    row, text = campaign_of(number), _update_of(number, public_id)
    form, subject = ReasonForm(), update_subject(row.number, text)
    if form.validate_on_submit():
        problem = decide_text(form, approve_update, refuse_update, public_id, subject)
        if problem is None:
            return redirect(url_for("campaigns.desk_show", number=row.number), 303)
        form.form_errors.append(problem)
    shown = {"pictures": list_pictures(text.id), "gate": gate_view(subject, update_words(text))}
    return desk_page("update", form, row, text=text, me=current_actor().person_id, **shown)


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
    if form.validate_on_submit() and corrected(
        form, row.number, lambda: correct_update(actor, public_id, _news(form), note_of(form), form.excuse.data)
    ):
        return redirect(url_for("campaigns.desk_show", number=row.number), 303)
    return desk_page("update_correct", form, row)


@blueprint.route("/admin/campaigns/<number>/corrections/<name>", methods=["GET", "POST"])
@staff(Role.FINANCE)
def desk_correct_plan(number: str, name: str) -> ResponseReturnValue:
    """Put one text of an open campaign right; the old words stay to be read."""
    actor, row = require_writer(), campaign_of(number)
    if name not in CORRECTABLE_FIELDS:
        abort(404)
    now = {"text": getattr(row, name), "text_en": getattr(row, f"{name}_en")}
    form = CorrectPlanForm(data=None if request.method == "POST" else now)
    form.guard(name)
    if form.validate_on_submit() and corrected(
        form,
        row.number,
        lambda: correct_plan(
            actor, row.number, name, form.text.data, form.text_en.data, note_of(form), form.excuse.data
        ),
    ):
        return redirect(url_for("campaigns.desk_show", number=row.number), 303)
    return desk_page("plan_correct", form, row, label=FIELD_LABELS[name])


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


def _update_of(number: str, public_id: str) -> CampaignUpdate:
    try:
        text = get_update(public_id)
    except UpdateNotFound:
        abort(404)
    return text if text.campaign_id == campaign_of(number).id else abort(404)
