"""Campaigns brought to a state by the real verbs and people, for tests to go on from.

Call inside an application context. The portal's clock stands at 2026-11-23.
"""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

from PIL import Image
from sqlalchemy import select

from portal import clock
from portal.accounts.rules import SYSTEM, Actor, Role
from portal.campaigns.budget import BudgetItem, set_budget
from portal.campaigns.disclosure import ReportKind
from portal.campaigns.models import BudgetLine, Campaign
from portal.campaigns.paying import pay_disbursement
from portal.campaigns.plan import Filing, Plan
from portal.campaigns.questions import QuestionKind, answer_question, ask, let_through
from portal.campaigns.reports import publish_report, write_report
from portal.campaigns.service import create_campaign, end_campaign, file_campaign, open_campaign
from portal.campaigns.spending import Ask, approve_disbursement, request_disbursement
from portal.campaigns.telling import (
    NewPicture,
    News,
    Note,
    approve_update,
    correct_plan,
    get_update,
    list_pictures,
    write_update,
)
from portal.campaigns.vouchers import keeping_voucher
from portal.db import session
from portal.ledger.queries import entry_reference
from portal.ledger.rules import EntryKind, Line, Part, fund
from portal.ledger.service import post_entry
from portal.photos import keep_picture
from tests import cast

BUDGET = (BudgetItem("被子和棉衣", "Quilts and padded coats", 600_00), BudgetItem("运送", "Transport", 200_00))

PLAN = Plan(
    title="暖冬行动",
    title_en="A Warm Winter",
    summary="给独居老人送一床厚被子。",
    summary_en="A thick quilt for everyone who is old and lives alone.",
    story="海边的冬天来得早。\n\n一床被子能用十年。",
    story_en="Winter comes early by the sea.\n\nA quilt lasts ten years.",
    purpose="为生活困难的独居老人购置过冬物品",
    purpose_en="Winter goods for people in hardship who are old and live alone",
    beneficiaries="辖区内的低保和低保边缘独居老人",
    beneficiaries_en="Old people living alone on or near the subsistence allowance",
    area="全区",
    area_en="The whole district",
    starts_on=date(2026, 11, 20),
    ends_on=date(2027, 1, 31),
    person_in_charge="项目部主任",
    person_in_charge_en="Head of programmes",
    contact="0532-55500000，海岸路1号",
    contact_en="0532-55500000, 1 Haian Road",
    ways_to_give="网上捐赠、银行转账、指定平台",
    ways_to_give_en="Online, by bank transfer, on the designated platform",
    bank_account_name="区公益基金会",
    bank_account_name_en="District Public Welfare Foundation",
    bank_name="示范银行海岸支行",
    bank_name_en="Model Bank, Haian branch",
    bank_account="0000 1111 2222 3333",
    use="购买和运送过冬物品",
    use_en="Buying and bringing winter goods",
    fundraising_cost="不超过募得款的百分之二",
    fundraising_cost_en="At most two per cent of what is raised",
    surplus_rule="剩余的钱转给同类项目并公布",
    surplus_rule_en="What is left goes to a like campaign, and this is published",
    pf_certificate="53370200MJD0000001",
    target_minor=800_00,
)


def filing(filed_on: date = date(2026, 11, 5), number: str = "") -> Filing:
    """Return a filing with a number of its own."""
    return Filing(
        filing_no=number or f"53370200MJD0000001A{next(cast._numbers):05d}",
        filed_on=filed_on,
        platform_name="示范公益平台",
        platform_name_en="Model Giving Platform",
        platform_url="https://platform.example.org/campaigns/1",
    )


def finance() -> Actor:
    """Return somebody of the foundation's finance."""
    return cast.actor(Role.FINANCE)


def draft(by: Actor | None = None, **changes: object) -> str:
    """Return the number of a draft with a budget, written by finance."""
    writer = by or finance()
    number = create_campaign(writer, replace(PLAN, **changes))  # type: ignore[arg-type]
    set_budget(writer, number, BUDGET)
    return number


