"""Leads the demo's campaigns through their life by the portal's own verbs, one person writing and another approving."""

from datetime import date, timedelta
from functools import partial

from sqlalchemy import select

from portal import clock
from portal.accounts.models import Person
from portal.accounts.rules import Actor, Role
from portal.campaigns.budget import Aim, reach_milestone, set_budget, set_milestones
from portal.campaigns.clocks import end_due
from portal.campaigns.disclosure import ReportKind
from portal.campaigns.models import BudgetLine, Campaign, Milestone
from portal.campaigns.paying import pay_disbursement
from portal.campaigns.plan import Filing, Plan
from portal.campaigns.questions import QuestionKind, answer_question, ask, let_through
from portal.campaigns.reports import publish_report, write_report
from portal.campaigns.service import create_campaign, file_campaign, open_campaign
from portal.campaigns.spending import Ask, MoreThanHeld, approve_disbursement, request_disbursement
from portal.campaigns.telling import NewPicture, approve_update, write_update
from portal.campaigns.vouchers import keeping_voucher
from portal.campaigns.years import approve_year, write_year
from portal.db import session
from portal.demo.campaign_stories import CAMPAIGNS, YEARS, Asked, Buying, CampaignStory, Told
from portal.demo.pictures import draw_goods, draw_voucher
from portal.demo.timeline import Timeline
from portal.photos import keep_picture

CERTIFICATE = "53370212MJD0000001"
_REPORTS = {
    "zh": "这段时间的收入、支出和结余见下方数字，每一笔支出的凭证都在账目里。接下来按计划继续。",
    "en": "What was received, spent and is held stands below; the voucher of each payment is in the statement. "
    "Work goes on as planned.",
}


class DemoCampaigns:
    """The demo's campaigns on a timeline; `numbers` knows each by its title once it is written."""

    def __init__(self, staff: list[Person], timeline: Timeline) -> None:
        self._writer = _first(staff, Role.FINANCE)
        self._approver = _first(staff, Role.MODERATOR)
        self._timeline = timeline
        self.numbers: dict[str, str] = {}

    def schedule(self) -> None:
        """Put every campaign's life and the foundation's years on the timeline."""
        for serial, story in enumerate(CAMPAIGNS, start=1):
            self._schedule(story, serial)
        for back, *figures in YEARS:
            self._timeline.add(80, partial(self._publish_year, back, *figures))

    def _schedule(self, story: CampaignStory, serial: int) -> None:
        start, add = story.started_days_ago, self._timeline.add
        written = max(start + 20, 2)
        add(written, partial(self._write, story, written - start))
        if story.stays == "draft":
            return
        add(max(start + 12, 1), partial(self._file, story, serial))
        if story.stays == "filed":
            return
        add(start + 2, partial(self._open, story))
        for told in story.updates:
            add(told.days_ago, partial(self._tell, story, told, serial))
        for bought in story.payments:
            self._schedule_payment(story, bought, serial)
        for asked in story.questions:
            self._schedule_question(story, asked)
        if start - story.lasts_days >= 1:
            add(start - story.lasts_days - 1, end_due)
        for days_ago in story.reports_days_ago:
            add(days_ago, partial(self._report, story))
        for aim in story.aims:
            if aim.is_reached:
                add(max(start - aim.day + 2, 0.5), partial(self._reach, story, aim.name))

    def _schedule_payment(self, story: CampaignStory, bought: Buying, serial: int) -> None:
        asked: list[str] = []
        self._timeline.add(bought.days_ago + 2, partial(self._ask_payment, story, bought, asked))
        self._timeline.add(bought.days_ago + 1, partial(self._approve_and_pay, bought, asked, serial))

    def _schedule_question(self, story: CampaignStory, asked: Asked) -> None:
        found: list[str] = []
        kind = QuestionKind(asked.kind)
        self._timeline.add(
            asked.days_ago, lambda: found.append(ask(self.numbers[story.title], kind, asked.body, None, "zh"))
        )
        if asked.is_read:
            self._timeline.add(asked.days_ago - 0.5, lambda: let_through(self._approver, found[0], asked.body))
        if asked.answer:
            self._timeline.add(asked.days_ago - 1, lambda: answer_question(self._writer, found[0], asked.answer))

    def _write(self, story: CampaignStory, days_ahead: int) -> None:
        start = clock.today() + timedelta(days=days_ahead)
        number = create_campaign(self._writer, _plan(story, start))
        set_budget(self._writer, number, story.budget)
        aims = [Aim(aim.name, aim.name_en, start + timedelta(days=aim.day)) for aim in story.aims]
        set_milestones(self._writer, number, aims)
        self.numbers[story.title] = number

    def _file(self, story: CampaignStory, serial: int) -> None:
        filing = Filing(
            filing_no=f"{CERTIFICATE}A{clock.today().year % 100}{serial:03d}",
            filed_on=clock.today(),
            platform_name="示范公益募捐平台",
            platform_name_en="Model Giving Platform",
            platform_url=f"https://platform.example.org/campaigns/{1000 + serial}",
        )
        file_campaign(self._writer, self.numbers[story.title], filing)

    def _open(self, story: CampaignStory) -> None:
        open_campaign(self._approver, self.numbers[story.title])

    def _tell(self, story: CampaignStory, told: Told, serial: int) -> None:
        pictures = [
            NewPicture(keep_picture(draw_goods(serial * 10 + place)), caption, caption_en)
            for place, (caption, caption_en) in enumerate(told.captions)
        ]
        approve_update(self._approver, write_update(self._writer, self.numbers[story.title], told.news, pictures))

    def _report(self, story: CampaignStory) -> None:
        kind = ReportKind.FINAL if story.is_accounted else ReportKind.QUARTERLY
        kind = ReportKind.EMERGENCY if story.is_emergency else kind
        number = self.numbers[story.title]
        publish_report(self._approver, write_report(self._writer, number, kind, _REPORTS["zh"], _REPORTS["en"]))

    def _reach(self, story: CampaignStory, name: str) -> None:
        number = self.numbers[story.title]
        milestone_id = session().scalar(
            select(Milestone.id)
            .join(Campaign, Campaign.id == Milestone.campaign_id)
            .where(Campaign.number == number, Milestone.name == name)
        )
        assert milestone_id is not None
        reach_milestone(self._writer, number, milestone_id)

    def _ask_payment(self, story: CampaignStory, bought: Buying, asked: list[str]) -> None:
        number = self.numbers[story.title]
        line_ids = session().scalars(
            select(BudgetLine.id)
            .join(Campaign, Campaign.id == BudgetLine.campaign_id)
            .where(Campaign.number == number)
            .order_by(BudgetLine.position)
        )
        line_id = list(line_ids)[bought.line]
        wanted = Ask(line_id, bought.yuan * 100, bought.purpose, bought.purpose_en, bought.supplier)
        asked.append(request_disbursement(self._writer, number, wanted))

    def _approve_and_pay(self, bought: Buying, asked: list[str], serial: int) -> None:
        """Approve and pay a request as far as the fund holds it; else it waits, as in life."""
        try:
            approve_disbursement(self._approver, asked[0])
        except MoreThanHeld:
            return
        minor = bought.yuan * 100
        original, copy = (draw_voucher(serial * 1000 + bought.yuan, minor, redacted=side) for side in (False, True))
        with keeping_voucher(original, copy) as voucher:
            pay_disbursement(self._writer, asked[0], clock.today(), voucher)

    def _publish_year(self, back: int, income: int, spent: int, management: int) -> None:
        year = clock.today().year + back
        write_year(
            self._writer,
            year,
            income_minor=income * 100,
            spent_minor=spent * 100,
            management_minor=management * 100,
            is_audited=True,
        )
        approve_year(self._approver, year)


