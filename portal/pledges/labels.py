"""What states and steps of a pledge are called to the pledger."""

from typing import Any

from flask_babel import lazy_gettext

from portal.pledges.models import PledgeState
from portal.wishes.rules import WishAction, WishState

STATE_LABELS: dict[PledgeState, Any] = {
    PledgeState.HELD: lazy_gettext("等您确认"),
    PledgeState.PLEDGED: lazy_gettext("等您联系服务中心"),
    PledgeState.PROCURING: lazy_gettext("您在准备"),
    PledgeState.RECEIVED: lazy_gettext("服务中心已收下"),
    PledgeState.FULFILLED: lazy_gettext("心愿圆满"),
    PledgeState.EXPIRED: lazy_gettext("没有及时确认"),
    PledgeState.CANCELLED: lazy_gettext("您已取消"),
    PledgeState.LAPSED: lazy_gettext("已到期"),
    PledgeState.ENDED: lazy_gettext("已结束"),
}

STATE_TONES: dict[PledgeState, str] = {
    PledgeState.HELD: "waiting",
    PledgeState.PLEDGED: "waiting",
    PledgeState.PROCURING: "active",
    PledgeState.RECEIVED: "done",
    PledgeState.FULFILLED: "done",
    PledgeState.EXPIRED: "stopped",
    PledgeState.CANCELLED: "stopped",
    PledgeState.LAPSED: "stopped",
    PledgeState.ENDED: "stopped",
}
"""The tone of a state's badge; the label carries the meaning."""

HANDED_OVER_LABEL = lazy_gettext("已经交到需要的人手里")
THANKED_STATES = frozenset({WishState.HANDED_OVER, WishState.CONFIRMED, WishState.CLOSED})
"""Where a wish is once the pledger's part is done and thanks are due."""

EVENT_LABELS: dict[WishAction, Any] = {
    WishAction.PROCURE: lazy_gettext("您开始准备"),
    WishAction.RECEIVE: lazy_gettext("服务中心收下了"),
    WishAction.REFUSE: lazy_gettext("服务中心这次没有收下"),
    WishAction.HAND_OVER: lazy_gettext("交到了需要它的人手里"),
    WishAction.SERVE: lazy_gettext("服务完成了"),
    WishAction.COMPLAIN: lazy_gettext("服务中心在核对"),
    WishAction.REPLACE: lazy_gettext("请您换一件"),
    WishAction.RELEASE: lazy_gettext("认领结束，心愿回到列表里"),
}
"""Steps of a wish's history a pledger sees; what the family did stays with the family."""

PLEDGED_STEP = lazy_gettext("您认领了这个心愿")
CONFIRMED_STEP = lazy_gettext("您确认了联系方式")
EXTENDED_STEP = lazy_gettext("您延期了一次")
SENT_STEP = lazy_gettext("您说东西已经寄出")
