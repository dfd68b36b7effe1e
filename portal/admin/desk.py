"""The first page of every member of staff: what waits for me, what is overdue, oldest first."""

from flask import render_template
from flask_babel import gettext as _

from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.admin.act_subjects import find_subjects
from portal.admin.blueprint import blueprint
from portal.admin.queries import WAITING_ONLY, list_latest_acts, list_other_tasks, list_tasks, list_waiting
from portal.pledges.queries import english_items
from portal.wishes.labels import STATE_LABELS


@blueprint.get("")
@staff(*Role)
def desk() -> str:
    """Show a member of staff their piles, the most urgent wishes, and what they did last."""
    actor = current_actor()
    acts, waiting = list_latest_acts(actor), list_waiting(actor)
    return render_template(
        "admin/desk.html",
        tasks=list_tasks(actor),
        waiting_only=WAITING_ONLY,
        waiting=waiting,
        english_items=english_items(wish.number for wish in waiting),
        other_tasks=list_other_tasks(actor),
        other_labels=_other_labels(),
        acts=acts,
        subjects=find_subjects((act.subject_kind, act.subject_ref) for act in acts),
        state_labels=STATE_LABELS,
    )


def _other_labels() -> dict[str, str]:
    return {
        "approve": _("别人写好的公开文字，等您审批"),
        "deliver": _("要您送上门的物品"),
        "certify": _("等待认证的单位"),
        "campaigns": _("募捐项目里等着办的"),
        "dead_letters": _("多次没有发出去的消息"),
    }
