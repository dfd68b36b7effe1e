"""What pledgers are told, in their own language, by the way they chose; never who the family is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from flask_babel import format_date, format_datetime, ngettext
from flask_babel import gettext as _

from portal.i18n import in_language, language
from portal.outbox.service import Address, enqueue
from portal.pledges.models import Promise
from portal.pledges.rules import News
from portal.workdays import last_day


@dataclass(frozen=True)
class Facts:
    """What a letter may speak of; which of them it does depends on the news."""

    link: str = ""
    item: str = ""
    is_service: bool = False
    is_procuring: bool = False
    centre: str = ""
    phone: str = ""
    due_at: datetime | None = None
    at: datetime | None = None
    code: str = ""
    reason: str = ""
    count: int = 1
    lines: tuple[str, ...] = ()

    @property
    def day(self) -> str:
        """The last day that is in time, in the language of the letter."""
        return format_date(last_day(self.due_at), "long") if self.due_at else ""

    @property
    def time(self) -> str:
        """The moment the letter speaks of."""
        return format_datetime(self.at, "short") if self.at else ""


def address_of(promise: Promise) -> Address | None:
    """Return where a promise's pledger is reached, or None once the contact was purged."""
    contact = promise.contact or {}
    receiver = contact.get("email") if promise.channel == "mail" else contact.get("phone")
    return Address(promise.channel, receiver) if receiver else None


def tell(promise: Promise, news: News, facts: Callable[[], Facts], *, key: str) -> bool:
    """Put one letter to a pledger into the outbox, unless this key was told already; tell whether it was added.

    `facts` is called in the pledger's language, because names of items and
    centres depend on it.
    """
    address = address_of(promise)
    if address is None:
        return False
    with in_language(promise.locale):
        known = facts()
        subject, text = WORDS[news](known, promise.channel)
        body = _short(text, known) if promise.channel == "sms" else _long(promise, news, text, known)
        return enqueue(address, f"pledges.{news}", subject=subject, body=body, dedupe_key=f"pledges:{news}:{key}")


def _short(text: str, facts: Facts) -> str:
    parts = [_("【益同行】%(text)s", text=text), *(facts.lines if not facts.link else ()), facts.link]
    return " ".join(part for part in parts if part)


def _long(promise: Promise, news: News, text: str, facts: Facts) -> str:
    # Before the contact is confirmed the name may be a stranger's idea, so it is not sent to anybody.
    name = (promise.contact or {}).get("name") if news is not News.CONFIRM else None
    greeting = _("%(name)s，您好：", name=name) if name else _("您好：")
    settings = current_app.config["PORTAL"]
    foundation = settings.foundation_name_en if language() == "en" else settings.foundation_name
    foot = _("益同行 · %(foundation)s", foundation=foundation)
    listed = "\n".join(facts.lines)
    return "\n\n".join(part for part in (greeting, text, listed, facts.link, foot) if part) + "\n"


def _confirm(facts: Facts, channel: str) -> tuple[str, str]:
    subject = _("请确认您的认领")
    if channel == "sms":
        return subject, _(
            "%(code)s 是您的认领确认码，%(time)s前有效。如果不是您本人操作，不用理会。",
            code=facts.code,
            time=facts.time,
        )
    return subject, _(
        "请在%(time)s前打开下面的链接，按一下“确认认领”。过了这个时间，心愿会回到列表里，不算失约。"
        "如果不是您本人操作，不用理会这封邮件。",
        time=facts.time,
    )


def _pledged(facts: Facts, channel: str) -> tuple[str, str]:
    text = ngettext(
        "您认领的 %(num)s 个心愿已经确认，谢谢。请在%(day)s前（含当天）联系服务中心，或者在页面上告诉我们您已在准备。",
        "您认领的 %(num)s 个心愿已经确认，谢谢。请在%(day)s前（含当天）联系服务中心，或者在页面上告诉我们您已在准备。",
        facts.count,
        day=facts.day,
    )
    return _("认领已确认"), text


