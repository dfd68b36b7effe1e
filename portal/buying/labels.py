"""What states and ends of purchases are called: to donors in whole sentences, to staff in short."""

from typing import Any

from flask_babel import lazy_gettext

from portal.buying.rules import PurchaseState, Why

S = PurchaseState

STATE_LABELS: dict[PurchaseState, Any] = {
    S.RESERVED: lazy_gettext("等捐赠人付款"),
    S.PAID: lazy_gettext("等基金会买"),
    S.DONE: lazy_gettext("办结"),
    S.LAPSED: lazy_gettext("没有付款，已放回"),
    S.SURPLUS: lazy_gettext("没有买成，钱留在基金"),
    S.RETURNED: lazy_gettext("钱已退回"),
    S.ENDED: lazy_gettext("没有买成"),
}

STATE_TONES: dict[PurchaseState, str] = {
    S.RESERVED: "waiting",
    S.PAID: "active",
    S.DONE: "done",
    S.LAPSED: "stopped",
    S.SURPLUS: "stopped",
    S.RETURNED: "stopped",
    S.ENDED: "stopped",
}

_WHY: dict[Why, Any] = {
    Why.TAKEN: lazy_gettext("您的钱到账时，这个心愿已经有别人认领了，或者不再公开。"),
    Why.WITHDRAWN: lazy_gettext("这个心愿家庭不再需要，已经撤回。"),
    Why.SUSPENDED: lazy_gettext("这个心愿暂停了，要重新核对。"),
    Why.REARRANGED: lazy_gettext("这个心愿由服务中心另作安排了。"),
    Why.GIVEN_UP: lazy_gettext("基金会没能买到合适的东西，心愿已经放回去，请别人帮忙。"),
}


def words_of(why: Why | str) -> str:
    """Return as a sentence why a wish is not bought after all."""
    return str(_WHY[Why(why)])
