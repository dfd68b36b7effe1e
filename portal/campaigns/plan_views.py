"""The desk pages on which a campaign is written, budgeted, filed, and approved by a second person."""

from dataclasses import asdict
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import current_actor, staff
from portal.accounts.rules import Actor, Role
from portal.campaigns.blueprint import blueprint
from portal.campaigns.budget import (
    Aim,
    BelowBound,
    BudgetItem,
    NothingBudgeted,
    budget_of,
    correct_budget_line,
    milestones_of,
    set_budget,
    set_milestones,
)
from portal.campaigns.desk_queries import list_desk_lines, read_desk_campaign
from portal.campaigns.desk_views import campaign_of, require_writer
from portal.campaigns.forms import FilingForm, ReasonForm
from portal.campaigns.labels import FIELD_LABELS
from portal.campaigns.models import Campaign
from portal.campaigns.money_forms import BudgetForm, BudgetRow, CorrectLineForm, yuan_text
from portal.campaigns.plan import AddressWrong, DatesWrong, Filing, PlanIncomplete, missing_fields
from portal.campaigns.plan_form import SECTIONS, PlanForm
from portal.campaigns.queries import disclosures_of, said
from portal.campaigns.rules import FILED_AHEAD_DAYS, CampaignMovedOn, CampaignState, FiledTooLate, OwnWork
from portal.campaigns.service import (
    BUDGET,
    PLAN,
    AlreadyOver,
    BudgetMissing,
    FilingNumberTaken,
    ReasonNeeded,
    WishFundsOverlap,
    change_plan,
    create_campaign,
    file_campaign,
    open_campaign,
    plan_of,
    return_campaign,
)
from portal.campaigns.telling import Note, NothingChanged
from portal.campaigns.text_views import gate_view, held
from portal.campaigns.wording import about, budget_words, plan_words
from portal.db import transaction
from portal.formats import money
from portal.gate.rules import WordsHeld


@blueprint.route("/admin/campaigns/new", methods=["GET", "POST"])
@staff(Role.FINANCE)
def desk_new() -> ResponseReturnValue:
    """Begin a draft."""
    actor, form = require_writer(), PlanForm()
    if form.validate_on_submit() and _dates_fit(form):
        number = create_campaign(actor, form.plan, form.excuse.data)
        flash(_("草稿已保存。接下来填预算。"), "success")
        return redirect(url_for("campaigns.desk_budget", number=number), 303)
    return _plan_page(form, None)


@blueprint.route("/admin/campaigns/<number>/plan", methods=["GET", "POST"])
@staff(Role.FINANCE)
def desk_plan(number: str) -> ResponseReturnValue:
    """Change the plan of a draft."""
    actor, row, form = require_writer(), _draft(number), PlanForm()
    if request.method == "GET":
        form.show(plan_of(row))
    elif form.validate() and _dates_fit(form):
        change_plan(actor, row.number, form.plan, form.excuse.data)
        flash(_("已保存。"), "success")
        return redirect(url_for("campaigns.desk_show", number=row.number), 303)
    return _plan_page(form, row)


@blueprint.route("/admin/campaigns/<number>/budget", methods=["GET", "POST"])
@staff(Role.FINANCE)
def desk_budget(number: str) -> ResponseReturnValue:
    """Write the budget and the milestones of a draft."""
    actor, row = require_writer(), _draft(number)
    form = BudgetForm(data=None if request.method == "POST" else _budget_data(row))
    if form.validate_on_submit():
        try:
            _save_budget(actor, row.number, form)
        except NothingBudgeted:
            form.form_errors.append(_("请至少填一项预算。"))
        else:
            flash(_("已保存。"), "success")
            return redirect(url_for("campaigns.desk_show", number=row.number), 303)
    page = render_template("campaigns/desk/budget.html", row=row, title=said(row, "title"), form=form)
    return page, 422 if request.method == "POST" and not form.was_reworded else 200


