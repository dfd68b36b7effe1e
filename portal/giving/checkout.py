"""From a gift that is written down to the page where it is paid, as answers to a browser."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock
from portal.codes import private_token
from portal.giving.blueprint import go_to
from portal.giving.gateways.registry import GatewayUnknown
from portal.giving.letters import tell
from portal.giving.making import Donor, GiftPaid, MadeGift, PaymentUnderWay, TooManyAttempts, get_gift
from portal.giving.neighbours import WishNotFree
from portal.giving.paying import PayPageMissing, find_pay_page
from portal.giving.rules import News
from portal.giving.throttling import must_confirm, range_hash
from portal.giving.transferring import tell_how_to_transfer
from portal.i18n import language


def ask_to_confirm(public_id: str) -> None:
    """Send the link by which a donor shows that the mail address is theirs; at most once a minute."""
    tell(get_gift(public_id), News.CONTINUE, key=f"{public_id}:{clock.now():%Y%m%d%H%M}")


def go_on(made: MadeGift, gateway: str, *, is_guest: bool) -> ResponseReturnValue:
    """Answer the form by which a gift was made: on to paying, by way of the mail where that must be confirmed first."""
    token = private_token("gift", made.public_id)
    if not made.is_same:
        flash(_("这张表单刚才已经提交过，金额以那一次为准。想捐另一笔，请从项目页面重新开始。"), "info")
        return redirect(url_for("giving.gift", token=token), 303)
    gift = get_gift(made.public_id)
    if is_guest and gift.contact_confirmed_at is None and must_confirm(range_hash()):
        ask_to_confirm(made.public_id)
        return redirect(url_for("giving.waiting", token=private_token("gift-waiting", made.public_id)), 303)
    return send_to_pay(made.public_id, gateway)


def send_to_pay(public_id: str, gateway: str) -> ResponseReturnValue:
    """Answer with the way to where a gift is paid, or with the donor's page where that is not possible now."""
    try:
        address = find_pay_page(public_id, gateway, range_hash())
        tell_how_to_transfer(public_id)
        return go_to(address)
    except (PayPageMissing, GatewayUnknown):
        flash(_("付款页面这会儿打不开，没有扣钱。捐赠已经记下，请过一会儿在这里再试。"), "warning")
    except PaymentUnderWay:
        flash(_("银行正在处理上一次付款，请先等一等，不要重复付。"), "info")
    except TooManyAttempts:
        flash(_("这笔捐赠试了太多次。请从项目页面重新开始。"), "warning")
    except GiftPaid:
        flash(_("这笔捐赠已经付过了。"), "info")
    except WishNotFree:
        flash(_("付款前保留的时间过了，这个心愿已经有别人认领，或者不再公开。您没有付任何钱。"), "warning")
    return redirect(url_for("giving.gift", token=private_token("gift", public_id)), 303)


def donor_of(form: Any) -> Donor:
    """Return who gives: whoever is signed in, else the mail address of the form."""
    if current_user.is_authenticated:
        return Donor(current_user.email.lower(), language(), current_user.name, current_user.id)
    return Donor(form.address, language())
