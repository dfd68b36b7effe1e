"""Totals of the designated platform: taken in by campaign and day, shown beside the fund, never counted into it."""

from datetime import date

import pytest
from sqlalchemy import select

from portal.accounts.rules import NotAllowed, Role
from portal.audit.models import AuditEntry
from portal.campaigns.models import Campaign
from portal.db import session
from portal.giving.platform_reading import TotalsUnclear
from portal.giving.platform_totals import find_on_platform, import_totals
from portal.ledger.queries import fund_statement
from tests import cast
from tests.campaigns import stage as campaigns
from tests.giving.statements import csv_of
from tests.plumbing.sessions import sign_in
from tests.plumbing.visitor import Upload

HEAD = ("项目备案编号", "统计日期", "捐赠金额（元）", "捐赠笔数")


@pytest.fixture
def number(app_context):
    """Return an open campaign."""
    return campaigns.opened()


def filing_no(number):
    return session().scalars(select(Campaign.filing_no).where(Campaign.number == number)).one()


def take(*rows):
    return import_totals(cast.actor(Role.FINANCE), csv_of(*rows, head=HEAD), "totals.csv")


def told(taken):
    return taken.added, taken.corrected, taken.known


def test_totals_stand_beside_the_fund_and_never_in_it(number, new_visitor):
    desk = sign_in(new_visitor(), cast.person(Role.FINANCE))
    data = csv_of(
        (filing_no(number), "2026-11-21", "1,200.50", "8"), (number.lower(), "20261122", "９９．５", "２"), head=HEAD
    )
    desk.open("/admin/giving/platform")
    assert "新收 2 天" in desk.submit({"file": Upload(data, "汇总.csv")}, form="platform")
    page = new_visitor().open(f"/campaigns/{number}")
    assert "指定平台上收到 ¥1,300.00" in page
    assert fund_statement(number).received_minor == 0


def test_a_day_said_again_is_corrected_and_not_added(number):
    filed = filing_no(number)
    row = (filed, "2026-11-21", "100", "2")
    assert told(take(row, row)) == (1, 0, 0)
    assert told(take(row)) == (0, 0, 1)
    assert told(take((filed, "2026-11-21", "90", "1"), (filed, "2026-11-22", "0", "0"))) == (1, 1, 0)
    found = find_on_platform(number)
    assert (found.amount_minor, found.gifts, found.until) == (9_000, 1, date(2026, 11, 22))
    entry = session().scalars(select(AuditEntry).where(AuditEntry.action == "platform.correct")).one()
    assert entry.before == {"amount_minor": 10_000, "gifts": 2}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (("NO SUCH", "2026-11-21", "5", "1"), "no_campaign"),
        (("", "2026-11-21", "-5", "1"), "no_amount"),
        (("", "2026-11-21", "5.001", "1"), "no_amount"),
        (("", "2026-11-21", "", "0"), "no_amount"),
        (("", "2026-11-21", "5", "1.5"), "no_number"),
        (("", "2026-11-21", "5", "0"), "no_number"),
        (("", "2026-11-24", "5", "1"), "future"),
        (("", "2026-11-20", "6", "1"), "said_twice"),
    ],
)
def test_what_is_not_clear_keeps_the_whole_table_out(number, values, code):
    filed = filing_no(number)
    with pytest.raises(TotalsUnclear) as unclear:
        take((filed, "2026-11-20", "5", "1"), (values[0] or filed, *values[1:]))
    assert [(each.row, each.code) for each in unclear.value.problems] == [(4, code)]
    assert find_on_platform(number) is None


def test_only_finance_takes_totals_in(number):
    with pytest.raises(NotAllowed):
        import_totals(cast.moderator(), b"x", "x.csv")
