"""Desk pages: the district's areas, the particulars of each service centre, and the sheet they come in by."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, SelectChoice, SelectField, StringField, TelField

from portal.access import current_actor, staff
from portal.accounts.forms import PHONE_CHECK, at_most, needed, tidied
from portal.accounts.rules import Role
from portal.admin.blueprint import blueprint
from portal.areas import service
from portal.areas.carrying import SheetLost, pack_sheet, unpack_sheet
from portal.areas.queries import CentreNotFound, area_tree, get_centre, holds_text
from portal.areas.service import AreaChanges, compare_areas
from portal.areas.sheet import FIELD_LABELS, AreaField, rate_area_sheet, read_area_columns, read_areas
from portal.audit import service as audit
from portal.gate.forms import held_words
from portal.gate.rules import HoldsPersonalData
from portal.spreadsheets.cells import Sheet
from portal.spreadsheets.columns import HEADER_SEARCH_ROWS, ColumnMapping
from portal.spreadsheets.reading import open_sheet
from portal.spreadsheets.refusals import SheetLimits, SheetRefused
from portal.spreadsheets.sending import check_ending, export_links, send_table
from portal.spreadsheets.tidying import tidy

LIMITS = SheetLimits(max_bytes=2_000_000, max_rows=3_000)
LONGEST = 120
HEADER_ROWS = [SelectChoice("", "—"), *(SelectChoice(str(number)) for number in range(1, HEADER_SEARCH_ROWS + 1))]


class CentreForm(FlaskForm):
    """What everybody may know of a service centre."""

    address = StringField(lazy_gettext("地址"), [needed(), at_most(LONGEST)], filters=[tidied])
    phone = TelField(lazy_gettext("电话"), [needed(), PHONE_CHECK])
    hours = StringField(
        lazy_gettext("开放时间"),
        [needed(), at_most(LONGEST)],
        filters=[tidied],
        description=lazy_gettext("例如：周一至周五 8:30-17:00，周六 9:00-12:00"),
    )


class CentreByAdministratorForm(CentreForm):
    """The same, and what only an administrator changes."""

    name_en = StringField(lazy_gettext("英文名称"), [needed(), at_most(LONGEST)], filters=[tidied])
    is_active = BooleanField(lazy_gettext("正在使用（不勾选就不再收新的心愿）"))


class SheetForm(FlaskForm):
    """A file of areas."""

    file = FileField(lazy_gettext("名录文件"), [FileRequired(lazy_gettext("请选一个文件。"))])


class PreviewForm(FlaskForm):
    """A sheet that was read, and how its columns are to be read."""

    sheet = HiddenField()
    header_row = SelectField(lazy_gettext("表头在第几行"), choices=HEADER_ROWS)


@blueprint.get("/areas")
@staff(Role.CENTRE_CLERK)
def list_areas() -> ResponseReturnValue:
    """Show the district's service centres with what lies below them, those one looks for."""
    q = tidy(request.args.get("q", ""))[:LONGEST]
    tree = area_tree()
    return render_template(
        "admin/areas.html",
        tree=[branch for branch in tree if holds_text(branch, q)],
        q=q,
        centres=len(tree),
        communities=sum(len(branch.communities) for branch in tree),
        grids=sum(branch.grid_count for branch in tree),
        may_edit={branch.centre.id for branch in tree if _may_edit(branch.centre.id)},
        is_administrator=current_actor().has_role(Role.ADMINISTRATOR),
        exports=export_links("admin.export_areas", **({"q": q} if q else {})),
    )


@blueprint.get("/areas/export.<ending>")
@staff(Role.CENTRE_CLERK)
def export_areas(ending: str) -> Response:
    """Send the areas one looks for as a sheet of the kind that can be brought in again."""
    check_ending(ending)
    audit.record(current_actor(), "list.export", "list", "areas")
    q = tidy(request.args.get("q", ""))[:LONGEST]
    rows = (
        [
            branch.centre.name,
            branch.centre.address,
            branch.centre.phone,
            branch.centre.hours,
            community.name,
            community.station_address,
            len(community.grids),
        ]
        for branch in area_tree()
        if holds_text(branch, q)
        for community in branch.communities
    )
    return send_table("areas", _("区域"), [FIELD_LABELS[field] for field in AreaField], rows, ending)


