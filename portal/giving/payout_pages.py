"""The desk's page of what reached the bank: each payout with what it consists of, and what is held for a person."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.giving.blueprint import blueprint
from portal.giving.desk import READERS, gateway_labels
from portal.giving.labels import WHY_PAYOUT_HELD_LABELS
from portal.giving.payout_queries import list_balances, list_payouts
from portal.giving.payouts import PayoutNotFound, PayoutNotOurs, PayoutPosted, accept_payout


@blueprint.get("/admin/giving/payouts", endpoint="list_payouts")
@staff(*READERS)
def show_payouts() -> str:
    """List what providers sent to the bank, what is held first, and what they still owe."""
    after = request.args.get("after", "")
    mark = int(after) if after.isascii() and after.isdigit() and len(after) < 18 else None
    return render_template(
        "giving/desk/payouts.html",
        page=list_payouts(mark),
        balances=list_balances(),
        is_first=mark is None,
        may_act=current_actor().has_role(Role.FINANCE),
        why_labels=WHY_PAYOUT_HELD_LABELS,
        gateway_labels=gateway_labels(),
    )


@blueprint.post("/admin/giving/payouts/<int:payout_id>")
@staff(Role.FINANCE)
def accept(payout_id: int) -> ResponseReturnValue:
    """Post a held payout as it came to the bank, and keep why."""
    note = (request.form.get("reason") or "").strip()[:500]
    if not note:
        flash(_("请写下原因，以后查账的人要看。"), "warning")
        return redirect(url_for("giving.list_payouts"), 303)
    try:
        accept_payout(current_actor(), payout_id, note)
        flash(_("已经按到账的金额记账。"), "success")
    except PayoutPosted:
        flash(_("别人刚处理过。"), "info")
    except (PayoutNotFound, PayoutNotOurs):
        flash(_("这一笔不能记账。请到支付机构的页面上看看。"), "warning")
    return redirect(url_for("giving.list_payouts"), 303)
