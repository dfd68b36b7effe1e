"""The forms of the family's page: few fields, forgiving in how they are filled."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.family.rules import AddressUnclear, PhoneUnclear, read_address, read_phone
from portal.handover.rules import ANSWER_LABELS, Answer, Way

NOTE_LENGTH = 500
_TOO_LONG = lazy_gettext("写得太长了，请留下最要紧的。")

WAY_LABELS: dict[Way, Any] = {
    Way.PICK_UP: lazy_gettext("我们自己来服务中心取"),
    Way.HOME: lazy_gettext("请网格员送到家里"),
}


class CodeForm(FlaskForm):
    """The way in: a family code however it is typed."""

    code = StringField(lazy_gettext("查询码"), validators=[Length(max=100)])


class AnswerForm(FlaskForm):
    """What the family says to what it got."""

    answer = RadioField(
        lazy_gettext("东西收到了吗？"),
        validators=[InputRequired(lazy_gettext("请选一项。"))],
    )
    note = TextAreaField(
        lazy_gettext("哪里不对？"), validators=[Optional(), Length(max=NOTE_LENGTH, message=_TOO_LONG)]
    )

    def offer(self, answers: tuple[Answer, ...]) -> None:
        """Offer only what fits where the wish stands."""
        self.answer.choices = [SelectChoice(value=answer.value, label=ANSWER_LABELS[answer]) for answer in answers]


class CollectForm(FlaskForm):
    """How and when the family would like to get its goods."""

    way = RadioField(
        lazy_gettext("怎样拿到东西？"),
        choices=[SelectChoice(value=way.value, label=label) for way, label in WAY_LABELS.items()],
        validators=[InputRequired(lazy_gettext("请选一项。"))],
    )
    may_share = BooleanField(lazy_gettext("同意把姓名、住址和电话告诉送货的网格员，只用于这一次送达。"))
    note = StringField(
        lazy_gettext("什么时候方便？"), validators=[Optional(), Length(max=NOTE_LENGTH, message=_TOO_LONG)]
    )

    is_shared = False
    """Whether the family agreed already that a deliverer learns its address."""

    def validate_may_share(self, field: BooleanField) -> None:
        """Refuse home delivery without the consent it needs (PIPL 23)."""
        if self.way.data == Way.HOME and not (self.is_shared or field.data):
            raise ValidationError(lazy_gettext("要送到家里，先要同意把住址和电话告诉送货的网格员。"))


class ContactForm(FlaskForm):
    """A new telephone number, a new address, or both."""

    phone = StringField(lazy_gettext("新的电话"), validators=[Optional()])
    address = StringField(lazy_gettext("新的住址"), validators=[Optional()])

    def validate_phone(self, field: StringField) -> None:
        """Read the number and keep it in its one form."""
        try:
            field.data = read_phone(field.data)
        except PhoneUnclear:
            raise ValidationError(lazy_gettext("请写 11 位手机号，或者带区号的座机号，比如 0532-55500000。")) from None

    def validate_address(self, field: StringField) -> None:
        """Read the address and keep it in its one form."""
        try:
            field.data = read_address(field.data)
        except AddressUnclear:
            raise ValidationError(lazy_gettext("请把住址写完整，比如哪个小区、几号楼、几单元、几室。")) from None
