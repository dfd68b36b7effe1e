"""What the donor of a monthly gift is told, in their own language; every mail carries the link to change or stop it."""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _

from portal.codes import private_token
from portal.formats import day, money
from portal.giving.letters import link_letter
from portal.giving.models import MonthlyGift
from portal.giving.monthly_rules import DAYS_TO_MOVE, Because, MonthlyNews
from portal.giving.titles import title_of
from portal.i18n import in_language, language
from portal.outbox.service import Address, enqueue
from portal.web import absolute_url


@dataclass(frozen=True)
class MonthlyFacts:
    """What a letter about a monthly gift may speak of."""

    campaign: str
    amount: str
    next_on: str
    retry_on: str
    why: Because


def tell_change(monthly: MonthlyGift, news: MonthlyNews) -> None:
    """Put one letter about a change into the outbox; call inside its transaction, once for each change."""
    monthly.version += 1
    email = (monthly.contact or {}).get("email")
    if email is None:
        return
    with in_language(monthly.locale):
        subject, text = WORDS[news](_facts(monthly))
        link = absolute_url("giving.monthly", token=private_token("monthly", monthly.public_id))
        enqueue(
            Address("mail", email),
            f"giving.{news}",
            subject=subject,
            body=link_letter(text, link),
            dedupe_key=f"giving:{news}:{monthly.public_id}:{monthly.version}",
        )


def _facts(monthly: MonthlyGift) -> MonthlyFacts:
    return MonthlyFacts(
        campaign=title_of(monthly.campaign_number),
        amount=money(monthly.amount_minor, monthly.currency),
        next_on=day(monthly.next_on) if monthly.next_on else "",
        retry_on=day(monthly.retry_on) if monthly.retry_on else "",
        why=Because(monthly.why),
    )


def _changed(facts: MonthlyFacts) -> tuple[str, str]:
    return _("每月捐赠的金额改好了"), _(
        "从下一次起，每月给“%(campaign)s”捐 %(amount)s。不是您改的，请打开下面的链接改回来，或者停止。",
        campaign=facts.campaign,
        amount=facts.amount,
    )


def _card(facts: MonthlyFacts) -> tuple[str, str]:
    return _("每月捐赠换了一张卡"), _(
        "给“%(campaign)s”的每月捐赠，以后从新的卡里付。不是您换的，请打开下面的链接停止。", campaign=facts.campaign
    )


def _failed(facts: MonthlyFacts) -> tuple[str, str]:
    return _("这个月没有付成功"), _sentences(
        _(
            "给“%(campaign)s”的 %(amount)s，这个月没有付成功，没有扣您的钱。",
            campaign=facts.campaign,
            amount=facts.amount,
        ),
        _("%(day)s会再试一次，不用您做什么。", day=facts.retry_on) if facts.retry_on else "",
        _("想换一张卡、少捐一点，或者先停一停，都可以打开下面的链接。"),
    )


def _paused(facts: MonthlyFacts) -> tuple[str, str]:
    return _("每月捐赠已经暂停"), _(
        "给“%(campaign)s”的每月捐赠已经暂停，暂停期间不会扣钱。什么时候想继续，打开下面的链接按一下就行。",
        campaign=facts.campaign,
    )


def _held(facts: MonthlyFacts) -> tuple[str, str]:
    return _("项目不收捐款了，每月捐赠先停下"), _(
        "“%(campaign)s”现在不收捐款，所以您的每月捐赠先停下，不会扣钱。打开下面的链接，可以改捐给心愿基金或别的项目。"
        "项目重新开放，会自动继续；%(days)d天里没有开放、您也没有改，就不再继续，不用您做什么。谢谢您一直以来的帮助。",
        campaign=facts.campaign,
        days=DAYS_TO_MOVE,
    )


def _resumed(facts: MonthlyFacts) -> tuple[str, str]:
    return _("每月捐赠又继续了"), _sentences(
        _("给“%(campaign)s”的每月捐赠又继续了，每月 %(amount)s。", campaign=facts.campaign, amount=facts.amount),
        _("下一次是%(day)s。", day=facts.next_on) if facts.next_on else "",
    )


def _moved(facts: MonthlyFacts) -> tuple[str, str]:
    return _("每月捐赠改捐给另一个项目"), _(
        "从下一次起，每月 %(amount)s 改捐给“%(campaign)s”。以前捐的不变。", campaign=facts.campaign, amount=facts.amount
    )


def _stopped(facts: MonthlyFacts) -> tuple[str, str]:
    return _("每月捐赠已经停止"), _sentences(
        _("给“%(campaign)s”的每月捐赠已经停止，以后不会再扣钱。", campaign=facts.campaign),
        _why_stopped(facts.why),
        _("谢谢您捐过的每一个月。"),
    )


def _why_stopped(why: Because) -> str:
    match why:
        case Because.STAFF:
            return _("这是基金会按您的要求办的。")
        case Because.CAMPAIGN:
            return _("因为项目不收捐款了。")
        case Because.FAILED:
            return _("因为几次都没有付成功，我们就不再试了。方便的时候，随时可以重新开始。")
        case Because.DISPUTED:
            return _("因为您的银行把其中一个月的钱扣了回去。")
        case Because.PROVIDER:
            return _("这是在支付机构那边停止的。")
    return ""


def _sentences(*sentences: str) -> str:
    """Return sentences as one text, as the reader's language joins them."""
    return (" " if language() == "en" else "").join(filter(None, sentences))


WORDS: dict[MonthlyNews, Callable[[MonthlyFacts], tuple[str, str]]] = {
    MonthlyNews.CHANGED: _changed,
    MonthlyNews.CARD: _card,
    MonthlyNews.FAILED: _failed,
    MonthlyNews.PAUSED: _paused,
    MonthlyNews.HELD: _held,
    MonthlyNews.RESUMED: _resumed,
    MonthlyNews.MOVED: _moved,
    MonthlyNews.STOPPED: _stopped,
}
"""Subject and text of each piece of news."""
