"""The public statement of one campaign and of the foundation, as lines for a page and for a spreadsheet.

Money only: goods and hours have registers of their own and are never added to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock
from portal.campaigns.funds import NOTHING, Fund
from portal.campaigns.models import FoundationYear
from portal.campaigns.queries import PublicCampaign, list_public_campaigns
from portal.campaigns.ratios import Ratio, YearFigures, management_ratio, spend_ratio
from portal.campaigns.spending_queries import PublicPayment, SpentLine, list_public_payments, list_spent_lines
from portal.db import session


@dataclass(frozen=True, slots=True)
class CampaignStatement:
    """What came into a campaign's fund, what went out line by line, and what it holds."""

    campaign: PublicCampaign
    lines: tuple[SpentLine, ...]
    payments: tuple[PublicPayment, ...]
    as_of: date

    @property
    def fund(self) -> Fund:
        """The sums of the campaign's fund."""
        return self.campaign.fund


@dataclass(frozen=True, slots=True)
class YearLine:
    """One year of the foundation with its two ratios."""

    figures: YearFigures
    spend: Ratio | None
    management: Ratio | None


@dataclass(frozen=True, slots=True)
class FoundationStatement:
    """All campaigns beside each other, their sum, and the foundation's years."""

    campaigns: tuple[PublicCampaign, ...]
    total: Fund
    years: tuple[YearLine, ...]
    as_of: date


def campaign_statement(campaign: PublicCampaign) -> CampaignStatement:
    """Return the statement of a public campaign."""
    number = campaign.number
    return CampaignStatement(campaign, list_spent_lines(number), list_public_payments(number), clock.today())


def foundation_statement(currency: str = "CNY") -> FoundationStatement:
    """Return the statement of the foundation over its campaigns in one currency."""
    campaigns = tuple(each for each in list_public_campaigns() if each.currency == currency)
    total = sum((each.fund for each in campaigns), NOTHING)
    return FoundationStatement(campaigns, total, list_years(), clock.today())


def list_years() -> tuple[YearLine, ...]:
    """Return the years whose figures a second person approved, the newest first."""
    query = select(FoundationYear).where(FoundationYear.approved_by_id.is_not(None)).order_by(FoundationYear.year)
    figures = [
        YearFigures(row.year, row.income_minor, row.spent_minor, row.management_minor, row.is_audited)
        for row in session().scalars(query)
    ]
    before = [None, *figures[:-1]] if figures else []
    lines = [
        YearLine(year, spend_ratio(year, earlier), management_ratio(year))
        for year, earlier in zip(figures, before, strict=True)
    ]
    return tuple(reversed(lines))


def campaign_headers() -> list[str]:
    """Return the headings of a campaign's statement as a spreadsheet."""
    return [_("收支"), _("项目"), _("日期"), _("对方"), _("金额（元）"), _("备注")]


def campaign_rows(statement: CampaignStatement) -> Iterator[list[Any]]:
    """Yield a campaign's statement as rows: what came in, each payment, what is held."""
    fund, none = statement.fund, ""
    came, went = _("收入"), _("支出")
    yield [came, _("捐款"), none, none, yuan(fund.received_minor), none]
    if fund.matching_minor:
        yield [came, _("配捐"), none, none, yuan(fund.matching_minor), none]
    if fund.refunded_minor:
        yield [came, _("退款"), none, none, yuan(-fund.refunded_minor), none]
    for payment in statement.payments:
        about = " · ".join(filter(None, (payment.purpose, payment.return_note)))
        yield [went, payment.line, payment.paid_on, payment.supplier, yuan(payment.amount_minor), about]
        if payment.returned_on:
            note = payment.return_note or none
            yield [went, _("退回"), payment.returned_on, payment.supplier, yuan(-payment.amount_minor), note]
    if fund.fees_minor:
        yield [went, _("支付手续费"), none, none, yuan(fund.fees_minor), none]
    came_over = fund.transferred_minor + sum(
        -each.amount_minor for each in statement.payments if each.to_campaign is not None
    )
    if came_over:
        yield [came, _("从同类项目转入"), none, none, yuan(-came_over), none]
    yield [_("结余"), _("项目资金还有"), statement.as_of, none, yuan(fund.held_minor), none]


def foundation_headers() -> list[str]:
    """Return the headings of the foundation's statement as a spreadsheet."""
    return [
        *(_("项目"), _("备案编号"), _("状态"), _("捐款（元）"), _("配捐（元）"), _("退款（元）")),
        *(_("手续费（元）"), _("支出（元）"), _("转给同类项目（元）"), _("结余（元）")),
    ]


def foundation_rows(statement: FoundationStatement) -> Iterator[list[Any]]:
    """Yield the foundation's statement as rows, one for each campaign, and the sum."""
    for campaign in statement.campaigns:
        filing = next(each.value for each in campaign.disclosures if each.name == "filing_no")
        yield [campaign.title, filing, campaign.state_label, *_sums(campaign.fund)]
    yield [_("合计"), "", "", *_sums(statement.total)]


def yuan(minor: int) -> Decimal:
    """Return an amount of fen in yuan, exactly."""
    return Decimal(minor) / 100


def _sums(fund: Fund) -> list[Decimal]:
    return [
        yuan(each)
        for each in (
            fund.received_minor,
            fund.matching_minor,
            fund.refunded_minor,
            fund.fees_minor,
            fund.disbursed_minor,
            fund.transferred_minor,
            fund.held_minor,
        )
    ]
