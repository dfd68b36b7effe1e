"""The shape of what donors type; what it means is decided in rules and verbs."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from portal.formats import money
from portal.giving.amounts import AmountUnclear, read_amount, write_amount
from portal.giving.making import Words
from portal.giving.rules import AmountOutOfBounds, Visibility, check_amount
from portal.pledges.contacts import ContactUnclear, read_contact
from portal.spreadsheets.tidying import tidy

OTHER = "other"
ONCE, MONTHLY = "once", "monthly"
_REQUIRED = lazy_gettext("这一项需要填写。")
_TOO_LONG = lazy_gettext("太长了。")


def tidied(text: str | None) -> str | None:
    """Return a typed text without invisible characters and with single spaces, or None when nothing is left."""
    return tidy(text or "") or None


def read_gift_amount(typed: str, bounds: tuple[int, int], currency: str) -> int:
    """Return the fen of a typed amount within bounds.

    Raises ValidationError with words for whoever typed it.
    """
    try:
        return check_amount(read_amount(typed), *bounds)
    except AmountUnclear:
        raise ValidationError(_("金额没有看懂。请填数字，最多两位小数，例如 66.6。")) from None
    except AmountOutOfBounds as wrong:
        low, high = money(wrong.low, currency), money(wrong.high, currency)
        raise ValidationError(_("一笔捐赠要在 %(low)s 到 %(high)s 之间。", low=low, high=high)) from None


class MailForm(FlaskForm):
    """A mail address."""

    email = EmailField(lazy_gettext("邮箱"), [InputRequired(_REQUIRED), Length(max=254, message=_TOO_LONG)])
    address: str

    def validate_email(self, field: EmailField) -> None:
        """Read the address."""
        try:
            contact = read_contact(field.data or "")
        except ContactUnclear:
            raise ValidationError(_("请填写完整的邮箱，例如 name@example.com。")) from None
        if contact.channel != "mail":
            raise ValidationError(_("请填写邮箱，手机号码这里用不上。"))
        self.address = contact.receiver


class WordsForm(FlaskForm):
    """What everybody chooses who gives, beside the amount; `key` makes a form that is sent twice count once."""

    key = HiddenField()
    gateway = RadioField(lazy_gettext("怎样付"), [Optional()])
    name_visibility = RadioField(
        lazy_gettext("名字要不要公开"),
        choices=[
            SelectChoice(Visibility.HIDDEN, lazy_gettext("不公开，写“一位爱心人士”")),
            SelectChoice(Visibility.SHOWN, lazy_gettext("公开下面的称呼")),
        ],
        default=Visibility.HIDDEN,
    )
    shown_name = StringField(
        lazy_gettext("公开的称呼"), [Length(max=30, message=lazy_gettext("请写短一些，30字以内。"))], [tidied]
    )
    show_amount = BooleanField(lazy_gettext("公开金额"))
    message = TextAreaField(
        lazy_gettext("想说的话"), [Length(max=200, message=lazy_gettext("请写短一些，200字以内。"))], [tidied]
    )
    honour = StringField(
        lazy_gettext("以谁的名义，或者纪念谁"),
        [Length(max=40, message=lazy_gettext("请写短一些，40字以内。"))],
        [tidied],
    )

    def validate_shown_name(self, field: StringField) -> None:
        """Ask for a name where it is to be shown."""
        if self.name_visibility.data == Visibility.SHOWN and not field.data:
            raise ValidationError(_("请填写要公开的称呼，或者选不公开。"))

    def words(self) -> Words:
        """Return what the donor chose to be seen."""
        is_shown = self.name_visibility.data == Visibility.SHOWN
        return Words(
            name_visibility=Visibility.SHOWN if is_shown else Visibility.HIDDEN,
            amount_visibility=Visibility.SHOWN if self.show_amount.data else Visibility.HIDDEN,
            shown_name=self.shown_name.data if is_shown else None,
            message=self.message.data,
            honour=self.honour.data,
        )


class GiftForm(WordsForm):
    """What everybody chooses who gives to a campaign."""

    amount = RadioField(lazy_gettext("捐多少"), [Optional()])
    other_amount = StringField(lazy_gettext("自己填一个数（元）"), [Length(max=30, message=_TOO_LONG)])
    rhythm = RadioField(
        lazy_gettext("捐一次，还是每月捐"),
        [Optional()],
        choices=[
            SelectChoice(ONCE, lazy_gettext("只捐这一次")),
            SelectChoice(MONTHLY, lazy_gettext("每月捐")),
        ],
        default=ONCE,
    )
    bounds: tuple[int, int]
    currency: str
    amount_minor: int
    monthly_gateways: tuple[str, ...]

    @property
    def is_monthly(self) -> bool:
        """Tell whether the donor wants to give each month."""
        return bool(self.rhythm.data == MONTHLY)

    def validate_gateway(self, field: RadioField) -> None:
        """Refuse a way to pay that cannot charge each month where that is wanted."""
        if self.is_monthly and field.data not in self.monthly_gateways:
            raise ValidationError(_("每月捐只能用银行卡付，请换一种付款方式，或者选只捐一次。"))

    def validate_other_amount(self, field: StringField) -> None:
        """Read the amount: a chosen one, or the free one where something is typed or `other` is chosen."""
        typed = (field.data or "").strip()
        chosen = self.amount.data
        if not typed and chosen in (None, "", OTHER):
            raise ValidationError(_("请选一个金额，或者自己填一个。"))
        self.amount_minor = read_gift_amount(typed or write_amount(int(chosen)), self.bounds, self.currency)


class MonthlyAmountForm(FlaskForm):
    """How much a donor wants to give each month from the next time on."""

    amount = StringField(
        lazy_gettext("每月捐多少（元）"), [InputRequired(_REQUIRED), Length(max=30, message=_TOO_LONG)]
    )
    bounds: tuple[int, int]
    currency: str
    amount_minor: int

    def validate_amount(self, field: StringField) -> None:
        """Read the amount, and hold it to the limits of one gift."""
        self.amount_minor = read_gift_amount(field.data or "", self.bounds, self.currency)


class GuestGiftForm(MailForm, GiftForm):
    """The form of somebody who is not signed in."""


class GuestWordsForm(MailForm, WordsForm):
    """The form of somebody who is not signed in and gives a set amount."""


class RefundAskForm(FlaskForm):
    """Why a donor wants the money back, if they want to say."""

    words = TextAreaField(
        lazy_gettext("为什么要退"), [Length(max=500, message=lazy_gettext("请写短一些，500字以内。"))], [tidied]
    )


class ReceiptAskForm(FlaskForm):
    """What an official receipt is to say."""

    title = StringField(
        lazy_gettext("票据抬头（姓名或单位全称）"),
        [InputRequired(_REQUIRED), Length(max=100, message=_TOO_LONG)],
        [tidied],
    )
    tax_number = StringField(
        lazy_gettext("纳税人识别号（单位）或身份证号（个人）"), [Length(max=20, message=_TOO_LONG)], [tidied]
    )

    def validate_tax_number(self, field: StringField) -> None:
        """Accept letters and digits as they stand on licences and cards."""
        number: Any = (field.data or "").replace(" ", "").upper()
        if number and not (number.isascii() and number.isalnum() and 15 <= len(number) <= 20):
            raise ValidationError(_("识别号是15到20位数字和字母，请再看一下。不确定可以先不填。"))
        field.data = number or None


class CheckForm(FlaskForm):
    """Number and check code of a confirmation somebody holds in their hand."""

    number = StringField(lazy_gettext("确认编号"), [InputRequired(_REQUIRED), Length(max=40, message=_TOO_LONG)])
    check_code = StringField(lazy_gettext("校验码"), [InputRequired(_REQUIRED), Length(max=40, message=_TOO_LONG)])
