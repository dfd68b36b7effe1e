"""The long form of a campaign's plan, put together from the fields of the plan itself."""

from typing import Any, ClassVar

from flask_babel import lazy_gettext
from wtforms import BooleanField, DateField, StringField, TextAreaField
from wtforms.validators import Optional

from portal.accounts.forms import at_most, needed, tidied
from portal.campaigns.forms import LONG, SHORT, STORY, told
from portal.campaigns.labels import FIELD_LABELS
from portal.campaigns.money_forms import AmountField, yuan_text
from portal.campaigns.plan import PLAN_FIELDS, Plan
from portal.gate.fields import PUBLIC
from portal.gate.forms import GatedForm

SECTIONS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (lazy_gettext("大家先看到的"), ("title", "summary", "story")),
    (lazy_gettext("募捐方案"), ("purpose", "beneficiaries", "area", "starts_on", "ends_on")),
    (lazy_gettext("谁负责，怎么找"), ("person_in_charge", "contact")),
    (lazy_gettext("收款"), ("ways_to_give", "bank_account_name", "bank_name", "bank_account", "target_minor")),
    (lazy_gettext("钱怎么用"), ("use", "fundraising_cost", "surplus_rule")),
    (lazy_gettext("资格和类别"), ("pf_certificate", "is_emergency", "is_wish_fund")),
)
"""The fields of the form in the order of the page; a text's English twin stands beside it."""

_LENGTHS = {"story": STORY, "title": SHORT, "summary": SHORT}
_LINES = frozenset(
    {"title", "summary", "person_in_charge", "bank_account_name", "bank_name", "bank_account", "pf_certificate"}
)
_DATES = frozenset({"starts_on", "ends_on"})
_TICKS = frozenset({"is_emergency", "is_wish_fund"})


class PlanForm(GatedForm):
    """A campaign's plan; only its name is needed before it is filed."""

    GUARDED: ClassVar = {
        name: f"campaigns.{name}" for name in PLAN_FIELDS if f"campaigns.{name.removesuffix('_en')}" in PUBLIC
    }

    @property
    def plan(self) -> Plan:
        """The plan as it stands in the form."""
        values: dict[str, Any] = {name: self[name].data for name in PLAN_FIELDS if name != "target_minor"}
        return Plan(**values, target_minor=self["target_minor"].minor)

    def show(self, plan: Plan) -> None:
        """Fill the form with a plan, the target in yuan."""
        for name in PLAN_FIELDS:
            value = getattr(plan, name)
            self[name].data = yuan_text(value) if name == "target_minor" else value


def _field(name: str) -> Any:
    base = name.removesuffix("_en")
    label = FIELD_LABELS[base]
    if name != base:
        label = lazy_gettext("%(field)s（英文）", field=label)
    checks = [needed()] if base == "title" else [Optional()]
    if base in _DATES:
        return DateField(label, [Optional()])
    if base in _TICKS:
        return BooleanField(label)
    if base == "target_minor":
        return AmountField(label)
    if base in _LINES:
        return StringField(label, [*checks, at_most(_LENGTHS.get(base, SHORT))], filters=[tidied])
    return TextAreaField(label, [*checks, at_most(_LENGTHS.get(base, LONG))], filters=[told])


for _name in PLAN_FIELDS:
    setattr(PlanForm, _name, _field(_name))
