"""The limits themselves, with unit, default and bounds; pure."""

from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import partial
from typing import Any

from flask_babel import lazy_gettext


class LimitOutOfBounds(ValueError):
    """A value lies outside what the limit allows."""


class Topic(StrEnum):
    """What a limit is about, in the order an administrator reads them."""

    WISHES = "wishes"
    REVIEW = "review"
    PLEDGES = "pledges"
    HANDOVER = "handover"
    GIFTS = "gifts"
    DISCLOSURE = "disclosure"
    IDENTITIES = "identities"


TOPIC_LABELS: dict[Topic, Any] = {
    Topic.WISHES: lazy_gettext("家庭与心愿"),
    Topic.REVIEW: lazy_gettext("核实、发布与督办"),
    Topic.PLEDGES: lazy_gettext("认领与送达"),
    Topic.HANDOVER: lazy_gettext("交接与办结"),
    Topic.GIFTS: lazy_gettext("网上捐赠"),
    Topic.DISCLOSURE: lazy_gettext("募捐项目的信息公开"),
    Topic.IDENTITIES: lazy_gettext("身份信息的保存"),
}


def _limit(topic: Topic, default: int, low: int, high: int, label: Any, unit: Any) -> Any:
    return field(default=default, metadata={"topic": topic, "low": low, "high": high, "label": label, "unit": unit})


_wishes, _review = partial(_limit, Topic.WISHES), partial(_limit, Topic.REVIEW)
_pledges, _handover = partial(_limit, Topic.PLEDGES), partial(_limit, Topic.HANDOVER)
_gifts = partial(_limit, Topic.GIFTS)
_disclosure, _identities = partial(_limit, Topic.DISCLOSURE), partial(_limit, Topic.IDENTITIES)

_FEN, _WISHES, _DAYS = lazy_gettext("分"), lazy_gettext("个"), lazy_gettext("天")
_HOURS = lazy_gettext("小时")
_WORKING_DAYS, _MINUTES, _TIMES = lazy_gettext("个工作日"), lazy_gettext("分钟"), lazy_gettext("次")


@dataclass(frozen=True)
class Limits:
    """All limits in force. Defaults follow common practice of micro-wish programmes."""

    wish_price_minor: int = _wishes(50_000, 100, 10_000_000, lazy_gettext("每个心愿的最高金额"), _FEN)
    open_wishes_per_household: int = _wishes(1, 1, 20, lazy_gettext("每户同时进行的心愿"), _WISHES)
    verify_working_days: int = _review(5, 1, 60, lazy_gettext("核实期限"), _WORKING_DAYS)
    return_days: int = _review(14, 1, 90, lazy_gettext("退回后补充材料期限"), _DAYS)
    refer_days: int = _review(30, 1, 180, lazy_gettext("转办回访期限"), _DAYS)
    publish_working_days: int = _review(5, 1, 60, lazy_gettext("匿名化与发布期限"), _WORKING_DAYS)
    suspend_days: int = _review(14, 1, 90, lazy_gettext("暂停后处理期限"), _DAYS)
    escalate_working_days: int = _review(3, 1, 30, lazy_gettext("逾期后每次督办的间隔"), _WORKING_DAYS)
    wishes_per_promise: int = _pledges(50, 1, 200, lazy_gettext("一次最多认领"), _WISHES)
    hold_minutes: int = _pledges(30, 5, 1440, lazy_gettext("等待确认联系方式"), _MINUTES)
    contact_days: int = _pledges(7, 1, 60, lazy_gettext("认领后联系服务中心"), _DAYS)
    deliver_working_days: int = _pledges(10, 1, 60, lazy_gettext("联系后送达"), _WORKING_DAYS)
    extension_working_days: int = _pledges(5, 1, 30, lazy_gettext("延期一次增加"), _WORKING_DAYS)
    lapses_to_block: int = _pledges(2, 1, 10, lazy_gettext("失约多少次后暂停认领"), _TIMES)
    block_days: int = _pledges(90, 1, 730, lazy_gettext("暂停认领时长"), _DAYS)
    rescue_days: int = _pledges(30, 1, 365, lazy_gettext("无人认领多久后启动帮扶"), _DAYS)
    collect_days: int = _handover(14, 1, 90, lazy_gettext("物品到中心后交给家庭"), _DAYS)
    confirm_days: int = _handover(14, 1, 90, lazy_gettext("家庭确认期限，过后可凭签收单办结"), _DAYS)
    close_days: int = _handover(7, 1, 90, lazy_gettext("家庭确认后办结"), _DAYS)
    reopen_working_days: int = _handover(5, 1, 60, lazy_gettext("家庭反映问题后处理期限"), _WORKING_DAYS)
    gift_min_minor: int = _gifts(100, 100, 10_000_000, lazy_gettext("一笔捐赠最少"), _FEN)
    gift_max_minor: int = _gifts(5_000_000, 10_000, 100_000_000, lazy_gettext("一笔网上捐赠最多"), _FEN)
    gift_hours: int = _gifts(24, 1, 168, lazy_gettext("没有付的捐赠保留多久"), _HOURS)
    fund_hold_minutes: int = _gifts(30, 10, 240, lazy_gettext("出钱买心愿，付款时保留多久"), _MINUTES)
    buy_working_days: int = _gifts(10, 1, 60, lazy_gettext("收到钱后多久买好心愿"), _WORKING_DAYS)
    surplus_choice_days: int = _gifts(14, 1, 180, lazy_gettext("心愿没买成，多久之内可以退款"), _DAYS)
    report_remind_days: int = _disclosure(14, 1, 60, lazy_gettext("信息公开到期前多久提醒财务"), _DAYS)
    report_grace_days: int = _disclosure(14, 0, 90, lazy_gettext("信息公开逾期多久后暂停收款"), _DAYS)
    donor_days: int = _identities(550, 180, 3650, lazy_gettext("捐赠人的联系方式，最后一次用到之后保留"), _DAYS)
    purge_days: int = _identities(180, 30, 3650, lazy_gettext("办结后保留身份信息"), _DAYS)


NAMES = tuple(item.name for item in fields(Limits))


def label_of(name: str) -> Any:
    """Return what a limit is called."""
    return {item.name: item.metadata["label"] for item in fields(Limits)}[name]


def check_limit(name: str, value: int) -> int:
    """Return the value when it lies in the limit's bounds.

    Raises LimitOutOfBounds, KeyError for an unknown name.
    """
    bounds = {item.name: item.metadata for item in fields(Limits)}[name]
    if not bounds["low"] <= value <= bounds["high"]:
        raise LimitOutOfBounds(name)
    return value
