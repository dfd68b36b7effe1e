"""The donor's private page of a monthly gift: what was given, what comes, and how to change, pause, move or stop it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import private_link
from portal.giving.amounts import write_amount
from portal.giving.blueprint import blueprint, go_to, named_by
from portal.giving.forms import MonthlyAmountForm
from portal.giving.gateways.protocol import GatewayRefused, GatewayUnavailable
from portal.giving.gateways.registry import GatewayUnknown
from portal.giving.labels import MONTHLY_LABELS, MONTHLY_TONES
from portal.giving.making import CampaignTakesNoGifts
from portal.giving.monthly import (
    MonthlyNotFound,
    MonthlyStopped,
    carry_out,
    find_card_page,
    look_at_monthly,
    move,
    wish,
    wish_amount,
)
from portal.giving.monthly_queries import get_own_monthly
from portal.giving.monthly_rules import Wish
from portal.limits.service import get_limits
from portal.web import error_page


@blueprint.errorhandler(MonthlyNotFound)
def _on_not_found(error: LookupError) -> tuple[str, int]:
    return error_page(404, _("没有找到这笔每月捐赠"), _("链接可能不完整。请从邮件里重新打开。"))


@blueprint.errorhandler(MonthlyStopped)
def _on_stopped(error: Exception) -> tuple[str, int]:
    return error_page(409, _("这笔每月捐赠已经停止"), _("以后不会再扣钱，所以也不用再改了。"))


@blueprint.get("/monthly/<token>")
@private_link
def monthly(token: str) -> ResponseReturnValue:
    """Show one monthly gift to whoever holds its address."""
    return _page(token)


@blueprint.post("/monthly/<token>/amount")
@private_link
def change_amount(token: str) -> ResponseReturnValue:
    """Let the months to come be of another amount."""
    public_id = named_by("monthly", token)
    form = _amount_form(get_own_monthly(public_id).currency)
    if not form.validate_on_submit():
        return _page(token, amount_form=form), 422
    wish_amount(public_id, form.amount_minor)
    return _carried_out(token, _("改好了，从下一次起按新的金额。确认邮件已经发出。"))


@blueprint.post("/monthly/<token>/pause")
@private_link
def pause(token: str) -> ResponseReturnValue:
    """Charge nothing until the donor wants to go on."""
    wish(named_by("monthly", token), Wish.PAUSED)
    return _carried_out(token, _("已经暂停，暂停期间不扣钱。确认邮件已经发出。"))


@blueprint.post("/monthly/<token>/resume")
@private_link
def resume(token: str) -> ResponseReturnValue:
    """Go on with the next month."""
    wish(named_by("monthly", token), Wish.ACTIVE)
    return _carried_out(token, _("又继续了，谢谢您。确认邮件已经发出。"))


@blueprint.post("/monthly/<token>/stop")
@private_link
def stop(token: str) -> ResponseReturnValue:
    """End it for good; pressed twice it is ended once."""
    wish(named_by("monthly", token), Wish.STOPPED)
    return _carried_out(token, _("已经停止，以后不会再扣钱。确认邮件已经发出。"))


@blueprint.post("/monthly/<token>/move")
@private_link
def move_to(token: str) -> ResponseReturnValue:
    """Give the months to come to another campaign."""
    public_id = named_by("monthly", token)
    try:
        move(public_id, request.form.get("campaign", ""))
    except CampaignTakesNoGifts:
        flash(_("请选一个正在募捐的项目。"), "warning")
        return redirect(url_for("giving.monthly", token=token), 303)
    return _carried_out(token, _("改好了，从下一次起捐给新选的项目。确认邮件已经发出。"))


@blueprint.post("/monthly/<token>/card")
@private_link
def change_card(token: str) -> ResponseReturnValue:
    """Send the donor to the provider's page on which another card is left."""
    try:
        return go_to(find_card_page(named_by("monthly", token)))
    except (GatewayUnavailable, GatewayRefused, GatewayUnknown):
        flash(_("换卡的页面这会儿打不开，什么也没有变。请过一会儿再试。"), "warning")
    return redirect(url_for("giving.monthly", token=token), 303)


@blueprint.get("/monthly/<token>/back")
@private_link
def card_back(token: str) -> ResponseReturnValue:
    """Learn from the provider which card it is now, as the donor comes back from there."""
    look_at_monthly(named_by("monthly", token))
    return redirect(url_for("giving.monthly", token=token), 303)


def _carried_out(token: str, done: str) -> ResponseReturnValue:
    if carry_out(named_by("monthly", token)):
        flash(done, "success")
    else:
        flash(_("已经记下。支付机构这会儿没有答复，我们会接着办，办好就发邮件告诉您。"), "info")
    return redirect(url_for("giving.monthly", token=token), 303)


def _amount_form(currency: str) -> Any:
    form = MonthlyAmountForm(prefix="amount")
    limits = get_limits()
    form.bounds, form.currency = (limits.gift_min_minor, limits.gift_max_minor), currency
    return form


def _page(token: str, **forms: Any) -> str:
    own = get_own_monthly(named_by("monthly", token))
    amount_form = forms.get("amount_form")
    if amount_form is None:
        amount_form = _amount_form(own.currency)
        amount_form.amount.data = write_amount(own.wanted_amount_minor)
    return render_template(
        "giving/monthly.html",
        own=own,
        token=token,
        amount_form=amount_form,
        label=MONTHLY_LABELS[own.state],
        tone=MONTHLY_TONES[own.state],
    )
