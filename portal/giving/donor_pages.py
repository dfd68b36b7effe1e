"""The donor's private page of one gift: how it stands, what comes next, paying again, asking for money back."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import private_link
from portal.codes import private_token
from portal.giving.blueprint import blueprint, named_by
from portal.giving.checkout import ask_to_confirm, send_to_pay
from portal.giving.forms import ReceiptAskForm, RefundAskForm
from portal.giving.making import confirm_contact, get_gift
from portal.giving.own_queries import get_own_gift
from portal.giving.paying import list_ways_to_pay, look_again
from portal.giving.receipts import ask_for_receipt
from portal.giving.refunding import ask_for_refund
from portal.giving.throttling import LETTERS_TO_A_CONTACT, must_confirm, range_hash, throttle_start
from portal.throttle.service import count_try


@blueprint.get("/gifts/<token>")
@private_link
def gift(token: str) -> ResponseReturnValue:
    """Show one gift to whoever holds its address."""
    return _page(token)


@blueprint.get("/gifts/<token>/back")
@private_link
def come_back(token: str) -> ResponseReturnValue:
    """Ask the provider how the payment went, as the donor comes back from there; the address itself proves nothing."""
    look_again(named_by("gift", token))
    return redirect(url_for("giving.gift", token=token), 303)


@blueprint.get("/gifts/<token>/left")
@private_link
def leave(token: str) -> ResponseReturnValue:
    """Meet a donor who left the provider's page without paying."""
    public_id = named_by("gift", token)
    look_again(public_id)
    if not get_own_gift(public_id).is_given:
        flash(_("您没有付款，也没有扣钱。想好了随时可以在这里继续。"), "info")
    return redirect(url_for("giving.gift", token=token), 303)


@blueprint.post("/gifts/<token>/pay")
@private_link
def pay(token: str) -> ResponseReturnValue:
    """Send the donor to where the gift is paid: for the first time, or again after a failure."""
    public_id = named_by("gift", token)
    row = get_gift(public_id)
    throttle_start(row.contact_hash)
    if row.contact_confirmed_at is None and must_confirm(range_hash()):
        ask_to_confirm(public_id)
        return redirect(url_for("giving.waiting", token=private_token("gift-waiting", public_id)), 303)
    gateways = [gateway.name for gateway in list_ways_to_pay(public_id)]
    wanted = request.form.get("gateway", "")
    if not gateways:
        abort(409)
    look_again(public_id)
    return send_to_pay(public_id, wanted if wanted in gateways else gateways[0])


@blueprint.post("/gifts/<token>/refund")
@private_link
def ask_refund(token: str) -> ResponseReturnValue:
    """Note that the donor wants the money back; pressed twice it is noted once."""
    form = RefundAskForm(prefix="refund")
    if not form.validate_on_submit():
        return _page(token, refund_form=form), 422
    ask_for_refund(named_by("gift", token), form.words.data)
    flash(_("退款申请收到了。财务看过以后，会发邮件告诉您。"), "success")
    return redirect(url_for("giving.gift", token=token), 303)


@blueprint.post("/gifts/<token>/official-receipt")
@private_link
def ask_receipt(token: str) -> ResponseReturnValue:
    """Note that the donor wants an official receipt."""
    form = ReceiptAskForm(prefix="receipt")
    if not form.validate_on_submit():
        return _page(token, receipt_form=form), 422
    ask_for_receipt(named_by("gift", token), form.title.data, form.tax_number.data)
    flash(_("票据申请收到了。开好以后，会发邮件告诉您号码。"), "success")
    return redirect(url_for("giving.gift", token=token), 303)


@blueprint.get("/gifts/waiting/<token>")
@private_link
def waiting(token: str) -> ResponseReturnValue:
    """Say that a mail is on its way; the page itself gives no way in."""
    own = get_own_gift(named_by("gift-waiting", token))
    return render_template("giving/waiting.html", gift=own, token=token)


@blueprint.post("/gifts/waiting/<token>/again")
@private_link
def send_again(token: str) -> ResponseReturnValue:
    """Send the mail once more."""
    public_id = named_by("gift-waiting", token)
    count_try(LETTERS_TO_A_CONTACT, get_gift(public_id).contact_hash)
    ask_to_confirm(public_id)
    flash(_("又发了一次，请稍等一两分钟再看。"), "success")
    return redirect(url_for("giving.waiting", token=token), 303)


@blueprint.get("/gifts/confirm/<token>")
@private_link
def confirm(token: str) -> ResponseReturnValue:
    """Ask for the button press that goes on; opening alone does nothing, as mail scanners open links too."""
    return render_template("giving/confirm.html", gift=get_own_gift(named_by("gift-confirm", token)), token=token)


@blueprint.post("/gifts/confirm/<token>")
@private_link
def confirm_now(token: str) -> ResponseReturnValue:
    """Go on to paying with a mail address that is known to be the donor's own."""
    public_id = named_by("gift-confirm", token)
    confirm_contact(public_id)
    row = get_gift(public_id)
    throttle_start(row.contact_hash)
    gateways = list_ways_to_pay(public_id)
    return send_to_pay(public_id, gateways[0].name) if gateways else abort(409)


def _page(token: str, **forms: Any) -> str:
    public_id = named_by("gift", token)
    own = get_own_gift(public_id)
    given = {"refund_form": RefundAskForm(prefix="refund"), "receipt_form": ReceiptAskForm(prefix="receipt")} | forms
    return render_template("giving/gift.html", gift=own, token=token, gateways=list_ways_to_pay(public_id), **given)
