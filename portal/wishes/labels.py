"""What states, actions and owners of a wish are called, and where a wish stands in plain words.

Says the same thing three ways: to staff, to the family, to the pledger. Reads
no database; the words to a pledger and to the public never speak of a family.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import format_date, lazy_gettext
from flask_babel import gettext as _

from portal.accounts.rules import ActorKind, Role
from portal.formats import near_day
from portal.i18n import language
from portal.publication.compose import find_phrase
from portal.wishes.rules import STAYS, OnOverdue, WishAction, WishState
from portal.workdays import last_day

S, A = WishState, WishAction

STATE_LABELS: Mapping[WishState, Any] = {
    S.SUBMITTED: lazy_gettext("待核实"),
    S.RETURNED: lazy_gettext("已退回，待补充"),
    S.VERIFIED: lazy_gettext("已核实，待公开"),
    S.PUBLISHED: lazy_gettext("公开中，等人认领"),
    S.SUSPENDED: lazy_gettext("已暂停公开"),
    S.PLEDGED: lazy_gettext("已认领"),
    S.PROCURING: lazy_gettext("认领人准备中"),
    S.RECEIVED: lazy_gettext("已到服务中心"),
    S.HANDED_OVER: lazy_gettext("已交给家庭"),
    S.CONFIRMED: lazy_gettext("家庭已确认"),
    S.REOPENED: lazy_gettext("家庭反映有问题"),
    S.REFERRED: lazy_gettext("已转办"),
    S.CLOSED: lazy_gettext("已办结"),
    S.REJECTED: lazy_gettext("不予受理"),
    S.WITHDRAWN: lazy_gettext("家庭已撤回"),
}

STATE_TONES: Mapping[WishState, str] = {
    S.SUBMITTED: "waiting",
    S.RETURNED: "alert",
    S.VERIFIED: "waiting",
    S.PUBLISHED: "open",
    S.SUSPENDED: "alert",
    S.PLEDGED: "active",
    S.PROCURING: "active",
    S.RECEIVED: "active",
    S.HANDED_OVER: "active",
    S.CONFIRMED: "waiting",
    S.REOPENED: "alert",
    S.REFERRED: "active",
    S.CLOSED: "done",
    S.REJECTED: "stopped",
    S.WITHDRAWN: "stopped",
}
"""The tone of the badge that shows a state."""

ACTION_LABELS: Mapping[WishAction, Any] = {
    A.SUBMIT: lazy_gettext("提交"),
    A.RESUBMIT: lazy_gettext("补充后再提交"),
    A.VERIFY: lazy_gettext("核实通过"),
    A.RETURN: lazy_gettext("退回补充"),
    A.REJECT: lazy_gettext("不予受理"),
    A.REFER: lazy_gettext("转办到政策帮扶"),
    A.PUBLISH: lazy_gettext("批准公开"),
    A.SUSPEND: lazy_gettext("暂停公开"),
    A.RESUME: lazy_gettext("恢复公开"),
    A.REWRITE: lazy_gettext("退回重写公开文字"),
    A.PLEDGE: lazy_gettext("认领"),
    A.RELEASE: lazy_gettext("放回等人认领"),
    A.PROCURE: lazy_gettext("开始准备"),
    A.RECEIVE: lazy_gettext("收下物品"),
    A.REFUSE: lazy_gettext("不收，请换一个"),
    A.HAND_OVER: lazy_gettext("交给家庭"),
    A.SERVE: lazy_gettext("服务已完成"),
    A.CONFIRM: lazy_gettext("家庭确认收到"),
    A.COMPLAIN: lazy_gettext("家庭反映有问题"),
    A.FIND: lazy_gettext("找到了，重新交给家庭"),
    A.REPLACE: lazy_gettext("请认领人换一个"),
    A.REPUBLISH: lazy_gettext("重新公开"),
    A.CLOSE: lazy_gettext("办结"),
    A.WITHDRAW: lazy_gettext("撤回心愿"),
}

_OTHER_EVENTS: Mapping[str, Any] = {
    "escalate": lazy_gettext("到期没有处理，已督办"),
    "ask_rescue": lazy_gettext("很久没有人认领，已请联盟单位帮忙"),
    "remind_family": lazy_gettext("已发短信，请家庭说收到没有"),
    "wish_for_way": lazy_gettext("家庭说了想怎样取东西"),
    "nobody_home": lazy_gettext("送货上门时家里没有人"),
    "correct_contact": lazy_gettext("改了电话或住址"),
    "give_consent_publish": lazy_gettext("同意匿名公开"),
    "give_consent_share_with_deliverer": lazy_gettext("同意送货上门"),
    "give_consent_photo": lazy_gettext("同意拍照留存"),
    "withdraw_consent_publish": lazy_gettext("不再同意匿名公开"),
    "withdraw_consent_share_with_deliverer": lazy_gettext("不再同意送货上门"),
    "withdraw_consent_photo": lazy_gettext("不再同意拍照留存"),
    "delivery.assign": lazy_gettext("安排送上门"),
    "delivery.nobody_home": lazy_gettext("送货上门时家里没有人"),
    "picture.open": lazy_gettext("看了照片或签收单"),
    "write_text": lazy_gettext("写好公开文字，等另一位审核员批准"),
    "refuse_text": lazy_gettext("公开文字没有通过，退回重写"),
    "replace_text": lazy_gettext("换上新的公开文字"),
    "publication.write": lazy_gettext("写公开文字"),
    "publication.approve": lazy_gettext("批准公开文字"),
    "publication.refuse": lazy_gettext("退回公开文字"),
    "wishes.export": lazy_gettext("导出心愿"),
}

OWNER_LABELS: Mapping[Role | ActorKind, Any] = {
    Role.NEED_REPORTER: lazy_gettext("报送人"),
    Role.CENTRE_CLERK: lazy_gettext("服务中心工作人员"),
    Role.MODERATOR: lazy_gettext("审核员"),
    Role.FINANCE: lazy_gettext("财务"),
    Role.SUPERVISOR: lazy_gettext("监督员"),
    Role.ADMINISTRATOR: lazy_gettext("管理员"),
    ActorKind.STAFF: lazy_gettext("工作人员"),
    ActorKind.PLEDGER: lazy_gettext("认领人"),
    ActorKind.FAMILY: lazy_gettext("家庭"),
    ActorKind.SYSTEM: lazy_gettext("系统"),
}

_CONSEQUENCES: Mapping[OnOverdue, Any] = {
    OnOverdue.ESCALATE: lazy_gettext("逾期会督办，提醒上一级。"),
    OnOverdue.RESCUE: lazy_gettext("到期没有人认领，会请联盟单位帮忙。"),
    OnOverdue.RELEASE: lazy_gettext("到期没有送到，会自动放回，等别人认领。"),
}

_STAFF_TASKS: Mapping[WishState, Any] = {
    S.SUBMITTED: lazy_gettext("请服务中心核实：人、困难情况、要的东西和价格是不是真的。"),
    S.RETURNED: lazy_gettext("请报送人把缺的材料补齐，再提交一次。"),
    S.VERIFIED: lazy_gettext("请审核员写好公开文字，再由另一位审核员批准。"),
    S.PUBLISHED: lazy_gettext("已在网上公开，等人认领。"),
    S.SUSPENDED: lazy_gettext("已从网上撤下。请审核员决定恢复、重写还是转办。"),
    S.PLEDGED: lazy_gettext("有人认领了，等他们和服务中心联系。"),
    S.PROCURING: lazy_gettext("认领人正在准备，等东西送到服务中心，或者等约定的服务日子。"),
    S.RECEIVED: lazy_gettext("东西在服务中心。请通知家庭来取，或者送上门。"),
    S.HANDED_OVER: lazy_gettext("东西已经交给家庭，等家庭说收到了。"),
    S.CONFIRMED: lazy_gettext("家庭说收到了。请审核员再看一遍，然后办结。"),
    S.REOPENED: lazy_gettext("家庭说没有收到，或者东西不对。请服务中心查清并处理。"),
    S.REFERRED: lazy_gettext("已转到政策帮扶。请服务中心到期回访，问清有没有解决。"),
    S.CLOSED: lazy_gettext("已经办结。"),
    S.REJECTED: lazy_gettext("没有受理，原因写在经过里。"),
    S.WITHDRAWN: lazy_gettext("家庭撤回了，网上已经看不到。"),
}

_FAMILY_NOW: Mapping[WishState, Any] = {
    S.SUBMITTED: lazy_gettext("您的心愿已经交到服务中心，工作人员正在核实。"),
    S.RETURNED: lazy_gettext("还缺一些材料，帮您登记的人会来补齐。"),
    S.VERIFIED: lazy_gettext("心愿核实好了，正在写一段不带姓名住址的介绍。"),
    S.PUBLISHED: lazy_gettext("心愿已经公开，正在等好心人认领。别人看不到您是谁。"),
    S.SUSPENDED: lazy_gettext("心愿暂时没有公开，审核员正在处理。"),
    S.PLEDGED: lazy_gettext("有人认领了您的心愿。"),
    S.PROCURING: lazy_gettext("认领人正在准备。"),
    S.RECEIVED: lazy_gettext("东西已经到了服务中心，可以来取了。"),
    S.HANDED_OVER: lazy_gettext("东西已经交给您家了。"),
    S.CONFIRMED: lazy_gettext("您说收到了，谢谢您告诉我们。"),
    S.REOPENED: lazy_gettext("您说有问题，服务中心正在查。"),
    S.REFERRED: lazy_gettext("这件事已经转给政策帮扶来办，可能比一个心愿更管用。"),
    S.CLOSED: lazy_gettext("心愿已经办结。"),
    S.REJECTED: lazy_gettext("这个心愿没有受理。"),
    S.WITHDRAWN: lazy_gettext("心愿已经撤回，网上看不到了。"),
}

_FAMILY_NEXT: Mapping[WishState, Any] = {
    S.SUBMITTED: lazy_gettext("核实完就会告诉您，最晚%(day)s。"),
    S.RETURNED: lazy_gettext("请在%(day)s之前补齐，可以请网格员或服务中心帮忙。"),
    S.VERIFIED: lazy_gettext("两位审核员看过就公开，最晚%(day)s。"),
    S.PUBLISHED: lazy_gettext("有人认领，这里就会写出来。到%(day)s还没有人认领，我们会请单位帮忙。"),
    S.SUSPENDED: lazy_gettext("%(day)s之前会有结果，也可以问服务中心。"),
    S.PLEDGED: lazy_gettext("认领人要在%(day)s之前和服务中心联系。没有联系，心愿会放回去等别人。"),
    S.PROCURING: lazy_gettext("最晚%(day)s送到服务中心，到了就发短信叫您。"),
    S.RECEIVED: lazy_gettext("请带上取货码，%(day)s之前来服务中心。来不了，可以请人送上门。"),
    S.HANDED_OVER: lazy_gettext("请在%(day)s之前告诉我们：收到了，还是有问题。"),
    S.CONFIRMED: lazy_gettext("审核员再看一遍，%(day)s之前办结。您不用再做什么。"),
    S.REOPENED: lazy_gettext("服务中心会在%(day)s之前给您答复。"),
    S.REFERRED: lazy_gettext("工作人员会在%(day)s之前回访，问您解决了没有。"),
    S.CLOSED: lazy_gettext("都办好了。以后有难处，随时找服务中心。"),
    S.REJECTED: lazy_gettext("想知道原因，或者有别的难处，请问服务中心。"),
    S.WITHDRAWN: lazy_gettext("以后还有需要，可以再登记一次。"),
}

_FAMILY_NEXT_SERVICE: Mapping[WishState, Any] = {
    S.PROCURING: lazy_gettext("服务中心会和您约好日子，最晚%(day)s之前。"),
    S.HANDED_OVER: lazy_gettext("请在%(day)s之前告诉我们：服务做好了，还是有问题。"),
}

_FAMILY_NOW_SERVICE: Mapping[WishState, Any] = {
    S.PROCURING: lazy_gettext("正在为您约上门或见面的时间。"),
    S.HANDED_OVER: lazy_gettext("服务已经做完了。"),
}

_PLEDGER_NOW: Mapping[WishState, Any] = {
    S.PUBLISHED: lazy_gettext("这个心愿正在等人认领。"),
    S.PLEDGED: lazy_gettext("您认领了这个心愿，请尽快和服务中心联系。"),
    S.PROCURING: lazy_gettext("您正在准备，请按约定的日子送到服务中心。"),
    S.RECEIVED: lazy_gettext("服务中心收下了，正在转交给家庭。"),
    S.HANDED_OVER: lazy_gettext("已经交给家庭，等家庭确认。"),
    S.CONFIRMED: lazy_gettext("家庭说收到了，等审核员办结。"),
    S.REOPENED: lazy_gettext("家庭说有问题，服务中心正在查，会和您联系。"),
    S.CLOSED: lazy_gettext("心愿实现了，已经办结。谢谢您同行。"),
}


@dataclass(frozen=True, slots=True)
class PlainWords:
    """Where a wish stands and what comes next, as whole sentences."""

    now: str
    next_step: str


def state_label(state: WishState | str) -> str:
    """Return the short name of a state."""
    return str(STATE_LABELS[WishState(state)])


def state_tone(state: WishState | str) -> str:
    """Return the tone of a state's badge: open, waiting, active, done, stopped or alert."""
    return STATE_TONES[WishState(state)]


