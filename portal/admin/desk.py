"""The first page of every member of staff: what waits for me, what is overdue, oldest first."""

from typing import Any

from flask import render_template
from flask_babel import lazy_gettext

from portal.access import current_actor, staff
from portal.accounts.rules import Role
from portal.admin.act_subjects import find_subjects
from portal.admin.blueprint import blueprint
from portal.admin.matters import list_matters, pile_up
from portal.admin.queries import WAITING_ONLY, list_latest_acts, list_tasks, list_waiting
from portal.pages.health import find_troubles
from portal.pledges.queries import english_items
from portal.wishes.labels import STATE_LABELS

MATTERS_SHOWN = 15
PILE_LABELS: dict[str, Any] = {
    "approve": lazy_gettext("别人写好的公开文字，等您审批"),
    "deliver": lazy_gettext("要您送上门的物品"),
    "assign": lazy_gettext("家庭想请人送上门，还没有安排"),
    "draft": lazy_gettext("没有填完的心愿草稿"),
    "certify": lazy_gettext("等待认证的单位"),
    "words": lazy_gettext("等着看的捐赠留言"),
    "open": lazy_gettext("等着批准的募捐项目"),
    "text": lazy_gettext("等着批准的项目动态和报告"),
    "payment": lazy_gettext("等着批准的付款"),
    "pay": lazy_gettext("批准了还没有付的款"),
    "question": lazy_gettext("还没有答复的提问"),
    "report": lazy_gettext("快到期的公开报告"),
    "buy": lazy_gettext("钱到了、等着买的心愿"),
    "refund": lazy_gettext("捐赠人申请退款"),
    "failed_refund": lazy_gettext("退款没有退成"),
    "receipt": lazy_gettext("等着开票据"),
    "hold": lazy_gettext("对不上的款项"),
    "locked": lazy_gettext("密码错得太多、暂时登不进来的人"),
    "unprotected": lazy_gettext("还没有设动态口令的工作人员"),
    "dead_letter": lazy_gettext("多次没有发出去的消息"),
}


@blueprint.get("")
@staff(*Role)
def desk() -> str:
    """Show a member of staff their piles, the most urgent wishes, and what they did last."""
    actor = current_actor()
    acts, waiting, matters = list_latest_acts(actor), list_waiting(actor), list_matters(actor)
    return render_template(
        "admin/desk.html",
        tasks=list_tasks(actor),
        waiting_only=WAITING_ONLY,
        waiting=waiting,
        english_items=english_items(wish.number for wish in waiting),
        piles=pile_up(matters),
        matters=matters[:MATTERS_SHOWN],
        pile_labels=PILE_LABELS,
        troubles=find_troubles() if actor.has_role(Role.ADMINISTRATOR) else [],
        acts=acts,
        subjects=find_subjects((act.subject_kind, act.subject_ref) for act in acts),
        state_labels=STATE_LABELS,
    )
