"""The desk where wishes are bought: what waits, asking for the money, giving up, and rescuing what nobody claims."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from portal import clock, codes
from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.buying.blueprint import blueprint
from portal.buying.forms import BuyForm
from portal.buying.ordering import PurchaseMovedOn, ask_for_money, give_up, rescue_free_minor, rescue_wish
from portal.buying.queries import DeskPurchase, find_desk_purchase, list_purchases, list_unclaimed
from portal.buying.service import find_buyable
from portal.campaigns.desk_queries import list_desk_lines
from portal.campaigns.money_forms import yuan_text
from portal.campaigns.queries import CampaignForGift, find_wish_fund_for_gift
from portal.campaigns.service import get_campaign
from portal.campaigns.spending import Ask, BudgetExceeded, MoreThanHeld
from portal.formats import money
from portal.giving.neighbours import WishNotFree
from portal.i18n import in_language
from portal.limits.service import get_limits
from portal.pledges.queries import public_items

READERS = (Role.FINANCE, Role.MODERATOR, Role.SUPERVISOR)


@blueprint.get("/admin/buying")
@staff(*READERS)
def desk_list() -> ResponseReturnValue:
    """Show what is to be bought, what is held for a donor, and what ended."""
    return render_template("buying/desk/list.html", purchases=list_purchases())


@blueprint.route("/admin/buying/<public_id>", methods=["GET", "POST"])
@staff(*READERS)
def desk_purchase(public_id: str) -> ResponseReturnValue:
    """Show one purchase, and ask for its money."""
    purchase = find_desk_purchase(public_id) or abort(404)
    form = _form(purchase.campaign_number, purchase.amount_minor)
    if form.validate_on_submit():
        if not purchase.may_ask:
            raise PurchaseMovedOn
        try:
            payment = ask_for_money(current_actor(), public_id, _ask(form, purchase.number))
        except BudgetExceeded as error:
            form.amount.errors = [_too_much_for_line(error)]
        else:
            flash(_("已提交。请另一位同事批准。"), "success")
            return redirect(_payment_url(purchase, payment), 303)
    may_act = current_actor().has_role(Role.FINANCE)
    page = render_template("buying/desk/purchase.html", p=purchase, form=form, may_act=may_act)
    return page, 422 if request.method == "POST" else 200


@blueprint.post("/admin/buying/<public_id>/give-up")
@staff(Role.FINANCE)
def desk_give_up(public_id: str) -> ResponseReturnValue:
    """Put a wish back that cannot be bought."""
    give_up(current_actor(), public_id)
    flash(_("心愿已经放回去，捐赠人会收到信，可以选退款。"), "success")
    return redirect(url_for("buying.desk_purchase", public_id=public_id), 303)


@blueprint.get("/admin/buying/rescue")
@staff(*READERS)
def desk_rescue() -> ResponseReturnValue:
    """Show the wishes nobody has claimed for so long that the Wish Fund may buy them."""
    fund = _fund()
    return render_template(
        "buying/desk/rescue.html",
        unclaimed=list_unclaimed(),
        days=get_limits().rescue_days,
        fund=fund,
        free_minor=rescue_free_minor(fund.number) if fund else 0,
        may_act=current_actor().has_role(Role.FINANCE),
    )


@blueprint.route("/admin/buying/rescue/<number>", methods=["GET", "POST"])
@staff(Role.FINANCE)
def desk_rescue_wish(number: str) -> ResponseReturnValue:
    """Take one of them for the foundation, and ask for its money."""
    fund, wish = _fund(), find_buyable(codes.tidy(number))
    if fund is None:
        raise PurchaseMovedOn
    if wish is None:
        raise WishNotFree
    form = _form(fund.number, wish.price_minor)
    if form.validate_on_submit():
        try:
            public_id = rescue_wish(current_actor(), wish.number, _ask(form, wish.number))
        except BudgetExceeded as error:
            form.amount.errors = [_too_much_for_line(error)]
        except MoreThanHeld as error:
            form.amount.errors = [
                _("心愿基金里没有指定用途的钱只有 %(amount)s。", amount=money(max(error.free_minor, 0), fund.currency))
            ]
        else:
            flash(_("已替这个心愿留下，付款已提交。请另一位同事批准。"), "success")
            return redirect(url_for("buying.desk_purchase", public_id=public_id), 303)
    free = rescue_free_minor(fund.number)
    page = render_template("buying/desk/rescue_wish.html", w=wish, fund=fund, form=form, free_minor=free)
    return page, 422 if request.method == "POST" else 200


def _fund() -> CampaignForGift | None:
    return find_wish_fund_for_gift(clock.today())


def _form(campaign_number: str, amount_minor: int) -> Any:
    form: Any = BuyForm()
    campaign = get_campaign(campaign_number)
    form.line.choices = [
        SelectChoice(
            line.id,
            _("%(line)s，还有 %(amount)s", line=line.name, amount=money(line.left_minor, campaign.currency)),
        )
        for line in list_desk_lines(campaign.id)
    ]
    if request.method == "GET":
        form.amount.data = yuan_text(amount_minor)
    return form


def _ask(form: Any, number: str) -> Ask:
    purposes = []
    for code in ("zh", "en"):
        with in_language(code):
            purposes.append(_("代买心愿：%(item)s", item=public_items([number]).get(number, number)))
    return Ask(
        budget_line_id=form.line.data,
        amount_minor=form.amount.minor or 0,
        purpose=purposes[0],
        purpose_en=purposes[1],
        supplier=form.supplier.data or "",
        is_supplier_private=bool(form.is_supplier_private.data),
    )


def _payment_url(purchase: DeskPurchase, payment: str) -> str:
    return url_for("campaigns.desk_payment", number=purchase.campaign_number, public_id=payment)


def _too_much_for_line(error: BudgetExceeded) -> str:
    return _("这一项预算只剩 %(amount)s。用途变了要先重新备案。", amount=money(error.left_minor))
