"""The shape of what finance types to buy a wish."""

from typing import ClassVar

from flask_babel import lazy_gettext
from wtforms import BooleanField, SelectField, StringField

from portal.accounts.forms import at_most, needed, tidied
from portal.campaigns.forms import SHORT
from portal.campaigns.money_forms import AmountField
from portal.gate.forms import GatedForm


class BuyForm(GatedForm):
    """Out of which line of the budget a wish is bought, for how much and from whom."""

    GUARDED: ClassVar = {"supplier": "disbursements.supplier"}

    line = SelectField(lazy_gettext("预算项目"), coerce=int, validate_choice=True)
    amount = AmountField(lazy_gettext("金额（元）"), [needed()])
    supplier = StringField(lazy_gettext("付给谁"), [needed(), at_most(SHORT)], filters=[tidied])
    is_supplier_private = BooleanField(lazy_gettext("收款的是个人，公开时不写姓名"))
