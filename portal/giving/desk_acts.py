"""The desk's pages of one gift and its acts: refunds, refusals, official receipts, what is held."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.codes import new_public_id, private_token, read_private_token
from portal.formats import money
from portal.gate.forms import held_words
from portal.gate.rules import HoldsPersonalData
from portal.giving.amounts import write_amount
from portal.giving.blueprint import blueprint
from portal.giving.desk import READERS, gateway_labels
from portal.giving.desk_forms import IssueForm, ReasonForm, RefundForm
from portal.giving.desk_queries import get_desk_gift, list_holds
from portal.giving.gateways.protocol import GatewayRefused, GatewayUnavailable
from portal.giving.gateways.registry import GatewayUnknown
from portal.giving.holding import HoldNotFound, HoldSettled, return_hold, set_hold_aside
from portal.giving.labels import (
    PAYMENT_LABELS,
    REASON_LABELS,
    REFUND_LABELS,
    STATE_LABELS,
    STATE_TONES,
    WHY_HELD_LABELS,
    WORDS_LABELS,
)
from portal.giving.receipts import Issued, ReceiptMovedOn, ReceiptNumberTaken, issue_receipt, void_receipt
from portal.giving.refunding import NothingAsked, refuse_refund, request_refund, send_refund
from portal.giving.rules import RefundReason, RefundTooMuch


@blueprint.get("/admin/giving/gifts/<public_id>")
@staff(*READERS)
def show_gift(public_id: str) -> ResponseReturnValue:
    """Show one gift and what finance may do with it."""
    return _page(public_id)


@blueprint.post("/admin/giving/gifts/<public_id>/refund")
@staff(Role.FINANCE)
def refund_gift(public_id: str) -> ResponseReturnValue:
    """Give a part or the whole of a gift back."""
    form = RefundForm(prefix="refund")
    if not form.validate_on_submit():
        return _page(public_id, refund_form=form), 422
    name = read_private_token("refund-form", form.key.data or "") or new_public_id()
    reason = RefundReason(form.reason.data)
    try:
        refund_id = request_refund(
            current_actor(), public_id, form.amount_minor, reason, form.note.data, public_id=name
        )
    except RefundTooMuch as wrong:
        form.amount.errors = [_("最多还能退 %(left)s。", left=money(wrong.left_minor))]
        return _page(public_id, refund_form=form), 422
    if send_refund(refund_id):
        flash(_("退款已经交给支付机构。"), "success")
    else:
        flash(_("退款已经记下，支付机构还没有答复，稍后会自动再试。"), "info")
    return _back(public_id)


@blueprint.post("/admin/giving/gifts/<public_id>/refuse-refund")
@staff(Role.FINANCE)
def refuse(public_id: str) -> ResponseReturnValue:
    """Tell a donor that the money is not given back."""
    form = ReasonForm(prefix="refuse")
    if not form.validate_on_submit():
        return _page(public_id, refuse_form=form), 422
    try:
        refuse_refund(current_actor(), public_id, form.reason.data)
        flash(_("已经答复捐赠人。"), "success")
    except HoldsPersonalData as error:
        form.reason.errors = [held_words(error)]
        return _page(public_id, refuse_form=form), 422
    except NothingAsked:
        flash(_("别人刚处理过。"), "info")
    return _back(public_id)


@blueprint.post("/admin/giving/gifts/<public_id>/receipts/<int:receipt_id>/issue")
@staff(Role.FINANCE)
def issue(public_id: str, receipt_id: int) -> ResponseReturnValue:
    """Record the numbers of an official receipt."""
    form = IssueForm(prefix="issue")
    if not form.validate_on_submit():
        return _page(public_id, issue_form=form), 422
    issued = Issued(form.receipt_code.data, form.receipt_no.data, form.check_code.data, form.issued_on.data)
    try:
        issue_receipt(current_actor(), receipt_id, issued)
        flash(_("记下了，已经告诉捐赠人。"), "success")
    except ReceiptNumberTaken:
        form.receipt_no.errors = [_("这个号码已经登记在另一笔捐赠上，请再核对一下。")]
        return _page(public_id, issue_form=form), 422
    except ReceiptMovedOn:
        flash(_("别人刚处理过。"), "info")
    return _back(public_id)


@blueprint.post("/admin/giving/gifts/<public_id>/receipts/<int:receipt_id>/void")
@staff(Role.FINANCE)
def void(public_id: str, receipt_id: int) -> ResponseReturnValue:
    """Record that an official receipt is void, and whether it is to be issued anew."""
    form = ReasonForm(prefix="void")
    if not form.validate_on_submit():
        return _page(public_id, void_form=form), 422
    try:
        void_receipt(current_actor(), receipt_id, form.reason.data, reissue=request.form.get("reissue") == "1")
        flash(_("已经作废。"), "success")
    except ReceiptMovedOn:
        flash(_("别人刚处理过。"), "info")
    return _back(public_id)


@blueprint.get("/admin/giving/holds", endpoint="list_holds")
@staff(*READERS)
def show_holds() -> str:
    """List what does not fit and waits for a person, and what was decided lately."""
    return render_template(
        "giving/desk/holds.html",
        waiting=list_holds(),
        settled=list_holds(is_open=False)[:20],
        why_labels=WHY_HELD_LABELS,
        gateway_labels=gateway_labels(),
    )


@blueprint.post("/admin/giving/holds/<int:hold_id>")
@staff(Role.FINANCE)
def settle_hold(hold_id: int) -> ResponseReturnValue:
    """Send what is held back whence it came, or set it aside."""
    note = (request.form.get("reason") or "").strip()[:500]
    if not note:
        flash(_("请写下原因，以后查账的人要看。"), "warning")
        return redirect(url_for("giving.list_holds"), 303)
    try:
        if request.form.get("verdict") == "return":
            return_hold(current_actor(), hold_id, note)
            flash(_("已经原路退回。"), "success")
        else:
            set_hold_aside(current_actor(), hold_id, note)
            flash(_("已经放下，不用再处理。"), "success")
    except HoldSettled:
        flash(_("别人刚处理过。"), "info")
    except (HoldNotFound, GatewayRefused, GatewayUnknown):
        flash(_("支付机构没有退。请到支付机构的页面上看看，再决定怎么办。"), "warning")
    except GatewayUnavailable:
        flash(_("支付机构没有答复，请过一会儿再试。"), "warning")
    return redirect(url_for("giving.list_holds"), 303)


def _back(public_id: str) -> ResponseReturnValue:
    return redirect(url_for("giving.show_gift", public_id=public_id), 303)


def _page(public_id: str, **forms: Any) -> str:
    gift = get_desk_gift(public_id)
    refund_form = forms.pop("refund_form", None) or _refund_form(gift.left_minor)
    given = {
        "refuse_form": ReasonForm(prefix="refuse"),
        "issue_form": IssueForm(prefix="issue"),
        "void_form": ReasonForm(prefix="void"),
    } | forms
    return render_template(
        "giving/desk/gift.html",
        gift=gift,
        may_act=current_actor().has_role(Role.FINANCE),
        refund_form=refund_form,
        state_labels=STATE_LABELS,
        state_tones=STATE_TONES,
        payment_labels=PAYMENT_LABELS,
        refund_labels=REFUND_LABELS,
        reason_labels=REASON_LABELS,
        words_labels=WORDS_LABELS,
        gateway_labels=gateway_labels(),
        **given,
    )


def _refund_form(left_minor: int) -> RefundForm:
    form = RefundForm(formdata=None, prefix="refund")
    form.key.data = private_token("refund-form", new_public_id())
    form.amount.data = write_amount(left_minor)
    return form
