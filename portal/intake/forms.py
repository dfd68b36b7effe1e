"""What people type when they hand a list in; shape only, the rules are in `rules`."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import Form, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from portal.intake.summary import Summary

NONE = ""
_HIGHEST_HEADER_ROW = 200


class UploadForm(FlaskForm):
    """A wish list to hand in."""

    file = FileField(lazy_gettext("心愿表"), validators=[FileRequired(lazy_gettext("请先选一个文件。"))])


class ColumnsForm(FlaskForm):
    """Which sheet is read and which row holds the headings; the columns are selects beside it, named after fields."""

    sheet = SelectField(lazy_gettext("工作表"), validate_choice=False)

    header_row = IntegerField(
        lazy_gettext("列名在第几行"),
        validators=[
            InputRequired(lazy_gettext("请填写列名在第几行。")),
            NumberRange(1, _HIGHEST_HEADER_ROW, lazy_gettext("请填写1到200之间的行号。")),
        ],
    )


def column_selects(summary: Summary, sent: Any = None) -> Form:
    """Return a select for each field of the list, standing on the column it is read from."""
    choices = [
        SelectChoice(value=value, label=label) for value, label in ((NONE, _("不读这一项")), *summary.column_choices)
    ]
    fields = {
        each.field: SelectField(each.label, choices=choices, default=NONE if each.index is None else str(each.index))
        for each in summary.columns
    }
    made: Form = type("ColumnSelects", (Form,), fields)(sent)
    return made


def read_choices(selects: Form) -> dict[str, int | None]:
    """Return the column chosen for each field.

    Raises ValueError when one column was chosen for two fields, with both labels as arguments.
    """
    chosen: dict[str, str] = {}
    for field in selects:
        if field.data == NONE:
            continue
        if field.data in chosen:
            raise ValueError(chosen[field.data], field.label.text)
        chosen[field.data] = field.label.text
    return {field.name: int(field.data) if field.data != NONE else None for field in selects}