def _reminder(facts: Facts, channel: str) -> tuple[str, str]:
    subject = _("提醒：您认领的心愿")
    if facts.count > 1:
        return subject, _(
            "您认领的 %(count)s 个心愿，时间已经过半，请看清各自的日期。来不及可以延期一次，做不到也可以取消。",
            count=facts.count,
        )
    if not facts.is_procuring:
        return subject, _(
            "请在%(day)s前（含当天）就“%(item)s”联系服务中心，或者在页面上告诉我们您已在准备。"
            "来不及可以延期一次，做不到也可以取消。",
            day=facts.day,
            item=facts.item,
        )
    if facts.is_service:
        return subject, _(
            "“%(item)s”请在%(day)s前（含当天）和%(centre)s约好时间并完成。来不及可以延期一次，做不到也可以取消。",
            day=facts.day,
            item=facts.item,
            centre=facts.centre,
        )
    return subject, _(
        "“%(item)s”请在%(day)s前（含当天）送到%(centre)s。来不及可以延期一次，做不到也可以取消。",
        day=facts.day,
        item=facts.item,
        centre=facts.centre,
    )


def _procuring(facts: Facts, channel: str) -> tuple[str, str]:
    subject = _("知道您在准备了")
    if facts.count > 1:
        return subject, _("知道您在准备 %(count)s 个心愿了，谢谢。请看清各自的日期和交货码。", count=facts.count)
    if facts.is_service:
        return subject, _(
            "知道您在准备“%(item)s”了，谢谢。请在%(day)s前（含当天）由%(centre)s约好时间并完成。",
            item=facts.item,
            day=facts.day,
            centre=facts.centre,
        )
    return subject, _(
        "知道您在准备“%(item)s”了，谢谢。请在%(day)s前（含当天）送到%(centre)s，交货码是 %(code)s。",
        item=facts.item,
        day=facts.day,
        centre=facts.centre,
        code=facts.code,
    )


def _arranged(facts: Facts, channel: str) -> tuple[str, str]:
    return _("服务时间约好了"), _(
        "%(centre)s为“%(item)s”约好了时间：%(time)s。不能去请尽早打电话：%(phone)s。",
        centre=facts.centre,
        item=facts.item,
        time=facts.time,
        phone=facts.phone,
    )


def _received(facts: Facts, channel: str) -> tuple[str, str]:
    return _("服务中心收到了"), _(
        "%(centre)s已经收下“%(item)s”，接下来由工作人员转交，您不用再做什么。谢谢您。",
        centre=facts.centre,
        item=facts.item,
    )


def _refused(facts: Facts, channel: str) -> tuple[str, str]:
    if facts.is_service:
        return _("这个服务要再约一次"), _(
            "“%(item)s”要再约一次，原因：%(reason)s。请在%(day)s前（含当天）和%(centre)s约好时间并完成，电话：%(phone)s。",
            item=facts.item,
            reason=facts.reason,
            day=facts.day,
            centre=facts.centre,
            phone=facts.phone,
        )
    # Also said of what was taken in and proved wrong in the family's hands, so it does not say that it was refused.
    return _("请换一个再送来"), _(
        "“%(item)s”要请您换一个，原因：%(reason)s。请在%(day)s前（含当天）送到%(centre)s，新的交货码是 %(code)s。",
        centre=facts.centre,
        item=facts.item,
        reason=facts.reason,
        day=facts.day,
        code=facts.code,
    )


def _handed_over(facts: Facts, channel: str) -> tuple[str, str]:
    return _("已经交到需要的人手里"), _("您认领的“%(item)s”已经到了需要它的人手里。谢谢您。", item=facts.item)


def _fulfilled(facts: Facts, channel: str) -> tuple[str, str]:
    return _("这个心愿圆满了"), _(
        "您认领的“%(item)s”，心愿已经圆满。为了保护这个家庭，我们不说他们是谁，也不请他们道谢；这声谢谢由我们来说。",
        item=facts.item,
    )


