"""What the kinds of messages are called on the desk; kept complete by a test."""

from typing import Any

from flask_babel import lazy_gettext

from portal.giving.commitment_rules import CommitmentNews
from portal.giving.monthly_rules import MonthlyNews
from portal.giving.rules import News as GiftNews
from portal.pledges.rules import News

KIND_LABELS: dict[str, Any] = {
    "welcome": lazy_gettext("新账号：请设密码"),
    "password-link": lazy_gettext("重新设置密码"),
    "password-changed": lazy_gettext("密码已更改"),
    "second-factor-reset": lazy_gettext("动态口令已重置"),
    "recovery-code-used": lazy_gettext("用了备用码"),
    "registration": lazy_gettext("单位登记：请确认邮箱"),
    "already-known": lazy_gettext("单位登记：已有账号"),
    "organisation-certified": lazy_gettext("单位认证通过"),
    "organisation-refused": lazy_gettext("单位登记需要修改"),
    "organisation-suspended": lazy_gettext("单位的认领暂停"),
    "invitation": lazy_gettext("邀请代表单位"),
    "wish_returned": lazy_gettext("给报送人：心愿被退回"),
    "publication.refused": lazy_gettext("给审核员：文字被退回"),
    "overdue": lazy_gettext("给工作人员：心愿逾期"),
    "rescue": lazy_gettext("给单位：久等的心愿"),
    "rescue_moderator": lazy_gettext("给审核员：到期无人认领"),
    "family_news": lazy_gettext("给家庭：有新进展"),
    "family_goods_here": lazy_gettext("给家庭：物品到了"),
    "family_appointment": lazy_gettext("给家庭：服务约好了"),
    "family_reminder": lazy_gettext("给家庭：请确认收到没有"),
    "campaign.question": lazy_gettext("给工作人员：项目的提问"),
    "campaign.answered": lazy_gettext("给提问的人：有答复了"),
    "campaign.report": lazy_gettext("给财务：项目该公开了"),
    f"pledges.{News.CONFIRM}": lazy_gettext("给认领人：请确认"),
    f"pledges.{News.PLEDGED}": lazy_gettext("给认领人：认领已确认"),
    f"pledges.{News.REMINDER}": lazy_gettext("给认领人：时间过半"),
    f"pledges.{News.PROCURING}": lazy_gettext("给认领人：知道在准备了"),
    f"pledges.{News.ARRANGED}": lazy_gettext("给认领人：服务约好了"),
    f"pledges.{News.RECEIVED}": lazy_gettext("给认领人：中心收到了"),
    f"pledges.{News.REFUSED}": lazy_gettext("给认领人：请换一个"),
    f"pledges.{News.HANDED_OVER}": lazy_gettext("给认领人：已交到家庭手里"),
    f"pledges.{News.FULFILLED}": lazy_gettext("给认领人：心愿圆满"),
    f"pledges.{News.CANCELLED}": lazy_gettext("给认领人：认领已取消"),
    f"pledges.{News.LAPSED}": lazy_gettext("给认领人：认领到期"),
    f"pledges.{News.BLOCKED}": lazy_gettext("给认领人：暂停认领"),
    f"pledges.{News.UNBLOCKED}": lazy_gettext("给认领人：可以再认领"),
    f"pledges.{News.WITHDRAWN}": lazy_gettext("给认领人：心愿不再需要"),
    f"pledges.{News.REOPENED}": lazy_gettext("给认领人：心愿重新安排"),
    f"pledges.{News.SUSPENDED}": lazy_gettext("给认领人：心愿暂停"),
    f"pledges.{News.LINKS}": lazy_gettext("给认领人：认领页面"),
    f"pledges.{News.RENEWED}": lazy_gettext("给认领人：链接换新"),
    f"giving.{GiftNews.CONTINUE}": lazy_gettext("给捐赠人：接着完成捐赠"),
    f"giving.{GiftNews.THANKS}": lazy_gettext("给捐赠人：收到捐赠"),
    f"giving.{GiftNews.FAILED}": lazy_gettext("给捐赠人：没有付成"),
    f"giving.{GiftNews.DUPLICATED}": lazy_gettext("给捐赠人：付了两次"),
    f"giving.{GiftNews.CAMPAIGN_OVER}": lazy_gettext("给捐赠人：项目已结束"),
    f"giving.{GiftNews.AFTER_STOP}": lazy_gettext("给捐赠人：停止以后扣的钱退回"),
    f"giving.{CommitmentNews.BEGUN}": lazy_gettext("给配捐单位：配捐开始"),
    f"giving.{CommitmentNews.OWED}": lazy_gettext("给配捐单位：该付的款"),
    f"giving.{CommitmentNews.ARRIVED}": lazy_gettext("给配捐单位：到账"),
    f"giving.{MonthlyNews.CHANGED}": lazy_gettext("给每月捐赠人：金额改了"),
    f"giving.{MonthlyNews.CARD}": lazy_gettext("给每月捐赠人：换了卡"),
    f"giving.{MonthlyNews.FAILED}": lazy_gettext("给每月捐赠人：这个月没有付成"),
    f"giving.{MonthlyNews.PAUSED}": lazy_gettext("给每月捐赠人：已暂停"),
    f"giving.{MonthlyNews.HELD}": lazy_gettext("给每月捐赠人：项目不收捐款，先停下"),
    f"giving.{MonthlyNews.RESUMED}": lazy_gettext("给每月捐赠人：又继续了"),
    f"giving.{MonthlyNews.MOVED}": lazy_gettext("给每月捐赠人：改捐别的项目"),
    f"giving.{MonthlyNews.STOPPED}": lazy_gettext("给每月捐赠人：已停止"),
    f"giving.{GiftNews.REFUNDED}": lazy_gettext("给捐赠人：已退款"),
    f"giving.{GiftNews.REFUND_FAILED}": lazy_gettext("给捐赠人：退款没成"),
    f"giving.{GiftNews.REFUND_REFUSED}": lazy_gettext("给捐赠人：不能退款"),
    f"giving.{GiftNews.RECEIPT_ISSUED}": lazy_gettext("给捐赠人：票据已开"),
    f"giving.{GiftNews.TRANSFER}": lazy_gettext("给捐赠人：怎样转账"),
    f"giving.{GiftNews.RECEIPT_VOIDED}": lazy_gettext("给捐赠人：票据作废"),
    f"giving.{GiftNews.BUYING}": lazy_gettext("给捐赠人：心愿由我们去买"),
    f"giving.{GiftNews.SURPLUS}": lazy_gettext("给捐赠人：心愿不用买了"),
    f"giving.{GiftNews.BOUGHT}": lazy_gettext("给捐赠人：出钱的心愿圆满"),
    "purchase.overdue": lazy_gettext("给工作人员：代买的心愿逾期"),
    f"giving.{GiftNews.LINKS}": lazy_gettext("给捐赠人：捐赠记录"),
}


def kind_label(kind: str) -> str:
    """Return what a kind of message is called; one without a name is another message, whatever its code."""
    return str(KIND_LABELS.get(kind, lazy_gettext("其他消息")))
