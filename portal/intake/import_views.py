"""Pages of wish lists: hand one in, look at how it was read, correct the columns, have it taken in, print slips."""

from typing import Any

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms.fields.choices import SelectChoice

from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.areas.queries import CentreNotFound
from portal.audit import service as audit
from portal.intake import service
from portal.intake.blueprint import blueprint
from portal.intake.forms import ColumnsForm, UploadForm, column_selects, read_choices
from portal.intake.labels import STATE_LABELS
from portal.intake.queries import ImportPage, get_import_page, list_imports
from portal.intake.slip_pages import slips_page
from portal.intake.slips import issue_slips
from portal.intake.summary import quote_names
from portal.intake.uploads import UploadGone
from portal.spreadsheets.refusals import SheetRefused
from portal.spreadsheets.sending import check_ending, export_links, send_table
from portal.web import error_page


@blueprint.errorhandler(service.ImportNotFound)
def _on_not_found(_error: service.ImportNotFound) -> ResponseReturnValue:
    return error_page(404, _("没有找到这一页"), _("地址可能有误，或者内容已经撤下。"))


@blueprint.errorhandler(service.ImportNotOpen)
@blueprint.errorhandler(UploadGone)
def _on_not_open(_error: Exception) -> ResponseReturnValue:
    return error_page(409, _("这份表已经处理过了"), _("请回到导入记录看它的结果；如果还要导入，请重新上传文件。"))


@blueprint.get("/imports", endpoint="list_imports")
@staff(Role.CENTRE_CLERK)
def show_imports() -> ResponseReturnValue:
    """Show the lists handed in so far, and the form to hand one in."""
    return _imports_page(UploadForm())


@blueprint.get("/imports/export.<ending>")
@staff(Role.CENTRE_CLERK)
def export_imports(ending: str) -> Response:
    """Send the lists handed in so far as a spreadsheet."""
    check_ending(ending)
    audit.record(current_actor(), "list.export", "list", "imports")
    headers = [_("文件"), _("结果"), _("收进"), _("已有"), _("谁交的"), _("时间")]
    rows = [
        [
            line.file_name,
            STATE_LABELS[line.state],
            line.rows_added,
            line.rows_known,
            line.person_name or _("命令行"),
            line.created_at,
        ]
        for line in list_imports(current_actor())
    ]
    return send_table("lists", _("交过的表"), headers, rows, ending)


@blueprint.post("/imports")
@staff(Role.CENTRE_CLERK)
def receive_import() -> ResponseReturnValue:
    """Read an uploaded list and show how it was understood, or say beside the field why it was refused."""
    form = UploadForm()
    if form.validate_on_submit():
        sent = form.file.data
        try:
            data = sent.stream.read(current_app.config["PORTAL"].upload_bytes + 1)
            import_id = service.receive_list(current_actor(), data, sent.filename or "")
            return redirect(url_for("intake.show_import", import_id=import_id), 303)
        except SheetRefused as refused:
            form.file.errors = [refused.message]
    return _imports_page(form), 422


@blueprint.get("/imports/<int:import_id>")
@staff(Role.CENTRE_CLERK)
def show_import(import_id: int) -> ResponseReturnValue:
    """Show a list: its preview, its progress or what became of it."""
    page = get_import_page(current_actor(), import_id)
    if page.line.state == "running":
        return render_template("intake/import_running.html", line=page.line)
    if page.line.state == "read" and page.summary:
        return _preview(page)
    return render_template("intake/import_ended.html", page=page, line=page.line, exports=_exports(import_id))


@blueprint.get("/imports/<int:import_id>/problems.<ending>")
@staff(Role.CENTRE_CLERK)
def export_problems(import_id: int, ending: str) -> Response:
    """Hand out what is to be looked at in a list, for the community that wrote it."""
    check_ending(ending)
    actor = current_actor()
    page = get_import_page(actor, import_id)
    if page.summary is None:
        abort(404)
    audit.record(actor, "import.export_problems", "import", import_id)
    headers = [_("行"), _("列"), _("项目"), _("要怎么办"), _("说明")]
    rows = [
        [
            problem.row or None,
            problem.column,
            problem.label,
            _("必须改") if problem.is_error else _("核实时留意"),
            problem.message,
        ]
        for problem in page.summary.problems
    ]
    return send_table(f"list-{import_id}", page.line.file_name, headers, rows, ending)


