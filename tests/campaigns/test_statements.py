"""Statements add up to the fen, on the page, as CSV and as XLSX, and the ratios are exact."""

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from portal.accounts.rules import NotAllowed
from portal.campaigns.paying import return_disbursement
from portal.campaigns.queries import find_public_campaign
from portal.campaigns.ratios import Ratio, YearFigures, management_ratio, spend_ratio
from portal.campaigns.rules import OwnWork
from portal.campaigns.statements import campaign_rows, campaign_statement, foundation_statement, list_years
from portal.campaigns.years import YearTaken, approve_year, write_year
from portal.ledger.queries import entry_reference
from portal.ledger.rules import EntryKind, Line, Part, fund
from portal.ledger.service import post_entry
from tests import cast
from tests.campaigns import stage

YEAR = YearFigures(2025, 1_000_00, 700_00, 70_00, True)


@pytest.mark.parametrize(
    ("spent", "income_before", "permille", "is_kept"),
    [
        (700_00, 1_000_00, 700, True),
        (699_99, 1_000_00, 699, False),
        (1_500_00, 1_000_00, 1500, True),
        (0, 1_000_00, 0, False),
        (2, 3, 666, False),
        (7, 10, 700, True),
    ],
)
def test_spend_ratio_is_rounded_to_the_strict_side(spent, income_before, permille, is_kept):
    before = replace(YEAR, year=2024, income_minor=income_before)
    assert spend_ratio(replace(YEAR, spent_minor=spent), before) == Ratio(permille, is_kept)


@pytest.mark.parametrize(
    ("management", "spent", "permille", "is_kept"),
    [(70_00, 700_00, 100, True), (70_01, 700_00, 101, False), (0, 1, 0, True), (1, 10, 100, True), (1, 3, 334, False)],
)
def test_management_ratio_is_rounded_to_the_strict_side(management, spent, permille, is_kept):
    assert management_ratio(replace(YEAR, management_minor=management, spent_minor=spent)) == Ratio(permille, is_kept)


def test_ratio_needs_the_year_before():
    assert spend_ratio(YEAR, None) is None
    assert spend_ratio(YEAR, replace(YEAR, year=2023)) is None
    assert spend_ratio(YEAR, replace(YEAR, year=2024, income_minor=0)) is None
    assert management_ratio(replace(YEAR, spent_minor=0, management_minor=0)) is None


def test_years_are_published_by_a_second_person_and_then_stay(app_context):
    writer = stage.finance()
    write_year(writer, 2025, income_minor=100, spent_minor=70, management_minor=7, is_audited=True)
    write_year(writer, 2025, income_minor=200, spent_minor=70, management_minor=7, is_audited=True)
    assert list_years() == ()
    with pytest.raises(OwnWork):
        approve_year(writer, 2025)
    assert approve_year(cast.moderator(), 2025)
    assert not approve_year(cast.moderator(), 2025)
    with pytest.raises(YearTaken):
        write_year(writer, 2025, income_minor=1, spent_minor=1, management_minor=0, is_audited=True)
    with pytest.raises(NotAllowed):
        write_year(cast.moderator(), 2024, income_minor=1, spent_minor=1, management_minor=0, is_audited=True)
    assert [line.figures.income_minor for line in list_years()] == [200]


def rich_campaign():
    """Return a campaign with a gift, matching, a fee, a refund, a payment and one that was given back."""
    number = stage.opened()
    stage.give(number, 500_01)
    for kind, part, minor in (
        (EntryKind.MATCHING, Part.MATCHING, -100_00),
        (EntryKind.FEE, Part.FEES, 3_33),
        (EntryKind.REFUND, Part.REFUNDED, 50_00),
    ):
        lines = [Line(fund(number, part), minor), Line("bank", -minor)]
        post_entry(kind, lines, reference=entry_reference("test", f"{kind}-{number}"))
    stage.pay(stage.approved(number, 123_45))
    payer = stage.finance()
    returned = stage.approved(number, 20_00)
    stage.pay(returned, by=payer)
    return_disbursement(stage.finance(), returned, "缺货", "Out of stock")
    return number


def test_rows_of_a_statement_sum_to_what_is_held(app_context):
    statement = campaign_statement(find_public_campaign(rich_campaign()))
    rows = list(campaign_rows(statement))
    came = sum(row[4] for row in rows if row[0] == "收入")
    went = sum(row[4] for row in rows if row[0] == "支出")
    assert came == Decimal("550.01")
    assert went == Decimal("126.78")
    assert rows[-1][4] == came - went == Decimal(statement.fund.held_minor) / 100


def test_foundation_is_the_sum_of_its_campaigns(app_context):
    rich_campaign()
    rich_campaign()
    statement = foundation_statement()
    assert len(statement.campaigns) == 2
    for name in ("raised_minor", "fees_minor", "disbursed_minor", "held_minor"):
        assert getattr(statement.total, name) == sum(getattr(each.fund, name) for each in statement.campaigns)
    assert statement.total.held_minor == 2 * (550_01 - 126_78)


def test_spreadsheets_hold_what_the_page_says(app, client):
    with app.app_context():
        number = rich_campaign()
        held = find_public_campaign(number).fund.held_minor
    read = csv.reader(io.StringIO(client.get(f"/campaigns/{number}/statement.csv").get_data().decode("utf-8-sig")))
    rows = list(read)
    assert rows[-1][:2] == ["结余", "项目资金还有"]
    assert Decimal(rows[-1][4]) == Decimal(held) / 100
    sheet = load_workbook(io.BytesIO(client.get(f"/campaigns/{number}/statement.xlsx").get_data())).active
    assert Decimal(str(sheet.cell(sheet.max_row, 5).value)) == Decimal(held) / 100
    assert sheet.max_row == len(rows)
    answer = client.get("/campaigns/statement.csv")
    assert list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))[-1][0] == "合计"
    assert client.get("/campaigns/statement.xlsx").status_code == 200
    assert client.get("/campaigns/statement.pdf").status_code == 404
    page = client.get(f"/campaigns/{number}/statement").text
    assert f"¥{held / 100:,.2f}" in page
    assert client.get("/campaigns/statement").status_code == 200
