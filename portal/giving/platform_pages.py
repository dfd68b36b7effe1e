"""The desk's page of what campaigns received on the designated platform: handing in its totals."""

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired

from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.giving.blueprint import blueprint
from portal.giving.desk import READERS
from portal.giving.platform_reading import TotalsProblem, TotalsUnclear
from portal.giving.platform_totals import import_totals, list_on_platform
from portal.spreadsheets.refusals import SheetRefused

PROBLEMS_SHOWN = 20


class TotalsForm(FlaskForm):
    """The platform's table to hand in."""

    file = FileField(lazy_gettext("平台的每日汇总表"), validators=[FileRequired(lazy_gettext("请先选一个文件。"))])


@blueprint.get("/admin/giving/platform")
@staff(*READERS)
def show_platform() -> str:
    """Show what each campaign received on the platform so far."""
    return _page(TotalsForm(), [])


@blueprint.post("/admin/giving/platform")
@staff(Role.FINANCE)
def take_totals() -> ResponseReturnValue:
    """Take a table of totals in, or say what in it cannot be read."""
    form, problems = TotalsForm(), []
    if form.validate_on_submit():
        sent = form.file.data
        data = sent.stream.read(current_app.config["PORTAL"].upload_bytes + 1)
        try:
            taken = import_totals(current_actor(), data, sent.filename or "")
        except SheetRefused as refused:
            form.file.errors = [refused.message]
        except TotalsUnclear as unclear:
            form.file.errors = [_("有的地方没有看懂，所以一行也没有收。请改好再交。")]
            problems = unclear.problems
        else:
            flash(
                _(
                    "新收 %(added)d 天，更正 %(corrected)d 天，%(known)d 天和以前一样。",
                    added=taken.added,
                    corrected=taken.corrected,
                    known=taken.known,
                ),
                "success",
            )
            return redirect(url_for("giving.show_platform"), 303)
    return _page(form, problems), 422


def _page(form: TotalsForm, problems: list[TotalsProblem]) -> str:
    return render_template(
        "giving/desk/platform.html",
        form=form,
        problems=problems[:PROBLEMS_SHOWN],
        more=len(problems) - PROBLEMS_SHOWN,
        totals=list_on_platform(),
        may_act=current_actor().has_role(Role.FINANCE),
    )