@blueprint.post("/imports/<int:import_id>/columns")
@staff(Role.CENTRE_CLERK)
def choose_columns(import_id: int) -> ResponseReturnValue:
    """Read the list anew with other columns."""
    page = get_import_page(current_actor(), import_id)
    if page.line.state != "read" or page.summary is None:
        raise service.ImportNotOpen
    form, selects = ColumnsForm(), column_selects(page.summary, request.form)
    if not form.validate_on_submit() or not selects.validate():
        return _preview(page, form, selects), 422
    try:
        service.choose_columns(
            current_actor(), import_id, form.header_row.data or 1, read_choices(selects), form.sheet.data or None
        )
    except SheetRefused as refused:
        form.sheet.errors = [refused.message]
        return _preview(page, form, selects), 422
    except ValueError as twice:
        first, second = (*twice.args, "", "")[:2]
        form.form_errors = [
            _("“%(first)s”和“%(second)s”选了同一列。请给每一项选不同的列。", first=first, second=second)
        ]
        return _preview(page, form, selects), 422
    return redirect(url_for("intake.show_import", import_id=import_id), 303)


@blueprint.post("/imports/<int:import_id>/take-in")
@staff(Role.CENTRE_CLERK)
def take_in_import(import_id: int) -> ResponseReturnValue:
    """Have the list taken in; a long one goes on while a page shows how far it is."""
    service.take_in(current_actor(), import_id)
    return redirect(url_for("intake.show_import", import_id=import_id), 303)


@blueprint.post("/imports/<int:import_id>/drop")
@staff(Role.CENTRE_CLERK)
def drop_import(import_id: int) -> ResponseReturnValue:
    """Put the list aside and remove its file."""
    service.drop_list(current_actor(), import_id)
    flash(_("这份表没有导入，文件已经删除。"), "success")
    return redirect(url_for("intake.list_imports"), 303)


@blueprint.post("/imports/<int:import_id>/slips")
@staff(Role.CENTRE_CLERK)
def print_slips(import_id: int) -> ResponseReturnValue:
    """Issue family codes for one centre's wishes of a list and show the slips to print, once.

    Wishes that have a code keep it, unless the person has read that new codes end the old slips.
    """
    centre_id = request.form.get("centre", type=int)
    if centre_id is None:
        abort(400)
    replace = request.form.get("replace") == "yes"
    try:
        slips = issue_slips(current_actor(), import_id, centre_id, replace=replace)
    except CentreNotFound:
        abort(404)
    if not slips.slips:
        return render_template("intake/slips_again.html", slips=slips, import_id=import_id)
    return slips_page(slips, url_for("intake.show_import", import_id=import_id))


def _imports_page(form: UploadForm) -> str:
    megabytes = current_app.config["PORTAL"].upload_bytes // 1_000_000
    return render_template(
        "intake/imports.html",
        form=form,
        lines=list_imports(current_actor()),
        megabytes=megabytes,
        state_labels=STATE_LABELS,
        exports=export_links("intake.export_imports"),
    )


def _preview(page: ImportPage, form: ColumnsForm | None = None, selects: Any = None) -> str:
    assert page.summary is not None
    if form is None:
        form = ColumnsForm(formdata=None, header_row=page.summary.header_row or 1, sheet=page.summary.sheet_name)
        selects = column_selects(page.summary)
    form.sheet.choices = [SelectChoice(name, name) for name in page.summary.sheet_names]
    return render_template(
        "intake/import_preview.html",
        page=page,
        line=page.line,
        summary=page.summary,
        form=form,
        selects=selects,
        headline=_headline(page),
        exports=_exports(page.line.id),
        other_lists=quote_names(page.summary.other_lists),
    )


def _exports(import_id: int) -> list[dict[str, str]]:
    return export_links("intake.export_problems", import_id=import_id)


def _headline(page: ImportPage) -> str:
    """Return in one sentence what the list comes to."""
    summary = page.summary
    assert summary is not None
    if summary.error_count:
        return ngettext(
            "有%(num)s处要改，现在一行也不会收进来。", "有%(num)s处要改，现在一行也不会收进来。", summary.error_count
        )
    if not summary.new_count:
        return ngettext(
            "%(num)s个心愿以前都收过了，没有新的。", "%(num)s个心愿以前都收过了，没有新的。", summary.known_count
        )
    return ngettext("%(num)s个心愿可以收进来。", "%(num)s个心愿可以收进来。", summary.new_count)
