"""Reads what was paid out of campaigns as everybody may know it: each payment, its line, its day, its voucher."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from portal.campaigns.models import BudgetLine, Campaign, Disbursement
from portal.campaigns.queries import said
from portal.campaigns.rules import PUBLIC_STATES
from portal.campaigns.spending_models import DisbursementState
from portal.db import session
from portal.publication.queries import list_by_numbers

PUBLIC_PAYMENTS = (DisbursementState.PAID, DisbursementState.RETURNED)


@dataclass(frozen=True, slots=True)
class PublicPayment:
    """One payment out of a campaign's fund; `returned_on` is set where the supplier gave it back."""

    public_id: str
    campaign_number: str
    line_id: int | None
    line: str
    purpose: str
    supplier: str
    amount_minor: int
    currency: str
    paid_on: date
    has_voucher: bool
    wish_number: str | None
    to_campaign: str | None
    to_campaign_title: str | None
    returned_on: date | None
    return_note: str | None


@dataclass(frozen=True, slots=True)
class SpentLine:
    """One line of a budget and what of it is spent."""

    id: int
    name: str
    amount_minor: int
    spent_minor: int

    @property
    def left_minor(self) -> int:
        """What is budgeted and not spent."""
        return self.amount_minor - self.spent_minor


def list_public_payments(number: str) -> tuple[PublicPayment, ...]:
    """Return what was paid out of a public campaign, the newest first."""
    return _read(_payments().where(Campaign.number == number))


def list_payments(public_ids: Sequence[str]) -> tuple[PublicPayment, ...]:
    """Return the payments of these public ids that everybody may know of, the newest first."""
    return _read(_payments().where(Disbursement.public_id.in_(public_ids)))


def find_payment_for_wish(wish_number: str) -> PublicPayment | None:
    """Return the payment that bought a wish, or None while there is none."""
    query = _payments().where(Disbursement.wish_number == wish_number, Disbursement.state == DisbursementState.PAID)
    return next(iter(_read(query.limit(1))), None)


def find_public_voucher(number: str, public_id: str) -> str | None:
    """Return the name of the redacted voucher of a public payment."""
    query = select(Disbursement.voucher_copy).join(Campaign, Campaign.id == Disbursement.campaign_id)
    return session().scalar(
        query.where(
            Campaign.number == number,
            Campaign.state.in_(PUBLIC_STATES),
            Disbursement.public_id == public_id,
            Disbursement.state.in_(PUBLIC_PAYMENTS),
        )
    )


def list_spent_lines(number: str) -> tuple[SpentLine, ...]:
    """Return the budget of a campaign line by line with what was paid on each."""
    spent = (
        select(Disbursement.budget_line_id, func.sum(Disbursement.amount_minor).label("minor"))
        .where(Disbursement.state == DisbursementState.PAID)
        .group_by(Disbursement.budget_line_id)
        .subquery()
    )
    rows = session().execute(
        select(BudgetLine, func.coalesce(spent.c.minor, 0))
        .join(Campaign, Campaign.id == BudgetLine.campaign_id)
        .outerjoin(spent, spent.c.budget_line_id == BudgetLine.id)
        .where(Campaign.number == number)
        .order_by(BudgetLine.position)
    )
    return tuple(SpentLine(line.id, said(line, "name"), line.amount_minor, int(minor)) for line, minor in rows)


def _payments() -> Any:
    other = aliased(Campaign)
    return (
        select(Disbursement, Campaign.number, BudgetLine, other)
        .join(Campaign, Campaign.id == Disbursement.campaign_id)
        .outerjoin(BudgetLine, BudgetLine.id == Disbursement.budget_line_id)
        .outerjoin(other, other.id == Disbursement.to_campaign_id)
        .where(Campaign.state.in_(PUBLIC_STATES), Disbursement.state.in_(PUBLIC_PAYMENTS))
        .order_by(Disbursement.paid_on.desc(), Disbursement.id.desc())
    )


def _read(query: Any) -> tuple[PublicPayment, ...]:
    """Return payments; a wish that its family withdrew is no longer spoken of here either."""
    rows: list[Any] = list(session().execute(query))
    bought = [row.wish_number for row, *_others in rows if row.wish_number]
    shown = {wish.number for wish in list_by_numbers(bought)} if bought else set()
    return tuple(_payment(row, number, line, other, shown) for row, number, line, other in rows)


def _payment(
    row: Disbursement, number: str, line: BudgetLine | None, other: Campaign | None, shown_wishes: set[str]
) -> PublicPayment:
    assert row.paid_on is not None
    return PublicPayment(
        public_id=row.public_id,
        campaign_number=number,
        line_id=row.budget_line_id,
        line=said(line, "name") if line else _("转给同类项目"),
        purpose=said(row, "purpose"),
        supplier=_supplier(row, other),
        amount_minor=row.amount_minor,
        currency=row.currency,
        paid_on=row.paid_on,
        has_voucher=row.voucher_copy is not None,
        wish_number=row.wish_number if row.wish_number in shown_wishes else None,
        to_campaign=other.number if other else None,
        to_campaign_title=said(other, "title") if other else None,
        returned_on=row.returned_on,
        return_note=said(row, "return_note") or None,
    )


def _supplier(row: Disbursement, other: Campaign | None) -> str:
    if other is not None:
        return said(other, "title")
    return _("个人，姓名不公开") if row.is_supplier_private else row.supplier
