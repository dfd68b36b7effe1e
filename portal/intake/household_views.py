"""The page that puts a family's sealed record right, by the rules that read lists."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.households.forms import CorrectionForm
from portal.households.rules import GuardianNeeded
from portal.intake.blueprint import blueprint
from portal.intake.correcting import correct_household, read_correction
from portal.web import safe_next


@blueprint.post("/households/<int:household_id>/correct", endpoint="correct_household")
@staff(Role.CENTRE_CLERK, Role.NEED_REPORTER)
def save_correction(household_id: int) -> ResponseReturnValue:
    """Correct a record for a stated reason, or say beside each field what cannot be read."""
    form = CorrectionForm()
    back = safe_next(request.form.get("back"), url_for("admin.desk"))
    is_sound = form.validate_on_submit()
    changes, problems = read_correction({name: form[name].data or "" for name in form.data})
    for name, message in problems.items():
        form[name].errors = [message]
    if is_sound and not problems and _correct(household_id, form, changes):
        flash(_("身份信息已经更正，并记下了是谁、为什么。"), "success")
        return redirect(back, 303)
    return render_template("households/correct.html", form=form, household_id=household_id, back=back), 422


def _correct(household_id: int, form: CorrectionForm, changes: dict[str, Any]) -> bool:
    try:
        correct_household(current_actor(), household_id, form.reason.data or "", changes)
    except GuardianNeeded:
        form.guardian.errors = [_("心愿人不满14周岁，必须填写监护人。")]
        return False
    return True
