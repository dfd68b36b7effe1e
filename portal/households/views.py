"""Pages of the sealed room: open a record for a stated reason, and say that a document was seen."""

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.households import service
from portal.households.forms import LONGEST_REASON, CorrectionForm
from portal.households.rules import may_correct
from portal.web import error_page, safe_next

blueprint = Blueprint("households", __name__, url_prefix="/admin/households")


def install(app: Flask) -> None:
    """Add this room's pages to the application."""
    app.register_blueprint(blueprint)


@blueprint.app_errorhandler(service.HouseholdNotFound)
def _on_not_found(_error: service.HouseholdNotFound) -> ResponseReturnValue:
    return error_page(404, _("没有找到这一页"), _("地址可能有误，或者内容已经撤下。"))


@blueprint.app_errorhandler(service.IdentityPurged)
def _on_purged(_error: service.IdentityPurged) -> ResponseReturnValue:
    return error_page(410, _("身份信息已经删除"), _("办结后过了保存期限，身份信息已经按规定删除，不能再看到。"))


@blueprint.post("/<int:household_id>/open")
@staff(Role.CENTRE_CLERK, Role.NEED_REPORTER, Role.MODERATOR)
def open_identity(household_id: int) -> ResponseReturnValue:
    """Show a sealed record once; who looked and why is logged before anything is shown."""
    actor = current_actor()
    back = _back()
    reason = (request.form.get("reason") or "").strip()[:LONGEST_REASON]
    try:
        identity = service.open_identity(actor, household_id, reason)
    except service.ReasonMissing:
        flash(_("请先写明为什么要打开身份信息。"), "danger")
        return redirect(back, 303)
    row = service.get_household(household_id)
    form = CorrectionForm(formdata=None, data=identity.to_dict())
    return render_template(
        "households/identity.html",
        identity=identity,
        household_id=household_id,
        reason=reason,
        back=back,
        form=form if may_correct(actor, row.service_centre_id, row.filed_by_id) else None,
    )


@blueprint.post("/<int:household_id>/id-checked")
@staff(Role.CENTRE_CLERK)
def check_id(household_id: int) -> ResponseReturnValue:
    """Note that a clerk has seen the document behind an ID number that two names share."""
    service.mark_id_checked(current_actor(), household_id)
    flash(_("记下了：已看过证件原件。"), "success")
    return redirect(_back(), 303)


def _back() -> str:
    return safe_next(request.form.get("back"), url_for("admin.desk"))
