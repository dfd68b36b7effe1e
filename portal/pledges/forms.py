"""The shape of what pledgers type; what it means is decided in rules and verbs."""

import re

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.pledges.contacts import Contact, ContactUnclear, read_contact

FOR_MYSELF = "self"
_PARCEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{3,38}[A-Za-z0-9]")
_REQUIRED = lazy_gettext("这一项需要填写。")


def one_line(text: str | None) -> str:
    """Return a typed text without control characters and with single spaces."""
    return " ".join("".join(char if char.isprintable() else " " for char in text or "").split())


class ContactForm(FlaskForm):
    """A mail address or a mobile number."""

    contact = StringField(
        lazy_gettext("邮箱或手机号码"), [InputRequired(_REQUIRED), Length(max=254, message=lazy_gettext("太长了。"))]
    )
    read: Contact

    def validate_contact(self, field: StringField) -> None:
        """Read the contact, and refuse a mobile number where no short messages are sent."""
        try:
            self.read = read_contact(field.data or "")
        except ContactUnclear:
            raise ValidationError(_("请填写完整的邮箱，或者中国大陆的手机号码。")) from None
        if self.read.channel == "sms" and not current_app.config["PORTAL"].sms_url:
            raise ValidationError(_("现在不能发短信，请填写邮箱。"))


class AgreementForm(FlaskForm):
    """What everybody says yes to before pledging; `key` makes a form that is sent twice count once."""

    key = HiddenField()
    take_free = BooleanField(lazy_gettext("如果其中有心愿刚被别人认领，其余的照常认领"), default=True)
    agree = BooleanField(
        lazy_gettext("上面的约定我看过了，我同意"), [InputRequired(lazy_gettext("请先看过约定，同意后再认领。"))]
    )


class GuestForm(ContactForm, AgreementForm):
    """The form of somebody who is not signed in."""

    name = StringField(
        lazy_gettext("怎么称呼您"),
        [Length(max=60, message=lazy_gettext("太长了。"))],
        filters=[one_line],
    )


class PersonForm(AgreementForm):
    """The form of somebody who is signed in: for themselves or for an organisation of theirs."""

    acting_for = RadioField(lazy_gettext("以谁的名义认领"), default=FOR_MYSELF)


class CodeForm(FlaskForm):
    """The code of a short message."""

    code = StringField(lazy_gettext("短信里的6位数字"), [InputRequired(_REQUIRED)])

    def validate_code(self, field: StringField) -> None:
        """Accept six digits, however wide or spaced."""
        digits = "".join(str(int(char)) for char in field.data or "" if char.isdecimal())
        if len(digits) != 6:
            raise ValidationError(_("确认码是6位数字，请再看一下短信。"))
        field.data = digits


class SentForm(FlaskForm):
    """The number of a parcel."""

    parcel_number = StringField(
        lazy_gettext("快递单号"),
        [InputRequired(_REQUIRED), Length(max=40, message=lazy_gettext("太长了。"))],
        [one_line],
    )

    def validate_parcel_number(self, field: StringField) -> None:
        """Accept what carriers print: letters, digits, spaces and hyphens."""
        if not _PARCEL.fullmatch(field.data or ""):
            raise ValidationError(_("快递单号只有字母和数字，请照着面单填写。"))


class TimesForm(FlaskForm):
    """When a service could be done."""

    times = TextAreaField(
        lazy_gettext("您哪些时间方便"),
        [InputRequired(_REQUIRED), Length(max=500, message=lazy_gettext("请写短一些，500字以内。"))],
    )


class CancelForm(FlaskForm):
    """Why a pledge is cancelled, if the pledger wants to say."""

    reason = TextAreaField(
        lazy_gettext("为什么取消"), [Length(max=500, message=lazy_gettext("请写短一些，500字以内。"))]
    )
