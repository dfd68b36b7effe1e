"""What people type about campaigns' money: amounts, budgets, payments, yearly figures; shape of input only."""

import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FileField,
    Form,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from portal.accounts.forms import at_most, needed, tidied
from portal.campaigns.forms import PICTURE_TYPES, SHORT, NoteForm, guarded
from portal.gate.forms import GatedForm, GatedRow

LARGEST_YUAN = Decimal(1_000_000_000)


def yuan_text(minor: int | None) -> str:
    """Return an amount of fen as it is typed in yuan: fen only where there are some."""
    return "" if minor is None else f"{minor // 100}.{minor % 100:02d}".removesuffix(".00")


class AmountField(StringField):
    """An amount of money typed in yuan; `minor` is the same in fen, None while nothing is typed."""

    def __init__(self, label: Any, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, render_kw={"inputmode": "decimal", "autocomplete": "off"}, **options)
        self.minor: int | None = None

    def pre_validate(self, form: Any) -> None:
        """Read the amount.

        Raises ValidationError where it is none.
        """
        typed = unicodedata.normalize("NFKC", self.data or "").replace(",", "").strip().removeprefix("¥").strip()
        if not typed:
            return
        try:
            amount = Decimal(typed)
        except InvalidOperation:
            raise ValidationError(lazy_gettext("请填一个数字，单位是元。")) from None
        if not amount.is_finite() or not 0 < amount <= LARGEST_YUAN:
            raise ValidationError(lazy_gettext("请填大于零的金额，单位是元。"))
        if amount != amount.quantize(Decimal("0.01")):
            raise ValidationError(lazy_gettext("最小单位是分，请最多写两位小数。"))
        self.minor = int(amount * 100)


class BudgetRow(GatedRow, Form):
    """One line of a budget; an empty one is left out."""

    GUARDED = guarded("budget_lines", "name", "unit_name")

    name = StringField(lazy_gettext("预算项目"), [at_most(SHORT)], filters=[tidied])
    name_en = StringField(lazy_gettext("预算项目（英文）"), [at_most(SHORT)], filters=[tidied])
    amount = AmountField(lazy_gettext("金额（元）"))
    unit_name = StringField(lazy_gettext("其中一份是什么"), [at_most(SHORT)], filters=[tidied])
    unit_name_en = StringField(lazy_gettext("其中一份是什么（英文）"), [at_most(SHORT)], filters=[tidied])
    unit = AmountField(lazy_gettext("一份多少钱（元）"))

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is typed in this line."""
        return not any(part.data for part in (*self._whole, *self._unit))

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for all parts of a line in which something is typed, and of its unit where there is one."""
        is_valid = bool(super().validate(extra_validators))
        wanted = () if self.is_empty else self._whole
        if any(part.data for part in self._unit):
            wanted = (*wanted, *self._unit)
        for part in wanted:
            if not part.data:
                part.errors = [*part.errors, lazy_gettext("请填写这一项。")]
                is_valid = False
        return is_valid

    @property
    def _whole(self) -> tuple[Any, ...]:
        return self.name, self.name_en, self.amount

    @property
    def _unit(self) -> tuple[Any, ...]:
        return self.unit_name, self.unit_name_en, self.unit


class AimRow(GatedRow, Form):
    """One milestone; an empty one is left out."""

    GUARDED = guarded("milestones", "name")

    name = StringField(lazy_gettext("计划"), [at_most(SHORT)], filters=[tidied])
    name_en = StringField(lazy_gettext("计划（英文）"), [at_most(SHORT)], filters=[tidied])
    due_on = DateField(lazy_gettext("在哪天以前"), [Optional()])

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is typed in this line."""
        return not (self.name.data or self.name_en.data or (self.due_on.raw_data and any(self.due_on.raw_data)))

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for all parts of a line in which something is typed."""
        is_valid = bool(super().validate(extra_validators))
        if not self.is_empty:
            for part in (self.name, self.name_en, self.due_on):
                if not part.data and not part.errors:
                    part.errors = [*part.errors, lazy_gettext("请填写这一项。")]
                    is_valid = False
        return is_valid


class BudgetForm(GatedForm):
    """The lines of a budget and the milestones."""

    lines = FieldList(FormField(BudgetRow), min_entries=8, max_entries=8, label=lazy_gettext("预算"))
    aims = FieldList(FormField(AimRow), min_entries=5, max_entries=5, label=lazy_gettext("计划"))


class CorrectLineForm(NoteForm):
    """A line of an open campaign's budget changed, and why."""

    amount = AmountField(lazy_gettext("金额（元）"), [needed()])


class AskPaymentForm(GatedForm):
    """What somebody of finance asks to pay."""

    GUARDED = guarded("disbursements", "purpose") | {"supplier": "disbursements.supplier"}

    line = SelectField(lazy_gettext("从哪一项预算支出"), coerce=int)
    amount = AmountField(lazy_gettext("金额（元）"), [needed()])
    purpose = StringField(
        lazy_gettext("买什么，做什么"),
        [needed(), at_most(SHORT)],
        filters=[tidied],
        description=lazy_gettext("会公开。请不要写任何家庭的信息。"),
    )
    purpose_en = StringField(lazy_gettext("买什么，做什么（英文）"), [needed(), at_most(SHORT)], filters=[tidied])
    supplier = StringField(lazy_gettext("付给谁"), [needed(), at_most(SHORT)], filters=[tidied])
    is_supplier_private = BooleanField(lazy_gettext("收款的是个人，姓名不公开"))
    wish_number = StringField(lazy_gettext("为哪个心愿买的（心愿编号）"), [at_most(SHORT)], filters=[tidied])


class AskTransferForm(GatedForm):
    """A surplus for a like campaign."""

    GUARDED = guarded("disbursements", "purpose")

    to = SelectField(lazy_gettext("转给哪个项目"))
    amount = AmountField(lazy_gettext("金额（元）"), [needed()])
    purpose = StringField(lazy_gettext("为什么转给它"), [needed(), at_most(SHORT)], filters=[tidied])
    purpose_en = StringField(lazy_gettext("为什么转给它（英文）"), [needed(), at_most(SHORT)], filters=[tidied])


class PayForm(FlaskForm):
    """That a payment was made, with its voucher."""

    paid_on = DateField(lazy_gettext("付款日期"), [InputRequired(lazy_gettext("请选日期。"))])
    original = FileField(
        lazy_gettext("凭证原件"),
        render_kw={"accept": f"application/pdf,{PICTURE_TYPES}"},
        description=lazy_gettext("发票或回单，PDF 或照片。加密封存，只有工作人员能看。"),
    )
    copy = FileField(
        lazy_gettext("公开的凭证"),
        render_kw={"accept": PICTURE_TYPES},
        description=lazy_gettext("同一张凭证的照片，姓名、账号、电话、签名都先盖住。谁都能看到。"),
    )
    is_redacted = BooleanField(
        lazy_gettext("我看过了，公开的这一张里没有任何个人信息"),
        [InputRequired(lazy_gettext("请确认以后再保存。"))],
    )


class YearForm(FlaskForm):
    """The foundation's figures of one year."""

    year = IntegerField(
        lazy_gettext("年份"), [InputRequired(lazy_gettext("请填写这一项。")), NumberRange(min=2000, max=2100)]
    )
    income = AmountField(lazy_gettext("全年总收入（元）"), [needed()])
    spent = AmountField(lazy_gettext("全年总支出（元）"), [needed()])
    management = AmountField(lazy_gettext("其中管理费用（元）"), [needed()])
    is_audited = BooleanField(lazy_gettext("已经审计"))