def filed(by: Actor | None = None, **changes: object) -> str:
    """Return the number of a filed campaign."""
    writer = by or finance()
    number = draft(writer, **changes)
    starts_on = changes.get("starts_on", PLAN.starts_on)
    assert isinstance(starts_on, date)
    file_campaign(writer, number, filing(starts_on - timedelta(days=15)))
    return number


def opened(by: Actor | None = None, **changes: object) -> str:
    """Return the number of an open campaign, approved by a moderator."""
    number = filed(by, **changes)
    open_campaign(cast.moderator(), number)
    return number


def ended(by: Actor | None = None, **changes: object) -> str:
    """Return the number of a campaign whose last day was yesterday and whose clock has run."""
    yesterday = clock.today() - timedelta(days=1)
    number = opened(by, **{"starts_on": yesterday - timedelta(days=30), "ends_on": clock.today()} | changes)
    end_campaign(SYSTEM, number)
    return number


def give(number: str, minor: int, *, key: str = "") -> None:
    """Book a gift that reached the bank, as giving would."""
    post_entry(
        EntryKind.GIFT,
        [Line("bank", minor), Line(fund(number, Part.RECEIVED), -minor)],
        reference=entry_reference("test-gift", key or f"{number}-{next(cast._numbers)}"),
    )


def line_of(number: str, position: int = 1) -> int:
    """Return the key of one line of a campaign's budget."""
    query = select(BudgetLine.id).join(Campaign, Campaign.id == BudgetLine.campaign_id)
    return session().scalars(query.where(Campaign.number == number, BudgetLine.position == position)).one()


def request(number: str, minor: int, *, by: Actor | None = None, position: int = 1, **values: object) -> str:
    """Return the public id of a payment that finance asks for."""
    plain = Ask(line_of(number, position), minor, "一百床被子", "A hundred quilts", "听潮家纺店")
    return request_disbursement(by or finance(), number, replace(plain, **values))  # type: ignore[arg-type]


def approved(number: str, minor: int, **values: object) -> str:
    """Return the public id of a payment that a moderator approved."""
    public_id = request(number, minor, **values)  # type: ignore[arg-type]
    approve_disbursement(cast.moderator(), public_id)
    return public_id


def pay(public_id: str, *, by: Actor | None = None) -> None:
    """Pay an approved payment today, with a small picture as its voucher."""
    with keeping_voucher(PDF, picture()) as voucher:
        pay_disbursement(by or finance(), public_id, clock.today(), voucher)


def picture(colour: str = "navy") -> bytes:
    """Return a small picture."""
    out = BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return out.getvalue()


PDF = b"%PDF-1.7\n1 0 obj << /Author (somebody) >> endobj\n"


def told_and_paid() -> dict[str, str]:
    """Return an open campaign that has news with a picture, a report, a payment, an answer and a correction.

    The public ids of each stand beside its number.
    """
    writer, moderator = finance(), cast.moderator()
    number = opened(writer)
    give(number, 500_00)
    payment = approved(number, 123_45)
    pay(payment)
    words = News("被子到了", "The quilts have come", "一共一百床。", "A hundred of them.")
    kept = NewPicture(keep_picture(picture()), "叠好的被子", "Folded quilts")
    update = write_update(writer, number, words, [kept])
    approve_update(moderator, update)
    report = write_report(writer, number, ReportKind.QUARTERLY, "进展顺利。", "All is well.")
    publish_report(moderator, report)
    question = ask(number, QuestionKind.CONCERN, "被子太薄", None, "zh")
    let_through(moderator, question, "被子太薄")
    answer_question(writer, question, "换了厚的。")
    correct_plan(writer, number, "use", "购买过冬物品", "Buying winter goods", Note("写清楚一些", "Clearer words"))
    return {
        "number": number,
        "payment": payment,
        "update": update,
        "picture": list_pictures(get_update(update).id)[0].public_id,
        "report": report,
        "question": question,
    }