@blueprint.route("/admin/campaigns/<number>/filing", methods=["GET", "POST"])
@staff(Role.FINANCE)
def desk_file(number: str) -> ResponseReturnValue:
    """Record the filing of a plan; what is missing is said before anything is typed."""
    actor, row, form = require_writer(), _draft(number), FilingForm()
    if form.validate_on_submit() and _filed(form, actor, row.number):
        flash(_("备案信息已保存。请另一位同事核对以后批准开放。"), "success")
        return redirect(url_for("campaigns.desk_show", number=row.number), 303)
    page = render_template(
        "campaigns/desk/filing.html",
        row=row,
        title=said(row, "title"),
        form=form,
        missing=_labels(missing_fields(plan_of(row))),
    )
    return page, 422 if request.method == "POST" else 200


@blueprint.route("/admin/campaigns/<number>/decision", methods=["GET", "POST"])
@staff(Role.FINANCE, Role.MODERATOR)
def desk_decide(number: str) -> ResponseReturnValue:
    """Read everything another person wrote and filed, then approve it or give it back."""
    row, form = campaign_of(number), ReasonForm()
    if row.state != CampaignState.FILED:
        raise CampaignMovedOn(f"nothing to decide in {row.state}")
    if form.validate_on_submit():
        problem = _decided(form, row.number)
        if problem is None:
            return redirect(url_for("campaigns.desk_show", number=row.number), 303)
        form.form_errors.append(problem)
    page = render_template(
        "campaigns/desk/decision.html",
        d=read_desk_campaign(row),
        disclosures=disclosures_of(row),
        form=form,
        gates=[
            gate_view(about(row.number, PLAN), plan_words(row)),
            gate_view(about(row.number, BUDGET), budget_words(row)),
        ],
    )
    return page, 422 if request.method == "POST" else 200


@blueprint.route("/admin/campaigns/<number>/budget/<int:line_id>", methods=["GET", "POST"])
@staff(Role.FINANCE)
def desk_correct_line(number: str, line_id: int) -> ResponseReturnValue:
    """Change a line of a public campaign's budget; the old sum stays to be read."""
    actor, row = require_writer(), campaign_of(number)
    line = next((each for each in list_desk_lines(row.id) if each.id == line_id), None) or abort(404)
    now = {"amount": yuan_text(line.amount_minor)}
    form = CorrectLineForm(data=None if request.method == "POST" else now)
    if form.validate_on_submit():
        note = Note(form.note.data or "", form.note_en.data or "")
        try:
            correct_budget_line(actor, row.number, line_id, form.amount.minor or 0, note, form.excuse.data)
        except WordsHeld as error:
            form.show_held(actor, error, about(row.number, "correction"))
        except BelowBound as error:
            told = money(error.bound_minor, row.currency)
            form.amount.errors = [_("这一项已付和在办的有 %(amount)s，不能比它少。", amount=told)]
        except NothingChanged:
            form.amount.errors = [_("金额和原来一样。")]
        else:
            flash(_("已更正。原来的文字和您的说明，大家都看得到。"), "success")
            return redirect(url_for("campaigns.desk_show", number=row.number), 303)
    page = render_template(
        "campaigns/desk/budget_correct.html", row=row, title=said(row, "title"), form=form, line=line
    )
    return page, 422 if request.method == "POST" else 200


def _draft(number: str) -> Campaign:
    row = campaign_of(number)
    if row.state != CampaignState.DRAFT:
        raise CampaignMovedOn(f"nothing is written in {row.state}")
    return row


def _plan_page(form: PlanForm, row: Campaign | None) -> ResponseReturnValue:
    page = render_template("campaigns/desk/plan.html", form=form, row=row, sections=SECTIONS)
    return page, 422 if request.method == "POST" and not form.was_reworded else 200


def _dates_fit(form: PlanForm) -> bool:
    starts_on, ends_on = form["starts_on"].data, form["ends_on"].data
    if starts_on and ends_on and ends_on < starts_on:
        form["ends_on"].errors = [_("结束日期不能早于开始日期。")]
        return False
    return True


