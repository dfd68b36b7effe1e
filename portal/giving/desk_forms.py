"""The shape of what finance types."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from portal import clock
from portal.giving.amounts import AmountUnclear, read_amount
from portal.giving.forms import tidied
from portal.giving.labels import REASON_LABELS
from portal.giving.rules import RefundReason

_REQUIRED = lazy_gettext("这一项需要填写。")
_LONG = Length(max=500, message=lazy_gettext("请写短一些，500字以内。"))


class RefundForm(FlaskForm):
    """How much goes back, and why; `key` makes a form that is sent twice count once."""

    key = HiddenField()
    amount = StringField(lazy_gettext("退多少（元）"), [InputRequired(_REQUIRED), Length(max=30)])
    reason = RadioField(
        lazy_gettext("为什么退"),
        choices=[SelectChoice(reason, REASON_LABELS[reason]) for reason in (RefundReason.DONOR, RefundReason.MISTAKE)],
        default=RefundReason.DONOR,
    )
    note = TextAreaField(lazy_gettext("说明（只有工作人员能看到）"), [InputRequired(_REQUIRED), _LONG], [tidied])
    amount_minor: int

    def validate_amount(self, field: StringField) -> None:
        """Read the amount."""
        try:
            self.amount_minor = read_amount(field.data or "")
        except AmountUnclear:
            raise ValidationError(_("金额没有看懂。请填数字，最多两位小数，例如 66.6。")) from None


class ReasonForm(FlaskForm):
    """Why something is decided so."""

    reason = TextAreaField(lazy_gettext("原因"), [InputRequired(_REQUIRED), _LONG], [tidied])


class IssueForm(FlaskForm):
    """What stands on an official receipt."""

    receipt_code = StringField(lazy_gettext("票据代码"), [InputRequired(_REQUIRED), Length(max=40)], [tidied])
    receipt_no = StringField(lazy_gettext("票据号码"), [InputRequired(_REQUIRED), Length(max=40)], [tidied])
    check_code = StringField(lazy_gettext("校验码"), [InputRequired(_REQUIRED), Length(max=40)], [tidied])
    issued_on = DateField(lazy_gettext("开票日期"), [InputRequired(_REQUIRED)])

    def validate_issued_on(self, field: DateField) -> None:
        """Refuse a day that has not come yet."""
        if field.data is not None and field.data > clock.today():
            raise ValidationError(_("开票日期不能在今天之后。"))
