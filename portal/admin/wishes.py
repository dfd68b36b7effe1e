"""The page of one wish for staff: facts, household, public texts, pledge, hand-over, history, and what may be done.

The list, its bulk actions and its exports are in `wish_list.py`, the clerk's
decisions in `verification.py`, public texts in `publications.py`.
"""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import current_actor, staff
from portal.accounts.rules import Actor, Role
from portal.admin.blueprint import blueprint
from portal.handover.queries import panel as handover_panel
from portal.households.queries import panel as household_panel
from portal.households.service import ConsentMissing
from portal.pledges.queries import PledgeNotFound, english_words, find_live_pledge, find_pledger_summary
from portal.pledges.service import begin_procuring, cancel_pledge
from portal.publication.rules import ReasonNeeded
from portal.publication.versions import list_versions
from portal.web import error_page
from portal.wishes.kinds import AGE_BAND_LABELS, CATEGORY_LABELS, GROUP_LABELS, KIND_LABELS
from portal.wishes.labels import item_in_english, words_for_staff
from portal.wishes.publishing import WRITABLE, NothingToShow, resume_wish, rewrite_wish, suspend_wish
from portal.wishes.queries import StaffWish, get_staff_wish, list_history
from portal.wishes.rules import WishAction, WrongState
from portal.wishes.service import WishNotFound, get_wish
from portal.wishes.verification import DECISIONS

READERS = (Role.NEED_REPORTER, Role.CENTRE_CLERK, Role.MODERATOR, Role.SUPERVISOR)
HOLDS: dict[WishAction, Callable[[Actor, int, str], None]] = {
    WishAction.SUSPEND: suspend_wish,
    WishAction.RESUME: resume_wish,
    WishAction.REWRITE: rewrite_wish,
}
"""What a moderator may do about a wish being public, beside its words."""


@blueprint.errorhandler(WishNotFound)
def _on_unknown_wish(_error: WishNotFound) -> ResponseReturnValue:
    return error_page(404, _("没有这个心愿"), _("请核对心愿编号，或者从心愿列表里查找。"))


@blueprint.errorhandler(WrongState)
def _on_lost_race(_error: WrongState) -> ResponseReturnValue:
    return error_page(409, _("情况刚刚有了变化"), _("您操作的同时，别人也动了同一个心愿。请刷新后再看。"))


@blueprint.get("/wishes/<number>")
@staff(*READERS)
def show_wish(number: str) -> str:
    """Show a member of staff one wish with all that is theirs to see and do."""
    return _page(current_actor(), number)


@blueprint.post("/wishes/<number>/hold")
@staff(Role.MODERATOR, Role.CENTRE_CLERK)
def hold_wish(number: str) -> ResponseReturnValue:
    """Take a wish off the public pages, show it again, or have it written anew, for a stated reason."""
    action = next((each for each in HOLDS if each == request.form.get("act")), None) or abort(400)
    wish = get_wish(number)
    problem = None
    try:
        HOLDS[action](current_actor(), wish.id, request.form.get("reason", ""))
    except ReasonNeeded:
        problem = _("请写明原因。")
    except ConsentMissing:
        problem = _("家庭没有同意公开，不能恢复。请先请服务中心再问一次家庭。")
    except NothingToShow:
        problem = _("没有批准过的公开文字可以恢复，请退回重写。")
    if problem:
        return _page(current_actor(), number, problem=problem), 422
    flash(_("已经记下。"), "success")
    return redirect(url_for("admin.show_wish", number=number), 303)


@blueprint.post("/wishes/<number>/pledge")
@staff(Role.CENTRE_CLERK, Role.MODERATOR)
def act_on_pledge(number: str) -> ResponseReturnValue:
    """Note that the pledger has been in touch, or give the wish back to the pool for them."""
    actor, wish = current_actor(), get_wish(number)
    actor.require({Role.CENTRE_CLERK, Role.MODERATOR}, wish.service_centre_id)
    pledge = find_live_pledge(wish.id)
    reason = request.form.get("reason", "").strip()
    if pledge is None:
        raise WrongState("nobody has pledged this wish now")
    try:
        if request.form.get("act") == "contacted":
            begin_procuring(actor, pledge.pledge_id)
        elif not reason:
            return _page(actor, number, problem=_("请写明原因。")), 422
        else:
            cancel_pledge(actor, pledge.pledge_id, reason)
    except PledgeNotFound as error:
        raise WrongState("the pledge ended meanwhile") from error
    flash(_("已经记下，也告诉了认领人。"), "success")
    return redirect(url_for("admin.show_wish", number=number), 303)


def _page(actor: Actor, number: str, problem: str | None = None) -> str:
    wish = get_staff_wish(actor, number)
    row = get_wish(number)
    english = english_words([number]).get(number)
    sees_pledger = actor.may({Role.CENTRE_CLERK, Role.MODERATOR}, wish.service_centre_id)
    return render_template(
        "admin/wishes/show.html",
        wish=wish,
        english_item=(english and english.item) or item_in_english(wish.item, wish.kind, wish.category),
        english=english,
        words=words_for_staff(wish.state, wish.deadline_at),
        history=list_history(wish.id, with_notes=wish.sees_sealed),
        versions=list_versions(wish.number),
        household_panel=household_panel(wish.id, actor),
        handover_panel=handover_panel(row, actor),
        pledge=find_pledger_summary(wish.id) if sees_pledger else None,
        may=_deeds(actor, wish),
        problem=problem,
        reason=request.form.get("reason", ""),
        age_band_labels=AGE_BAND_LABELS,
        category_labels=CATEGORY_LABELS,
        group_labels=GROUP_LABELS,
        kind_labels=KIND_LABELS,
    )


def _deeds(actor: Actor, wish: StaffWish) -> dict[str, Any]:
    """Name what an actor may do on this page itself; the verbs check again."""
    actions = set(wish.actions)
    is_moderator = actor.may({Role.MODERATOR}, wish.service_centre_id)
    return {
        "decide": bool(actions & set(DECISIONS)),
        "resubmit": WishAction.RESUBMIT in actions,
        "write": is_moderator and wish.state in WRITABLE,
        "holds": [action for action in HOLDS if action in actions],
        "contacted": WishAction.PROCURE in actions and wish.state == "pledged" and wish.kind == "goods",
        "release": WishAction.RELEASE in actions,
    }
