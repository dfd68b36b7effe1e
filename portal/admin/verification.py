"""The page on which a clerk decides about a wish that came in."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.access import current_actor, staff
from portal.accounts.rules import Actor, Role
from portal.admin.blueprint import blueprint
from portal.admin.wish_queries import ListFilters, list_wishes
from portal.households.queries import panel
from portal.wishes.kinds import AGE_BAND_LABELS, CATEGORY_LABELS, GROUP_LABELS, KIND_LABELS
from portal.wishes.models import Wish
from portal.wishes.rules import WishAction, WishState, WrongState, actions_for
from portal.wishes.service import get_wish
from portal.wishes.verification import (
    DECISIONS,
    Obstacle,
    ReasonNeeded,
    Remark,
    VerificationBlocked,
    decide,
    obstacles_of,
    remarks_of,
)

DECISION_LABELS = {
    WishAction.VERIFY: lazy_gettext("核实通过，交给审核员写公开文字"),
    WishAction.RETURN: lazy_gettext("退回补充"),
    WishAction.REFER: lazy_gettext("转办到政策帮扶"),
    WishAction.REJECT: lazy_gettext("不予受理"),
}


REMARK_LABELS = {
    Remark.ADULT_IN_CHILD_GROUP: lazy_gettext("困难类别是儿童类的，年龄却已成年。请核对是不是填错了。"),
    Remark.ADDRESS_SHARED: lazy_gettext("同一个住址还有别人提了心愿。请确认是不是同一户。"),
    Remark.REASON_MISSING: lazy_gettext("没有写心愿理由。请问一问，再退回补充或另行记下。"),
}


class DecisionForm(FlaskForm):
    """What is decided, and why."""

    decision = RadioField(lazy_gettext("您的决定"), validators=[InputRequired(lazy_gettext("请选一项。"))])
    reason = TextAreaField(
        lazy_gettext("原因，或者转到哪里"),
        validators=[Length(max=500, message=lazy_gettext("请写在 500 字以内。"))],
    )


@blueprint.route("/wishes/<number>/verification", methods=["GET", "POST"])
@staff(Role.CENTRE_CLERK, Role.MODERATOR)
def verify_wish(number: str) -> Any:
    """Show what is to be verified and take the decision."""
    actor, wish = current_actor(), get_wish(number)
    actor.require({Role.CENTRE_CLERK, Role.MODERATOR}, wish.service_centre_id)
    form = DecisionForm()
    form.decision.choices = _open_decisions(wish, actor)
    if not form.decision.choices:
        return redirect(url_for("admin.show_wish", number=number))
    if form.validate_on_submit() and _decided(form, actor, wish):
        return redirect(_next_address(actor, wish), 303)
    return _page(form, actor, wish), 422 if request.method == "POST" else 200


def _open_decisions(wish: Wish, actor: Actor) -> list[tuple[str, Any]]:
    state = WishState(wish.state)
    may = actions_for(state, actor, wish.service_centre_id)
    return [(action.value, DECISION_LABELS[action]) for action in DECISIONS if action in may]


def _decided(form: DecisionForm, actor: Actor, wish: Wish) -> bool:
    decision = WishAction(form.decision.data)
    try:
        decide(actor, wish.id, decision, form.reason.data)
    except ReasonNeeded:
        form.reason.errors = [_("请写明原因，家庭和报送人看得到接下来该怎么办。")]
        return False
    except VerificationBlocked:
        form.decision.errors = [_("还有要先办的事，见下面。")]
        return False
    except WrongState:
        flash(_("这个心愿刚刚被别人处理过。"), "warning")
        return True
    flash(_("已记下：%(number)s，%(decision)s。", number=wish.number, decision=DECISION_LABELS[decision]), "success")
    return True


def _next_address(actor: Actor, wish: Wish) -> str:
    """Return the longest waiting wish of the same pile, or the pile itself when it is empty."""
    state = WishState(wish.state) if wish.state == WishState.VERIFIED else WishState.SUBMITTED
    waiting = list_wishes(actor, ListFilters(state=state, centre_id=wish.service_centre_id)).wishes
    following = [other for other in waiting if other.number != wish.number]
    if state is WishState.SUBMITTED and following:
        return url_for("admin.verify_wish", number=following[0].number)
    return url_for("admin.list_wishes", state=state)


def _page(form: DecisionForm, actor: Actor, wish: Wish) -> str:
    return render_template(
        "admin/wishes/verification.html",
        form=form,
        wish=wish,
        obstacles=obstacles_of(wish),
        obstacle=Obstacle,
        remarks=[REMARK_LABELS[remark] for remark in remarks_of(wish)],
        household_panel=panel(wish.id, actor),
        age_band_labels=AGE_BAND_LABELS,
        category_labels=CATEGORY_LABELS,
        group_labels=GROUP_LABELS,
        kind_labels=KIND_LABELS,
    )
