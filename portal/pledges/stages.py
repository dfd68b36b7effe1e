"""The way of one pledge as its pledger sees it, from the yes to the hand-over. Pure."""

from dataclasses import dataclass

from flask_babel import gettext as _

from portal.pledges.models import PledgeState
from portal.pledges.pages import OwnPledge

_REACHED = {
    PledgeState.HELD: 0,
    PledgeState.PLEDGED: 1,
    PledgeState.PROCURING: 2,
    PledgeState.RECEIVED: 3,
    PledgeState.FULFILLED: 4,
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage, as the way macro draws it: done, current or todo."""

    label: str
    state: str


def stages_of(pledge: OwnPledge) -> tuple[Stage, ...]:
    """Return the stages with the one that is due now; none for a pledge that ended early."""
    if pledge.state not in _REACHED:
        return ()
    here = 4 if pledge.is_thanked else _REACHED[pledge.state]
    if pledge.is_procuring and pledge.appointment_at:
        here = 3
    labels = (_("确认认领"), _("联系服务中心"), *_last_labels(pledge.wish.is_service))
    return tuple(
        Stage(label, "done" if place < here else "current" if place == here else "todo")
        for place, label in enumerate(labels)
    )


def _last_labels(is_service: bool) -> tuple[str, str]:
    if is_service:
        return _("约好时间"), _("服务完成")
    return _("送到服务中心"), _("交到需要的人手里")
