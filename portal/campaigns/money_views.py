"""The desk pages of what is paid: ask, decide, pay with a voucher, give back."""

from typing import Any

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from portal.access import current_actor, staff
from portal.accounts.queries import names_of
from portal.accounts.rules import Role
from portal.audit import service as audit
from portal.campaigns.blueprint import blueprint
from portal.campaigns.desk_queries import list_desk_lines, list_like_campaigns
from portal.campaigns.desk_views import READERS, campaign_of, require_writer
from portal.campaigns.forms import NoteForm, ReasonForm
from portal.campaigns.funds import fund_of
from portal.campaigns.models import Campaign, Disbursement
from portal.campaigns.money_forms import AskPaymentForm, AskTransferForm, PayForm
from portal.campaigns.paying import DayWrong, pay_disbursement, pay_transfer, return_disbursement
from portal.campaigns.rules import OwnWork
from portal.campaigns.service import ReasonNeeded
from portal.campaigns.spending import (
    Ask,
    BudgetExceeded,
    DisbursementMovedOn,
    MoreThanHeld,
    SurplusNotYet,
    approve_disbursement,
    cancel_disbursement,
    get_disbursement,
    payment_subject,
    payment_words,
    refuse_disbursement,
    request_disbursement,
    request_transfer,
)
from portal.campaigns.spending_models import DisbursementState
from portal.campaigns.text_views import desk_page, gate_view, held
from portal.campaigns.vouchers import VoucherRefused, keeping_voucher, voucher_type
from portal.codes import CodeMistyped, read_wish_number
from portal.files import FileMissing, open_file
from portal.formats import money
from portal.gate.rules import WordsHeld
from portal.ledger.service import FundShort
from portal.photos import PictureRefused
from portal.publication.queries import find_public_wish


@blueprint.route("/admin/campaigns/<number>/payments/new", methods=["GET", "POST"])
@staff(Role.FINANCE)
def desk_ask_payment(number: str) -> ResponseReturnValue:
    """Ask for a payment out of one line of the budget."""
    actor, row, form = require_writer(), campaign_of(number), AskPaymentForm()
    lines = list_desk_lines(row.id)
    form.line.choices = [
        SelectChoice(str(line.id), _("%(line)s，还有 %(amount)s", line=line.name, amount=money(line.left_minor)))
        for line in lines
    ]
    if form.validate_on_submit() and _wish_fits(form):
        try:
            public_id = request_disbursement(actor, row.number, _ask(form), form.excuse.data)
        except BudgetExceeded as error:
            form.amount.errors = [
                _("这一项预算只剩 %(amount)s。用途变了要先重新备案。", amount=money(error.left_minor, row.currency))
            ]
        else:
            flash(_("已提交。请另一位同事批准。"), "success")
            return redirect(url_for("campaigns.desk_payment", number=row.number, public_id=public_id), 303)
    return desk_page("payment_ask", form, row, held_minor=fund_of(row.number, row.currency).held_minor)


@blueprint.route("/admin/campaigns/<number>/payments/transfer", methods=["GET", "POST"])
@staff(Role.FINANCE)
def desk_ask_transfer(number: str) -> ResponseReturnValue:
    """Ask that a surplus goes to a like campaign."""
    actor, row, form = require_writer(), campaign_of(number), AskTransferForm()
    form.to.choices = [SelectChoice(*other) for other in list_like_campaigns(row)]
    if form.validate_on_submit():
        words = form.purpose.data or "", form.purpose_en.data or "", form.excuse.data
        try:
            public_id = request_transfer(actor, row.number, form.to.data, form.amount.minor or 0, *words)
        except SurplusNotYet:
            form.to.errors = [_("募捐结束以后，剩下的钱才能转给同类项目。")]
        else:
            flash(_("已提交。请另一位同事批准。"), "success")
            return redirect(url_for("campaigns.desk_payment", number=row.number, public_id=public_id), 303)
    return desk_page("transfer_ask", form, row, held_minor=fund_of(row.number, row.currency).held_minor)


