"""The register of wishes as rows for a spreadsheet: where each stands and what it is. No identity, no reason."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import func, select

from portal.areas.models import Community, ServiceCentre
from portal.clock import local_date
from portal.db import session
from portal.i18n import language
from portal.wishes.kinds import (
    AGE_BAND_LABELS,
    CATEGORY_LABELS,
    GROUP_LABELS,
    KIND_LABELS,
    AgeBand,
    BeneficiaryGroup,
    Category,
    WishKind,
)
from portal.wishes.labels import STATE_LABELS
from portal.wishes.models import Wish
from portal.wishes.rules import WishState

HEADERS = (
    lazy_gettext("心愿编号"),
    lazy_gettext("状态"),
    lazy_gettext("服务中心"),
    lazy_gettext("社区"),
    lazy_gettext("心愿物品"),
    lazy_gettext("规格尺码"),
    lazy_gettext("类型"),
    lazy_gettext("类别"),
    lazy_gettext("数量"),
    lazy_gettext("单价（元）"),
    lazy_gettext("总价（元）"),
    lazy_gettext("困难类别"),
    lazy_gettext("年龄段"),
    lazy_gettext("报送日期"),
    lazy_gettext("收进日期"),
    lazy_gettext("进入现状态日期"),
    lazy_gettext("现状态期限"),
    lazy_gettext("首次公开日期"),
    lazy_gettext("办结日期"),
)

# Sealed columns are not among them, so nothing is opened for an export.
_NEEDED = (
    *("number", "state", "item", "size", "kind", "category", "quantity", "unit_price_minor", "group", "age_band"),
    *("reported_on", "created_at", "state_since", "deadline_at", "open_since", "closed_at"),
)

_AT_ONCE = 1_000


def count_wishes() -> int:
    """Return how many rows an export has."""
    return session().scalar(select(func.count(Wish.id))) or 0


def list_export_rows() -> Iterator[tuple[Any, ...]]:
    """Yield one row per wish in the order they came in, labels in the reader's language, days as in China."""
    english = language() == "en"
    centre_name = ServiceCentre.name_en if english else ServiceCentre.name
    columns = [getattr(Wish, name) for name in _NEEDED]
    last = 0
    while True:
        rows = (
            session()
            .execute(
                select(Wish.id, centre_name.label("centre"), Community.name.label("community_name"), *columns)
                .join(ServiceCentre, ServiceCentre.id == Wish.service_centre_id)
                .outerjoin(Community, Community.id == Wish.community_id)
                .where(Wish.id > last)
                .order_by(Wish.id)
                .limit(_AT_ONCE)
            )
            .all()
        )
        if not rows:
            return
        yield from map(_row, rows)
        last = rows[-1].id


def _row(wish: Any) -> tuple[Any, ...]:
    return (
        wish.number,
        STATE_LABELS[WishState(wish.state)],
        wish.centre,
        wish.community_name,
        wish.item,
        wish.size,
        KIND_LABELS[WishKind(wish.kind)],
        CATEGORY_LABELS[Category(wish.category)],
        wish.quantity,
        wish.unit_price_minor / 100,
        wish.quantity * wish.unit_price_minor / 100,
        GROUP_LABELS[BeneficiaryGroup(wish.group)],
        AGE_BAND_LABELS[AgeBand(wish.age_band)],
        wish.reported_on,
        *map(_day, (wish.created_at, wish.state_since, wish.deadline_at, wish.open_since, wish.closed_at)),
    )


def _day(at: datetime | None) -> date | None:
    return local_date(at) if at else None