def _cancelled(facts: Facts, channel: str) -> tuple[str, str]:
    return _("认领已取消"), _("“%(item)s”的认领已经取消，心愿回到了列表里。以后方便时再来就好。", item=facts.item)


def _lapsed(facts: Facts, channel: str) -> tuple[str, str]:
    if facts.count > 1:
        return _("认领已到期"), _(
            "有 %(count)s 个心愿到约定的日子还没有办好，认领已经结束，心愿回到了列表里。"
            "如果东西已经寄出，请打服务中心的电话。",
            count=facts.count,
        )
    return _("认领已到期"), _(
        "“%(item)s”到约定的日子还没有办好，认领已经结束，心愿回到了列表里。如果东西已经寄出，请打%(centre)s电话：%(phone)s。",
        item=facts.item,
        centre=facts.centre,
        phone=facts.phone,
    )


def _blocked(facts: Facts, channel: str) -> tuple[str, str]:
    return _("暂时不能认领新的心愿"), _(
        "有 %(count)s 次认领没有按时办好，%(day)s前（含当天）请先不要认领新的心愿；"
        "手上的认领可以照常办完。有难处请打电话：%(phone)s。",
        count=facts.count,
        day=facts.day,
        phone=facts.phone,
    )


def _unblocked(facts: Facts, channel: str) -> tuple[str, str]:
    return _("您又可以认领心愿了"), _("暂停已经提前结束，您又可以认领心愿了。谢谢您愿意再来。")


def _withdrawn(facts: Facts, channel: str) -> tuple[str, str]:
    return _("这个心愿不再需要了"), _(
        "“%(item)s”这个心愿不再需要了，您的认领到此结束，不算失约。如果已经买好，请打%(centre)s电话商量：%(phone)s。",
        item=facts.item,
        centre=facts.centre,
        phone=facts.phone,
    )


def _reopened(facts: Facts, channel: str) -> tuple[str, str]:
    return _("这个心愿要重新安排"), _(
        "“%(item)s”这个心愿要由服务中心重新安排，您的认领到此结束，不算失约。谢谢您。", item=facts.item
    )


def _suspended(facts: Facts, channel: str) -> tuple[str, str]:
    return _("这个心愿暂停了"), _(
        "“%(item)s”这个心愿暂停了，您的认领到此结束，不算失约。如果已经买好，请打%(centre)s电话商量：%(phone)s。",
        item=facts.item,
        centre=facts.centre,
        phone=facts.phone,
    )


def _links(facts: Facts, channel: str) -> tuple[str, str]:
    return _("您的认领页面"), _("这是您在益同行的认领页面，请不要转给别人。")


def _renewed(facts: Facts, channel: str) -> tuple[str, str]:
    return _("认领页面换了新链接"), _(
        "有一位同事不再代表您的单位了。为了稳妥，单位正在办的认领都换了新链接，以前的链接打不开了。"
        "交货码没有变，寄出的不用改。登录后，在单位的页面上也能找到全部认领。"
    )


WORDS: dict[News, Callable[[Facts, str], tuple[str, str]]] = {
    News.CONFIRM: _confirm,
    News.PLEDGED: _pledged,
    News.REMINDER: _reminder,
    News.PROCURING: _procuring,
    News.ARRANGED: _arranged,
    News.RECEIVED: _received,
    News.REFUSED: _refused,
    News.HANDED_OVER: _handed_over,
    News.FULFILLED: _fulfilled,
    News.CANCELLED: _cancelled,
    News.LAPSED: _lapsed,
    News.BLOCKED: _blocked,
    News.UNBLOCKED: _unblocked,
    News.WITHDRAWN: _withdrawn,
    News.REOPENED: _reopened,
    News.SUSPENDED: _suspended,
    News.LINKS: _links,
    News.RENEWED: _renewed,
}
"""Subject and text of each piece of news; a text serves mail and short message alike."""