def _plan(story: CampaignStory, start: date) -> Plan:
    is_whole = story.stays != "draft"

    def told(text: str) -> str:
        return text if is_whole else ""

    return Plan(
        title=story.title,
        title_en=story.title_en,
        summary=story.summary,
        summary_en=story.summary_en,
        story=story.story,
        story_en=story.story_en,
        purpose=story.purpose,
        purpose_en=story.purpose_en,
        beneficiaries=story.beneficiaries,
        beneficiaries_en=story.beneficiaries_en,
        area=told("崂山区全区"),
        area_en=told("The whole of Laoshan District"),
        starts_on=start,
        ends_on=start + timedelta(days=story.lasts_days),
        person_in_charge=told("基金会项目部主任"),
        person_in_charge_en=told("The foundation's head of programmes"),
        contact=told("0532-55500000\n崂山区示范路1号 基金会项目部"),
        contact_en=told("0532-55500000\nProgramme office, 1 Shifan Road, Laoshan District"),
        ways_to_give=told("网上捐赠、银行转账、指定平台"),
        ways_to_give_en=told("Online, by bank transfer, on the designated platform"),
        bank_account_name=told("崂山区公益基金会"),
        bank_account_name_en=told("Laoshan Public Welfare Foundation"),
        bank_name=told("示范银行崂山支行"),
        bank_name_en=told("Model Bank, Laoshan branch"),
        bank_account=told("0000 0000 0000 0128"),
        use=story.use,
        use_en=story.use_en,
        fundraising_cost=told("支付手续费按实际发生列支，不另列募捐成本"),
        fundraising_cost_en=told("Payment fees as charged; no other fundraising cost"),
        surplus_rule=told(
            "有剩余的，用于基金会同类的公益项目，并在本页公布；心愿撤回或者已经有人送到的，捐款留在心愿基金里买别的心愿"
            if story.is_wish_fund
            else "有剩余的，用于基金会同类的公益项目，并在本页公布"
        ),
        surplus_rule_en=told(
            "What is left goes to a like campaign of the foundation, published here; for a wish that is withdrawn or "
            "already brought by somebody else, the gift stays in the Wish Fund and buys another wish"
            if story.is_wish_fund
            else "What is left goes to a like campaign of the foundation, published here"
        ),
        pf_certificate=told(CERTIFICATE),
        target_minor=story.target_minor,
        is_emergency=story.is_emergency,
        is_wish_fund=story.is_wish_fund,
    )


def _first(staff: list[Person], role: Role) -> Actor:
    return next(person.actor for person in staff if person.actor.has_role(role))
