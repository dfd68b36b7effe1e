"""What a company that matches gifts is told, in its language: the terms, what it owes, what arrived."""

from flask_babel import gettext as _
from sqlalchemy import select

from portal.campaigns.models import Campaign
from portal.campaigns.queries import said
from portal.db import session
from portal.formats import day, money
from portal.giving.commitment_models import Commitment
from portal.giving.commitment_rules import CommitmentNews
from portal.giving.letters import link_letter
from portal.i18n import in_language
from portal.outbox.service import Address, enqueue
from portal.web import absolute_url


def tell_company(row: Commitment, news: CommitmentNews, *, key: str, amount_minor: int = 0) -> None:
    """Put one letter to a company into the outbox; call inside the transaction of what it tells about.

    What is owed is told in sums of a month and more, never gift by gift.
    """
    email = (row.contact or {}).get("email")
    if email is None:
        return
    with in_language(row.locale):
        campaign = session().scalars(select(Campaign).where(Campaign.number == row.campaign_number)).one()
        subject, text = _words(row, news, said(campaign, "title"), amount_minor)
        link = absolute_url("campaigns.show", number=row.campaign_number)
        more = () if news is CommitmentNews.ARRIVED else (_how_to_pay(row, campaign),)
        enqueue(
            Address("mail", email),
            f"giving.{news}",
            subject=subject,
            body=link_letter(text, link, *more),
            dedupe_key=f"giving:{news}:{key}",
        )


def _words(row: Commitment, news: CommitmentNews, campaign: str, amount_minor: int) -> tuple[str, str]:
    match news:
        case CommitmentNews.BEGUN:
            return _("配捐从今天开始"), _(
                "到%(day)s为止，大家给“%(campaign)s”每捐一元，贵单位也捐一元，最多 %(limit)s。"
                "每个月告诉您一次该付多少；在到账以前，项目不把它算作收入。",
                day=day(row.until_on),
                campaign=campaign,
                limit=money(row.limit_minor, row.currency),
            )
        case CommitmentNews.OWED:
            return _("配捐该付的款"), _(
                "给“%(campaign)s”的配捐，到现在一共 %(owed)s，已经到账 %(arrived)s，还有 %(left)s 请转账。谢谢。",
                campaign=campaign,
                owed=money(row.owed_minor, row.currency),
                arrived=money(row.arrived_minor, row.currency),
                left=money(row.owed_minor - row.arrived_minor, row.currency),
            )
        case CommitmentNews.ARRIVED:
            return _("收到配捐，谢谢"), _(
                "给“%(campaign)s”的配捐 %(amount)s 已经到账，记入项目资金，在公开账目里可以看到。",
                campaign=campaign,
                amount=money(amount_minor, row.currency),
            )


def _how_to_pay(row: Commitment, campaign: Campaign) -> str:
    return _(
        "转账给：%(name)s，%(bank)s，账号 %(account)s。附言请写：%(reference)s，这样到账能自动对上。",
        name=said(campaign, "bank_account_name"),
        bank=said(campaign, "bank_name"),
        account=campaign.bank_account,
        reference=row.reference,
    )
