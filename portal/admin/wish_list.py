"""The staff's list of wishes: search, filters, bulk acts and exports."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from portal.access import current_actor, staff
from portal.accounts.rules import Actor, NotAllowed, Role
from portal.admin.blueprint import blueprint
from portal.admin.bulk import MOST_AT_ONCE, do_each
from portal.admin.family_search import says_number
from portal.admin.wish_queries import ListedWish, ListFilters, centres_seen, every_wish, list_wishes, read_filters
from portal.admin.wishes import HOLDS
from portal.areas.queries import list_centres
from portal.audit import service as audit
from portal.handover.acknowledgements import close_wishes
from portal.households.service import ConsentMissing
from portal.i18n import language
from portal.pledges.queries import english_words
from portal.publication.rules import ReasonNeeded
from portal.spreadsheets.sending import check_ending, export_links, send_table
from portal.wishes.kinds import CATEGORY_LABELS, KIND_LABELS
from portal.wishes.labels import ACTION_LABELS, STATE_LABELS, STATE_TONES
from portal.wishes.publishing import NothingToShow
from portal.wishes.rules import WishAction, WishState, WrongState
from portal.wishes.service import WishNotFound, get_wish
from portal.wishes.verification import ReasonNeeded as DecisionReasonNeeded
from portal.wishes.verification import decide, verify_many
from portal.workdays import last_day

READERS = (Role.NEED_REPORTER, Role.CENTRE_CLERK, Role.MODERATOR, Role.SUPERVISOR)
_REFUSED_ONE_BY_ONE = (WrongState, NotAllowed, WishNotFound, ConsentMissing, NothingToShow)


@dataclass(frozen=True, slots=True)
class BulkAct:
    """One act on many wishes: its verb, what the button says, and whether it takes a reason."""

    verb: WishAction
    label: Any
    takes_reason: bool = False


A = WishAction
BULK_ACTS: dict[WishState, tuple[BulkAct, ...]] = {
    WishState.SUBMITTED: (
        BulkAct(A.VERIFY, lazy_gettext("核实通过")),
        BulkAct(A.RETURN, ACTION_LABELS[A.RETURN], takes_reason=True),
        BulkAct(A.REFER, ACTION_LABELS[A.REFER], takes_reason=True),
        BulkAct(A.REJECT, ACTION_LABELS[A.REJECT], takes_reason=True),
    ),
    WishState.PUBLISHED: (BulkAct(A.SUSPEND, ACTION_LABELS[A.SUSPEND], takes_reason=True),),
    WishState.SUSPENDED: (
        BulkAct(A.RESUME, ACTION_LABELS[A.RESUME], takes_reason=True),
        BulkAct(A.REWRITE, ACTION_LABELS[A.REWRITE], takes_reason=True),
    ),
    WishState.CONFIRMED: (BulkAct(A.CLOSE, lazy_gettext("办结")),),
}
"""What may be done to many wishes at once, by where they stand."""


@blueprint.get("/wishes", endpoint="list_wishes")
@staff(*READERS)
def show_list() -> ResponseReturnValue:
    """List the wishes a member of staff may see."""
    if says_number(request.args.get("q", "")):
        return _turn_away()
    filters = read_filters(request.args)
    page = list_wishes(current_actor(), filters, request.args.get("after"))
    return render_template(
        "admin/wishes/list.html",
        page=page,
        english=english_words(wish.number for wish in page.wishes),
        filters=filters,
        choices=_choices(current_actor(), filters),
        acts=_bulk_acts(current_actor(), filters.state),
        may_find_family=current_actor().has_role(Role.CENTRE_CLERK),
        here=_address(filters),
        next_url=_address(filters, after=page.next_mark) if page.next_mark else None,
        first_url=_address(filters) if request.args.get("after") else None,
        sort_url={key: _address(filters, sort=_turned(filters.sort, key)) for key in ("waiting", "deadline", "filed")},
        exports=export_links("admin.export_wishes", **_query(filters)),
        state_labels=STATE_LABELS,
        state_tones=STATE_TONES,
        kind_labels=KIND_LABELS,
        category_labels=CATEGORY_LABELS,
    )


@blueprint.post("/wishes/bulk")
@staff(Role.CENTRE_CLERK, Role.MODERATOR)
def act_on_wishes() -> Any:
    """Do one act on all ticked wishes."""
    picked, verb = request.form.getlist("pick")[:MOST_AT_ONCE], request.form.get("verb", "")
    filters = read_filters(request.form)
    allowed = {act.verb for act in _bulk_acts(current_actor(), filters.state)}
    if not picked:
        flash(_("请先勾选心愿。"), "warning")
    elif verb not in allowed:
        abort(400)
    elif verb == WishAction.VERIFY:
        _verify(current_actor(), picked)
    elif verb == WishAction.CLOSE:
        _close(current_actor(), picked)
    else:
        _with_reason(current_actor(), WishAction(verb), picked, request.form.get("reason", ""))
    return redirect(_address(filters), 303)


@blueprint.get("/wishes/export.<ending>")
@staff(*READERS)
def export_wishes(ending: str) -> ResponseReturnValue:
    """Hand the list out as a spreadsheet without identities; who took it out is recorded."""
    check_ending(ending)
    if says_number(request.args.get("q", "")):
        return _turn_away()
    filters, actor = read_filters(request.args), current_actor()
    audit.record(actor, "wishes.export", "list", ending, after={"state": filters.state, "centre": filters.centre_id})
    return send_table("wishes", _("心愿"), _headers(), _lines(actor, filters), ending)


def _turn_away() -> ResponseReturnValue:
    """Lead whoever searches by an ID number or telephone to where no address keeps it, and say the number nowhere."""
    if current_actor().has_role(Role.CENTRE_CLERK):
        flash(_("身份证号和电话请在这里找：号码不会留在地址栏和浏览记录里。"), "info")
        return redirect(url_for("admin.find_family"), 303)
    flash(_("心愿列表只按心愿编号和物品找。身份证号和电话由服务中心的工作人员去找，请不要填在这里。"), "info")
    return redirect(_address(replace(read_filters(request.args), text="")), 303)


def _verify(actor: Actor, picked: list[str]) -> None:
    try:
        result = verify_many(actor, picked)
    except (WrongState, WishNotFound):
        flash(_("有的心愿刚刚被别人处理过，这一次一个也没有改动。请刷新后再勾选。"), "warning")
        return
    done = len(result.verified)
    if done:
        flash(ngettext("%(num)s 个心愿核实通过。", "%(num)s 个心愿核实通过。", done), "success")
    if result.left:
        numbers = "、".join(result.left)
        flash(_("这些心愿还有要先办的事，请逐个打开来看：%(numbers)s", numbers=numbers), "warning")


def _close(actor: Actor, picked: list[str]) -> None:
    closed = close_wishes(actor, picked)
    flash(ngettext("%(num)s 个心愿已经办结。", "%(num)s 个心愿已经办结。", len(closed)), "success")
    if len(closed) < len(picked):
        flash(_("有的没有办结：别人刚处理过，或者家庭的答复是您自己代记的，要请另一位审核员来办。"), "warning")


def _with_reason(actor: Actor, verb: WishAction, picked: list[str], reason: str) -> None:
    """Do what takes a reason, the same for all; each wish by itself."""
    do: Callable[[Actor, int, str], object] = HOLDS.get(verb) or partial(_decide, verb)
    try:
        done, left = do_each(picked, lambda number: do(actor, get_wish(number).id, reason), _REFUSED_ONE_BY_ONE)
    except (DecisionReasonNeeded, ReasonNeeded):
        flash(_("请写明原因，再点一次。什么都没有改动。"), "warning")
        return
    if done:
        flash(ngettext("%(num)s 个心愿办好了。", "%(num)s 个心愿办好了。", len(done)), "success")
    if left:
        flash(_("这些没有办成，请逐个打开来看：%(numbers)s", numbers=_("、").join(left)), "warning")


def _decide(verb: WishAction, actor: Actor, wish_id: int, reason: str) -> None:
    decide(actor, wish_id, verb, reason)


def _bulk_acts(actor: Actor, state: WishState | None) -> list[BulkAct]:
    """Return what may be done to many wishes of one state at once."""
    role = Role.CENTRE_CLERK if state is WishState.SUBMITTED else Role.MODERATOR
    return list(BULK_ACTS.get(state, ())) if state and actor.has_role(role) else []


def _choices(actor: Actor, filters: ListFilters) -> dict[str, list[dict[str, Any]]]:
    seen = centres_seen(actor)
    english = language() == "en"
    centres = {
        centre.id: centre.name_en if english else centre.name
        for centre in list_centres(with_closed=True)
        if seen is None or centre.id in seen
    }
    return {
        "state": _options(STATE_LABELS, filters.state),
        "centre": _options(centres, filters.centre_id),
        "kind": _options(KIND_LABELS, filters.kind),
        "category": _options(CATEGORY_LABELS, filters.category),
    }


def _options(labels: Any, chosen: Any) -> list[dict[str, Any]]:
    return [
        {"value": str(value), "label": label, "selected": value == chosen, "count": None}
        for value, label in labels.items()
    ]


def _address(filters: ListFilters, **more: Any) -> str:
    return url_for("admin.list_wishes", **(_query(filters) | more))


def _query(filters: ListFilters) -> dict[str, Any]:
    return {
        "q": filters.text or None,
        "state": filters.state,
        "centre": filters.centre_id,
        "kind": filters.kind,
        "category": filters.category,
        "list": filters.import_id,
        "overdue": "1" if filters.is_overdue else None,
        "sort": filters.sort if filters.sort != "waiting" else None,
    }


def _turned(sort: str, key: str) -> str:
    return f"-{key}" if sort == key else key


def _headers() -> list[str]:
    return [
        _("心愿编号"),
        _("心愿"),
        _("规格尺码"),
        _("数量"),
        _("金额（元）"),
        _("种类"),
        _("类别"),
        _("走到哪一步"),
        _("服务中心"),
        _("报送日期"),
        _("从何时起"),
        _("期限"),
        _("已逾期"),
    ]


def _lines(actor: Actor, filters: ListFilters) -> Iterator[list[Any]]:
    english = language() == "en"
    for wish in every_wish(actor, filters):
        yield _line(wish, english)


def _line(wish: ListedWish, english: bool) -> list[Any]:
    return [
        wish.number,
        wish.item,
        wish.size,
        wish.quantity,
        Decimal(wish.total_minor) / 100,
        str(KIND_LABELS[wish.kind]),
        str(CATEGORY_LABELS[wish.category]),
        str(STATE_LABELS[wish.state]),
        wish.centre_name_en if english else wish.centre_name,
        wish.reported_on,
        wish.state_since,
        last_day(wish.deadline_at) if wish.deadline_at else None,
        _("是") if wish.is_overdue else _("否"),
    ]
