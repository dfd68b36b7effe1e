"""The form that puts a sealed record right; its values are read by the rules of intake."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField, TelField
from wtforms.validators import DataRequired, Length

LONGEST_REASON = 200


class CorrectionForm(FlaskForm):
    """Every field of an identity, and why it is corrected."""

    name = StringField(lazy_gettext("心愿人姓名"))
    id_number = StringField(lazy_gettext("身份证号"))
    phone = TelField(lazy_gettext("联系电话"))
    guardian = StringField(lazy_gettext("监护人"))
    guardian_phone = TelField(lazy_gettext("监护人电话"))
    address = StringField(lazy_gettext("家庭住址"))
    reason = StringField(
        lazy_gettext("为什么更正"),
        validators=[
            DataRequired(lazy_gettext("请写明为什么更正。")),
            Length(max=LONGEST_REASON, message=lazy_gettext("请写短一些。")),
        ],
    )
