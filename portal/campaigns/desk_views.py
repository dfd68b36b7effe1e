"""The desk of campaigns: the list, one campaign with all that waits on it, and the moves of its life."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from portal.access import current_actor, staff
from portal.accounts.rules import Actor, Role
from portal.campaigns.blueprint import blueprint
from portal.campaigns.desk_queries import list_desk_campaigns, read_desk_campaign
from portal.campaigns.forms import NoteForm, ReasonForm
from portal.campaigns.labels import FIELD_LABELS, REPORT_LABELS
from portal.campaigns.models import Campaign
from portal.campaigns.pausing import STAFF_PAUSE, pause_gifts, resume_gifts
from portal.campaigns.reports import StillOpen, close_campaign
from portal.campaigns.rules import APPROVERS, SURPLUS_STATES, WRITERS, CampaignState
from portal.campaigns.service import ReasonNeeded, end_campaign, get_campaign, hands_of
from portal.campaigns.telling import CORRECTABLE_FIELDS
from portal.campaigns.wording import about
from portal.codes import tidy
from portal.gate.rules import WordsHeld

READERS = (Role.FINANCE, Role.MODERATOR, Role.SUPERVISOR)


@blueprint.get("/admin/campaigns")
@staff(*READERS)
def desk_list() -> ResponseReturnValue:
    """Show every campaign and how much waits on it."""
    return render_template(
        "campaigns/desk/list.html",
        campaigns=list_desk_campaigns(),
        report_labels=REPORT_LABELS,
        may_write=current_actor().has_role(*WRITERS),
        may_read_questions=current_actor().has_role(*APPROVERS),
    )


@blueprint.get("/admin/campaigns/<number>")
@staff(*READERS)
def desk_show(number: str) -> ResponseReturnValue:
    """Show one campaign with its texts, payments and history, and what the reader may do."""
    row, actor = campaign_of(number), current_actor()
    return render_template(
        "campaigns/desk/show.html",
        d=read_desk_campaign(row),
        may=_possible(row, actor),
        report_labels=REPORT_LABELS,
        correctable=CORRECTABLE_FIELDS,
        field_labels=FIELD_LABELS,
    )


ENDINGS: dict[str, tuple[Any, Any]] = {
    "end": (lazy_gettext("提前结束募捐"), lazy_gettext("结束之后不能再收款，三个月内要全面公开募捐情况。")),
    "pause": (lazy_gettext("暂停收款"), lazy_gettext("原因会写在项目页面上。")),
    "resume": (lazy_gettext("恢复收款"), lazy_gettext("恢复以后马上又能收款。")),
    "close": (lazy_gettext("办结项目"), lazy_gettext("钱都花完了，报告都公开了，才能办结。")),
}


@blueprint.route("/admin/campaigns/<number>/acts/<act>", methods=["GET", "POST"])
@staff(Role.FINANCE, Role.MODERATOR)
def desk_act(number: str, act: str) -> ResponseReturnValue:
    """End, pause, resume or close a campaign."""
    row = campaign_of(number)
    if act not in ENDINGS:
        abort(404)
    form: Any = NoteForm() if act == "pause" else ReasonForm()
    if form.validate_on_submit():
        problem = _act(act, current_actor(), row.number, form)
        if problem is None:
            flash(_("已办好。"), "success")
            return redirect(url_for("campaigns.desk_show", number=row.number), 303)
        form.form_errors.append(problem)
    title, lead = ENDINGS[act]
    page = render_template("campaigns/desk/act.html", row=row, form=form, act=act, title=title, lead=lead)
    return page, 422 if request.method == "POST" else 200


def campaign_of(number: str) -> Campaign:
    """Return a campaign by its number however it is typed."""
    return get_campaign(tidy(number))


def require_writer() -> Actor:
    """Return who acts, when they may write campaigns.

    Raises NotAllowed.
    """
    actor = current_actor()
    actor.require(WRITERS)
    return actor


def _act(act: str, actor: Actor, number: str, form: Any) -> str | None:
    """Do what was asked; return what stands against it in words."""
    try:
        if act == "end":
            end_campaign(actor, number, form.reason.data)
        elif act == "pause":
            pause_gifts(actor, number, form.note.data, form.note_en.data, form.excuse.data)
        elif act == "resume":
            resume_gifts(actor, number)
        else:
            close_campaign(actor, number)
    except ReasonNeeded:
        return _("请写明原因。")
    except WordsHeld as error:
        form.show_held(actor, error, about(number, "pause"))
        return str(form.form_errors.pop())
    except StillOpen:
        return _("还不能办结：项目资金要正好用完，没有等着付的钱，最后一笔付款以后还要公开一份结束报告。")
    return None


def _possible(row: Campaign, actor: Actor) -> set[str]:
    """Return what an actor may do with a campaign where it stands."""
    writes, approves = actor.has_role(*WRITERS), actor.has_role(*APPROVERS)
    state, found = CampaignState(row.state), set()
    if state is CampaignState.DRAFT and writes:
        found |= {"plan", "budget", "file"}
    if state is CampaignState.FILED and approves:
        found.add("decide" if actor.person_id not in hands_of(row) else "wait")
    if state is CampaignState.OPEN and writes:
        found.add("end")
    if state is CampaignState.OPEN and approves:
        found |= {"pause"} if row.paused_at is None else {"resume"} if row.pause_reason == STAFF_PAUSE else set()
    if state is CampaignState.ACCOUNTED and approves:
        found.add("close")
    if state not in (CampaignState.DRAFT, CampaignState.FILED) and writes:
        found |= {"tell", "report"} if state is not CampaignState.CLOSED else {"tell"}
        found |= {"pay"} if state is not CampaignState.CLOSED else set()
        found |= {"correct"} if state is not CampaignState.CLOSED else set()
    if state in SURPLUS_STATES and writes:
        found.add("transfer")
    if approves:
        found.add("read_questions")
    return found
