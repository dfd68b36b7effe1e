"""From a gift that is written down to the page where it is paid, as answers to a browser."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.codes import private_token
from portal.giving.blueprint import go_to
from portal.giving.letters import tell
from portal.giving.making import GiftPaid, PaymentUnderWay, TooManyAttempts, get_gift
from portal.giving.paying import PayPageMissing, find_pay_page
from portal.giving.rules import News
from portal.giving.throttling import range_hash
from portal.giving.transferring import tell_how_to_transfer


def ask_to_confirm(public_id: str) -> None:
    """Send the link by which a donor shows that the mail address is theirs; at most once a minute."""
    tell(get_gift(public_id), News.CONTINUE, key=f"{public_id}:{clock.now():%Y%m%d%H%M}")


def send_to_pay(public_id: str, gateway: str) -> ResponseReturnValue:
    """Answer with the way to where a gift is paid, or with the donor's page where that is not possible now."""
    try:
        address = find_pay_page(public_id, gateway, range_hash())
        tell_how_to_transfer(public_id)
        return go_to(address)
    except PayPageMissing:
        flash(_("付款页面这会儿打不开，没有扣钱。捐赠已经记下，请过一会儿在这里再试。"), "warning")
    except PaymentUnderWay:
        flash(_("银行正在处理上一次付款，请先等一等，不要重复付。"), "info")
    except TooManyAttempts:
        flash(_("这笔捐赠试了太多次。请从项目页面重新开始。"), "warning")
    except GiftPaid:
        flash(_("这笔捐赠已经付过了。"), "info")
    return redirect(url_for("giving.gift", token=private_token("gift", public_id)), 303)