@blueprint.route("/areas/<int:service_centre_id>", methods=["GET", "POST"])
@staff(Role.CENTRE_CLERK)
def edit_centre(service_centre_id: int) -> ResponseReturnValue:
    """Change address, telephone and hours of a service centre."""
    try:
        centre = get_centre(service_centre_id)
    except CentreNotFound:
        abort(404)
    if not _may_edit(service_centre_id):
        abort(403)
    is_administrator = current_actor().has_role(Role.ADMINISTRATOR)
    form = CentreByAdministratorForm(obj=centre) if is_administrator else CentreForm(obj=centre)
    if form.validate_on_submit():
        values = {field.name: field.data for field in form if field.name != "csrf_token"}
        try:
            service.update_centre(current_actor(), service_centre_id, **values)
        except HoldsPersonalData as error:
            form.form_errors.append(held_words(error))
        else:
            flash(_("已保存，公开页面马上就是新的。"), "success")
            return redirect(url_for("admin.list_areas"))
    return render_template("admin/areas_centre.html", form=form, centre=centre), 422 if form.errors else 200


@blueprint.route("/areas/import", methods=["GET", "POST"])
@staff(Role.ADMINISTRATOR)
def import_areas() -> ResponseReturnValue:
    """Take a file and show how it is read, before anything changes."""
    form = SheetForm()
    if not form.validate_on_submit():
        return render_template("admin/areas_import.html", form=form), 422 if form.errors else 200
    try:
        sheet = open_sheet(form.file.data.read(), form.file.data.filename or "", LIMITS, fit=rate_area_sheet)
    except SheetRefused as refused:
        form.file.errors = [refused.message]
        return render_template("admin/areas_import.html", form=form), 422
    return _preview(sheet, read_area_columns(sheet))


@blueprint.post("/areas/import/preview")
@staff(Role.ADMINISTRATOR)
def preview_areas() -> ResponseReturnValue:
    """Read the sheet again with the columns somebody chose, or bring it in."""
    form = PreviewForm()
    try:
        sheet = unpack_sheet(form.sheet.data or "")
    except SheetLost:
        abort(400)
    mapping = _chosen_columns(sheet, request.form.get("header_row", type=int))
    report = read_areas(sheet, mapping)
    if request.form.get("verb") != "import" or not report.is_accepted:
        return _preview(sheet, mapping)
    try:
        changes = service.import_areas(current_actor(), report.centres)
    except HoldsPersonalData as error:
        flash(held_words(error), "danger")
        return _preview(sheet, mapping)
    flash(_told(changes), "success")
    return redirect(url_for("admin.list_areas"))


def _may_edit(service_centre_id: int) -> bool:
    return current_actor().may({Role.CENTRE_CLERK, Role.ADMINISTRATOR}, service_centre_id)


def _preview(sheet: Sheet, mapping: ColumnMapping) -> ResponseReturnValue:
    report = read_areas(sheet, mapping)
    changes = compare_areas(report.centres) if report.is_accepted else None
    form = PreviewForm(formdata=None, header_row=str(mapping.header_row or ""))
    return render_template(
        "admin/areas_preview.html",
        form=form,
        packed=pack_sheet(sheet),
        sheet_name=sheet.name,
        columns=_column_choices(mapping),
        report=report,
        changes=changes,
        field_labels={**FIELD_LABELS},
    ), 200 if report.is_accepted else 422


def _column_choices(mapping: ColumnMapping) -> list[dict[str, Any]]:
    """Return for each field the columns it may be read from, the one in force marked."""
    shown = []
    for heading in mapping.headings:
        match = mapping.matches.get(heading.field)
        options = [
            {"value": index, "label": header or "—", "selected": match is not None and match.index == index}
            for index, header in enumerate(mapping.headers)
        ]
        shown.append(
            {
                "field": heading.field,
                "label": heading.label,
                "is_required": heading.is_required,
                "is_certain": match is None or match.is_certain,
                "options": options,
            }
        )
    return shown


def _chosen_columns(sheet: Sheet, header_row: int | None) -> ColumnMapping:
    """Return the mapping somebody chose; pointing at another header row finds the columns anew."""
    mapping = read_area_columns(sheet, header_row)
    if request.form.get("seen_header_row", type=int) != mapping.header_row:
        return mapping
    for field in AreaField:
        chosen = request.form.get(f"column-{field}", "")
        try:
            mapping = mapping.with_choice(field, int(chosen) if chosen.isdecimal() else None)
        except ValueError:
            abort(400)
    return mapping


def _told(changes: AreaChanges) -> str:
    if changes.is_empty:
        return _("名录和现在一样，什么都没有改动。")
    return _(
        "已导入：新增 %(centres)s 个服务中心、%(communities)s 个社区、%(grids)s 个网格，更新 %(changes)s 处。",
        centres=len(changes.added_centres),
        communities=len(changes.added_communities),
        grids=changes.added_grids,
        changes=len(changes.changes),
    )