def _budget_data(row: Campaign) -> dict[str, Any]:
    lines = [
        {
            "name": item.name,
            "name_en": item.name_en,
            "amount": yuan_text(item.amount_minor),
            "unit_name": item.unit_name,
            "unit_name_en": item.unit_name_en,
            "unit": yuan_text(item.unit_minor),
        }
        for item in budget_of(row)
    ]
    return {"lines": lines, "aims": [asdict(aim) for aim in milestones_of(row)]}


@transaction
def _save_budget(actor: Actor, number: str, form: BudgetForm) -> None:
    lines = [row.form for row in form.lines if not row.form.is_empty]
    aims = [row.form for row in form.aims if not row.form.is_empty]
    excuse = form.excuse.data
    set_budget(actor, number, [_item(row) for row in lines], excuse)
    set_milestones(actor, number, [Aim(row.name.data, row.name_en.data, row.due_on.data) for row in aims], excuse)


def _item(row: BudgetRow) -> BudgetItem:
    return BudgetItem(
        name=row.name.data or "",
        name_en=row.name_en.data or "",
        amount_minor=row.amount.minor or 0,
        unit_minor=row.unit.minor,
        unit_name=row.unit_name.data or None,
        unit_name_en=row.unit_name_en.data or None,
    )


def _labels(names: list[str]) -> list[str]:
    """Return what fields are called; English twins say so."""
    return [_label(name) for name in names]


def _label(name: str) -> str:
    base = name.removesuffix("_en")
    return str(FIELD_LABELS[base]) if base == name else _("%(field)s（英文）", field=FIELD_LABELS[base])


def _filed(form: FilingForm, actor: Actor, number: str) -> bool:
    """File the plan; what stands against it is said beside its cause."""
    filing = Filing(
        filing_no=form.filing_no.data or "",
        filed_on=form.filed_on.data,
        platform_name=form.platform_name.data or "",
        platform_name_en=form.platform_name_en.data or "",
        platform_url=form.platform_url.data or "",
    )
    try:
        file_campaign(actor, number, filing, form.excuse.data)
    except AddressWrong:
        form.platform_url.errors = [_("这个网址看不懂，要以 https:// 开头。")]
    except FilingNumberTaken:
        form.filing_no.errors = [_("另一个项目已经用了这个备案编号。")]
    except FiledTooLate:
        days = FILED_AHEAD_DAYS
        form.filed_on.errors = [_("备案要在开始日期的 %(days)s 天以前。请先改开始日期，或者核对备案日期。", days=days)]
    except BudgetMissing:
        form.form_errors.append(_("还没有填预算。"))
    except PlanIncomplete as error:
        form.form_errors.append(_("方案里还缺：%(fields)s。", fields=_("、").join(_labels(error.missing))))
    except DatesWrong:
        form.form_errors.append(_("结束日期不能早于开始日期。"))
    else:
        return True
    return False


def _decided(form: ReasonForm, number: str) -> str | None:
    """Approve or give back; return what stands against it in words."""
    actor = current_actor()
    try:
        if request.form.get("act") == "approve":
            open_campaign(actor, number, form.reason.data or None)
            flash(_("已批准。项目页面公开了，在起止日期之内可以收款。"), "success")
        else:
            return_campaign(actor, number, form.reason.data or "")
            flash(_("已退回，写的人可以修改以后再备案。"), "success")
    except OwnWork:
        return _("这是您写的或者您备案的，要请另一位同事来批准。")
    except ReasonNeeded:
        return _("请写明退回的原因，好让写的人知道怎么改。")
    except WordsHeld as error:
        return held(error, about(number, PLAN))
    except AlreadyOver:
        return _("结束日期已经过了，不能再开放。请退回修改。")
    except WishFundsOverlap:
        return _("这段时间已经有一个心愿基金在收款。请退回，把日期错开。")
    return None
