"""Desk pages: organisations that registered, and the decision about each."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_wtf import FlaskForm
from wtforms import TextAreaField

from portal.access import current_actor, staff
from portal.accounts import directory
from portal.accounts import organisations as verbs
from portal.accounts.forms import at_most, needed, tidied
from portal.accounts.labels import KIND_LABELS, STATUS_LABELS, STATUS_TONES
from portal.accounts.membership import list_members
from portal.accounts.models import OrganisationStatus
from portal.accounts.organisations import DECISIONS, DecisionNotPossible, OrganisationNotFound
from portal.accounts.rules import Role
from portal.admin.blueprint import blueprint
from portal.admin.bulk import do_each
from portal.audit import service as audit
from portal.gate.forms import held_words
from portal.gate.rules import HoldsPersonalData
from portal.pledges.blocks import find_block_of_organisation
from portal.spreadsheets.sending import check_ending, export_links, send_table
from portal.spreadsheets.tidying import tidy
from portal.web import as_key

REASON_CHARACTERS = 200


class ReasonForm(FlaskForm):
    """Why an organisation is refused or suspended."""

    reason = TextAreaField(
        lazy_gettext("原因"),
        [needed(), at_most(REASON_CHARACTERS)],
        filters=[tidied],
        description=lazy_gettext("会原样发给这个单位，请写清楚要改什么。"),
        render_kw={"rows": 3},
    )


@blueprint.get("/organisations")
@staff(Role.MODERATOR)
def list_organisations() -> ResponseReturnValue:
    """List organisations, those that wait for a decision first to be chosen."""
    q, status = _read_filters()
    found = directory.list_organisations(
        q, status, after=request.args.get("after", type=as_key), before=request.args.get("before", type=as_key)
    )
    kept: dict[str, Any] = {name: value for name, value in (("q", q), ("status", status)) if value}
    return render_template(
        "admin/organisations.html",
        organisations=found.lines,
        q=q,
        chosen=int(bool(status)),
        status_options=[
            {"value": value, "label": label, "selected": value == status} for value, label in STATUS_LABELS.items()
        ],
        kind_labels=KIND_LABELS,
        status_labels=STATUS_LABELS,
        status_tones=STATUS_TONES,
        exports=export_links("admin.export_organisations", **kept),
        newer_url=url_for("admin.list_organisations", before=found.newer, **kept) if found.newer else None,
        older_url=url_for("admin.list_organisations", after=found.older, **kept) if found.older else None,
    )


@blueprint.get("/organisations/export.<ending>")
@staff(Role.MODERATOR)
def export_organisations(ending: str) -> Response:
    """Send the organisations one looks for as a spreadsheet, without the names of people."""
    check_ending(ending)
    audit.record(current_actor(), "list.export", "list", "organisations")
    headers = [_("单位全称"), _("统一社会信用代码"), _("单位类型"), _("状态"), _("登记日期")]
    rows = (
        [each.name, each.uscc, KIND_LABELS.get(each.kind, each.kind), STATUS_LABELS[each.status], each.registered_at]
        for each in directory.iterate_organisations(*_read_filters())
    )
    return send_table("organisations", _("单位"), headers, rows, ending)


@blueprint.post("/organisations")
@staff(Role.MODERATOR)
def certify_organisations() -> ResponseReturnValue:
    """Certify all ticked organisations whose codes were looked up; those that wait for no decision are left."""
    picked, actor = request.form.getlist("pick", type=as_key), current_actor()
    refused = (OrganisationNotFound, DecisionNotPossible, HoldsPersonalData)
    done, left = do_each(picked, lambda key: verbs.certify_organisation(actor, key), refused)
    if not picked:
        flash(_("请先勾选。"), "warning")
    elif done:
        told = ngettext("认证了 %(num)s 个单位，已发邮件。", "认证了 %(num)s 个单位，已发邮件。", len(done))
        flash(told, "success")
    if left:
        flash(_("有的单位现在不能认证，没有改动。请打开来看。"), "warning")
    return redirect(url_for("admin.list_organisations"), 303)


@blueprint.get("/organisations/<int:organisation_id>")
@staff(Role.MODERATOR)
def show_organisation(organisation_id: int) -> ResponseReturnValue:
    """Show one organisation and what may be decided about it."""
    return _organisation_page(organisation_id, ReasonForm())


@blueprint.post("/organisations/<int:organisation_id>/certify")
@staff(Role.MODERATOR)
def certify_organisation(organisation_id: int) -> ResponseReturnValue:
    """Let an organisation pledge under its own name."""
    return _decide(organisation_id, ReasonForm(), lambda: verbs.certify_organisation(current_actor(), organisation_id))


@blueprint.post("/organisations/<int:organisation_id>/refuse")
@staff(Role.MODERATOR)
def refuse_organisation(organisation_id: int) -> ResponseReturnValue:
    """Refuse a registration with a reason."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _organisation_page(organisation_id, form)
    reason = form.reason.data or ""
    return _decide(organisation_id, form, lambda: verbs.refuse_organisation(current_actor(), organisation_id, reason))


@blueprint.post("/organisations/<int:organisation_id>/suspend")
@staff(Role.MODERATOR)
def suspend_organisation(organisation_id: int) -> ResponseReturnValue:
    """Stop an organisation from new pledges with a reason."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _organisation_page(organisation_id, form)
    reason = form.reason.data or ""
    return _decide(organisation_id, form, lambda: verbs.suspend_organisation(current_actor(), organisation_id, reason))


def _read_filters() -> tuple[str, str]:
    q, status = tidy(request.args.get("q", ""))[:60], request.args.get("status", "")
    return q, status if status in set(OrganisationStatus) else ""


def _decide(organisation_id: int, form: ReasonForm, verb: Any) -> ResponseReturnValue:
    try:
        verb()
    except OrganisationNotFound:
        abort(404)
    except DecisionNotPossible:
        abort(409)
    except HoldsPersonalData as error:
        form.reason.errors = [held_words(error)]
        return _organisation_page(organisation_id, form)
    flash(_("已决定，并且发邮件告诉了这个单位。"), "success")
    return redirect(url_for("admin.show_organisation", organisation_id=organisation_id))


def _organisation_page(organisation_id: int, form: ReasonForm) -> ResponseReturnValue:
    try:
        organisation = verbs.get_organisation(organisation_id)
    except OrganisationNotFound:
        abort(404)
    status = OrganisationStatus(organisation.status)
    return render_template(
        "admin/organisations_show.html",
        organisation=organisation,
        kind_label=KIND_LABELS.get(organisation.kind, organisation.kind),
        status_label=STATUS_LABELS[status],
        status_tone=STATUS_TONES[status],
        decisions=DECISIONS[status],
        members=list_members(organisation_id),
        block=find_block_of_organisation(organisation_id),
        form=form,
    ), 422 if form.errors else 200
