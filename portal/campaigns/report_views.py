"""The desk pages of the reports that the disclosure clock asks for."""

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.campaigns.blueprint import blueprint
from portal.campaigns.desk_views import campaign_of, require_writer
from portal.campaigns.disclosure import ReportKind, kinds_to_write
from portal.campaigns.forms import CorrectReportForm, ReasonForm, ReportForm
from portal.campaigns.labels import REPORT_LABELS
from portal.campaigns.models import DisclosureReport
from portal.campaigns.reports import (
    ReportNotFound,
    ReportWaiting,
    correct_report,
    get_report,
    publish_report,
    refuse_report,
    write_report,
)
from portal.campaigns.rules import CampaignMovedOn, CampaignState
from portal.campaigns.telling import LIVE
from portal.campaigns.text_views import corrected, decide_text, desk_page, gate_view, note_of
from portal.campaigns.wording import about, report_subject, words_of
from portal.gate.rules import WordsHeld


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
            words = form.body.data or "", form.body_en.data or ""
            write_report(actor, row.number, ReportKind(form.kind.data), *words, form.excuse.data)
        except WordsHeld as error:
            form.show_held(actor, error, about(row.number, "report"))
        except ReportWaiting:
            form.form_errors.append(_("已经有一份报告在等批准，先办完那一份。"))
        else:
            flash(_("已保存。请另一位同事看过以后公开。"), "success")
            return redirect(url_for("campaigns.desk_show", number=row.number), 303)
    return desk_page("report_write", form, row)


@blueprint.route("/admin/campaigns/<number>/reports/<public_id>", methods=["GET", "POST"])
@staff(Role.FINANCE, Role.MODERATOR)
def desk_report(number: str, public_id: str) -> ResponseReturnValue:
    """Read a report another person wrote, then publish it or give it back."""
    row, text, form = campaign_of(number), _report_of(number, public_id), ReasonForm()
    subject = report_subject(row.number, text)
    if form.validate_on_submit():
        problem = decide_text(form, publish_report, refuse_report, public_id, subject)
        if problem is None:
            return redirect(url_for("campaigns.desk_show", number=row.number), 303)
        form.form_errors.append(problem)
    label = REPORT_LABELS[ReportKind(text.kind)]
    shown = {"label": label, "gate": gate_view(subject, words_of(text))}
    return desk_page("report", form, row, text=text, me=current_actor().person_id, **shown)


@blueprint.route("/admin/campaigns/<number>/reports/<public_id>/correction", methods=["GET", "POST"])
@staff(Role.FINANCE)
def desk_correct_report(number: str, public_id: str) -> ResponseReturnValue:
    """Put a published report right; the old words stay to be read."""
    actor, row, text = require_writer(), campaign_of(number), _report_of(number, public_id)
    if text.status != LIVE:
        raise CampaignMovedOn("only published reports are corrected")
    form = CorrectReportForm(obj=None if request.method == "POST" else text)
    if form.validate_on_submit() and corrected(
        form,
        row.number,
        lambda: correct_report(actor, public_id, form.body.data, form.body_en.data, note_of(form), form.excuse.data),
    ):
        return redirect(url_for("campaigns.desk_show", number=row.number), 303)
    return desk_page("report_correct", form, row)


def _report_of(number: str, public_id: str) -> DisclosureReport:
    try:
        text = get_report(public_id)
    except ReportNotFound:
        abort(404)
    return text if text.campaign_id == campaign_of(number).id else abort(404)
