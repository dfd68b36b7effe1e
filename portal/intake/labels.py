"""What the states of a list that was handed in are called."""

from typing import Any

from flask_babel import lazy_gettext

STATE_LABELS: dict[str, Any] = {
    "read": lazy_gettext("等您决定"),
    "running": lazy_gettext("正在收进"),
    "done": lazy_gettext("已收进"),
    "refused": lazy_gettext("没有收进"),
    "dropped": lazy_gettext("已放弃"),
}