@blueprint.route("/admin/campaigns/<number>/payments/<public_id>", methods=["GET", "POST"])
@staff(*READERS)
def desk_payment(number: str, public_id: str) -> ResponseReturnValue:
    """Show a payment; approve, refuse or take it back."""
    row, payment, form = campaign_of(number), _payment_of(number, public_id), ReasonForm()
    if form.validate_on_submit():
        problem = _decided(form, payment)
        if problem is None:
            return redirect(url_for("campaigns.desk_payment", number=row.number, public_id=public_id), 303)
        form.form_errors.append(problem)
    people = {payment.requested_by_id, payment.decided_by_id, payment.paid_by_id} - {None}
    return desk_page(
        "payment",
        form,
        row,
        p=payment,
        names=names_of({person for person in people if person is not None}),
        line=next((each.name for each in list_desk_lines(row.id) if each.id == payment.budget_line_id), None),
        held_minor=fund_of(row.number, row.currency).held_minor,
        may=_possible(payment),
        gate=gate_view(payment_subject(payment), payment_words(payment)),
    )


@blueprint.route("/admin/campaigns/<number>/payments/<public_id>/pay", methods=["GET", "POST"])
@staff(Role.FINANCE)
def desk_pay(number: str, public_id: str) -> ResponseReturnValue:
    """Record that an approved payment was made, with its voucher."""
    actor, row, payment = require_writer(), campaign_of(number), _payment_of(number, public_id)
    if payment.state != DisbursementState.APPROVED or payment.to_campaign_id is not None:
        raise DisbursementMovedOn(f"nothing to pay in {payment.state}")
    form = PayForm()
    if form.validate_on_submit() and _paid(form, actor, row, payment):
        flash(_("已付款并记账，凭证公开了。"), "success")
        return redirect(url_for("campaigns.desk_payment", number=row.number, public_id=public_id), 303)
    return desk_page("payment_pay", form, row, p=payment, held_minor=fund_of(row.number, row.currency).held_minor)


@blueprint.route("/admin/campaigns/<number>/payments/<public_id>/return", methods=["GET", "POST"])
@staff(Role.FINANCE, Role.MODERATOR)
def desk_return_payment(number: str, public_id: str) -> ResponseReturnValue:
    """Record that a supplier gave the money back."""
    row, payment, form = campaign_of(number), _payment_of(number, public_id), NoteForm()
    if payment.state != DisbursementState.PAID or payment.to_campaign_id is not None:
        raise DisbursementMovedOn(f"nothing to give back in {payment.state}")
    if form.validate_on_submit():
        try:
            words = form.note.data or "", form.note_en.data or ""
            return_disbursement(current_actor(), public_id, *words, form.excuse.data)
        except WordsHeld as error:
            form.show_held(current_actor(), error, payment_subject(payment))
        except OwnWork:
            form.form_errors.append(_("这笔钱是您付的，退回要请另一位同事记。"))
        else:
            flash(_("已记下，钱回到项目资金里了。"), "success")
            return redirect(url_for("campaigns.desk_payment", number=row.number, public_id=public_id), 303)
    return desk_page("payment_return", form, row, p=payment)


@blueprint.get("/admin/campaigns/<number>/payments/<public_id>/voucher")
@staff(Role.FINANCE, Role.MODERATOR)
def desk_voucher(number: str, public_id: str) -> Response:
    """Give the sealed original of a voucher to staff, and note in the trail who looked."""
    payment = _payment_of(number, public_id)
    if payment.voucher is None:
        abort(404)
    try:
        content = open_file(payment.voucher)
    except FileMissing:
        abort(404)
    audit.record(current_actor(), "disbursement.open_voucher", "disbursement", public_id)
    kind = voucher_type(content)
    ending = kind.rpartition("/")[2]
    headers = {"Content-Disposition": f'attachment; filename="voucher-{public_id}.{ending}"'}
    return Response(content, mimetype=kind, headers=headers)


