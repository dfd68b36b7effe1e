"""The forms of the counter, made for a thumb on a telephone: shape of input only."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.clock import LOCAL_ZONE
from portal.gate.forms import GatedForm
from portal.handover.rules import FAULT_LABELS, SETTLEMENT_LABELS, Fault, Settlement

SHORTEST_HOURS, LONGEST_HOURS = Decimal("0.1"), 100
_HOURS_BETWEEN = lazy_gettext("请填 0.1 到 100 之间的小时数。")
_CHOOSE = lazy_gettext("请选一项。")
_TOO_LONG = lazy_gettext("写得太长了，请留下最要紧的。")
_CHECKED = lazy_gettext("核对过这一条才能收下；对不上就选“不收”。")
_PICTURE_TYPES = "image/jpeg,image/png,image/webp"


class PictureField(FileField):
    """A picture, taken by the camera where the device has one."""

    def __init__(self, label: object, **kwargs: Any) -> None:
        super().__init__(label, render_kw={"accept": _PICTURE_TYPES}, **kwargs)

    @property
    def content(self) -> bytes | None:
        """The bytes that were sent, or None where nothing was chosen."""
        return (self.data.read() or None) if self.data and self.data.filename else None


class CounterForm(FlaskForm):
    """The one field of the counter."""

    code = StringField(
        lazy_gettext("交货码或取货码"), validators=[InputRequired(lazy_gettext("请输入码。")), Length(max=200)]
    )


class ReceiveForm(FlaskForm):
    """What was compared before goods are taken in."""

    item_matches = BooleanField(lazy_gettext("东西、尺码、数量和心愿写的一样"), validators=[InputRequired(_CHECKED)])
    is_new = BooleanField(lazy_gettext("是新的，没有破损"), validators=[InputRequired(_CHECKED)])
    is_safe = BooleanField(lazy_gettext("在保质期内，合格、安全"), validators=[InputRequired(_CHECKED)])
    value = DecimalField(
        lazy_gettext("大约多少钱（元）"),
        places=2,
        validators=[
            Optional(),
            NumberRange(min=Decimal(0), max=Decimal(100_000), message=lazy_gettext("请写 0 到 100000 之间的数。")),
        ],
    )

    @property
    def value_minor(self) -> int | None:
        """The value in fen."""
        return None if self.value.data is None else int((self.value.data * 100).to_integral_value())


class RefuseForm(GatedForm):
    """Why goods are turned away."""

    GUARDED: ClassVar = {"note": "pledges.refused_because"}

    fault = RadioField(
        lazy_gettext("为什么不收"),
        choices=[SelectChoice(value=fault.value, label=label) for fault, label in FAULT_LABELS.items()],
        validators=[InputRequired(_CHOOSE)],
    )
    note = TextAreaField(lazy_gettext("写给认领人的话"), validators=[Length(max=300, message=_TOO_LONG)])
    photo = PictureField(lazy_gettext("物品照片"))

    def validate_note(self, field: TextAreaField) -> None:
        """Ask for words where the list has none."""
        if self.fault.data == Fault.OTHER and not (field.data or "").strip():
            raise ValidationError(lazy_gettext("请写明原因，认领人才知道怎么换。"))


class HandOverForm(FlaskForm):
    """What shows that goods go to the right hands: the pick-up code, or a signed slip."""

    code = StringField(lazy_gettext("家庭的取货码"), validators=[Length(max=200)])
    is_signed = BooleanField(lazy_gettext("没有取货码，已经在纸质签收单上签字"))
    slip = PictureField(lazy_gettext("签收单照片"))

    def validate_code(self, field: StringField) -> None:
        """Ask for one of the two proofs."""
        if not (field.data or "").strip() and not self.is_signed.data:
            raise ValidationError(lazy_gettext("请输入取货码；没有码，就请家庭在签收单上签字。"))


class AssignForm(FlaskForm):
    """Who brings goods home; empty keeps them at the counter."""

    deliverer = SelectField(lazy_gettext("由谁送上门"))


class NobodyHomeForm(FlaskForm):
    """What a deliverer met at the door."""

    note = StringField(lazy_gettext("说明"), validators=[Optional(), Length(max=200, message=_TOO_LONG)])


class AppointmentForm(GatedForm):
    """When and where a service takes place."""

    GUARDED: ClassVar = {"place": "pledges.appointment_note"}

    day = DateField(lazy_gettext("日期"), validators=[InputRequired(lazy_gettext("请选日期。"))])
    time = TimeField(lazy_gettext("时间"), validators=[InputRequired(lazy_gettext("请选时间。"))])
    place = StringField(
        lazy_gettext("地点"),
        validators=[InputRequired(lazy_gettext("请写地点。")), Length(max=100, message=_TOO_LONG)],
    )

    @property
    def at(self) -> datetime:
        """The moment that day and time name in China."""
        return datetime.combine(self.day.data, self.time.data, LOCAL_ZONE)


class SlipForm(FlaskForm):
    """A picture of a signed slip, where there is one."""

    slip = PictureField(lazy_gettext("签收单照片"))


class ServedForm(SlipForm):
    """A service that was done: how long it took, where the clerk knows, and a picture of a signed slip."""

    hours = DecimalField(
        lazy_gettext("一共用了几小时"),
        validators=[
            Optional(),
            NumberRange(Decimal("0.1"), LONGEST_HOURS, lazy_gettext("请填 0.1 到 100 之间的小时数。")),
        ],
    )

    @property
    def minutes(self) -> int | None:
        """The time in whole minutes, or None where it is not known."""
        return None if self.hours.data is None else round(self.hours.data * 60)


class SettleForm(FlaskForm):
    """What is done about a wish the family says is not right."""

    how = RadioField(lazy_gettext("怎样处理"), validators=[InputRequired(_CHOOSE)])
    note = TextAreaField(lazy_gettext("查到的情况"), validators=[Optional(), Length(max=500, message=_TOO_LONG)])

    def offer(self, ways: list[Settlement]) -> None:
        """Offer only what is possible for this wish."""
        self.how.choices = [SelectChoice(value=way.value, label=SETTLEMENT_LABELS[way]) for way in ways]
