"""The desk's page of monthly gifts: how each stands, and stopping one at its donor's wish."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.giving.blueprint import blueprint
from portal.giving.desk import READERS
from portal.giving.gift_table import list_campaign_choices
from portal.giving.labels import MONTHLY_LABELS, MONTHLY_TONES
from portal.giving.monthly import MonthlyNotFound, MonthlyStopped, carry_out, stop_for_donor
from portal.giving.monthly_queries import count_live, list_for_desk
from portal.giving.monthly_rules import MonthlyState


@blueprint.get("/admin/giving/monthly", endpoint="list_monthly")
@staff(*READERS)
def show_monthly() -> str:
    """List the monthly gifts that match, the newest first."""
    wanted, campaign, after = (request.args.get(name, "") for name in ("state", "campaign", "after"))
    state = next((each for each in MONTHLY_LABELS if each == wanted), None)
    mark = int(after) if after.isascii() and after.isdigit() and len(after) < 18 else None
    text = request.args.get("q", "").strip()[:100]
    lines, next_mark = list_for_desk(text, state, campaign, mark)
    chosen: dict[str, Any] = {"q": text or None, "state": state, "campaign": campaign or None}
    return render_template(
        "giving/desk/monthly.html",
        lines=lines,
        text=text,
        totals=count_live(),
        state_options=_options(MONTHLY_LABELS, state),
        campaign_options=_options(list_campaign_choices(), campaign),
        is_filtered=bool(state or campaign),
        first_url=url_for("giving.list_monthly", **chosen) if mark else None,
        next_url=url_for("giving.list_monthly", **chosen, after=next_mark) if next_mark else None,
        may_act=current_actor().has_role(Role.FINANCE),
        labels=MONTHLY_LABELS,
        tones=MONTHLY_TONES,
    )


@blueprint.post("/admin/giving/monthly/<public_id>/stop")
@staff(Role.FINANCE)
def stop_monthly(public_id: str) -> ResponseReturnValue:
    """Stop a monthly gift for a donor who asked for it by telephone or letter, and keep why."""
    reason = (request.form.get("reason") or "").strip()[:500]
    if not reason:
        flash(_("请写下原因，以后查账的人要看。"), "warning")
        return redirect(url_for("giving.list_monthly"), 303)
    try:
        stop_for_donor(current_actor(), public_id, reason)
    except (MonthlyNotFound, MonthlyStopped):
        flash(_("别人刚处理过。"), "info")
        return redirect(url_for("giving.list_monthly"), 303)
    if carry_out(public_id):
        flash(_("已经停止，也告诉了捐赠人。"), "success")
    else:
        flash(_("已经记下，支付机构还没有答复，稍后会自动再试。"), "info")
    return redirect(url_for("giving.list_monthly"), 303)


def _options(labels: dict[MonthlyState, object] | dict[str, str], chosen: object) -> list[dict[str, object]]:
    return [
        {"value": str(value), "label": label, "selected": value == chosen, "count": None}
        for value, label in labels.items()
    ]