def _wish_fits(form: AskPaymentForm) -> bool:
    """Read the number of a wish where one is typed, and check that everybody can read of it."""
    typed = form.wish_number.data
    if not typed:
        return True
    try:
        form.wish_number.data = read_wish_number(typed)
    except CodeMistyped:
        form.wish_number.errors = [_("没有这样的心愿编号，请对照页面再看一遍。")]
        return False
    if find_public_wish(form.wish_number.data) is None:
        form.wish_number.errors = [_("这个心愿现在没有公开，请核对编号。")]
        return False
    return True


def _ask(form: AskPaymentForm) -> Ask:
    return Ask(
        budget_line_id=form.line.data,
        amount_minor=form.amount.minor or 0,
        purpose=form.purpose.data or "",
        purpose_en=form.purpose_en.data or "",
        supplier=form.supplier.data or "",
        is_supplier_private=bool(form.is_supplier_private.data),
        wish_number=form.wish_number.data or None,
    )


def _decided(form: ReasonForm, payment: Disbursement) -> str | None:
    """Do what was pressed; return what stands against it in words."""
    actor, act = current_actor(), request.form.get("act")
    try:
        if act == "approve":
            approve_disbursement(actor, payment.public_id, form.reason.data or None)
            flash(_("已批准，可以付款了。"), "success")
        elif act == "refuse":
            refuse_disbursement(actor, payment.public_id, form.reason.data or "")
            flash(_("已退回。"), "success")
        elif act == "move":
            pay_transfer(actor, payment.public_id)
            flash(_("已转给同类项目并记账。"), "success")
        else:
            cancel_disbursement(actor, payment.public_id)
            flash(_("已撤回。"), "success")
    except OwnWork:
        return _("这是您自己提的，要请另一位同事批准。")
    except ReasonNeeded:
        return _("请写明退回的原因。")
    except WordsHeld as error:
        return held(error, payment_subject(payment))
    except (MoreThanHeld, FundShort) as error:
        return _too_much(error, payment)
    return None


def _too_much(error: MoreThanHeld | FundShort, payment: Disbursement) -> str:
    free = error.free_minor if isinstance(error, MoreThanHeld) else error.held_minor
    return _(
        "项目资金里能用的只有 %(free)s，不够 %(amount)s。等有了新的捐款再办，或者少付一些。",
        free=money(max(free, 0), payment.currency),
        amount=money(payment.amount_minor, payment.currency),
    )


def _paid(form: PayForm, actor: Any, row: Campaign, payment: Disbursement) -> bool:
    original, copy = (each.data.read() if each.data else None for each in (form.original, form.copy))
    try:
        with keeping_voucher(original, copy) as voucher:
            pay_disbursement(actor, payment.public_id, form.paid_on.data, voucher)
    except DayWrong:
        form.paid_on.errors = [_("付款日期要在申请之后，不能是以后的日子。")]
    except VoucherRefused as error:
        (form.copy if original and not copy else form.original).errors = [error.words]
    except PictureRefused as error:
        form.copy.errors = [error.words]
    except FundShort as error:
        form.form_errors.append(_too_much(error, payment))
    else:
        return True
    return False


def _payment_of(number: str, public_id: str) -> Disbursement:
    payment = get_disbursement(public_id)
    return payment if payment.campaign_id == campaign_of(number).id else abort(404)


def _possible(payment: Disbursement) -> set[str]:
    """Return what the reader may do with a payment where it stands."""
    actor, state = current_actor(), DisbursementState(payment.state)
    writes = actor.has_role(Role.FINANCE)
    approves = actor.has_role(Role.FINANCE, Role.MODERATOR, Role.ADMINISTRATOR)
    found = {"open"} if approves else set()
    if state is DisbursementState.REQUESTED and approves and actor.person_id != payment.requested_by_id:
        found.add("decide")
    if state is DisbursementState.APPROVED and writes:
        found.add("pay" if payment.to_campaign_id is None else "move")
    if state in (DisbursementState.REQUESTED, DisbursementState.APPROVED) and writes:
        found.add("cancel")
    if state is DisbursementState.PAID and approves and payment.to_campaign_id is None:
        found.add("return")
    return found
