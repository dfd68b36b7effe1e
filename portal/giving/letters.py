"""What donors are told, in their own language; a mail never holds a name somebody typed, only facts and a link."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _

from portal.codes import gift_check_code, grouped, private_token
from portal.formats import money
from portal.giving.models import Gift
from portal.giving.months import find_monthly
from portal.giving.rules import News
from portal.giving.titles import title_of
from portal.i18n import in_language, language
from portal.outbox.service import Address, enqueue
from portal.web import absolute_url


@dataclass(frozen=True)
class Facts:
    """What a letter may speak of."""

    campaign: str
    amount: str
    number: str
    check_code: str
    part: str
    words: str


def address_of(gift: Gift) -> Address | None:
    """Return where a donor is reached, or None where no address is kept."""
    email = (gift.contact or {}).get("email")
    return Address("mail", email) if email else None


def tell(gift: Gift, news: News, *, key: str, amount_minor: int | None = None, words: str = "") -> bool:
    """Put one letter to a donor into the outbox, unless this key was told already; tell whether it was added."""
    address = address_of(gift)
    if address is None:
        return False
    with in_language(gift.locale):
        subject, text = WORDS[news](_facts(gift, amount_minor, words))
        body = link_letter(text, _link(gift, news), *_about_months(gift))
        return enqueue(address, f"giving.{news}", subject=subject, body=body, dedupe_key=f"giving:{news}:{key}")


def send_links(address: Address, locale: str, link: str, *, key: str) -> bool:
    """Send the owner of a mail address the link to all gifts made with it."""
    with in_language(locale):
        body = link_letter(_("这是您在益同行的捐赠记录，请不要转给别人。"), link)
        return enqueue(
            address,
            f"giving.{News.LINKS}",
            subject=_("您的捐赠记录"),
            body=body,
            dedupe_key=f"giving:{News.LINKS}:{key}",
        )


def _facts(gift: Gift, part_minor: int | None, words: str) -> Facts:
    return Facts(
        campaign=title_of(gift.campaign_number),
        amount=money(gift.amount_minor, gift.currency),
        number=grouped(gift.number) if gift.number else "",
        check_code=grouped(gift_check_code(gift.number)) if gift.number else "",
        part=money(part_minor, gift.currency),
        words=words,
    )


def _link(gift: Gift, news: News) -> str:
    if news is News.CONTINUE:
        return absolute_url("giving.confirm", token=private_token("gift-confirm", gift.public_id))
    return absolute_url("giving.gift", token=private_token("gift", gift.public_id))


def link_letter(text: str, link: str, *more: str) -> str:
    """Return a whole letter: a greeting, what is told, a link, perhaps more, and who writes."""
    settings = current_app.config["PORTAL"]
    foundation = settings.foundation_name_en if language() == "en" else settings.foundation_name
    return "\n\n".join((_("您好："), text, link, *more, _("益同行 · %(foundation)s", foundation=foundation))) + "\n"


def _about_months(gift: Gift) -> tuple[str, ...]:
    """Return, for a month of a monthly gift, how to change or stop what comes."""
    monthly = find_monthly(gift.id)
    if monthly is None or monthly.started_at is None:
        return ()
    return (
        _("这是每月捐赠的一次。想改金额、换卡、暂停或者停止，打开这个链接，不用登录："),
        absolute_url("giving.monthly", token=private_token("monthly", monthly.public_id)),
    )


def _continue(facts: Facts) -> tuple[str, str]:
    return _("请确认邮箱，继续捐赠"), _(
        "您想给“%(campaign)s”捐 %(amount)s。打开下面的链接，按一下“继续付款”就行。"
        "如果不是您本人操作，不用理会这封邮件，什么也不会发生。",
        campaign=facts.campaign,
        amount=facts.amount,
    )


def _thanks(facts: Facts) -> tuple[str, str]:
    return _("收到您的捐赠，谢谢"), _(
        "您给“%(campaign)s”的 %(amount)s 已经收到，谢谢您。捐赠确认编号是 %(number)s，校验码 %(check_code)s。"
        "打开下面的链接，可以看到这笔钱的去向、打印确认函、申请捐赠票据。链接只给您一个人，请不要转发。",
        campaign=facts.campaign,
        amount=facts.amount,
        number=facts.number,
        check_code=facts.check_code,
    )


def _failed(facts: Facts) -> tuple[str, str]:
    return _("这次没有付成功"), _(
        "给“%(campaign)s”的 %(amount)s 没有付成功，没有扣您的钱。想再试一次，请打开下面的链接。",
        campaign=facts.campaign,
        amount=facts.amount,
    )


def _duplicated(facts: Facts) -> tuple[str, str]:
    return _("同一笔捐赠付了两次，多的退给您"), _(
        "您给“%(campaign)s”的 %(amount)s 到了两次。我们只收一次，另一次原路退回，不用您做什么。",
        campaign=facts.campaign,
        amount=facts.amount,
    )


def _campaign_over(facts: Facts) -> tuple[str, str]:
    return _("项目已经结束，钱退给您"), _(
        "您给“%(campaign)s”的 %(amount)s 到账时，项目已经过了募捐期，按规定不能再收。"
        "钱已经在原路退回，不用您做什么。谢谢您的心意。",
        campaign=facts.campaign,
        amount=facts.amount,
    )


def _after_stop(facts: Facts) -> tuple[str, str]:
    return _("停止以后扣的钱，退给您"), _(
        "您停下给“%(campaign)s”的每月捐赠时，银行正好在扣 %(amount)s。这笔钱已经在原路退回，不用您做什么。",
        campaign=facts.campaign,
        amount=facts.amount,
    )


def _refunded(facts: Facts) -> tuple[str, str]:
    return _("已经退款"), _(
        "您给“%(campaign)s”的捐赠，已经退款 %(part)s，会原路回到您的账户，一般要几个工作日。",
        campaign=facts.campaign,
        part=facts.part,
    )


def _refund_failed(facts: Facts) -> tuple[str, str]:
    return _("退款没有退成"), _(
        "给您的退款 %(part)s 没有退成，银行把钱退了回来。我们会再处理，也请您打电话告诉我们怎样退给您：%(phone)s。",
        part=facts.part,
        phone=current_app.config["PORTAL"].contact_phone,
    )


def _refund_refused(facts: Facts) -> tuple[str, str]:
    return _("关于您的退款申请"), _(
        "您给“%(campaign)s”的捐赠这次不能退，原因：%(words)s。有疑问请打电话：%(phone)s。",
        campaign=facts.campaign,
        words=facts.words,
        phone=current_app.config["PORTAL"].contact_phone,
    )


def _receipt_issued(facts: Facts) -> tuple[str, str]:
    return _("捐赠票据已经开好"), _(
        "您给“%(campaign)s”捐赠的票据已经开好，号码在下面的链接里。", campaign=facts.campaign
    )


def _receipt_voided(facts: Facts) -> tuple[str, str]:
    return _("捐赠票据已经作废"), _(
        "您给“%(campaign)s”捐赠的票据已经作废，原因：%(words)s。需要的话，可以在下面的链接里重新申请。",
        campaign=facts.campaign,
        words=facts.words,
    )


def _transfer(facts: Facts) -> tuple[str, str]:
    return _("怎样转账给我们"), _(
        "您想给“%(campaign)s”转账 %(amount)s。转账时请在附言里写：%(words)s。账号和接下来的步骤在下面的链接里。"
        "到账以后会发确认，一般要一两个工作日。没有转账就不用理会这封邮件。",
        campaign=facts.campaign,
        amount=facts.amount,
        words=facts.words,
    )


def _buying(facts: Facts) -> tuple[str, str]:
    return _("收到您的捐赠，心愿由我们去买"), _(
        "您为心愿“%(words)s”捐的 %(amount)s 已经收到，谢谢您。接下来由基金会买好，送到服务中心，再转交给家庭，"
        "您不用再做什么。捐赠确认编号是 %(number)s，校验码 %(check_code)s。"
        "打开下面的链接，可以一直看到它走到哪一步。链接只给您一个人，请不要转发。",
        words=facts.words,
        amount=facts.amount,
        number=facts.number,
        check_code=facts.check_code,
    )


def _surplus(facts: Facts) -> tuple[str, str]:
    return _("您出钱的那个心愿不用买了"), _(
        "%(words)s按付款前说明的办法，您捐的 %(amount)s 留在“%(campaign)s”，用来买别的心愿。"
        "打开下面的链接，可以看到它的去向；还没有花出去的，也可以选退款，原路退回。",
        words=facts.words,
        amount=facts.amount,
        campaign=facts.campaign,
    )


def _bought(facts: Facts) -> tuple[str, str]:
    return _("您出钱的那个心愿圆满了"), _(
        "您出钱、由基金会代买的“%(words)s”，已经到了需要它的人手里，家庭说收到了。"
        "为了保护这个家庭，我们不说他们是谁；这声谢谢由我们来说。凭证和去向都在下面的链接里。",
        words=facts.words,
    )


WORDS: dict[News, Callable[[Facts], tuple[str, str]]] = {
    News.CONTINUE: _continue,
    News.THANKS: _thanks,
    News.FAILED: _failed,
    News.DUPLICATED: _duplicated,
    News.CAMPAIGN_OVER: _campaign_over,
    News.AFTER_STOP: _after_stop,
    News.REFUNDED: _refunded,
    News.REFUND_FAILED: _refund_failed,
    News.REFUND_REFUSED: _refund_refused,
    News.RECEIPT_ISSUED: _receipt_issued,
    News.RECEIPT_VOIDED: _receipt_voided,
    News.TRANSFER: _transfer,
    News.BUYING: _buying,
    News.SURPLUS: _surplus,
    News.BOUGHT: _bought,
}
"""Subject and text of each piece of news."""
