"""Desk pages: organisations that registered, and the decision about each."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
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
from portal.pledges.blocks import find_block_of_organisation
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
    q, status = tidy(request.args.get("q", ""))[:60], request.args.get("status", "")
    status = status if status in set(OrganisationStatus) else ""
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
        newer_url=url_for("admin.list_organisations", before=found.newer, **kept) if found.newer else None,
        older_url=url_for("admin.list_organisations", after=found.older, **kept) if found.older else None,
    )


@blueprint.get("/organisations/<int:organisation_id>")
@staff(Role.MODERATOR)
def show_organisation(organisation_id: int) -> ResponseReturnValue:
    """Show one organisation and what may be decided about it."""
    return _organisation_page(organisation_id, ReasonForm())


@blueprint.post("/organisations/<int:organisation_id>/certify")
@staff(Role.MODERATOR)
def certify_organisation(organisation_id: int) -> ResponseReturnValue:
    """Let an organisation pledge under its own name."""
    return _decide(organisation_id, lambda: verbs.certify_organisation(current_actor(), organisation_id))


@blueprint.post("/organisations/<int:organisation_id>/refuse")
@staff(Role.MODERATOR)
def refuse_organisation(organisation_id: int) -> ResponseReturnValue:
    """Refuse a registration with a reason."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _organisation_page(organisation_id, form)
    reason = form.reason.data or ""
    return _decide(organisation_id, lambda: verbs.refuse_organisation(current_actor(), organisation_id, reason))


@blueprint.post("/organisations/<int:organisation_id>/suspend")
@staff(Role.MODERATOR)
def suspend_organisation(organisation_id: int) -> ResponseReturnValue:
    """Stop an organisation from new pledges with a reason."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _organisation_page(organisation_id, form)
    reason = form.reason.data or ""
    return _decide(organisation_id, lambda: verbs.suspend_organisation(current_actor(), organisation_id, reason))


def _decide(organisation_id: int, verb: Any) -> ResponseReturnValue:
    try:
        verb()
    except OrganisationNotFound:
        abort(404)
    except DecisionNotPossible:
        abort(409)
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