def action_label(action: WishAction | str) -> str:
    """Return what a button for an action says; the trail writes `wish.` before it."""
    return str(ACTION_LABELS[WishAction(action.removeprefix("wish."))])


def event_label(action: str) -> str:
    """Return what a step of the history is called; unknown steps keep their code name."""
    known: Any = _OTHER_EVENTS.get(action) or (ACTION_LABELS[WishAction(action)] if action in set(A) else action)
    return str(known)


def item_in_english(item: str, kind: str, category: str) -> str | None:
    """Return what staff who read English call a thing or service, empty when no word is known; None on Chinese pages.

    Families' own words are Chinese; this is the word of the phrase book that
    public texts are composed of, which helps to tell wishes apart.
    """
    return find_phrase(item, kind, category).item_en if language() == "en" else None


def owner_label(owner: Role | ActorKind) -> str:
    """Return what the role or side is called that a wish waits for."""
    return str(OWNER_LABELS[owner])


def words_for_staff(state: WishState | str, deadline_at: datetime | None) -> PlainWords:
    """Return whose task a wish is, what the task is, until when, and what happens then."""
    state = WishState(state)
    stay = STAYS.get(state)
    if stay is None or deadline_at is None:
        return PlainWords(str(_STAFF_TASKS[state]), "")
    told = _(
        "由%(owner)s负责，%(day)s为止。%(then)s",
        owner=owner_label(stay.owner),
        day=_day(deadline_at),
        then=_CONSEQUENCES[stay.on_overdue],
    )
    return PlainWords(str(_STAFF_TASKS[state]), told)


def words_for_family(state: WishState | str, deadline_at: datetime | None, kind: str = "goods") -> PlainWords:
    """Return where a wish stands and what comes next by when, as one would tell an old neighbour."""
    state = WishState(state)
    is_service = kind == "service"
    now = (_FAMILY_NOW_SERVICE.get(state) if is_service else None) or _FAMILY_NOW[state]
    following = (_FAMILY_NEXT_SERVICE.get(state) if is_service else None) or _FAMILY_NEXT[state]
    day = near_day(last_day(deadline_at)) if deadline_at else _("近几天")
    return PlainWords(str(now), str(following) % {"day": day})


def words_for_pledger(state: WishState | str) -> str:
    """Return where a wish stands as its pledger may know it; nothing but that when it is not public any more."""
    known = _PLEDGER_NOW.get(WishState(state))
    return str(known) if known else _("这个心愿已经不公开了，您的认领不用再继续。")


def _day(deadline_at: datetime) -> str:
    return str(format_date(last_day(deadline_at), "long"))
