"""The desk page of the foundation's yearly figures: one person writes them, another publishes them."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.campaigns.blueprint import blueprint
from portal.campaigns.desk_views import READERS, require_writer
from portal.campaigns.money_forms import YearForm
from portal.campaigns.rules import OwnWork
from portal.campaigns.years import YearTaken, approve_year, list_all_years, write_year


@blueprint.route("/admin/foundation-years", methods=["GET", "POST"])
@staff(*READERS)
def desk_years() -> ResponseReturnValue:
    """Show the foundation's yearly figures, and take those of one more year."""
    form = YearForm()
    if form.validate_on_submit() and _year_written(form):
        flash(_("已保存。请另一位同事核对以后公布。"), "success")
        return redirect(url_for("campaigns.desk_years"), 303)
    page = render_template("campaigns/desk/years.html", form=form, years=list_all_years(), me=current_actor().person_id)
    return page, 422 if request.method == "POST" else 200


@blueprint.post("/admin/foundation-years/<int:year>")
@staff(Role.FINANCE, Role.MODERATOR)
def desk_approve_year(year: int) -> ResponseReturnValue:
    """Publish a year's figures that another person wrote."""
    try:
        was_first = approve_year(current_actor(), year)
    except OwnWork:
        flash(_("这是您自己填的，要请另一位同事核对。"), "warning")
    else:
        flash(_("已公布。") if was_first else _("已经公布过了。"), "success")
    return redirect(url_for("campaigns.desk_years"), 303)


def _year_written(form: YearForm) -> bool:
    actor = require_writer()
    if (form.management.minor or 0) > (form.spent.minor or 0):
        form.management.errors = [_("管理费用包括在总支出里，不会比它多。")]
        return False
    try:
        write_year(
            actor,
            form.year.data or 0,
            income_minor=form.income.minor or 0,
            spent_minor=form.spent.minor or 0,
            management_minor=form.management.minor or 0,
            is_audited=bool(form.is_audited.data),
        )
    except YearTaken:
        form.year.errors = [_("这一年的数字已经公布，不能再改。")]
        return False
    return True
