"""A campaign's filed plan as one value: what it must hold before it may be filed and shown. Pure.

Source: 慈善法 24 (purpose, start and end, area, person in charge and address,
ways to give, bank account, beneficiaries, use, fundraising cost, surplus).
"""

from dataclasses import dataclass, fields
from datetime import date
from urllib.parse import urlsplit


class PlanIncomplete(ValueError):
    """Something the law asks for is missing; `missing` names the fields in the order of the plan."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class DatesWrong(ValueError):
    """The campaign would end before it starts."""


class AddressWrong(ValueError):
    """The address on the designated platform is not one that a browser opens over https."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What finance writes of a campaign; texts that everybody reads come in both languages."""

    title: str
    title_en: str
    summary: str = ""
    summary_en: str = ""
    story: str = ""
    story_en: str = ""
    purpose: str = ""
    purpose_en: str = ""
    beneficiaries: str = ""
    beneficiaries_en: str = ""
    area: str = ""
    area_en: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    person_in_charge: str = ""
    person_in_charge_en: str = ""
    contact: str = ""
    contact_en: str = ""
    ways_to_give: str = ""
    ways_to_give_en: str = ""
    bank_account_name: str = ""
    bank_account_name_en: str = ""
    bank_name: str = ""
    bank_name_en: str = ""
    bank_account: str = ""
    use: str = ""
    use_en: str = ""
    fundraising_cost: str = ""
    fundraising_cost_en: str = ""
    surplus_rule: str = ""
    surplus_rule_en: str = ""
    pf_certificate: str = ""
    target_minor: int | None = None
    is_emergency: bool = False
    is_wish_fund: bool = False


@dataclass(frozen=True, slots=True)
class Filing:
    """What comes back from the bureau and the designated platform when a plan is filed."""

    filing_no: str
    filed_on: date
    platform_name: str
    platform_name_en: str
    platform_url: str


PLAN_FIELDS = tuple(field.name for field in fields(Plan))
FILING_FIELDS = tuple(field.name for field in fields(Filing))
OPTIONAL_FIELDS = frozenset({"target_minor", "is_emergency", "is_wish_fund"})
NEEDED_FIELDS = tuple(name for name in PLAN_FIELDS if name not in OPTIONAL_FIELDS)


def check_plan(plan: Plan) -> None:
    """Refuse a plan that may not be filed yet.

    Raises PlanIncomplete, DatesWrong.
    """
    missing = missing_fields(plan)
    if missing:
        raise PlanIncomplete(missing)
    check_dates(plan)


def missing_fields(plan: Plan) -> list[str]:
    """Return the fields a plan lacks before it may be filed."""
    return [name for name in NEEDED_FIELDS if not getattr(plan, name)]


def check_dates(plan: Plan) -> None:
    """Refuse an end before the start.

    Raises DatesWrong.
    """
    if plan.starts_on and plan.ends_on and plan.ends_on < plan.starts_on:
        raise DatesWrong


def check_filing(filing: Filing) -> None:
    """Refuse a filing without its number or without an address on a designated platform (慈善法 27).

    Raises PlanIncomplete, AddressWrong.
    """
    missing = [name for name in FILING_FIELDS if not getattr(filing, name)]
    if missing:
        raise PlanIncomplete(missing)
    parts = urlsplit(filing.platform_url)
    if parts.scheme != "https" or not parts.hostname or "." not in parts.hostname:
        raise AddressWrong
